import { type Chart, Duration, Size } from 'cdk8s';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { AlertReceiver } from '../../src/alertmanager/alert-receiver';
import type { AlertmanagerProps } from '../../src/alertmanager/alertmanager';
import { KubeStateMetrics } from '../../src/exporters/kube-state-metrics';
import { WebAuthentication } from '../../src/kubernetes/web-authentication';
import { OperatorAlertmanager } from '../../src/operator/operator-alertmanager';
import type { OperatorOptions } from '../../src/operator/operator-options';
import { OperatorPrometheus, type OperatorPrometheusProps } from '../../src/operator/operator-prometheus';
import { ScrapeJob } from '../../src/prometheus/scrape-job';
import { Alerts } from '../../src/rules/alerts';
import { Objective } from '../../src/rules/objective';
import { Endpoint } from '../../src/settings/endpoint';
import { Retention } from '../../src/settings/retention';
import { SecretKey } from '../../src/settings/secret-key';
import { MonitoringStack } from '../../src/stack/monitoring-stack';
import { ThanosSidecar } from '../../src/thanos/thanos-sidecar';
import {
  BASIC_AUTHENTICATION,
  EVERY_SERVICE_OPTION,
  EVERY_WORKLOAD_OPTION,
  expectEveryPropToMatter,
  type Manifest,
  manifestOf,
  OPEN_TO_EVERYBODY,
  synthesisError,
  synthesize,
} from '../support/constructs';
import { BUCKET } from '../thanos/bucket';

const prometheus = (props: OperatorPrometheusProps) => (chart: Chart) => {
  new OperatorPrometheus(chart, 'prometheus', props);
};
const alertmanager = (props: AlertmanagerProps) => (chart: Chart) => {
  new OperatorAlertmanager(chart, 'alertmanager', props);
};
const quiet = new Alerts({ library: false });
const slack = AlertReceiver.slack('slack', { apiUrl: SecretKey.of('slack', 'url') });

/** All that a `Prometheus` takes but what is refused here. */
const EVERY_PROMETHEUS_PROP: Omit<
  Required<OperatorPrometheusProps>,
  'instance' | 'authentication' | 'extraConfig' | 'ruleFiles' | 'existingVolume' | 'ingress'
> = {
  ...EVERY_WORKLOAD_OPTION,
  ...EVERY_SERVICE_OPTION,
  scrape: [ScrapeJob.pods({ namespaces: ['shop'] })],
  volume: Size.gibibytes(20),
  storageClassName: 'fast',
  retention: Retention.days(30),
  retentionSize: Size.gibibytes(10),
  replicas: 2,
  externalLabels: { region: 'kr' },
  scrapeTimeout: Duration.seconds(5),
  evaluationInterval: Duration.seconds(15),
  kubernetes: { cadvisor: false },
  extensions: [new ThanosSidecar({ objectStorage: BUCKET })],
  alerts: quiet,
  objectives: [
    Objective.availability({ name: 'shop', target: 0.99, window: Duration.days(7), requestsMetric: 'http_requests_total' }),
  ],
  alertmanagers: [Endpoint.external({ host: 'alertmanager', port: 9093 })],
  externalUrl: 'https://prometheus.other',
  remoteWriteReceiver: true,
  exemplarStorage: true,
  query: { maxConcurrency: 4, timeout: Duration.minutes(1) },
  operator: { labels: { release: 'prometheus' }, namespaces: ['production'] },
};

const EVERY_ALERTMANAGER_PROP: Pick<
  AlertmanagerProps,
  'route' | 'replicas' | 'retention' | 'volume' | 'storageClassName' | 'externalUrl' | 'secrets' | 'templates' | 'resolveTimeout'
> = {
  route: { receiver: slack },
  replicas: 3,
  retention: Retention.days(10),
  volume: Size.gibibytes(2),
  storageClassName: 'fast',
  externalUrl: 'https://alerts.example.com',
  secrets: [SecretKey.of('jira', 'token')],
  templates: { 'team.tmpl': '{{ define "team" }}team{{ end }}' },
  resolveTimeout: Duration.minutes(10),
};

const withoutRules = (manifests: Manifest[]) => manifests.filter(({ kind }) => kind !== 'PrometheusRule');

