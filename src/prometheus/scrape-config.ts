import { mergeConfig } from '../kubernetes/extra-config';
import { podMeta } from '../kubernetes/pod-discovery';
import { goDuration } from '../kubernetes/text';
import type { DataLabels } from '../settings/data-labels';
import type { Endpoint } from '../settings/endpoint';
import { EndpointProtocol } from '../settings/endpoint';
import type { MetricsEndpoint } from '../settings/plan';
import { type BasicAuthConfig, basicAuthConfig } from './login-files';
import {
  appRules,
  constant,
  copy,
  drop,
  FINISHED_PODS,
  keep,
  ownMetricRules,
  type Place,
  placeRules,
  podRules,
  type RelabelRule,
  renameRules,
} from './relabel';
import type { EndpointScrapeOptions, PodScrapeOptions, ScrapeJob, ScrapeOptions } from './scrape-job';

/** What the API server knows Prometheus by, and what it knows the API server by. */
export const TOKEN_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/token';
export const CLUSTER_AUTHORITY_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt';

/** Targets that the Kubernetes API names. */
export interface KubernetesDiscovery {
  readonly role: 'pod' | 'node' | 'endpointslice';
  readonly namespaces?: { readonly names: readonly string[] };
  readonly selectors?: readonly { readonly role: 'pod'; readonly label: string }[];
}

/** Targets that SRV records name. */
export interface DnsDiscovery {
  readonly names: readonly string[];
  readonly type: 'SRV';
}

/** Targets that are written down. */
export interface StaticTargets {
  readonly targets: readonly string[];
  readonly labels?: { readonly [name: string]: string };
}

/** An entry of `scrape_configs`. */
export interface ScrapeConfig {
  readonly job_name: string;
  readonly honor_labels?: boolean;
  readonly honor_timestamps?: boolean;
  readonly scrape_interval?: string;
  readonly scrape_timeout?: string;
  readonly metrics_path?: string;
  readonly scheme?: 'http' | 'https';
  readonly sample_limit?: number;
  readonly authorization?: { readonly credentials_file: string };
  readonly basic_auth?: BasicAuthConfig;
  readonly tls_config?: { readonly ca_file?: string; readonly server_name?: string; readonly insecure_skip_verify?: boolean };
  readonly kubernetes_sd_configs?: readonly KubernetesDiscovery[];
  readonly dns_sd_configs?: readonly DnsDiscovery[];
  readonly static_configs?: readonly StaticTargets[];
  readonly relabel_configs: readonly RelabelRule[];
  readonly metric_relabel_configs?: readonly RelabelRule[];
}

/** A job that a user describes. */
export const scrapeConfig = (job: ScrapeJob, place: Place): ScrapeConfig =>
  mergeConfig(ownScrapeConfig(job, place), job._description.extraConfig);

/** The job without what a user adds to it. */
export const ownScrapeConfig = ({ _description: description, jobName }: ScrapeJob, place: Place): ScrapeConfig =>
  description.kind === 'pods' ? podScrapeConfig(jobName, description, place) : endpointScrapeConfig(jobName, description, place);

const common = (options: ScrapeOptions) => ({
  honor_labels: options.honorLabels || undefined,
  scrape_interval: options.interval && goDuration(options.interval),
  scrape_timeout: options.timeout && goDuration(options.timeout),
  metrics_path: options.path,
  sample_limit: options.sampleLimit,
});

const furtherLabels = ({ labels = {} }: ScrapeOptions) => Object.entries(labels).map(([name, value]) => constant(name, value));

