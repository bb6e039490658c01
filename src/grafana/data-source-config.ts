import type { Duration } from 'cdk8s';
import { aggregate, isNot, type Matcher, selector } from '../query/expressions';
import { variableLiteral } from '../query/text-literals';
import type { DataLabels } from '../settings/data-labels';
import type { Endpoint } from '../settings/endpoint';
import type { SecretKey } from '../settings/secret-key';
import { FromEnvironment, type ProvisioningValue } from './provisioning-yaml';

/** Kind of a data source: the type of Grafana's plugin, with Thanos told apart from Prometheus. */
export type DataSourceKind = 'prometheus' | 'thanos' | 'loki' | 'mysql' | 'alertmanager' | 'tempo' | 'jaeger' | 'zipkin';

/** A data source with nothing left open but what depends on the other data sources and on the stack. */
export interface DataSourceSettings {
  readonly kind: DataSourceKind;
  readonly uid: string;
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly isDefault?: boolean;
  readonly user?: string;
  readonly password?: SecretKey;
  readonly certificateAuthority?: SecretKey;
  /** Seconds between samples, for data sources of metrics. @default - the stack's scrape interval */
  readonly sampleInterval?: Duration;
  /** Sent as `X-Scope-OrgID`. */
  readonly tenant?: string;
  /** Label or structured metadata of log lines that holds the trace id. */
  readonly traceIdField?: string;
  readonly jsonData: { readonly [key: string]: ProvisioningValue };
  /** What is wrong with properties that only this kind has. */
  readonly problems?: readonly string[];
}

/** What data sources need to know about the stack. */
export interface DataSourceContext {
  readonly labels: DataLabels;
  readonly scrapeInterval: Duration;
}

/** A secret that a data source reads from the environment of Grafana. */
export interface DataSourceSecret {
  readonly variable: string;
  readonly secret: SecretKey;
}

const METRICS: readonly DataSourceKind[] = ['prometheus', 'thanos'];
const TRACES: readonly DataSourceKind[] = ['tempo', 'jaeger', 'zipkin'];

const variableOf = (uid: string, field: string) => `DATASOURCE_${uid.toUpperCase().replaceAll('-', '_')}_${field}`;

/** Secrets of a data source and the environment variables that hold them. */
export function dataSourceSecrets({ uid, password, certificateAuthority }: DataSourceSettings): DataSourceSecret[] {
  return [
    ...(password ? [{ variable: variableOf(uid, 'PASSWORD'), secret: password }] : []),
    ...(certificateAuthority ? [{ variable: variableOf(uid, 'CA'), secret: certificateAuthority }] : []),
  ];
}

/** The data source that panels without one ask: the chosen one, else the first one of metrics. */
function defaultOf(sources: readonly DataSourceSettings[]): DataSourceSettings | undefined {
  return (
    sources.find(({ isDefault }) => isDefault) ??
    sources.find(({ kind, isDefault }) => METRICS.includes(kind) && isDefault !== false)
  );
}

/** The label has the value that a variable of Grafana stands for. */
function refersTo(label: string, variable: string): Matcher {
  return { label, operator: '=', literal: variableLiteral(`\${${variable}}`) };
}

/**
 * From a series of a pod to its logs, out of the table that Explore shows for an instant query: its columns are the labels.
 * A label and a description are always there, because Grafana reads both unchecked, and the type stands in `config`, because
 * some versions fail on it elsewhere.
 */
function logsOfPod(loki: DataSourceSettings, { namespace, pod }: DataLabels): ProvisioningValue {
  return {
    targetUID: loki.uid,
    label: 'Logs of this pod',
    description: 'Log lines with the same namespace and pod',
    config: {
      type: 'query',
      field: pod,
      target: {
        expr: selector('', [refersTo(namespace, namespace), refersTo(pod, pod)]),
        queryType: 'range',
        editorMode: 'code',
      },
    },
  };
}

/**
 * From a log line to the memory of its pod. The line's labels are `__labels.tags` (Grafana: logParser.ts). It cannot be a
 * derived field: such a link hands its text over as `query`, which trace data sources read and Prometheus does not.
 */
function metricsOfPod(metrics: DataSourceSettings, { namespace, pod, container }: DataLabels): ProvisioningValue {
  const ofLine = (label: string) => refersTo(label, `__labels.tags.${label}`);
  const memory = selector('container_memory_working_set_bytes', [ofLine(namespace), ofLine(pod), isNot(container, '')]);
  return {
    targetUID: metrics.uid,
    label: 'Metrics of this pod',
    description: 'Memory of the containers with the same namespace and pod',
    config: {
      type: 'query',
      field: 'Line',
      target: {
        expr: aggregate('sum', [container], memory),
        range: true,
        instant: false,
        editorMode: 'code',
      },
    },
  };
}

