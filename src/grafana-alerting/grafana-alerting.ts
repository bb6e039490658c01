import { secretFile } from '../alertmanager/alert-integrations';
import type { AlertReceiver } from '../alertmanager/alert-receiver';
import type { AlertRootRoute } from '../alertmanager/alert-route';
import { receiversIn, timeIntervalsIn } from '../alertmanager/alertmanager-config';
import { MESSAGE_TEMPLATES } from '../alertmanager/message-templates';
import { groupingProblems, placedRoutes, routeProblems } from '../alertmanager/route-checks';
import {
  type AlertingProvision,
  type AlertingSurroundings,
  type AlertingVariable,
  ProvisionedAlerting,
} from '../grafana/provisioned-alerting';
import { AsWritten, FromEnvironment, type ProvisioningValue } from '../grafana/provisioning-yaml';
import type { RuleGroup } from '../rules/rule';
import type { DataLabels } from '../settings/data-labels';
import type { Endpoint } from '../settings/endpoint';
import type { AlertDelivery } from './alert-delivery';
import { type EvaluatedGroups, ruleGroupProblems, ruleGroups } from './alert-rule-groups';
import { contactPoint, contactPointProblems, contactSecrets, type SecretVariables, secretVariables } from './contact-points';
import { mailPassword, mailProblems, mailSettings } from './mail-server';
import { muteTiming, notificationPolicy } from './notification-policies';
import { uidOf } from './uid';

/** Properties of `GrafanaAlerting`. */
export interface GrafanaAlertingProps {
  /** Alerts that Grafana evaluates, in groups; each series of an expression's answer is one. Records are refused. */
  readonly groups: RuleGroup[];
  /** Who tells people. */
  readonly delivery: AlertDelivery;
  /** Uid of the data source that expressions ask: PromQL of Prometheus or Thanos, LogQL of Loki. @default 'prometheus' */
  readonly dataSource?: string;
  /** Folder of the alerts, whose viewers see them; it is made if it is not there. @default 'Alerts' */
  readonly folder?: string;
  /** Templates of notifications (Go's text/template), by name, for receivers that use them. @default - only the library's own */
  readonly templates?: { [name: string]: string };
}

/** The contact point behind which an Alertmanager is. */
const ALERTMANAGER = 'alertmanager';

/** The first of each name. */
const named = <Item extends { readonly name: string }>(items: readonly Item[]): Item[] =>
  [...new Map([...items].reverse().map((item) => [item.name, item])).values()].reverse();

/**
 * Alerting from Grafana: rules that Grafana evaluates, contact points and notification policies, from the same types as those of
 * Prometheus and Alertmanager, as files that nobody changes by hand. A change restarts Grafana.
 */
export class GrafanaAlerting extends ProvisionedAlerting {
  constructor(private readonly props: GrafanaAlertingProps) {
    super();
  }

  private get route(): AlertRootRoute | undefined {
    return this.props.delivery._route;
  }

  private get receivers(): AlertReceiver[] {
    return this.route ? named(receiversIn(this.route)) : [];
  }

  /**
   * Where notifications go.
   * @internal
   */
  public override get _endpoints(): readonly Endpoint[] {
    const { _endpoint } = this.props.delivery;
    const endpoints = [...(_endpoint ? [_endpoint] : []), ...this.receivers.flatMap((receiver) => receiver._endpoints)];
    return [...new Map(endpoints.map((endpoint) => [endpoint.url, endpoint])).values()];
  }

  /**
   * Secrets that the file names.
   * @internal
   */
  public override _variables(surroundings: AlertingSurroundings): readonly AlertingVariable[] {
    const login = this.route ? undefined : this.alertmanager(surroundings)?._login;
    return secretVariables([
      ...(login ? [login.password] : []),
      ...this.receivers.flatMap(({ _integrations }) => _integrations.flatMap(contactSecrets)),
    ]);
  }

