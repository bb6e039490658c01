import { type Chart, Duration, Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { AlloyLogLevel } from '../../src/alloy/alloy-container';
import { AlloyDaemonSet } from '../../src/alloy/alloy-daemon-set';
import { AlloyDeployment, type AlloyDeploymentProps } from '../../src/alloy/alloy-deployment';
import { AlloySource, type LogsSourceProps } from '../../src/alloy/alloy-source';
import { LogField } from '../../src/alloy/log-field';
import { LogFilter } from '../../src/alloy/log-filter';
import { LogFormat } from '../../src/alloy/log-format';
import { LogLabel } from '../../src/alloy/log-label';
import { LogMatch } from '../../src/alloy/log-match';
import { type LogGaugeProps, LogMetric, type LogSumProps } from '../../src/alloy/log-metric';
import { LogMultiline } from '../../src/alloy/log-multiline';
import { LogPipeline } from '../../src/alloy/log-pipeline';
import type {
  FormattedLogPipelineProps,
  JournalLogPipelineProps,
  KubernetesEventsLogPipelineProps,
  LogFieldOptions,
  LogPipelineOptions,
  OtlpLogPipelineProps,
} from '../../src/alloy/log-pipeline-options';
import { LogRedaction } from '../../src/alloy/log-redaction';
import { LogTenant } from '../../src/alloy/log-tenant';
import { LogTimestamp } from '../../src/alloy/log-timestamp';
import { Access } from '../../src/settings/access';
import { DataLabels } from '../../src/settings/data-labels';
import { Endpoint } from '../../src/settings/endpoint';
import { MonitoringContext, type MonitoringContextProps } from '../../src/settings/monitoring-context';
import { SecretKey } from '../../src/settings/secret-key';
import { EVERY_WORKLOAD_OPTION, expectEveryPropToMatter, manifestOf, synthesisError, synthesize } from '../support/constructs';

const PUSH = Endpoint.external({ host: 'loki.example.com', port: 3100, cidrs: ['192.0.2.1/32'] });

const EVENTS = LogPipeline.kubernetesEvents({ name: 'events' });

const cluster = (chart: Chart, props: Partial<AlloyDeploymentProps> & { readonly pipelines?: LogPipeline[] }) =>
  new AlloyDeployment(chart, 'alloy-cluster', {
    sources: [AlloySource.logs({ push: PUSH, pipelines: props.pipelines ?? [EVENTS] })],
    ...props,
  });

const onNodes = (chart: Chart, pipeline: LogPipeline) => new AlloyDaemonSet(chart, 'alloy', { push: PUSH, logs: [pipeline] });

const configOf = (construct: (chart: Chart) => void, context?: MonitoringContextProps): string =>
  manifestOf(synthesize(construct, context), 'ConfigMap').data['config.alloy'];

const rightsOf = (construct: (chart: Chart) => void) =>
  synthesize(construct)
    .filter(({ kind }) => /Role|Binding$/.test(kind))
    .map(({ kind, metadata, rules }) => [
      kind,
      metadata.name,
      metadata.namespace,
      rules?.map((rule: { resources: string[] }) => rule.resources.join()),
    ]);

describe('AlloyDeployment', () => {
  const every: Required<AlloyDeploymentProps> = {
    ...EVERY_WORKLOAD_OPTION,
    sources: [AlloySource.logs({ push: PUSH, pipelines: [LogPipeline.kubernetesEvents({ name: 'other' })] })],
    instance: 'other',
    replicas: 3,
    storageLimit: Size.gibibytes(5),
    logLevel: AlloyLogLevel.WARN,
    extraConfig: 'prometheus.exporter.self "alloy" { }\n',
  };

  it('synthesizes with minimal properties', () => {
    expect(synthesize((chart) => cluster(chart, {}))).toMatchSnapshot();
  });

  it('synthesizes with every property', () => {
    expect(synthesize((chart) => cluster(chart, every))).toMatchSnapshot();
  });

  it('has no dead property', () => {
    const fresh = (): Partial<AlloyDeploymentProps> => ({
      sources: [AlloySource.logs({ push: PUSH, pipelines: [EVENTS] })],
    });
    expectEveryPropToMatter<Partial<AlloyDeploymentProps>>(
      (chart, { sources, ...props }) =>
        cluster(chart, sources === every.sources ? { ...props, sources } : { ...fresh(), ...props }),
      {},
      every,
    );
  });

  it('runs without root and without rights on the node', () => {
    const { spec } = manifestOf(
      synthesize((chart) => cluster(chart, {})),
      'Deployment',
    ).spec.template;
    expect(spec.securityContext).toMatchObject({ runAsUser: 473, runAsGroup: 473, runAsNonRoot: true, fsGroup: 473 });
    expect(spec.volumes.filter((volume: { hostPath?: unknown }) => volume.hostPath)).toEqual([]);
  });

  it('shares its work among replicas that find each other', () => {
    const manifests = synthesize((chart) => cluster(chart, { replicas: 2 }));
    const { spec } = manifestOf(manifests, 'Deployment').spec.template;
    expect(spec.containers[0].args).toEqual(
      expect.arrayContaining([
        '--cluster.enabled',
        '--cluster.advertise-address=$(POD_IP):12345',
        '--cluster.join-addresses=monitoring-alloy-cluster.monitoring.svc.cluster.local:12345',
      ]),
    );
    expect(manifestOf(manifests, 'Service').spec.publishNotReadyAddresses).toBe(true);
    expect(manifestOf(manifests, 'ConfigMap').data['config.alloy']).toContain('clustering {\n\t\tenabled = true\n\t}');
    expect(manifestOf(manifests, 'NetworkPolicy').spec.ingress).toEqual([
      {
        from: [{ podSelector: { matchLabels: expect.objectContaining({ 'app.kubernetes.io/component': 'cluster' }) } }],
        ports: [{ port: 12345 }],
      },
    ]);
  });

  it('may do what its sources need and nothing else', () => {
    expect(rightsOf((chart) => cluster(chart, {}))).toEqual([
      ['ClusterRole', 'monitoring-alloy-cluster-events', undefined, ['events']],
      ['ClusterRoleBinding', 'monitoring-alloy-cluster-events', undefined, undefined],
    ]);
    const pipelines = [
      LogPipeline.kubernetesEvents({ name: 'events', namespaces: ['shop'] }),
      LogPipeline.plain({ name: 'pods', namespaces: ['shop', 'web'] }),
      LogPipeline.otlp({ name: 'otlp', kubernetesAttributes: false }),
    ];
    expect(
      rightsOf((chart) => cluster(chart, { pipelines })).map(([kind, , namespace, rules]) => [kind, namespace, rules]),
    ).toEqual([
      ['ClusterRole', undefined, ['events']],
      ['RoleBinding', 'shop', undefined],
      ['ClusterRole', undefined, ['pods', 'pods/log']],
      ['RoleBinding', 'shop', undefined],
      ['RoleBinding', 'web', undefined],
    ]);
    const senders = [LogPipeline.otlp({ name: 'otlp' })];
    expect(rightsOf((chart) => cluster(chart, { pipelines: senders })).map(([kind, , , rules]) => [kind, rules])).toEqual([
      ['ClusterRole', ['pods']],
      ['ClusterRoleBinding', undefined],
    ]);
  });

  it('has no token where it asks the API server nothing', () => {
    const mounts = (pipeline: LogPipeline) =>
      manifestOf(
        synthesize((chart) => cluster(chart, { pipelines: [pipeline] })),
        'Deployment',
      ).spec.template.spec.automountServiceAccountToken;
    expect([EVENTS, LogPipeline.otlp({ name: 'otlp', kubernetesAttributes: false })].map(mounts)).toEqual([true, false]);
  });

  it('leaves rights on the cluster to others if told so', () => {
    synthesize(
      (chart) => {
        cluster(chart, { pipelines: [EVENTS, LogPipeline.plain({ name: 'pods' })] });
        expect(MonitoringContext.of(chart)._plan.prerequisites.map(({ name }) => name)).toEqual([
          'get, list and watch on the events of all namespaces for ServiceAccount monitoring/monitoring-alloy-cluster',
          'get, list and watch on the pods of all namespaces, and get on their logs for ServiceAccount monitoring/monitoring-alloy-cluster',
        ]);
      },
      { access: Access.existing() },
    );
  });

  it('names all that is wrong at once', () => {
    const source = AlloySource.logs({
      push: PUSH,
      pipelines: [
        LogPipeline.journal({ name: 'journal' }),
        LogPipeline.otlp({ name: 'a', grpcPort: 80, senders: [] }),
        LogPipeline.otlp({ name: 'b', httpPort: 4317 }),
      ],
      tenant: 'a b',
    });
    const error = synthesisError((chart) =>
      cluster(chart, {
        sources: [source, AlloySource.logs({ push: PUSH, pipelines: [] })],
        replicas: 0,
        storageLimit: Size.mebibytes(0),
        extraConfig: ' ',
      }),
    );
    for (const text of [
      'logs["journal"].source is journal; allowed are pods and kubernetesEvents and otlp in this agent: give it to AlloyDaemonSet',
      'logs["a"].grpcPort is 80; allowed are 1024 to 65535',
      'logs["a"].senders is []',
      'logs["b"].httpPort is 4317, as grpcPort is',
      'logs has several pipelines of OTLP (a, b)',
      'tenant is "a b"',
      'sources has several sources of logs',
      'replicas is 0',
      'storageLimit is 0',
      'extraConfig is empty',
    ]) {
      expect(error).toContain(text);
    }
    expect(synthesisError((chart) => cluster(chart, { sources: [] }))).toContain('sources is []');
  });
});

describe('sources', () => {
  it('read the journal with its level and unit', () => {
    const pipeline = LogPipeline.journal({ name: 'journal', units: ['kubelet.service', 'containerd.service'] });
    const manifests = synthesize((chart) => onNodes(chart, pipeline));
    expect(manifestOf(manifests, 'ConfigMap').data['config.alloy']).toMatchSnapshot();
    const { spec } = manifestOf(manifests, 'DaemonSet').spec.template;
    expect(spec.volumes.at(-1)).toEqual({ name: 'journal', hostPath: { path: '/var/log/journal', type: 'Directory' } });
    expect(manifests.filter(({ kind }) => /Role/.test(kind))).toEqual([]);
  });

  it('trust the level that a line tells rather than the journal', () => {
    const config = configOf((chart) => onNodes(chart, LogPipeline.journal({ name: 'kubelet', format: LogFormat.klog() })));
    expect(config).toContain('stage.label_keep {\n\t\tvalues = ["app"]');
    expect(config).not.toContain('stage.multiline');
  });

  it('read events with a namespace of any name', () => {
    expect(
      configOf((chart) => cluster(chart, {}), { dataLabels: new DataLabels({ namespace: 'ns', app: 'service' }) }),
    ).toMatchSnapshot();
  });

  it('receive OTLP', () => {
    const source = AlloySource.logs({ push: PUSH, pipelines: [LogPipeline.otlp({ name: 'otlp', senders: ['shop'] })] });
    expect(source.otlpHttp).toBeUndefined();
    const manifests = synthesize((chart) => cluster(chart, { sources: [source] }));
    expect(manifestOf(manifests, 'ConfigMap').data['config.alloy']).toMatchSnapshot();
    expect([source.otlpGrpc?.hostAndPort, source.otlpHttp?.url]).toEqual([
      'monitoring-alloy-cluster-otlp.monitoring.svc.cluster.local:4317',
      'http://monitoring-alloy-cluster-otlp.monitoring.svc.cluster.local:4318',
    ]);
    expect(manifestOf(manifests, 'NetworkPolicy').spec.ingress).toHaveLength(1);
  });

  it('read pods by way of the API server', () => {
    const config = configOf((chart) =>
      cluster(chart, { pipelines: [LogPipeline.plain({ name: 'pods', namespaces: ['shop'] })] }),
    );
    expect(config).toContain('loki.source.kubernetes "pods" {\n\ttargets    = discovery.relabel.pods.output');
    expect(config).not.toMatch(/selectors|__path__|stage\.cri/);
  });

  it('refuse what the agent of the nodes must not do', () => {
    expect(synthesisError((chart) => onNodes(chart, EVENTS))).toContain(
      'logs["events"].source is kubernetesEvents; allowed are pods and journal in this agent: give it to AlloyDeployment',
    );
  });

  it('have no dead property', () => {
    const common: Required<LogPipelineOptions & LogFieldOptions> = {
      name: 'other',
      staticLabels: { site: 'seoul' },
      redact: [LogRedaction.emailAddresses()],
      timestamp: LogTimestamp.layout({ field: 'message', layout: '15:04', location: 'Asia/Seoul' }),
      filters: [LogFilter.drop({ match: LogMatch.any(), reason: 'all' })],
      metrics: [LogMetric.counter({ name: 'lines_total' })],
      labels: [],
      structuredMetadata: [],
      output: 'message',
      rateLimit: { linesPerSecond: 10, burst: 20 },
      tenant: LogTenant.fromField('message'),
    };
    const format = LogFormat.regex('^(?P<level>[A-Z]+) (?P<thread>\\S+) (?P<message>.*)$');
    expectEveryPropToMatter<FormattedLogPipelineProps>(
      (chart, props) => onNodes(chart, LogPipeline.of(props)),
      { name: 'shop', format, podLabels: { team: 'team' } },
      {
        ...common,
        namespaces: ['shop'],
        apps: ['order'],
        excludedNamespaces: ['test'],
        excludedApps: ['test'],
        podSelector: { logs: 'yes' },
        podAsLabel: true,
        podLabels: { tenant: 'tenant' },
        multiline: LogMultiline.java(),
        format: LogFormat.pattern('<level> <message>'),
      },
    );
    expectEveryPropToMatter<JournalLogPipelineProps>(
      (chart, props) => onNodes(chart, LogPipeline.journal(props)),
      { name: 'journal', format },
      {
        ...common,
        units: ['kubelet.service'],
        maxAge: Duration.hours(1),
        directory: '/run/log/journal',
        format: LogFormat.plain(),
      },
      { labels: { labels: [LogLabel.of('thread')] } },
    );
    const ofEvents = { ...common, output: 'msg', timestamp: LogTimestamp.rfc3339('msg'), tenant: LogTenant.fromField('msg') };
    expectEveryPropToMatter<KubernetesEventsLogPipelineProps>(
      (chart, props) => cluster(chart, { pipelines: [LogPipeline.kubernetesEvents(props)] }),
      { name: 'events' },
      { ...ofEvents, namespaces: ['shop'] },
    );
    expectEveryPropToMatter<OtlpLogPipelineProps>(
      (chart, props) => cluster(chart, { pipelines: [LogPipeline.otlp(props)] }),
      { name: 'otlp' },
      {
        ...common,
        fields: [LogField.at({ name: 'route', path: ['attributes', 'http.route'] })],
        grpcPort: 14317,
        httpPort: 14318,
        kubernetesAttributes: false,
        senders: ['shop'],
      },
    );
    expectEveryPropToMatter<LogsSourceProps>(
      (chart, props) => cluster(chart, { sources: [AlloySource.logs(props)] }),
      { push: PUSH, pipelines: [EVENTS] },
      {
        push: Endpoint.external({ host: 'other.example.com', port: 443 }),
        pipelines: [LogPipeline.otlp({ name: 'otlp' })],
        tenant: 'shop',
        credentials: { username: SecretKey.of('loki', 'user'), password: SecretKey.of('loki', 'password') },
      },
    );
  });
});

describe('numbers of lines', () => {
  const counting = (metric: LogMetric) => (chart: Chart) => onNodes(chart, LogPipeline.json({ name: 'shop', metrics: [metric] }));

  it('have no dead property', () => {
    const every: Required<LogSumProps & LogGaugeProps> = {
      name: 'other_bytes_total',
      description: 'Other.',
      field: 'statusCode',
      labels: [LogLabel.level()],
    };
    expectEveryPropToMatter<LogSumProps>(
      (chart, props) => counting(LogMetric.sum(props))(chart),
      { name: 'shop_bytes_total', field: 'duration' },
      every,
    );
    expectEveryPropToMatter<LogGaugeProps>(
      (chart, props) => counting(LogMetric.gauge(props))(chart),
      { name: 'shop_length', field: 'duration' },
      { ...every, name: 'other_length' },
    );
  });
});