/** From a log line to its trace, over the id that stands in a label or in structured metadata. */
function traceOfLine(traces: DataSourceSettings, field: string): ProvisioningValue {
  return {
    name: field,
    matcherType: 'label',
    matcherRegex: `^${field.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}$`,
    datasourceUid: traces.uid,
    url: '${__value.raw}',
    urlDisplayLabel: 'Trace',
  };
}

/** From a span to the lines of its namespace that have the id of its trace. A link appears where the span has the attribute. */
function logsOfSpan(loki: DataSourceSettings, { namespace }: DataLabels): ProvisioningValue {
  return {
    datasourceUid: loki.uid,
    // Lines come before and after the span, by clocks that differ.
    spanStartTimeShift: '-1h',
    spanEndTimeShift: '1h',
    tags: [{ key: 'k8s.namespace.name', value: namespace }],
    filterByTraceID: true,
    filterBySpanID: false,
  };
}

/** From a span to the memory of its pod. `$__tags` stands for the matchers of the tags. */
function metricsOfSpan(metrics: DataSourceSettings, { namespace, pod, container }: DataLabels): ProvisioningValue {
  return {
    datasourceUid: metrics.uid,
    tags: [
      { key: 'k8s.namespace.name', value: namespace },
      { key: 'k8s.pod.name', value: pod },
    ],
    queries: [
      { name: 'Memory of this pod', query: aggregate('sum', [container], 'container_memory_working_set_bytes{$__tags}') },
    ],
  };
}

/** From a sample to a trace that was part of it, where Prometheus keeps exemplars. */
const exemplarLinks = ({ uid }: DataSourceSettings): ProvisioningValue =>
  EXEMPLAR_LABELS.map((name) => ({ name, datasourceUid: uid, urlDisplayLabel: 'Trace' }));

/** What links spans with the other data sources, by the attributes of Kubernetes that Alloy adds. */
function linksOfSpans(kind: DataSourceKind, all: readonly DataSourceSettings[], { labels }: DataSourceContext) {
  const loki = all.find((other) => other.kind === 'loki');
  const metrics = all.find((other) => METRICS.includes(other.kind));
  return {
    nodeGraph: { enabled: true },
    ...(loki && { tracesToLogsV2: logsOfSpan(loki, labels) }),
    ...(metrics && { tracesToMetrics: metricsOfSpan(metrics, labels) }),
    // The calls between services, which Tempo writes as metrics.
    ...(kind === 'tempo' && metrics && { serviceMap: { datasourceUid: metrics.uid } }),
  };
}

/** Labels of exemplars that hold the id of a trace: of OpenTelemetry and most clients, and of Tempo's own metrics. */
const EXEMPLAR_LABELS = ['trace_id', 'traceID', 'traceId'];

const seconds = (duration: Duration) => `${duration.toSeconds({ integral: false })}s`;

function jsonDataOf(source: DataSourceSettings, all: readonly DataSourceSettings[], context: DataSourceContext) {
  const { kind, tenant, traceIdField, certificateAuthority } = source;
  const traces = all.find((other) => TRACES.includes(other.kind));
  return {
    ...source.jsonData,
    ...(METRICS.includes(kind) && { timeInterval: seconds(source.sampleInterval ?? context.scrapeInterval) }),
    ...(METRICS.includes(kind) && traces && { exemplarTraceIdDestinations: exemplarLinks(traces) }),
    ...(TRACES.includes(kind) && linksOfSpans(kind, all, context)),
    ...(traceIdField !== undefined && traces && { derivedFields: [traceOfLine(traces, traceIdField)] }),
    ...(tenant !== undefined && { httpHeaderName1: 'X-Scope-OrgID' }),
    ...(certificateAuthority && { tlsAuthWithCACert: true }),
  };
}

function correlationsOf(source: DataSourceSettings, all: readonly DataSourceSettings[], { labels }: DataSourceContext) {
  const loki = all.find(({ kind }) => kind === 'loki');
  const metrics = all.find(({ kind }) => METRICS.includes(kind));
  if (METRICS.includes(source.kind) && loki) {
    return [logsOfPod(loki, labels)];
  }
  return source.kind === 'loki' && metrics ? [metricsOfPod(metrics, labels)] : undefined;
}

function secureJsonDataOf({ kind, uid, password, certificateAuthority, tenant }: DataSourceSettings) {
  const secrets = {
    ...(password && { [kind === 'mysql' ? 'password' : 'basicAuthPassword']: new FromEnvironment(variableOf(uid, 'PASSWORD')) }),
    ...(certificateAuthority && { tlsCACert: new FromEnvironment(variableOf(uid, 'CA')) }),
    ...(tenant !== undefined && { httpHeaderValue1: tenant }),
  };
  return Object.keys(secrets).length === 0 ? undefined : secrets;
}