const labelSelector = (labels: { readonly [key: string]: string }) =>
  Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`)
    .join(',');

function podDiscovery(namespaces: readonly string[], podLabels: { readonly [key: string]: string } = {}): KubernetesDiscovery {
  const selected = Object.keys(podLabels).length > 0;
  return {
    role: 'pod',
    namespaces: { names: namespaces },
    ...(selected && { selectors: [{ role: 'pod', label: labelSelector(podLabels) }] }),
  };
}

function podScrapeConfig(jobName: string, options: PodScrapeOptions, place: Place): ScrapeConfig {
  const { namespaces, podLabels, portName, portNumber } = options;
  const annotated = portName === undefined && portNumber === undefined;
  return {
    job_name: jobName,
    ...common(options),
    scheme: options.protocol === EndpointProtocol.HTTPS ? 'https' : undefined,
    kubernetes_sd_configs: [podDiscovery(namespaces, podLabels)],
    relabel_configs: [
      FINISHED_PODS,
      ...(annotated ? annotationRules(place.labels) : portRules(options, place.labels)),
      ...podRules(place),
      ...appRules(place.labels.app),
      ...placeRules(place),
      ...furtherLabels(options),
    ],
  };
}

const CONTAINER_NAME = podMeta('container_name');
const PORT_NAME = podMeta('container_port_name');
const PORT_NUMBER = podMeta('container_port_number');
const PORT_PROTOCOL = podMeta('container_port_protocol');

/** Containers that start before others may listen too, as sidecars do, so they are left in. */
function portRules({ portName, portNumber }: PodScrapeOptions, labels: DataLabels): RelabelRule[] {
  return [
    ...(portName === undefined ? [] : [keep(PORT_NAME, portName)]),
    ...(portNumber === undefined ? [] : [keep(PORT_NUMBER, `${portNumber}`)]),
    keep(PORT_PROTOCOL, 'TCP'),
    copy(CONTAINER_NAME, labels.container),
  ];
}

/**
 * Discovery gives one target for each declared port, and one for each container without any. When the annotation names the
 * port, all of them are rewritten to one address and end as one target, because nothing else distinguishes them: hence no
 * label of the container then.
 */
function annotationRules(labels: DataLabels): RelabelRule[] {
  const annotation = (name: string) => podMeta('annotation', `prometheus.io/${name}`);
  const port = annotation('port');
  return [
    keep(annotation('scrape'), 'true'),
    drop([podMeta('container_init')], 'true'),
    drop([port, PORT_NUMBER], ';'),
    drop([port, PORT_PROTOCOL], ';(UDP|SCTP)'),
    { source_labels: [annotation('scheme')], regex: '(https?)', target_label: '__scheme__' },
    { source_labels: [annotation('path')], regex: '(.+)', target_label: '__metrics_path__' },
    ...addressRules(port),
    { source_labels: [port, CONTAINER_NAME], regex: ';(.+)', target_label: labels.container },
  ];
}

/** The address of the pod with another port; an IPv6 address needs brackets. */
const addressRules = (port: string): RelabelRule[] => [
  {
    source_labels: [port, podMeta('ip')],
    regex: '(\\d+);([^:]+)',
    target_label: '__address__',
    replacement: '$2:$1',
  },
  {
    source_labels: [port, podMeta('ip')],
    regex: '(\\d+);(.*:.*)',
    target_label: '__address__',
    replacement: '[$2]:$1',
  },
];

function endpointScrapeConfig(jobName: string, options: EndpointScrapeOptions, place: Place): ScrapeConfig {
  const { endpoints } = options;
  const found = endpoints.filter((endpoint) => endpoint.hasSrvRecords);
  const fixed = endpoints.filter((endpoint) => !endpoint.hasSrvRecords);
  return {
    job_name: jobName,
    ...common(options),
    ...(found.length > 0 && { dns_sd_configs: [{ names: found.map(({ srvName }) => srvName), type: 'SRV' }] }),
    ...(fixed.length > 0 && { static_configs: fixed.map((endpoint) => staticTarget(endpoint, options, place.labels)) }),
    relabel_configs: [...placeRules(place), ...furtherLabels(options)],
  };
}

function staticTarget(endpoint: Endpoint, { path = '/metrics' }: EndpointScrapeOptions, labels: DataLabels): StaticTargets {
  const namespace = endpoint._owner?.identity.namespace ?? endpoint._external?.namespace;
  const all = {
    ...(endpoint.protocol === EndpointProtocol.HTTPS && { __scheme__: 'https' }),
    ...(endpoint.path !== '' && { __metrics_path__: `${endpoint.path.replace(/\/$/, '')}${path}` }),
    ...(namespace !== undefined && { [labels.namespace]: namespace }),
    ...(endpoint._owner && { [labels.app]: endpoint._owner.identity.app }),
  };
  return { targets: [endpoint.hostAndPort], ...(Object.keys(all).length > 0 && { labels: all }) };
}

/**
 * A component of the stack. Metrics that carry labels of their own are about other things than the program that offers them:
 * its pod and namespace must not even fill the gaps.
 */
export function componentScrapeConfig(endpoint: MetricsEndpoint, place: Place): ScrapeConfig {
  const { identity, job, containerPort, path, honorLabels, kubernetesNames, selfSignedTls, aboutNode, ownMetrics, login } =
    endpoint;
  const { labels } = place;
  const rename = [...(kubernetesNames ? renameRules(labels) : []), ...(ownMetrics ? ownMetricRules(labels, ownMetrics) : [])];
  return {
    job_name: job,
    honor_labels: honorLabels || undefined,
    metrics_path: path === '/metrics' ? undefined : path,
    ...(selfSignedTls && { scheme: 'https', tls_config: { insecure_skip_verify: true } }),
    ...(login && { basic_auth: basicAuthConfig(login) }),
    kubernetes_sd_configs: [podDiscovery([identity.namespace], identity.selector)],
    relabel_configs: [
      FINISHED_PODS,
      // By number: the name of a port may occur again in a container that a user adds to the pod.
      { source_labels: [PORT_NUMBER, PORT_PROTOCOL], regex: `${containerPort};TCP`, action: 'keep' },
      ...(honorLabels ? [] : [copy(CONTAINER_NAME, labels.container), ...podRules(place), constant(labels.app, identity.app)]),
      ...(aboutNode ? [copy(podMeta('node_name'), 'instance')] : []),
      ...placeRules(place),
    ],
    ...(rename.length > 0 && { metric_relabel_configs: rename }),
  };
}

/** Namespaces whose pods a job discovers. */
export const namespacesOf = ({ _description: description }: ScrapeJob): readonly string[] =>
  description.kind === 'pods' ? description.namespaces : [];
