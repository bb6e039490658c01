import { App, Duration, Size, Testing } from 'cdk8s';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { Alertmanager } from '../../src/alertmanager/alertmanager';
import { Alerts } from '../../src/rules/alerts';
import { Objective } from '../../src/rules/objective';
import { AlertSeverity, type RuleGroup } from '../../src/rules/rule';
import { Cluster } from '../../src/settings/cluster';
import { DataLabels } from '../../src/settings/data-labels';
import { Endpoint, EndpointProtocol } from '../../src/settings/endpoint';
import { Retention } from '../../src/settings/retention';
import { MonitoringStack } from '../../src/stack/monitoring-stack';
import type { MonitoringStackProps, ThanosStackOptions } from '../../src/stack/stack-options';
import { ThanosQuery } from '../../src/thanos/thanos-query';
import { ThanosRuler, type ThanosRulerProps } from '../../src/thanos/thanos-ruler';
import {
  alertmanagersConfig,
  externalLabelProblems,
  queryConfig,
  type RulerSettings,
  rulerArguments,
} from '../../src/thanos/thanos-ruler-config';
import {
  BASIC_AUTHENTICATION,
  EVERY_VOLUME_OPTION,
  EVERY_WORKLOAD_OPTION,
  expectEveryPropToMatter,
  type Manifest,
  manifestOf,
  synthesisError,
  synthesize,
} from '../support/constructs';
import { BUCKET, TWENTY_GIBIBYTES } from './bucket';

const QUERY = Endpoint.external({ host: 'query.example.com', port: 10902, cidrs: ['192.0.2.7/32'] });
const ALERTMANAGER = Endpoint.external({
  host: 'alerts.example.com',
  port: 443,
  protocol: EndpointProtocol.HTTPS,
  path: '/am',
  cidrs: ['192.0.2.8/32'],
});

const RECORDS: RuleGroup = { name: 'records', records: [{ name: 'fleet:up:sum', expr: 'sum(up)' }] };
const ALERTS: RuleGroup = { name: 'fleet', alerts: [{ name: 'FleetDown', expr: 'sum(up) == 0', summary: 'All is down' }] };
const rules = (...groups: RuleGroup[]) => new Alerts({ library: false }).add(...groups);

const MINIMAL: ThanosRulerProps = { query: QUERY, alerts: rules(RECORDS) };

const EVERY_PROP: Required<ThanosRulerProps> = {
  ...EVERY_WORKLOAD_OPTION,
  ...EVERY_VOLUME_OPTION,
  query: Endpoint.external({ host: 'global.example.com', port: 10902 }),
  alertmanagers: [ALERTMANAGER],
  objectStorage: BUCKET,
  instance: 'global',
  alerts: rules(RECORDS, ALERTS),
  replicas: 2,
  evaluationInterval: Duration.seconds(30),
  externalLabels: { region: 'eu "1" $(POD_NAME)' },
  volume: TWENTY_GIBIBYTES,
  retention: Retention.hours(36),
  queryUrl: 'https://thanos.example.com',
};

const SETTINGS: RulerSettings = {
  ruleMaps: ['rules'],
  ruler: 'dev/monitoring/monitoring-thanos-ruler',
  externalLabels: {},
  replicaLabel: 'replica',
  evaluationInterval: Duration.minutes(1),
  retention: Retention.days(15),
  tellsAlertmanagers: false,
  queryUrl: undefined,
  uploads: false,
};

const COMMON = ['rule', '--log.format=json', '--enable-auto-gomemlimit', '--http-address=:10902', '--grpc-address=:10901'];

