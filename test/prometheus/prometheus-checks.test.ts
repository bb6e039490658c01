import { Duration, Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { PodExtension } from '../../src/kubernetes/pod-extension';
import { WebAuthentication } from '../../src/kubernetes/web-authentication';
import { Prometheus } from '../../src/prometheus/prometheus';
import type { PrometheusProps } from '../../src/prometheus/prometheus-props';
import { type PodScrapeOptions, ScrapeJob } from '../../src/prometheus/scrape-job';
import { Cluster } from '../../src/settings/cluster';
import { Endpoint, EndpointProtocol } from '../../src/settings/endpoint';
import type { MonitoringContextProps } from '../../src/settings/monitoring-context';
import { Retention } from '../../src/settings/retention';
import { synthesisError, synthesize } from '../support/constructs';

class Uploader extends PodExtension {
  public readonly _ports = [];
  public readonly _uploadsBlocks = true;
  public readonly _serviceAccountAnnotations = {};
  public _attach() {}
  public _addition() {
    return { containers: [], volumes: [], podLabels: {} };
  }
}

/** The problems, one a line, without the path. */
const problems = (props: PrometheusProps, context: MonitoringContextProps = {}) =>
  synthesisError((chart) => new Prometheus(chart, 'p', props), context)
    .split('\n')
    .slice(1)
    .map((line) => line.replace('[test/p]', '').trim());

const accepts = (props: PrometheusProps) => expect(() => synthesize((chart) => new Prometheus(chart, 'p', props))).not.toThrow();
const pods = (options: Partial<PodScrapeOptions>) => problems({ scrape: [ScrapeJob.pods({ namespaces: ['shop'], ...options })] });

describe('retention', () => {
  it('outlasts an outage of the object storage', () => {
    expect(problems({ retention: Retention.hours(5), extensions: [new Uploader()] })).toEqual([
      'retention is 5h; allowed are at least 6h, so that an outage of the object storage loses nothing before it is uploaded: lengthen it',
    ]);
    accepts({ retention: Retention.hours(6), extensions: [new Uploader()] });
  });

  it('spans a block, in whole hours', () => {
    expect(problems({ retention: Retention.hours(1) })).toEqual([
      'retention is 1h; allowed are at least 2h, because Prometheus deletes blocks of two hours: lengthen it',
    ]);
    expect(problems({ retention: Retention.hours(2.5) })).toEqual(['retention is 2.5h; allowed are whole hours: round it']);
    accepts({ retention: Retention.hours(2) });
    accepts({ retention: Retention.forever() });
  });

  it('leaves room on the volume', () => {
    expect(problems({ volume: Size.gibibytes(20), retentionSize: Size.mebibytes(17409) })).toEqual([
      'retentionSize is 17409Mi; allowed is at most 85 % of the volume of 20Gi, because the write-ahead log and compactions need the rest: lower it, enlarge the volume, or leave it out for 80 %',
    ]);
    accepts({ volume: Size.gibibytes(20), retentionSize: Size.gibibytes(17) });
    expect(problems({ retentionSize: Size.kibibytes(1500) })).toEqual([
      'retentionSize is 1500Ki; allowed are whole mebibytes from 1Mi: round it',
    ]);
    expect(problems({ volume: Size.gibibytes(15) }, { cluster: Cluster.naverCloud({ name: 'a' }) })).toEqual([
      'volume is 15Gi; allowed are multiples of 10Gi on this cluster: use 20Gi',
    ]);
  });
});

describe('jobs', () => {
  it('have names of their own', () => {
    const scrape = [ScrapeJob.pods({ namespaces: ['a'] }), ScrapeJob.pods({ namespaces: ['b'] })];
    expect(problems({ scrape })).toEqual([
      'scrape has two jobs named "pods"; allowed is one of a name, among those for Kubernetes and the stack too: give one another `jobName`',
    ]);
    expect(pods({ jobName: 'kubelet' })).toHaveLength(1);
    expect(pods({ jobName: 'prometheus' })).toHaveLength(1);
    expect(problems({ extraConfig: { scrape_configs: [{ job_name: 'cadvisor' }] } })).toHaveLength(1);
    expect(pods({ jobName: ' ' })).toEqual(['scrape[0].jobName is " "; allowed is any other text: name the job']);
  });

  it('have namespaces', () => {
    expect(pods({ namespaces: [] })).toEqual([
      'scrape[0].namespaces is []; allowed is at least one namespace: name it, or leave the property out',
    ]);
    expect(pods({ namespaces: ['Shop', 'a', 'a'] })).toEqual([
      'scrape[0].namespaces has "Shop"; allowed are 1 to 63 lower-case letters, digits and "-": correct the name',
      'scrape[0].namespaces has "a" twice; allowed is once: remove one',
    ]);
  });

  it('have an interval and a shorter timeout', () => {
    expect(pods({ interval: Duration.millis(500) })).toEqual([
      'scrape[0].interval is 500 ms; allowed are whole milliseconds from 1000: lengthen it',
    ]);
    expect(pods({ interval: Duration.seconds(5), timeout: Duration.seconds(6) })).toEqual([
      'scrape[0].timeout is 6000 ms; allowed are 1 ms up to the interval, 5000 ms: shorten the timeout or lengthen the interval',
    ]);
    expect(pods({ timeout: Duration.seconds(31) })).toHaveLength(1);
    expect(pods({ timeout: Duration.millis(0) })).toHaveLength(1);
    accepts({ scrape: [ScrapeJob.pods({ namespaces: ['a'], interval: Duration.seconds(1), timeout: Duration.seconds(1) })] });
  });

  it('have labels that are valid and nobody else sets', () => {
    expect(pods({ labels: { 'a-b': 'x', __c: 'y', cluster: 'z', replica: 'z', empty: '' } })).toEqual([
      'scrape[0].labels has the name "a-b"; allowed are letters, digits and "_", not starting with a digit or "__": rename the label',
      'scrape[0].labels has the name "__c"; allowed are letters, digits and "_", not starting with a digit or "__": rename the label',
      'scrape[0].labels has the name "cluster"; allowed are names that the library does not set itself (cluster, env, replica): rename the label',
      'scrape[0].labels has the name "replica"; allowed are names that the library does not set itself (cluster, env, replica): rename the label',
      'scrape[0].labels.empty is ""; allowed is a value, because an empty label is none: give one or remove it',
    ]);
  });

  it('name one port, as pods declare it', () => {
    expect(pods({ portName: 'metrics', portNumber: 1 })).toEqual([
      'scrape[0] has portName "metrics" and portNumber 1; allowed is one of them: remove the other',
    ]);
    for (const portName of ['Metrics', 'a'.repeat(16), '', '80', 'a|b']) {
      expect(pods({ portName })).toEqual([
        `scrape[0].portName is ${JSON.stringify(portName)}; allowed are 1 to 15 lower-case letters, digits and "-": use the name as the pod declares it`,
      ]);
    }
    for (const portNumber of [0, 65536, 1.5]) {
      expect(pods({ portNumber })).toEqual([
        `scrape[0].portNumber is ${portNumber}; allowed are whole numbers from 1 to 65535: correct it`,
      ]);
    }
  });

  it('have options that make sense', () => {
    expect(
      pods({
        path: 'metrics',
        sampleLimit: 0,
        protocol: EndpointProtocol.GRPC,
        podLabels: { 'a b': 'c', d: 'e,f=g' },
        extraConfig: {
          metric_relabel_config: [],
          consul_sd_configs: [],
          relabel_configs: {},
          authorization: { credentials: 'x' },
        },
      }),
    ).toEqual([
      'scrape[0].path is "metrics"; allowed are paths that start with "/": add it',
      'scrape[0].sampleLimit is 0; allowed are whole numbers from 1: correct it, or leave it out for no limit',
      expect.stringMatching(/^scrape\[0\]\.extraConfig has the key "metric_relabel_config"; allowed are authorization, /),
      'scrape[0].extraConfig.authorization.credentials is a literal; allowed are references to files: mount a Secret and use credentials_file',
      "scrape[0].extraConfig.relabel_configs is {}; allowed is a list, to be merged with the library's: correct it",
      'scrape[0].podLabels has "a b": "c"; allowed are labels as pods can carry them: correct key or value',
      'scrape[0].podLabels has "d": "e,f=g"; allowed are labels as pods can carry them: correct key or value',
      'scrape[0].protocol is "grpc"; allowed are "http" and "https": metrics are fetched by HTTP',
    ]);
  });

  it('have endpoints that speak HTTP', () => {
    const job = (...endpoints: Endpoint[]) => problems({ scrape: [ScrapeJob.endpoints({ jobName: 'x', endpoints })] });
    expect(job()).toEqual(['scrape[0].endpoints is []; allowed is at least one endpoint: add it, or remove the job']);
    const endpoint = Endpoint.external({ host: 'a', port: 1 });
    expect(job(endpoint, endpoint)).toEqual(['scrape[0].endpoints has a:1 twice; allowed is once: remove one']);
    expect(job(Endpoint.external({ host: 'http://a', port: 0, path: 'x', protocol: EndpointProtocol.TCP }))).toEqual([
      'scrape[0].endpoints[0] has the host "http://a"; allowed is a host name, an IPv4 address or an IPv6 address in brackets: remove scheme, port and path',
      'scrape[0].endpoints[0] has the port 0; allowed are whole numbers from 1 to 65535: correct it',
      'scrape[0].endpoints[0] has the path "x"; allowed are paths that start with "/": add it',
      'scrape[0].endpoints[0] speaks "tcp"; allowed are "http" and "https": give the endpoint of the HTTP port',
    ]);
  });
});

describe('everything else', () => {
  it('is checked at once', () => {
    expect(
      problems({
        replicas: 0,
        scrapeTimeout: Duration.minutes(1),
        evaluationInterval: Duration.millis(10),
        externalLabels: { replica: 'a', pod: 'b', job: 'c', '1': 'd' },
        kubernetes: { namespaces: [], extraMetrics: ['a.*'] },
        query: { timeout: Duration.millis(1), maxSamples: 0.5, maxConcurrency: 0 },
        ruleFiles: ['Rules', 'a', 'a'],
        alertmanagers: [Endpoint.external({ host: 'a b', port: 9093 })],
        externalUrl: 'https://a/prometheus',
        ingress: { host: 'a.example', path: '/prometheus' },
        authentication: WebAuthentication.nginxExternal({ url: 'auth.example' }),
        extraConfig: {
          scrape_config: [],
          global: { scrape_intervall: '1s' },
          scrape_configs: 'none',
          storage: { tsdb: { retention: { time: '1d' } } },
        },
      }),
    ).toMatchSnapshot();
  });
});
