import type { AlertCases, Cases, InputSeries } from './cases';
import { object } from './kubernetes-series';

const TIME = 'x40';

/** Series about one object: values of metrics by the rest of their names. */
const about =
  (kind: string) =>
  (values: Readonly<Record<string, string>>): InputSeries =>
    Object.fromEntries(
      Object.entries(values).map(([metric, value]) => [
        object(`kube_${kind}_${metric}`, { namespace: 'shop', [kind]: 'cart' }),
        value.includes('x') ? value : `${value}${TIME}`,
      ]),
    );

const deployment = about('deployment');
const statefulset = about('statefulset');
const daemonset = about('daemonset');
const hpa = about('horizontalpodautoscaler');
const budget = about('poddisruptionbudget');

const alerts = (kind: string) => [{ namespace: 'shop', [kind]: 'cart' }];
const at = '35m';

/** One generation is not the other, for long or for a moment. */
const generation = (kind: string): AlertCases => ({
  fires: {
    series: about(kind)({ status_observed_generation: '3', metadata_generation: '4' }),
    at,
    alerts: alerts(kind),
  },
  silent: { series: about(kind)({ status_observed_generation: '3x5 4x40', metadata_generation: '4' }), at },
});

const revision = (which: string, name: string) =>
  object(`kube_statefulset_status_${which}_revision`, { namespace: 'shop', statefulset: 'cart', revision: name });

const condition = (kind: string, type: string, status: string) =>
  object(`kube_${kind}_status_condition`, { namespace: 'shop', [kind]: 'cart', condition: type, status });

export const KUBERNETES_WORKLOAD_CASES: Cases = {
  KubeDeploymentGenerationMismatch: generation('deployment'),
  KubeDeploymentReplicasMismatch: {
    fires: {
      series: deployment({ spec_replicas: '3', status_replicas_available: '2', status_replicas_updated: '3' }),
      at,
      alerts: alerts('deployment'),
    },
    silent: [
      // A rollout goes on.
      {
        series: deployment({ spec_replicas: '9', status_replicas_available: '8', status_replicas_updated: '0+0.2x40' }),
        at,
      },
      {
        series: deployment({ spec_replicas: '3', status_replicas_available: '2x10 3x40', status_replicas_updated: '3' }),
        at,
      },
    ],
  },
  KubeDeploymentRolloutStuck: {
    fires: {
      series: { [condition('deployment', 'Progressing', 'false')]: '1x40' },
      at,
      alerts: alerts('deployment'),
    },
    silent: {
      series: {
        [condition('deployment', 'Progressing', 'false')]: '0x40',
        [condition('deployment', 'Available', 'false')]: '1x40',
      },
      at,
    },
  },
  KubeStatefulSetGenerationMismatch: generation('statefulset'),
  KubeStatefulSetReplicasMismatch: {
    fires: {
      series: statefulset({ replicas: '3', status_replicas_ready: '2', status_replicas_updated: '3' }),
      at,
      alerts: alerts('statefulset'),
    },
    silent: {
      series: statefulset({ replicas: '9', status_replicas_ready: '8', status_replicas_updated: '0+0.2x40' }),
      at,
    },
  },
  KubeStatefulSetUpdateNotRolledOut: {
    fires: {
      series: {
        ...statefulset({ replicas: '3', status_replicas_updated: '1' }),
        [revision('current', 'a')]: '1x40',
        [revision('update', 'b')]: '1x40',
      },
      at,
      alerts: alerts('statefulset'),
    },
    silent: [
      // Done.
      {
        series: {
          ...statefulset({ replicas: '3', status_replicas_updated: '0' }),
          [revision('current', 'b')]: '1x40',
          [revision('update', 'b')]: '1x40',
        },
        at,
      },
      // Under way.
      {
        series: {
          ...statefulset({ replicas: '9', status_replicas_updated: '0+0.25x40' }),
          [revision('current', 'a')]: '1x40',
          [revision('update', 'b')]: '1x40',
        },
        at,
      },
    ],
  },
  KubeDaemonSetRolloutStuck: {
    fires: [
      {
        series: daemonset({
          status_desired_number_scheduled: '5',
          status_updated_number_scheduled: '3',
          status_number_available: '5',
        }),
        at,
        alerts: alerts('daemonset'),
      },
      {
        series: daemonset({
          status_desired_number_scheduled: '5',
          status_updated_number_scheduled: '5',
          status_number_available: '4',
        }),
        at,
        alerts: alerts('daemonset'),
      },
    ],
    silent: {
      series: daemonset({
        status_desired_number_scheduled: '50',
        status_updated_number_scheduled: '0+1x40',
        status_number_available: '49',
      }),
      at,
    },
  },
  KubeDaemonSetNotScheduled: {
    fires: {
      series: daemonset({ status_desired_number_scheduled: '5', status_current_number_scheduled: '4' }),
      at,
      alerts: alerts('daemonset'),
    },
    // A new node.
    silent: {
      series: daemonset({ status_desired_number_scheduled: '4x5 5x40', status_current_number_scheduled: '4x8 5x40' }),
      at,
    },
  },
  KubeDaemonSetMisScheduled: {
    fires: { series: daemonset({ status_number_misscheduled: '1' }), at, alerts: alerts('daemonset') },
    silent: { series: daemonset({ status_number_misscheduled: '1x10 0x40' }), at },
  },
  KubeHpaReplicasMismatch: {
    fires: {
      series: hpa({
        status_desired_replicas: '5',
        status_current_replicas: '3',
        spec_min_replicas: '1',
        spec_max_replicas: '9',
      }),
      at,
      alerts: alerts('horizontalpodautoscaler'),
    },
    silent: [
      // It cannot go further.
      {
        series: hpa({
          status_desired_replicas: '12',
          status_current_replicas: '9',
          spec_min_replicas: '1',
          spec_max_replicas: '9',
        }),
        at,
      },
      // It is on its way.
      {
        series: hpa({
          status_desired_replicas: '80',
          status_current_replicas: '3+1x40',
          spec_min_replicas: '1',
          spec_max_replicas: '90',
        }),
        at,
      },
    ],
  },
  KubeHpaMaxedOut: {
    fires: {
      series: hpa({ status_current_replicas: '9', spec_min_replicas: '1', spec_max_replicas: '9' }),
      at,
      alerts: alerts('horizontalpodautoscaler'),
    },
    silent: [
      { series: hpa({ status_current_replicas: '3', spec_min_replicas: '3', spec_max_replicas: '3' }), at },
      { series: hpa({ status_current_replicas: '8', spec_min_replicas: '1', spec_max_replicas: '9' }), at },
    ],
  },
  KubeHpaScalingInactive: {
    fires: {
      series: {
        ...hpa({ status_current_replicas: '2' }),
        [condition('horizontalpodautoscaler', 'ScalingActive', 'false')]: '1x40',
      },
      at,
      alerts: alerts('horizontalpodautoscaler'),
    },
    // Switched off: no pods.
    silent: {
      series: {
        ...hpa({ status_current_replicas: '0' }),
        [condition('horizontalpodautoscaler', 'ScalingActive', 'false')]: '1x40',
      },
      at,
    },
  },
  KubePdbNotEnoughHealthyPods: {
    fires: {
      series: budget({ status_desired_healthy: '2', status_current_healthy: '1' }),
      at,
      alerts: alerts('poddisruptionbudget'),
    },
    silent: { series: budget({ status_desired_healthy: '2', status_current_healthy: '2x5 1x8 2x40' }), at },
  },
};