describe('ruler configuration', () => {
  it('turns settings into arguments', () => {
    expect(rulerArguments(SETTINGS)).toEqual([
      ...COMMON,
      '--data-dir=/data',
      '--query.config-file=/etc/thanos/query.yaml',
      '--rule-file=/etc/thanos-rules/rules/*.yaml',
      '--eval-interval=1m',
      '--label=ruler="dev/monitoring/monitoring-thanos-ruler"',
      '--label=replica="$(POD_NAME)"',
      '--tsdb.retention=15d',
    ]);
  });

  it('has all arguments', () => {
    const every: RulerSettings = {
      ...SETTINGS,
      ruleMaps: ['a', 'b'],
      externalLabels: EVERY_PROP.externalLabels,
      replicaLabel: 'prometheus_replica',
      tellsAlertmanagers: true,
      queryUrl: 'https://thanos.example.com',
      uploads: true,
    };
    expect(rulerArguments(every).slice(7)).toEqual([
      '--rule-file=/etc/thanos-rules/a/*.yaml',
      '--rule-file=/etc/thanos-rules/b/*.yaml',
      '--eval-interval=1m',
      '--label=ruler="dev/monitoring/monitoring-thanos-ruler"',
      // Two dollars are one for Kubernetes, so that no variable is put into what a user wrote.
      '--label=region="eu \\"1\\" $$(POD_NAME)"',
      '--label=prometheus_replica="$(POD_NAME)"',
      '--alertmanagers.config-file=/etc/thanos/alertmanagers.yaml',
      '--alert.label-drop=prometheus_replica',
      '--alert.query-url=https://thanos.example.com',
      '--tsdb.retention=15d',
      '--objstore.config-file=/etc/thanos/objstore.yaml',
    ]);
  });

  it('asks and tells by names that are looked up, except where a certificate is for the name', () => {
    expect(queryConfig(QUERY)).toEqual([{ scheme: 'http', static_configs: ['dns+query.example.com:10902'] }]);
    expect(alertmanagersConfig([ALERTMANAGER])).toEqual({
      alertmanagers: [{ scheme: 'https', path_prefix: '/am', static_configs: ['alerts.example.com:443'], api_version: 'v2' }],
    });
  });

  it('refuses labels that would replace others', () => {
    const labels = new DataLabels({ cluster: 'k8s' });
    expect(externalLabelProblems({ region: 'eu', cluster: 'c' }, labels)).toEqual([]);
    expect(externalLabelProblems({ k8s: 'c', ruler: 'r', severity: 's', 'a b': 'c', __a: 'b', region: '' }, labels)).toEqual([
      ...['k8s', 'ruler', 'severity'].map(
        (name) =>
          `externalLabels has "${name}"; allowed are labels that no series has already, because it would replace them: rename it`,
      ),
      ...['a b', '__a'].map(
        (name) =>
          `externalLabels has "${name}"; allowed are letters, digits and "_", not starting with a digit or "__": correct the name`,
      ),
      'externalLabels.region is ""; allowed is a value, because an empty label is none: give one',
    ]);
  });
});

