import type { Construct } from 'constructs';
import { ingressUrl } from '../kubernetes/ingress';
import type { Prometheus } from '../prometheus/prometheus';
import type { AlertConfig, GroupConfig, RecordConfig } from '../rules/rule-file';
import type { Endpoint } from '../settings/endpoint';
import type { ThanosQuery } from '../thanos/thanos-query';
import { ThanosRuler } from '../thanos/thanos-ruler';
import type { MonitoringStackProps } from './stack-options';

/** The ruler of a stack, which its querier then asks. */
export function thanosRuler(
  scope: Construct,
  query: ThanosQuery,
  alertmanagers: Endpoint[],
  { thanos, objectStorage, prometheus }: MonitoringStackProps,
): ThanosRuler | undefined {
  if (!thanos?.ruler) {
    return undefined;
  }
  const ingress = thanos.queryFrontend?.ingress ?? thanos.query?.ingress;
  const ruler = new ThanosRuler(scope, 'thanos-ruler', {
    queryUrl: ingress && ingressUrl(ingress),
    ...thanos.ruler,
    query: query.http,
    alertmanagers: [...alertmanagers, ...(prometheus?.alertmanagers ?? [])],
    objectStorage,
  });
  query.addEndpoint(ruler.grpc);
  return ruler;
}

/** Two of a name and of the same labels are one alert, or series that cannot be told apart in a sum. */
const identity = (rule: AlertConfig | RecordConfig) =>
  JSON.stringify(['alert' in rule ? rule.alert : rule.record, Object.entries(rule.labels ?? {}).sort()]);

const rulesOf = (groups: readonly GroupConfig[]) => groups.flatMap(({ rules }) => rules);

/** Rules that are evaluated twice, over what Prometheus has and over what Thanos sees. */
export function rulerProblems(prometheus: Prometheus | undefined, ruler: ThanosRuler | undefined): string[] {
  if (!prometheus || !ruler) {
    return [];
  }
  const known = new Set(rulesOf(prometheus._groups).map(identity));
  return rulesOf(ruler._groups)
    .filter((rule) => known.has(identity(rule)))
    .map(
      (rule) =>
        `thanos.ruler.alerts has ${JSON.stringify('alert' in rule ? rule.alert : rule.record)}, which Prometheus evaluates, too; allowed is one of both: ` +
        'leave it to Prometheus, or take it from there (`alerts.without`)',
    );
}