describe('OperatorPrometheus', () => {
  it('synthesizes with minimal properties', () => {
    expect(withoutRules(synthesize(prometheus({})))).toMatchSnapshot();
  });

  it('synthesizes with every property', () => {
    const manifests = synthesize(prometheus(EVERY_PROMETHEUS_PROP));
    expect(manifestOf(manifests, 'Prometheus').spec).toMatchSnapshot();
  });

  it('has no dead property', () => {
    expectEveryPropToMatter<OperatorPrometheusProps>(
      // A sidecar belongs to one host.
      (chart, { extensions, ...props }) =>
        prometheus({ ...props, ...(extensions && { extensions: [new ThanosSidecar({ objectStorage: BUCKET })] }) })(chart),
      {},
      EVERY_PROMETHEUS_PROP as Required<OperatorPrometheusProps>,
    );
    expectEveryPropToMatter<OperatorOptions>(
      (chart, operator) => prometheus({ operator })(chart),
      {},
      {
        labels: { release: 'prometheus' },
        namespaces: ['production'],
      },
    );
  });

  it('labels its pods as its Services and policies select them', () => {
    const manifests = synthesize(prometheus({}));
    const { metadata, spec } = manifestOf(manifests, 'Prometheus');
    // What the operator writes over any label of `podMetadata`.
    const operated = { 'app.kubernetes.io/name': 'prometheus', 'app.kubernetes.io/instance': metadata.name };
    const labels = { ...spec.podMetadata.labels, ...operated };
    for (const { spec: selected } of manifests.filter(({ kind }) => kind === 'Service')) {
      expect(labels).toMatchObject(selected.selector);
    }
    expect(labels).toMatchObject(manifestOf(manifests, 'NetworkPolicy').spec.podSelector.matchLabels);
  });

  it('scrapes components by PodMonitors, and the rest by a Secret without credentials', () => {
    const manifests = synthesize((chart) => {
      prometheus({ alerts: quiet })(chart);
      new KubeStateMetrics(chart, 'kube-state-metrics');
    });
    const monitors = manifests.filter(({ kind }) => kind === 'PodMonitor').map(({ metadata }) => metadata.name);
    expect(monitors).toContain('monitoring-kube-state-metrics');
    const { stringData } = manifestOf(manifests, 'Secret');
    const jobs = load(stringData['scrape-configs.yaml']) as { job_name: string }[];
    expect(jobs.map(({ job_name }) => job_name)).toEqual(['kubelet', 'cadvisor']);
  });

  it('refuses what the operator has no setting for, all at once', () => {
    const error = synthesisError(
      prometheus({
        authentication: BASIC_AUTHENTICATION,
        extraConfig: { runtime: { gogc: 50 } },
        ruleFiles: ['rules'],
        instance: 'second',
        operator: { labels: {} },
      }),
    );
    for (const property of ['authentication', 'extraConfig', 'ruleFiles', 'instance']) {
      expect(error).toContain(`${property} is given; allowed is none for a Prometheus that an operator runs`);
    }
    expect(error).toContain('operator.labels is {}');
  });
});

describe('OperatorAlertmanager', () => {
  it('synthesizes with minimal properties', () => {
    expect(synthesize(alertmanager({}))).toMatchSnapshot();
  });

  it('synthesizes with every property', () => {
    const manifests = synthesize(alertmanager({ ...EVERY_WORKLOAD_OPTION, ...EVERY_ALERTMANAGER_PROP }));
    expect(manifestOf(manifests, 'Alertmanager').spec).toMatchSnapshot();
  });

  it('has no dead property', () => {
    expectEveryPropToMatter<Partial<AlertmanagerProps>>((chart, props) => alertmanager(props)(chart), {}, {
      ...EVERY_WORKLOAD_OPTION,
      ...EVERY_ALERTMANAGER_PROP,
    } as Required<AlertmanagerProps>);
  });

  it('has references in its Secret, and mounts what they lead to', () => {
    const manifests = synthesize(alertmanager({ route: { receiver: slack } }));
    expect(manifestOf(manifests, 'Secret').stringData['alertmanager.yaml']).toContain(
      'api_url_file: /etc/alertmanager/secrets/slack/url',
    );
    expect(manifestOf(manifests, 'Alertmanager').spec.secrets).toEqual(['slack']);
  });

  it('refuses what the operator has no setting for', () => {
    const error = synthesisError(alertmanager({ authentication: BASIC_AUTHENTICATION, instance: 'second' }));
    expect(error).toContain('authentication is one of Alertmanager itself');
    expect(error).toContain('instance is "second"');
  });

  it('may have a login before its Ingress', () => {
    const props = {
      ingress: { host: 'alerts.example.com' },
      authentication: WebAuthentication.nginxExternal({ url: 'https://login.example.com/auth' }),
    };
    expect(manifestOf(synthesize(alertmanager(props), OPEN_TO_EVERYBODY), 'Ingress').spec.rules).toHaveLength(1);
  });
});

describe('a stack', () => {
  it('refuses an operator that has nothing to run, or beside an agent for monitors', () => {
    const error = synthesisError((chart) => {
      new MonitoringStack(chart, 'a', { operator: {} });
      new MonitoringStack(chart, 'b', { operator: {}, prometheus: {}, monitors: {}, name: 'b' });
    });
    expect(error).toContain('operator is given without prometheus and alertmanager');
    expect(error).toContain('monitors is given beside operator');
  });
});
