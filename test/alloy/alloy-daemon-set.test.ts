import type { Chart } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { AlloyLogLevel } from '../../src/alloy/alloy-container';
import { AlloyDaemonSet, type AlloyDaemonSetProps } from '../../src/alloy/alloy-daemon-set';
import { ContainerRuntime } from '../../src/alloy/container-runtime';
import { LogField } from '../../src/alloy/log-field';
import { LogFilter } from '../../src/alloy/log-filter';
import { LogLabel } from '../../src/alloy/log-label';
import { LogMatch } from '../../src/alloy/log-match';
import {
  HttpDurationUnit,
  HttpErrors,
  type HttpLogMetricsProps,
  type LogCounterProps,
  type LogHistogramProps,
  LogMetric,
} from '../../src/alloy/log-metric';
import { LogMultiline } from '../../src/alloy/log-multiline';
import { type JsonLogPipelineProps, LogPipeline } from '../../src/alloy/log-pipeline';
import type { LogPipelineProps } from '../../src/alloy/log-pipeline-options';
import { LogRedaction } from '../../src/alloy/log-redaction';
import { LogTenant } from '../../src/alloy/log-tenant';
import { LogTimestamp } from '../../src/alloy/log-timestamp';
import { OWN_METRICS } from '../../src/alloy/own-metrics';
import { Access } from '../../src/settings/access';
import { DataLabels } from '../../src/settings/data-labels';
import { Endpoint, EndpointProtocol } from '../../src/settings/endpoint';
import { MonitoringContext, type MonitoringContextProps } from '../../src/settings/monitoring-context';
import { SecretKey } from '../../src/settings/secret-key';
import { EVERY_WORKLOAD_OPTION, expectEveryPropToMatter, manifestOf, synthesisError, synthesize } from '../support/constructs';

const MINIMAL: AlloyDaemonSetProps = {
  push: Endpoint.external({ host: 'loki.example.com', port: 3100 }),
  logs: [LogPipeline.json({ name: 'shop', namespaces: ['shop'] })],
};

const EVERY_PROP: Required<AlloyDaemonSetProps> = {
  ...EVERY_WORKLOAD_OPTION,
  push: Endpoint.external({ host: 'logs.example.com', port: 443, protocol: EndpointProtocol.HTTPS, cidrs: ['192.0.2.0/24'] }),
  logs: [LogPipeline.plain({ name: 'all' })],
  tenant: 'shop',
  credentials: { username: SecretKey.of('loki', 'user'), password: SecretKey.of('loki', 'password') },
  containerRuntime: ContainerRuntime.docker(),
  storagePath: '/data/alloy',
  logLevel: AlloyLogLevel.WARN,
  extraConfig: 'prometheus.exporter.self "alloy" { }\n',
};

const METRICS = LogMetric.http({ prefix: 'shop' });

const EVERY_PLAIN_PROP: Required<LogPipelineProps> = {
  name: 'other',
  namespaces: ['shop'],
  apps: ['order'],
  podAsLabel: true,
  podLabels: { tenant: 'tenant' },
  staticLabels: { site: 'seoul' },
  excludedNamespaces: ['test'],
  excludedApps: ['load-test'],
  podSelector: { 'example.com/logs': 'yes' },
  multiline: LogMultiline.java(),
  redact: [LogRedaction.secrets()],
  timestamp: LogTimestamp.rfc3339('tenant'),
  filters: [LogFilter.drop({ match: LogMatch.pattern('.*health.*'), reason: 'health' })],
  rateLimit: { linesPerSecond: 100 },
  tenant: LogTenant.of('shop'),
  metrics: [LogMetric.counter({ name: 'lines_total' })],
  labels: [LogLabel.of('tenant')],
};

const EVERY_JSON_PROP: Required<JsonLogPipelineProps> = {
  ...EVERY_PLAIN_PROP,
  labels: [LogLabel.of('logger')],
  fields: [LogField.of('level'), LogField.of('user')],
  structuredMetadata: ['traceId'],
  output: 'message',
};

const EVERY_COUNTER_PROP: Required<LogCounterProps> = {
  name: 'other_total',
  description: 'Other.',
  field: 'level',
  match: LogMatch.oneOf(['ERROR']),
  labels: [LogLabel.level()],
};

const EVERY_HISTOGRAM_PROP: Required<LogHistogramProps> = {
  name: 'other_ms',
  description: 'Other.',
  field: 'statusCode',
  buckets: [1],
  labels: [LogLabel.level()],
};

const EVERY_HTTP_PROP: Required<HttpLogMetricsProps> = {
  prefix: 'other',
  errors: HttpErrors.ERROR_LEVEL,
  buckets: [1],
  statusField: 'duration',
  durationField: 'statusCode',
  durationUnit: HttpDurationUnit.SECONDS,
  levelField: 'logger',
  labels: [],
};

const alloy = (chart: Chart, props: AlloyDaemonSetProps) => new AlloyDaemonSet(chart, 'alloy', props);

const reading = (chart: Chart, logs: LogPipeline) => alloy(chart, { ...MINIMAL, logs: [logs] });

