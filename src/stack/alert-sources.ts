import type { Alertmanager } from '../alertmanager/alertmanager';
import type { Prometheus } from '../prometheus/prometheus';
import { type AlertLabels, joinedLabels } from '../rules/alert-labels';
import type { ThanosRuler } from '../thanos/thanos-ruler';
import type { MonitoringStackProps } from './stack-options';

/** Labels of alerts about log lines: those of the streams, which only Loki knows. */
function lokiLabels({ loki }: MonitoringStackProps): AlertLabels {
  const { ruleGroups = [], ruleFiles = [] } = loki?.ruler ?? {};
  const alerts = ruleGroups.flatMap(({ groups }) => groups.flatMap((group) => group.alerts ?? []));
  return { names: alerts.flatMap(({ labels = {} }) => Object.keys(labels)), complete: alerts.length + ruleFiles.length === 0 };
}

/** Lets an Alertmanager know which labels the alerts of its stack may have, so that routes by others are noticed. */
export function nameLabels(
  alertmanager: Alertmanager | undefined,
  prometheus: Prometheus | undefined,
  ruler: ThanosRuler | undefined,
  props: MonitoringStackProps,
): void {
  if (prometheus) {
    alertmanager?._alertsFrom(() =>
      joinedLabels([
        prometheus._alertLabels,
        ...(ruler ? [ruler._alertLabels] : []),
        lokiLabels(props),
        // Rules of others, which the operator finds in these namespaces.
        { names: [], complete: (props.operator?.namespaces ?? []).length === 0 },
      ]),
    );
  }
}
