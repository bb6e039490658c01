import type { AlertRootRoute } from '../alertmanager/alert-route';
import type { Endpoint } from '../settings/endpoint';

/** Who tells people about the alerts that Grafana evaluates. */
export class AlertDelivery {
  /**
   * Grafana itself: receivers become contact points, routes become notification policies. What a receiver asks for that Grafana has no
   * setting for is an error.
   */
  public static grafana(route: AlertRootRoute): AlertDelivery {
    return new AlertDelivery(route, undefined);
  }

  /**
   * An Alertmanager, to which Grafana hands every alert by itself, so that grouping, routes and silences are those of the alerts of
   * Prometheus.
   * @param endpoint where it is; by default that of Grafana's data source of this kind
   */
  public static alertmanager(endpoint?: Endpoint): AlertDelivery {
    return new AlertDelivery(undefined, endpoint);
  }

  private constructor(
    /**
     * Where Grafana sends; undefined if an Alertmanager does.
     * @internal
     */
    public readonly _route: AlertRootRoute | undefined,
    /**
     * The Alertmanager, if it is named.
     * @internal
     */
    public readonly _endpoint: Endpoint | undefined,
  ) {}
}