const counting = (chart: Chart, ...metrics: LogMetric[]) => reading(chart, LogPipeline.json({ name: 'shop', metrics }));

const configOf = (props: AlloyDaemonSetProps, context?: MonitoringContextProps): string =>
  manifestOf(
    synthesize((chart) => alloy(chart, props), context),
    'ConfigMap',
  ).data['config.alloy'];

describe('AlloyDaemonSet', () => {
  it('synthesizes with minimal properties', () => {
    expect(synthesize((chart) => alloy(chart, MINIMAL))).toMatchSnapshot();
  });

  it('synthesizes with every property', () => {
    expect(synthesize((chart) => alloy(chart, EVERY_PROP))).toMatchSnapshot();
  });

  it('has no dead property', () => {
    expectEveryPropToMatter(alloy, MINIMAL, EVERY_PROP);
  });

  it('runs on every node as root without capabilities, and sees of the node its logs and its own storage', () => {
    const { spec } = manifestOf(
      synthesize((chart) => alloy(chart, MINIMAL)),
      'DaemonSet',
    ).spec.template;
    expect(spec.tolerations).toEqual([{ operator: 'Exists' }]);
    expect(spec.containers[0].securityContext).toEqual({
      runAsUser: 0,
      runAsGroup: 0,
      runAsNonRoot: false,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(spec.volumes).toEqual([
      { name: 'config', configMap: { name: 'monitoring-alloy-node-config' } },
      { name: 'storage', hostPath: { path: '/var/lib/monitoring-alloy-node', type: 'DirectoryOrCreate' } },
      { name: 'pod-logs', hostPath: { path: '/var/log/pods', type: 'Directory' } },
    ]);
    expect(spec.containers[0].volumeMounts).toEqual([
      { name: 'config', mountPath: '/etc/alloy', readOnly: true },
      { name: 'storage', mountPath: '/data' },
      { name: 'pod-logs', mountPath: '/var/log/pods', readOnly: true },
    ]);
    expect(spec.containers[0].livenessProbe).toBeUndefined();
  });

  it('may read the pods of the watched namespaces only', () => {
    const logs = [LogPipeline.plain({ name: 'a', namespaces: ['shop', 'web'] })];
    const manifests = synthesize((chart) => alloy(chart, { ...MINIMAL, logs }));
    const bindings = manifests.filter(({ kind }) => /Binding$/.test(kind));
    expect(bindings.map(({ kind, metadata }) => [kind, metadata.namespace])).toEqual([
      ['RoleBinding', 'shop'],
      ['RoleBinding', 'web'],
    ]);
    expect(manifestOf(manifests, 'ClusterRole').rules).toEqual([
      { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] },
    ]);
  });

  it('needs a right on the cluster to read all namespaces, unless somebody else grants it', () => {
    const props = { ...MINIMAL, logs: [LogPipeline.plain({ name: 'all' })] };
    const kinds = (context?: MonitoringContextProps) =>
      synthesize((chart) => alloy(chart, props), context).map(({ kind }) => kind);
    expect(kinds()).toContain('ClusterRoleBinding');
    expect(kinds({ access: Access.existing() })).not.toContain('ClusterRoleBinding');
    synthesize((chart) => {
      const context = MonitoringContext.of(chart);
      alloy(chart, props);
      expect(context._plan.prerequisites).toEqual([]);
    });
    synthesize(
      (chart) => {
        alloy(chart, props);
        expect(MonitoringContext.of(chart)._plan.prerequisites).toEqual([
          {
            kind: 'Access',
            name: 'list and watch on the pods of all namespaces for ServiceAccount monitoring-agents/monitoring-alloy-node',
            neededBy: 'monitoring-alloy-node',
          },
        ]);
      },
      { access: Access.existing() },
    );
  });

  it('offers metrics that keep the labels of the applications', () => {
    synthesize((chart) => {
      const { http } = alloy(chart, MINIMAL);
      expect(http.url).toBe('http://monitoring-alloy-node.monitoring-agents.svc.cluster.local:12345');
      expect(MonitoringContext.of(chart)._plan.metrics).toMatchObject([
        { job: 'alloy-node', honorLabels: false, ownMetrics: OWN_METRICS, path: '/metrics' },
      ]);
    });
  });

  it('restarts when the configuration changes', () => {
    const checksum = (props: AlloyDaemonSetProps) =>
      manifestOf(
        synthesize((chart) => alloy(chart, props)),
        'DaemonSet',
      ).spec.template.metadata.annotations['checksum/config'];
    expect(checksum({ ...MINIMAL, tenant: 'other' })).not.toBe(checksum(MINIMAL));
    expect(checksum({ ...MINIMAL, podLabels: { a: 'b' } })).toBe(checksum(MINIMAL));
  });

  it('notes the Secret of its credentials', () => {
    synthesize((chart) => {
      alloy(chart, EVERY_PROP);
      const secrets = MonitoringContext.of(chart)._plan.prerequisites.filter(({ kind }) => kind === 'Secret');
      expect(secrets.map(({ namespace, name, keys }) => [namespace, name, keys])).toEqual([
        ['elsewhere', 'loki', ['user']],
        ['elsewhere', 'loki', ['password']],
      ]);
    });
  });

  it('mounts the directory that Docker links to', () => {
    const { spec } = manifestOf(
      synthesize((chart) => alloy(chart, { ...MINIMAL, containerRuntime: ContainerRuntime.docker('/srv/docker/containers') })),
      'DaemonSet',
    ).spec.template;
    expect(spec.volumes.at(-1)).toEqual({
      name: 'container-logs',
      hostPath: { path: '/srv/docker/containers', type: 'Directory' },
    });
    expect(spec.containers[0].volumeMounts.at(-1)).toMatchObject({ mountPath: '/srv/docker/containers', readOnly: true });
  });

  it('takes hostile text as data', () => {
    const hostile = 'a"b\\c`${x}$1\n{{ . }} 😀';
    const config = configOf({ ...MINIMAL, logs: [LogPipeline.plain({ name: 'a', staticLabels: { site: hostile } })] });
    expect(config).toContain(`\t\t\tsite    = ${JSON.stringify(hostile)},`);
  });

  it('names all that is wrong at once', () => {
    const error = synthesisError((chart) =>
      alloy(chart, {
        ...MINIMAL,
        logs: [LogPipeline.plain({ name: 'a-b' })],
        tenant: 'a b',
        storagePath: 'data/../x',
        containerRuntime: ContainerRuntime.docker('/a/../b'),
        extraConfig: ' \n',
      }),
    );
    expect(error).toContain('[test/alloy] logs["a-b"].name is "a-b"');
    expect(error).toContain('tenant is "a b"; allowed are 1 to 150 letters');
    expect(error).toContain('storagePath is "data/../x"; allowed is an absolute path');
    expect(error).toContain('containerRuntime.directory is "/a/../b"');
    expect(error).toContain('extraConfig is empty');
  });

  it('leaves it to the context to refuse data labels', () => {
    const dataLabels = new DataLabels({ cluster: 'a"b' });
    expect(synthesisError((chart) => alloy(chart, MINIMAL), { dataLabels })).toContain('dataLabels.cluster is "a\\"b"');
  });
});

describe('log pipelines', () => {
  it('have no dead property', () => {
    expectEveryPropToMatter(
      (chart, props: LogPipelineProps) => reading(chart, LogPipeline.plain(props)),
      { name: 'shop' },
      EVERY_PLAIN_PROP,
      {
        labels: { podLabels: { tenant: 'tenant' } },
        timestamp: { podLabels: { tenant: 'tenant' } },
      },
    );
    expectEveryPropToMatter(
      (chart, props: JsonLogPipelineProps) => reading(chart, LogPipeline.json(props)),
      { name: 'shop' },
      EVERY_JSON_PROP,
      { timestamp: { podLabels: { tenant: 'tenant' } } },
    );
  });

  it('tell what they read and make', () => {
    const pipeline = LogPipeline.json({ name: 'shop', namespaces: ['shop'], metrics: METRICS });
    expect([pipeline.name, pipeline.namespaces, pipeline.metrics]).toEqual(['shop', ['shop'], METRICS]);
    expect(LogPipeline.plain({ name: 'all' }).namespaces).toBeUndefined();
  });
});

describe('log metrics', () => {
  it('have no dead property', () => {
    expectEveryPropToMatter(
      (chart, props: LogCounterProps) => counting(chart, LogMetric.counter(props)),
      { name: 'shop_total' },
      EVERY_COUNTER_PROP,
    );
    expectEveryPropToMatter(
      (chart, props: LogHistogramProps) => counting(chart, LogMetric.histogram(props)),
      { name: 'shop_ms', field: 'duration', buckets: [5] },
      EVERY_HISTOGRAM_PROP,
    );
    expectEveryPropToMatter(
      (chart, props: HttpLogMetricsProps) => counting(chart, ...LogMetric.http(props)),
      { prefix: 'shop' },
      EVERY_HTTP_PROP,
      { levelField: { errors: HttpErrors.ERROR_LEVEL } },
    );
  });
});

describe('log labels', () => {
  it('have defaults that can be changed', () => {
    const described = ({ name, field }: LogLabel) => `${name} of ${field}`;
    expect([LogLabel.level(), LogLabel.httpMethod(), LogLabel.httpStatusClass()].map(described)).toEqual([
      'level of level',
      'method of httpMethod',
      'status of statusCode',
    ]);
    const changed = { name: 'n', field: 'f' };
    const listed = LogLabel.oneOf({ ...changed, values: ['v'] });
    const all = [
      LogLabel.level(changed),
      LogLabel.httpMethod(changed),
      LogLabel.httpStatusClass(changed),
      listed,
      LogLabel.of('f', { name: 'n' }),
    ];
    expect(all.map(described)).toEqual(Array(5).fill('n of f'));
    expect([LogLabel.oneOf({ field: 'f', values: ['v'] }), LogLabel.of('f')].map(described)).toEqual(['f of f', 'f of f']);
  });
});