  /**
   * What Grafana reads.
   * @internal
   */
  public override _provision(surroundings: AlertingSurroundings): AlertingProvision {
    const variables: SecretVariables = new Map(
      this._variables(surroundings).map(({ variable, secret }) => [secretFile(secret), variable]),
    );
    const usesOwn = this.receivers.some((receiver) => JSON.stringify(receiver._config()).includes('template \\"message.'));
    const templates = { ...(usesOwn && { message: MESSAGE_TEMPLATES }), ...this.props.templates };
    const muteTimes = this.route ? named(timeIntervalsIn(this.route)) : [];
    return {
      file: {
        apiVersion: 1,
        groups: ruleGroups(this.evaluated(surroundings)),
        contactPoints: this.route
          ? this.receivers
              .filter(({ _integrations }) => _integrations.length > 0)
              .map((receiver) => contactPoint(receiver, variables))
          : [this.forwarding(surroundings, variables)],
        policies: [this.policy(surroundings.labels)],
        ...(muteTimes.length > 0 && { muteTimes: muteTimes.map(muteTiming) }),
        ...(Object.keys(templates).length > 0 && {
          // Dollar signs of templates are theirs.
          templates: Object.entries(templates).map(([name, text]) => ({
            orgId: 1,
            name: new AsWritten(name),
            template: new AsWritten(text),
          })),
        }),
      },
      settings: mailSettings(this.receivers),
      mailPassword: mailPassword(this.receivers),
    };
  }

  /**
   * What is wrong with it.
   * @internal
   */
  public override _problems(surroundings: AlertingSurroundings): string[] {
    return [
      ...ruleGroupProblems(this.evaluated(surroundings), surroundings.scrapeInterval),
      ...(!this.route && !this.alertmanager(surroundings)
        ? [
            'alerting.delivery is an Alertmanager without address, and Grafana has no data source of one; allowed is one of both: give the endpoint, or add the data source',
          ]
        : []),
      ...(this.route ? this.routeProblems(this.route) : []),
    ];
  }

  private routeProblems(route: AlertRootRoute): string[] {
    const { groupInterval, repeatInterval } = route;
    return [
      ...groupingProblems('alerting.delivery', route),
      ...routeProblems(placedRoutes('alerting.delivery', route.routes ?? [], { groupInterval, repeatInterval, before: [] })),
      ...timeIntervalsIn(route).flatMap((interval) => interval._problems()),
      ...this.receivers.flatMap(contactPointProblems),
      ...mailProblems(this.receivers),
    ];
  }

  private evaluated({ dataSources }: AlertingSurroundings): EvaluatedGroups {
    const { groups, folder = 'Alerts', dataSource = 'prometheus' } = this.props;
    return { groups, folder, dataSource, kind: dataSources.find(({ uid }) => uid === dataSource)?.kind };
  }

  private policy({ cluster, namespace }: DataLabels): ProvisioningValue {
    // As Alertmanager groups where nothing else is said.
    return this.route
      ? notificationPolicy({ groupBy: ['alertname', cluster, namespace], ...this.route })
      : {
          orgId: 1,
          receiver: ALERTMANAGER,
          // Alertmanager groups. It takes an alert for resolved that it has not heard of for `resolve_timeout`, 5 minutes.
          group_by: ['...'],
          group_wait: '0s',
          group_interval: '30s',
          repeat_interval: '1m',
        };
  }

  private alertmanager({ dataSources }: AlertingSurroundings): Endpoint | undefined {
    return this.props.delivery._endpoint ?? dataSources.find(({ kind }) => kind === 'alertmanager')?.endpoint;
  }

  private forwarding(surroundings: AlertingSurroundings, variables: SecretVariables): ProvisioningValue {
    const endpoint = this.alertmanager(surroundings);
    const login = endpoint?._login;
    return {
      orgId: 1,
      name: ALERTMANAGER,
      receivers: [
        {
          uid: uidOf(ALERTMANAGER),
          type: 'prometheus-alertmanager',
          settings: {
            url: endpoint?.url,
            ...(login && {
              basicAuthUser: login.user,
              basicAuthPassword: new FromEnvironment(variables.get(secretFile(login.password)) ?? ''),
            }),
          },
          disableResolveMessage: false,
        },
      ],
    };
  }
}