describe('ThanosRuler', () => {
  it('synthesizes with minimal properties', () => {
    expect(synthesize((chart) => new ThanosRuler(chart, 'ruler', MINIMAL))).toMatchSnapshot();
  });

  it('synthesizes with every property', () => {
    const manifests = synthesize((chart) => new ThanosRuler(chart, 'ruler', EVERY_PROP));
    expect(manifestOf(manifests, 'StatefulSet').spec).toMatchSnapshot();
    expect(manifestOf(manifests, 'ConfigMap', 'monitoring-thanos-ruler-global-config').data).toMatchSnapshot();
    expect(manifestOf(manifests, 'PodDisruptionBudget').spec.maxUnavailable).toBe(1);
  });

  it('has no dead property', () => {
    expectEveryPropToMatter((chart, props: ThanosRulerProps) => new ThanosRuler(chart, 'ruler', props), MINIMAL, EVERY_PROP, {
      alerts: { alertmanagers: [ALERTMANAGER] },
    });
  });

  it('rolls when a rule changes, and takes rules until synth', () => {
    const checksum = (...groups: RuleGroup[]) =>
      manifestOf(
        synthesize((chart) => {
          const ruler = new ThanosRuler(chart, 'ruler', { query: QUERY, alertmanagers: [ALERTMANAGER] });
          ruler.alerts.add(...groups);
        }),
        'StatefulSet',
      ).spec.template.metadata.annotations['checksum/config'];
    expect(checksum(RECORDS)).toBe(checksum(RECORDS));
    expect(new Set([checksum(RECORDS), checksum(ALERTS), checksum(RECORDS, ALERTS)]).size).toBe(3);
  });

  it('evaluates objectives', () => {
    const objective = Objective.availability({
      name: 'api',
      target: 0.99,
      requestsMetric: 'requests_total',
    });
    const alerts = new Alerts({ library: false }).addObjectives(objective);
    const manifests = synthesize(
      (chart) => new ThanosRuler(chart, 'ruler', { query: QUERY, alertmanagers: [ALERTMANAGER], alerts }),
    );
    const files = Object.keys(manifestOf(manifests, 'ConfigMap', 'monitoring-thanos-ruler-objectives').data);
    expect(files.length).toBeGreaterThan(1);
    const [{ args }] = manifestOf(manifests, 'StatefulSet').spec.template.spec.containers;
    expect(args).toContain('--rule-file=/etc/thanos-rules/monitoring-thanos-ruler-objectives/*.yaml');
  });

  it('logs in where it is asked to', () => {
    const manifests = synthesize((chart) => {
      const query = new ThanosQuery(chart, 'query', {
        endpoints: [
          Endpoint.external({ host: 'sidecar', port: 10901, protocol: EndpointProtocol.GRPC, cidrs: ['192.0.2.1/32'] }),
        ],
        authentication: BASIC_AUTHENTICATION,
      });
      const alertmanager = new Alertmanager(chart, 'alertmanager', { authentication: BASIC_AUTHENTICATION });
      const props = { query: query.http, alertmanagers: [alertmanager.alerts], alerts: rules(ALERTS) };
      query.addEndpoint(new ThanosRuler(chart, 'ruler', props).grpc);
    });
    const { data } = manifestOf(manifests, 'ConfigMap', 'monitoring-thanos-ruler-config');
    const basic_auth = { username: 'stack', password_file: '/etc/thanos-logins/web-user/password' };
    expect(load(data['query.yaml'])).toEqual([
      {
        scheme: 'http',
        static_configs: ['dns+monitoring-thanos-query.monitoring.svc.cluster.local:10902'],
        http_config: { basic_auth },
      },
    ]);
    expect(load(data['alertmanagers.yaml'])).toEqual({
      alertmanagers: [
        {
          scheme: 'http',
          static_configs: ['dnssrv+_http._tcp.monitoring-alertmanager-headless.monitoring.svc.cluster.local'],
          http_config: { basic_auth },
          api_version: 'v2',
        },
      ],
    });
    const { volumes, containers } = manifestOf(manifests, 'StatefulSet', 'monitoring-thanos-ruler').spec.template.spec;
    expect(volumes.map(({ name }: Manifest) => name)).toContain('logins');
    expect(containers[0].volumeMounts).toContainEqual({ name: 'logins', mountPath: '/etc/thanos-logins', readOnly: true });
  });

  it('names all that is wrong at once', () => {
    const error = synthesisError(
      (chart) => {
        new ThanosRuler(chart, 'ruler', {
          query: Endpoint.external({ host: 'query', port: 10901, protocol: EndpointProtocol.GRPC }),
          alertmanagers: [Endpoint.external({ host: 'a b', port: 0 })],
          objectStorage: BUCKET,
          replicas: 0,
          evaluationInterval: Duration.seconds(0),
          externalLabels: { cluster: 'c' },
          volume: Size.gibibytes(15),
          retention: Retention.hours(5),
          queryUrl: 'thanos.example.com/path',
        });
        new ThanosRuler(chart, 'silent', { instance: 'silent', query: QUERY, alerts: rules(ALERTS) });
        new ThanosRuler(chart, 'library', { instance: 'library', query: QUERY, alerts: new Alerts() });
      },
      { cluster: Cluster.naverCloud({ name: 'c', kubernetesVersion: '1.34' }) },
    );
    expect(error).toContain('[test/ruler] query is query:10901, which speaks grpc; allowed is http or https');
    expect(error).toContain('[test/ruler] alertmanagers[0] has the host "a b"');
    expect(error).toContain('[test/ruler] replicas is 0');
    expect(error).toContain('[test/ruler] evaluationInterval is 0h');
    expect(error).toContain('[test/ruler] externalLabels has "cluster"');
    expect(error).toContain('[test/ruler] volume is 15Gi; allowed are multiples of 10Gi');
    expect(error).toContain('[test/ruler] retention is 5h; allowed are whole hours from 6h');
    expect(error).toContain('[test/ruler] queryUrl is "thanos.example.com/path"');
    expect(error).toContain('[test/ruler] alerts has no rules; allowed is at least one');
    expect(error).toContain('[test/silent] alertmanagers is empty while alerts has "FleetDown"; allowed is at least one');
    expect(error).toContain("[test/library] alerts has the library's rules");
  });
});

