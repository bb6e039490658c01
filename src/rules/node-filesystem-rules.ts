import { isNoneOf } from '../query/expressions';
import type { AlertDefinition, Rules } from './definition';
import { labelValue, type RuleContext, VALUE } from './rule-context';

/** File systems of the nodes. Those of pods are `KubePersistentVolume…`. */
export const NODE_FILESYSTEM_RULES: Rules = {
  needs: ['node-exporter'],
  groups: (context) => [
    {
      name: 'node-filesystems',
      alerts: [
        ...filesystemAlerts(context, {
          what: 'space',
          fillingUp: 'NodeFilesystemSpaceFillingUp',
          almostOut: 'NodeFilesystemAlmostOutOfSpace',
          free: 'node_filesystem_avail_bytes',
          all: 'node_filesystem_size_bytes',
          // At 15 % kubelets begin to remove images: falling until there is no trouble.
          begins: { warning: 0.15, critical: 0.1 },
          lasts: '30m',
        }),
        ...filesystemAlerts(context, {
          what: 'inodes',
          fillingUp: 'NodeFilesystemFilesFillingUp',
          almostOut: 'NodeFilesystemAlmostOutOfFiles',
          free: 'node_filesystem_files_free',
          all: 'node_filesystem_files',
          begins: { warning: 0.4, critical: 0.2 },
          lasts: '1h',
        }),
      ],
    },
  ],
};

interface Measure {
  readonly what: string;
  readonly fillingUp: string;
  readonly almostOut: string;
  readonly free: string;
  readonly all: string;
  /** Share that is left at which a trend counts. */
  readonly begins: { readonly warning: number; readonly critical: number };
  readonly lasts: string;
}

/** In memory; those alerts are of memory. */
const NO_DISKS = ['ramfs', 'tmpfs'];

function filesystemAlerts(context: RuleContext, measure: Measure): AlertDefinition[] {
  const { labels } = context;
  const { what, fillingUp, almostOut, free, all, begins, lasts } = measure;
  const select = (metric: string) => context.select('node-exporter', metric, isNoneOf('fstype', NO_DISKS));
  const least = (expression: string) => `min ${context.by(labels.node, 'device', 'mountpoint')} (${expression})`;
  const share = least(`${select(free)} / ${select(all)}`);
  const trend = (hours: number) => least(`predict_linear(${select(free)}[${context.window(360)}], ${hours} * 3600)`);
  const writable = `max ${context.by(labels.node, 'device', 'mountpoint')} (${select('node_filesystem_readonly')}) == 0`;
  const where = `${labelValue('mountpoint')} on ${labelValue(labels.node)}`;
  return [
    ...(
      [
        ['critical', 4],
        ['warning', 24],
      ] as const
    ).map(
      ([severity, hours]): AlertDefinition => ({
        name: fillingUp,
        severity,
        for: '1h',
        threshold: { value: begins[severity], unit: 'ratio' },
        expr: (threshold) => `${share} < ${threshold} and ${trend(hours)} < 0 and ${writable}`,
        summary: `${where} runs out of ${what} within ${hours} hours`,
        description: (threshold) =>
          `${where} (${labelValue('device')}) has ${VALUE.percentage} of its ${what} left (this alert begins at ${threshold}) and, going on as in the last hours, will be full within ${hours} hours.`,
      }),
    ),
    ...(
      [
        ['critical', 0.03],
        ['warning', 0.05],
      ] as const
    ).map(
      ([severity, value]): AlertDefinition => ({
        name: almostOut,
        severity,
        for: lasts,
        threshold: { value, unit: 'ratio' },
        expr: (threshold) => `${share} < ${threshold} and ${writable}`,
        summary: `${where} has hardly any ${what} left`,
        description: (threshold) =>
          `${where} (${labelValue('device')}) has ${VALUE.percentage} of its ${what} left; at least ${threshold} is expected.`,
      }),
    ),
  ];
}
