import type { Duration } from 'cdk8s';
import { podMeta } from '../kubernetes/pod-discovery';
import { goDuration } from '../kubernetes/text';
import type { DataLabels } from '../settings/data-labels';
import { type AlloyBlock, AlloyReference, type AlloyValue } from './alloy-syntax';
import { environmentVariable } from './log-destination';
import { MonitorKind } from './monitor-options';
import { appRules, copy, rule } from './pod-targets';

/** A Prometheus that samples are written to. */
export interface WriteDestination {
  /** The API for remote writes, path included. */
  readonly url: string;
  /** The user, and the name of the environment variable that holds the password. */
  readonly login: { readonly user: string; readonly variable: string } | undefined;
}

/** What is honoured, with nothing left open. */
export interface MonitorSettings {
  readonly dataLabels: DataLabels;
  readonly cluster: string;
  readonly environment: string;
  readonly kinds: readonly MonitorKind[];
  /** Undefined stands for all. */
  readonly namespaces: readonly string[] | undefined;
  readonly labels: { readonly [key: string]: string };
  readonly sampleLimit: number | undefined;
  readonly scrapeInterval: Duration;
  readonly scrapeTimeout: Duration;
  /** Whether replicas share the targets. */
  readonly clustering: boolean;
  readonly destinations: readonly WriteDestination[];
}

const WRITER = ['prometheus', 'remote_write', 'prometheus'];
const RENAMER = ['prometheus', 'relabel', 'data_labels'];
const RENAMED = '__renamed_';

/** The components that read monitors, scrape what they name, and write it to Prometheus. */
export function monitorsConfig(settings: MonitorSettings): AlloyBlock[] {
  const renames = renameRules(settings.dataLabels);
  const receiver = new AlloyReference([...(renames.length > 0 ? RENAMER : WRITER), 'receiver']);
  return [
    ...settings.kinds.map((kind) => reader(settings, kind, receiver)),
    ...(renames.length > 0 ? [renamer(renames)] : []),
    writer(settings),
  ];
}

function reader(settings: MonitorSettings, kind: MonitorKind, receiver: AlloyReference): AlloyBlock {
  const { namespaces, labels, scrapeInterval, scrapeTimeout, sampleLimit, clustering } = settings;
  return {
    name: `prometheus.operator.${kind}`,
    label: 'monitors',
    attributes: {
      forward_to: [receiver],
      namespaces,
      // Endpoints, the default, are deprecated since Kubernetes 1.33.
      kubernetes_role: kind === MonitorKind.SERVICE_MONITOR ? 'endpointslice' : undefined,
    },
    blocks: [
      ...(Object.keys(labels).length > 0 ? [{ name: 'selector', attributes: { match_labels: labels } }] : []),
      ...(clustering ? [{ name: 'clustering', attributes: { enabled: true } }] : []),
      {
        name: 'scrape',
        attributes: {
          default_scrape_interval: goDuration(scrapeInterval),
          default_scrape_timeout: goDuration(scrapeTimeout),
          default_sample_limit: sampleLimit,
        },
      },
      ...placeRules(settings),
      ...(kind === MonitorKind.PROBE ? [] : podRules(settings.dataLabels)),
    ],
  };
}

const constant = (target_label: string, replacement: string) => rule({ target_label, replacement });

/** Cluster and environment, which have no "$" that a replacement would read. */
const placeRules = ({ dataLabels, cluster, environment }: MonitorSettings): AlloyBlock[] => [
  constant(dataLabels.cluster, cluster),
  constant(dataLabels.environment, environment),
];

/** What the operator's own rules, which come after these, leave out; they add namespace, pod, container, service and endpoint. */
const podRules = ({ app }: DataLabels): AlloyBlock[] => [copy(podMeta('node_name'), 'node'), ...appRules(app)];

/** Gives Kubernetes' labels the names of `DataLabels`, by way of temporary ones, so that two may also change places. */
function renameRules({ namespace, pod, container, node }: DataLabels): AlloyBlock[] {
  const renamed = Object.entries({ namespace, pod, container, node }).filter(([from, to]) => from !== to);
  return renamed.length === 0
    ? []
    : [
        ...renamed.map(([from, to]) => copy(from, `${RENAMED}${to}`)),
        rule({ action: 'labeldrop', regex: renamed.map(([from]) => from).join('|') }),
        rule({ action: 'labelmap', regex: `${RENAMED}(.+)` }),
        rule({ action: 'labeldrop', regex: `${RENAMED}.+` }),
      ];
}

const renamer = (rules: readonly AlloyBlock[]): AlloyBlock => ({
  name: 'prometheus.relabel',
  label: 'data_labels',
  attributes: { forward_to: [new AlloyReference([...WRITER, 'receiver'])] },
  blocks: rules,
});

/** What a monitor's own rules take away of cluster and environment comes back here. */
function writer({ dataLabels, cluster, environment, destinations }: MonitorSettings): AlloyBlock {
  const external: { [name: string]: AlloyValue } = { [dataLabels.cluster]: cluster, [dataLabels.environment]: environment };
  return {
    name: 'prometheus.remote_write',
    label: 'prometheus',
    attributes: { external_labels: external },
    blocks: destinations.map(({ url, login }) => ({
      name: 'endpoint',
      attributes: { url },
      ...(login && {
        blocks: [{ name: 'basic_auth', attributes: { username: login.user, password: environmentVariable(login.variable) } }],
      }),
    })),
  };
}