describe('ruler of a stack', () => {
  const stackOf = (props: Partial<MonitoringStackProps>) =>
    new MonitoringStack(new App(), 'stack', { prometheus: {}, objectStorage: BUCKET, alertmanager: {}, ...props });

  it('asks the querier, which asks it, and tells who is told by Prometheus', () => {
    const other = Endpoint.external({ host: 'other.example.com', port: 9093, cidrs: ['192.0.2.9/32'] });
    const stack = stackOf({
      prometheus: { alertmanagers: [other] },
      thanos: { ruler: { alerts: rules(ALERTS) } },
    });
    const manifests: Manifest[] = Testing.synth(stack);
    const endpoints = load(manifestOf(manifests, 'ConfigMap', 'monitoring-thanos-query-config').data['endpoints.yaml']);
    expect((endpoints as Manifest).endpoints.map(({ address }: Manifest) => address)).toEqual([
      'dnssrv+_grpc._tcp.monitoring-prometheus-headless.monitoring.svc.cluster.local',
      'dnssrv+_grpc._tcp.monitoring-thanos-store.monitoring.svc.cluster.local',
      'dnssrv+_grpc._tcp.monitoring-thanos-ruler.monitoring.svc.cluster.local',
    ]);
    const callers = (name: string, port: number) =>
      manifestOf(manifests, 'NetworkPolicy', name)
        .spec.ingress.filter(({ ports }: Manifest) => ports.some((one: Manifest) => one.port === port))
        .flatMap(({ from = [] }: Manifest) =>
          from.map((one: Manifest) => one.podSelector?.matchLabels['app.kubernetes.io/component']),
        );
    expect(callers('monitoring-thanos-ruler', 10901)).toEqual(['query']);
    expect(callers('monitoring-thanos-query', 10902)).toContain('ruler');
    expect(callers('monitoring-alertmanager', 9093)).toContain('ruler');
    expect(JSON.stringify(manifestOf(manifests, 'NetworkPolicy', 'monitoring-thanos-ruler').spec.egress)).toContain(
      '192.0.2.9/32',
    );
    const scraped = manifestOf(manifests, 'ConfigMap', 'monitoring-prometheus-config').data['prometheus.yml'];
    expect((load(scraped) as Manifest).scrape_configs.map(({ job_name }: Manifest) => job_name)).toContain('thanos-ruler');
    expect(Object.keys(manifestOf(manifests, 'ConfigMap', 'monitoring-prometheus-rules').data)).toContain('thanos-ruler.yaml');
    expect(stack.thanosRuler?.grpc.hasSrvRecords).toBe(true);
  });

  it('has links to where people find Thanos Query', () => {
    const urlOf = (thanos: ThanosStackOptions) => {
      const manifests: Manifest[] = Testing.synth(stackOf({ thanos: { ruler: { alerts: rules(ALERTS) }, ...thanos } }));
      const [{ args }] = manifestOf(manifests, 'StatefulSet', 'monitoring-thanos-ruler').spec.template.spec.containers;
      return args.find((argument: string) => argument.startsWith('--alert.query-url='))?.split('=')[1];
    };
    const at = (host: string) => ({ ingress: { host }, authentication: BASIC_AUTHENTICATION });
    expect(urlOf({})).toBeUndefined();
    expect(urlOf({ query: at('query.example.com') })).toBe('http://query.example.com');
    expect(urlOf({ queryFrontend: at('frontend.example.com') })).toBe('http://frontend.example.com');
    expect(urlOf({ ruler: { alerts: rules(ALERTS), queryUrl: 'https://other' }, query: at('query.example.com') })).toBe(
      'https://other',
    );
  });

  it('refuses a rule that Prometheus evaluates, too', () => {
    const error = (ruler: RuleGroup, own: Alerts) => () =>
      Testing.synth(stackOf({ prometheus: { alerts: own }, thanos: { ruler: { alerts: rules(ruler) } } }));
    const watchdog: RuleGroup = {
      name: 'fleet',
      alerts: [{ name: 'Watchdog', expr: 'vector(1)', severity: AlertSeverity.NONE, summary: 'Alerting works' }],
    };
    expect(error(watchdog, new Alerts())).toThrow(
      'thanos.ruler.alerts has "Watchdog", which Prometheus evaluates, too; allowed is one of both',
    );
    expect(error(watchdog, new Alerts().without('Watchdog'))).not.toThrow();
    expect(error(RECORDS, new Alerts().add({ ...RECORDS, name: 'other' }))).toThrow('thanos.ruler.alerts has "fleet:up:sum"');
    expect(error(RECORDS, new Alerts())).not.toThrow();
  });

  it('has none unless it is asked for', () => {
    expect(stackOf({ thanos: {} }).thanosRuler).toBeUndefined();
  });
});
