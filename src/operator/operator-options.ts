/** How Prometheus and Alertmanager are handed to the Prometheus Operator, which must run in the cluster. */
export interface OperatorOptions {
  /**
   * Labels that ServiceMonitors, PodMonitors, Probes and PrometheusRules must have for this Prometheus to honour them: `release: prometheus`
   * where they were written for a chart of that name. The stack's own have them, too.
   * @default - `app.kubernetes.io/part-of`, the name of the stack: only its own
   */
  readonly labels?: { [key: string]: string };
  /**
   * Namespaces of applications: monitors and rules there are honoured besides those in the namespace of Prometheus, and monitors may have
   * targets there. Needs the right to list and watch pods, Services and EndpointSlices there, see `Access`.
   * @default - none
   */
  readonly namespaces?: string[];
}