function dataSource(
  source: DataSourceSettings,
  all: readonly DataSourceSettings[],
  context: DataSourceContext,
): ProvisioningValue {
  const { kind, uid, name, endpoint, user } = source;
  const sql = kind === 'mysql';
  return {
    name,
    uid,
    type: kind === 'thanos' ? 'prometheus' : kind,
    access: 'proxy',
    url: sql ? endpoint.hostAndPort : endpoint.url,
    ...(user !== undefined && (sql ? { user } : { basicAuth: true, basicAuthUser: user })),
    isDefault: source === defaultOf(all),
    editable: false,
    jsonData: jsonDataOf(source, all, context),
    secureJsonData: secureJsonDataOf(source),
    correlations: correlationsOf(source, all, context),
  };
}

/**
 * The file of data sources. `prune` removes a data source that is no longer in the file, which a file without it would leave
 * behind for ever.
 */
export function dataSourcesFile(sources: readonly DataSourceSettings[], context: DataSourceContext) {
  return { apiVersion: 1, prune: true, datasources: sources.map((source) => dataSource(source, sources, context)) };
}

function twice(property: string, values: readonly string[], why: string): string[] {
  const repeated = values.filter((value, index) => values.indexOf(value) < index);
  return [...new Set(repeated)].map(
    (value) =>
      `dataSources has ${property} ${JSON.stringify(value)} more than once; allowed is one of each${why}: give one another ${property}`,
  );
}

function problemsOfOne({ kind, uid, name, endpoint, user, tenant, sampleInterval, problems }: DataSourceSettings): string[] {
  const label = `dataSources ${JSON.stringify(name)}`;
  return [
    ...(problems ?? []).map((problem) => `${label}: ${problem}`),
    ...(/^[a-zA-Z0-9_-]{1,40}$/.test(uid)
      ? []
      : [`${label}: uid is ${JSON.stringify(uid)}; allowed are 1 to 40 letters, digits, "-" and "_": choose another uid`]),
    ...(name.trim() === ''
      ? [`${label}: name is ${JSON.stringify(name)}; allowed is a text that is not empty: give the data source a name`]
      : []),
    ...(user === '' ? [`${label}: user is ""; allowed is a text that is not empty: name the user`] : []),
    ...(tenant === undefined || /^[a-zA-Z0-9!_.*'()|-]{1,150}$/.test(tenant)
      ? []
      : [
          `${label}: tenant is ${JSON.stringify(tenant)}; allowed are 1 to 150 letters, digits and "!-_.*'()", joined by "|": correct the tenant`,
        ]),
    ...(sampleInterval && sampleInterval.toMilliseconds() < 1000
      ? [`${label}: scrapeInterval is ${sampleInterval.toMilliseconds()} ms; allowed is at least 1 s: raise it`]
      : []),
    ...(kind === 'mysql' || ['http', 'https'].includes(endpoint.protocol)
      ? []
      : [`${label}: endpoint speaks ${endpoint.protocol}; allowed are http and https: give the endpoint of its HTTP interface`]),
    ...(kind === 'mysql' && endpoint.protocol !== 'tcp'
      ? [`${label}: endpoint speaks ${endpoint.protocol}; allowed is tcp: use EndpointProtocol.TCP`]
      : []),
    ...(/^[a-zA-Z0-9:._[\]-]+$/.test(endpoint.host)
      ? []
      : [
          `${label}: endpoint.host is ${JSON.stringify(endpoint.host)}; allowed is a host name or address, without scheme, port or path: correct the host`,
        ]),
  ];
}

/** What is wrong with the data sources, each and together. */
export function dataSourceProblems(sources: readonly DataSourceSettings[]): string[] {
  const defaults = sources.filter(({ isDefault }) => isDefault).map(({ name }) => JSON.stringify(name));
  // Variables of two uids may be the same although the uids differ.
  const uids = new Map(sources.map(({ uid }) => [uid, variableOf(uid, '')]));
  const alike = sources.filter(({ uid }) => [...uids].some(([other, variable]) => other !== uid && variable === uids.get(uid)));
  return [
    ...sources.flatMap(problemsOfOne),
    ...twice(
      'uid',
      sources.map(({ uid }) => uid),
      '',
    ),
    ...twice(
      'name',
      sources.map(({ name }) => name),
      ', because Grafana finds data sources by name when it starts',
    ),
    ...(alike.length > 0
      ? [
          `dataSources have the uids ${alike.map(({ uid }) => JSON.stringify(uid)).join(', ')}; allowed are uids that differ by more than case, "-" and "_", because variables are named after them: choose another uid`,
        ]
      : []),
    ...(defaults.length > 1
      ? [`dataSources has ${defaults.length} defaults, ${defaults.join(' and ')}; allowed is one: take isDefault from the others`]
      : []),
  ];
}
