import { is, isOneOf } from '../query/expressions';
import type { AlertDefinition, Rules } from './definition';
import { each, ofObjects } from './kubernetes-selections';
import { labelValue, type RuleContext, VALUE } from './rule-context';

/** Space on the volumes of pods, as the kubelets see them. Directories of a node (hostPath, local-path) have no such metrics. */
export const KUBERNETES_VOLUME_RULES: Rules = {
  needs: ['kubelet'],
  groups: (context) => [
    {
      name: 'kubernetes-volumes',
      alerts: [
        ...fillingAlerts(context, {
          name: 'KubePersistentVolumeFillingUp',
          free: 'kubelet_volume_stats_available_bytes',
          all: 'kubelet_volume_stats_capacity_bytes',
          what: 'space',
        }),
        ...fillingAlerts(context, {
          name: 'KubePersistentVolumeInodesFillingUp',
          free: 'kubelet_volume_stats_inodes_free',
          all: 'kubelet_volume_stats_inodes',
          what: 'inodes',
        }),
      ],
    },
  ],
};

/** Volumes as objects of the API. */
export const KUBERNETES_PERSISTENT_VOLUME_RULES: Rules = {
  needs: ['kube-state-metrics'],
  groups: (context) => {
    const phase = ofObjects(context)('kube_persistentvolume_status_phase', isOneOf('phase', ['Failed', 'Pending']));
    return [
      {
        name: 'kubernetes-persistent-volumes',
        alerts: [
          {
            name: 'KubePersistentVolumeErrors',
            severity: 'warning',
            for: '5m',
            expr: `${each(context, 'persistentvolume', 'phase')(phase)} > 0`,
            summary: `PersistentVolume ${labelValue('persistentvolume')} cannot be used`,
            description: `PersistentVolume ${labelValue('persistentvolume')} is in the phase ${labelValue('phase')}: making or reclaiming it does not work.`,
          },
        ],
      },
    ];
  },
};

interface Filling {
  readonly name: string;
  readonly free: string;
  readonly all: string;
  readonly what: string;
}

function fillingAlerts(context: RuleContext, { name, free, all, what }: Filling): AlertDefinition[] {
  const { labels } = context;
  const claim = 'persistentvolumeclaim';
  // A volume that several nodes have mounted is reported by each of them.
  const least = (expression: string) => `min ${context.by(labels.namespace, claim)} (${expression})`;
  const share = least(`${context.select('kubelet', free)} / ${context.select('kubelet', all)}`);
  const trend = `predict_linear(${context.select('kubelet', free)}[${context.window(360)}], 4 * 24 * 3600)`;
  // Those who use it cannot fill it; images of file systems are full by nature.
  const readOnly = context.has('kube-state-metrics')
    ? ` unless ${each(context, labels.namespace, claim)(ofObjects(context)('kube_persistentvolumeclaim_access_mode', is('access_mode', 'ReadOnlyMany')))} == 1`
    : '';
  const where = `The volume of ${labelValue(labels.namespace)}/${labelValue(claim)}`;
  return [
    {
      name,
      severity: 'critical',
      for: '1m',
      threshold: { value: 0.03, unit: 'ratio' },
      expr: (threshold) => `${share} < ${threshold}${readOnly}`,
      summary: `${where} has hardly any ${what} left`,
      description: (threshold) =>
        `${where} has ${VALUE.percentage} of its ${what} left; at least ${threshold} is expected. Writing fails when it is full.`,
    },
    {
      name,
      severity: 'warning',
      for: '1h',
      threshold: { value: 0.15, unit: 'ratio' },
      expr: (threshold) => `${share} < ${threshold} and ${least(trend)} < 0${readOnly}`,
      summary: `${where} runs out of ${what} within four days`,
      description: (threshold) =>
        `${where} has ${VALUE.percentage} of its ${what} left (this alert begins at ${threshold}) and, going on as in the last hours, will be full within four days.`,
    },
  ];
}
