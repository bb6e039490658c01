import { Duration, Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { Loki, type LokiProps } from '../../src/loki/loki';
import { isTenant } from '../../src/loki/loki-checks';
import { LokiGateway } from '../../src/loki/loki-gateway';
import { Cluster } from '../../src/settings/cluster';
import { Endpoint, EndpointProtocol } from '../../src/settings/endpoint';
import { ObjectStorage } from '../../src/settings/object-storage';
import { Retention } from '../../src/settings/retention';
import { StorageIdentity } from '../../src/settings/storage-identity';
import { synthesisError, synthesize } from '../support/constructs';

const STORAGE = ObjectStorage.naverCloud({ bucketPrefix: 'example', identity: StorageIdentity.accessKeys('object-storage') });

const CACHE = Endpoint.external({ host: 'cache', port: 11211, protocol: EndpointProtocol.TCP });

const accepted = (props: LokiProps) => synthesize((chart) => new Loki(chart, 'loki', props));

/** The problems of a Loki, without the path before each. */
const problemsOf = (props: LokiProps) =>
  synthesisError((chart) => new Loki(chart, 'loki', props))
    .split('\n  [test/loki] ')
    .slice(1);

const streams = (...selectors: string[]) => ({
  retentionStreams: selectors.map((selector) => ({ selector, period: Retention.days(2) })),
});

describe('checks of Loki', () => {
  it('knows how long lines can be kept', () => {
    accepted({ retention: Retention.hours(24) });
    expect(problemsOf({ retention: Retention.hours(23) })).toEqual([
      'retention is 23h; allowed are whole hours from 24, because Loki deletes by the day: keep for longer',
    ]);
    expect(problemsOf({ retention: Retention.days(1.6) })[0]).toMatch(/^retention is 38\.4h/);
  });

  it('accepts selectors and nothing else', () => {
    accepted(streams('{namespace="dev"}', ' {a=~"x|$y", b!="} | {", c=`$1[[x]]`} '));
    const problems = problemsOf(
      streams(
        'namespace="dev"',
        '{a="b"} |= "c"',
        '{}',
        'count_over_time({a="b"}[1h])',
        '{$a="b"}',
        '{a="b"',
        '',
        '{a=".*',
        '{a=~".*"}',
      ),
    );
    expect(problems).toHaveLength(9);
    expect(problems[1]).toBe(
      'retentionStreams[1].selector is "{a=\\"b\\"} |= \\"c\\""; allowed are label matchers in braces, such as {namespace="dev"}: leave everything else out',
    );
  });

  it('wants an end and a whole priority for streams', () => {
    const selector = '{a="b"}';
    expect(
      problemsOf({
        retentionStreams: [
          { selector, period: Retention.forever() },
          { selector, period: Retention.hours(2) },
          { selector, period: Retention.days(2), priority: 1.5 },
        ],
      }),
    ).toEqual([
      'retentionStreams[0].period is forever; allowed is an end: give a long one, or leave the streams to `retention`',
      'retentionStreams[1].period is 2h; allowed are whole hours from 24, because Loki deletes by the day: keep for longer',
      'retentionStreams[2].priority is 1.5; allowed are whole numbers: correct it',
    ]);
  });

  it('keeps schema periods in order', () => {
    accepted({ schemaPeriods: [{ from: '2020-02-29', schema: 'v11' }, { from: '2024-04-01' }] });
    expect(problemsOf({ schemaPeriods: [] })).toEqual([
      'schemaPeriods is empty; allowed is at least one period: add one, or leave the property out',
    ]);
    expect(
      problemsOf({
        schemaPeriods: [
          { from: '2024-04-01', schema: 'v14' },
          { from: '2024-04-01', indexPrefix: 'a b' },
          { from: '2024-02-30' },
          { from: 'today', schema: 'v12' },
        ],
      }),
    ).toEqual([
      'schemaPeriods[0].schema is "v14"; allowed are v11, v12 and v13: choose one',
      'schemaPeriods[1].from is 2024-04-01; allowed is a day after that of the period before, 2024-04-01: put them in order',
      'schemaPeriods[1].indexPrefix is "a b"; allowed are letters, digits, "_", "-" and ".": correct it',
      'schemaPeriods[2].from is "2024-02-30"; allowed is a day as YYYY-MM-DD, such as 2024-04-01: correct the date',
      'schemaPeriods[2].from is 2024-02-30; allowed is a day after that of the period before, 2024-04-01: put them in order',
      'schemaPeriods[3].from is "today"; allowed is a day as YYYY-MM-DD, such as 2024-04-01: correct the date',
      'schemaPeriods ends with schema "v12"; allowed is v13, which structured metadata needs: append a period',
    ]);
  });

  it('wants object storage for replicas', () => {
    accepted({ replicas: 3, objectStorage: STORAGE });
    expect(problemsOf({ replicas: 3 })).toEqual([
      'replicas is 3; allowed is 1 without objectStorage, because replicas share no volume: give objectStorage',
    ]);
    expect(problemsOf({ replicas: 0.5, objectStorage: STORAGE })).toEqual([
      'replicas is 0.5; allowed are whole numbers from 1: correct it',
    ]);
  });

  it('refuses an endpoint that begins with the bucket, as Loki does', () => {
    const objectStorage = ObjectStorage.s3Compatible({
      endpoint: 'logs-loki.s3.example.com',
      region: 'x',
      bucketPrefix: 'logs',
      identity: StorageIdentity.accessKeys('object-storage'),
    });
    expect(problemsOf({ objectStorage })).toEqual([
      'objectStorage.endpoint is "logs-loki.s3.example.com"; allowed is a host that does not begin with the bucket, "logs-loki": leave the bucket out',
    ]);
  });

  it('wants caches whose instances can be found', () => {
    synthesize((chart) => {
      const gateway = new LokiGateway(chart, 'gateway', { loki: new Loki(chart, 'loki').http });
      const other = new Loki(chart, 'other', {
        instance: 'other',
        caches: { chunks: { endpoint: CACHE, maxItemSize: Size.mebibytes(2) }, results: { endpoint: CACHE } },
      });
      expect([gateway, other].flatMap((component) => component.node.validate())).toEqual([]);
    });
    const error = synthesisError((chart) => {
      const { http } = new Loki(chart, 'first');
      new Loki(chart, 'loki', {
        instance: 'b',
        caches: {
          chunks: { endpoint: http, maxItemSize: Size.mebibytes(1), timeout: Duration.millis(0) },
          results: { endpoint: Endpoint.external({ host: 'http://x', port: 1, protocol: EndpointProtocol.TCP }) },
        },
      });
    });
    expect(error).toContain('caches.chunks.endpoint speaks http; allowed is plain TCP');
    expect(error).toContain(
      'caches.chunks.endpoint is monitoring-loki.monitoring.svc.cluster.local:3100, a Service with one address',
    );
    expect(error).toContain('caches.chunks.maxItemSize is 1Mi; allowed is at least 2048Ki');
    expect(error).toContain('caches.chunks.timeout is');
    expect(error).toContain('caches.results.endpoint has the host "http://x"');
  });

  it('wants limits above zero', () => {
    const zero = Size.kibibytes(0);
    expect(
      problemsOf({
        limits: {
          maxLabelNamesPerSeries: 0,
          ingestionRate: zero,
          maxQuerySeries: 1.5,
          maxQueryLength: Duration.seconds(0),
          queryTimeout: Duration.minutes(11),
        },
      }),
    ).toEqual([
      'limits.ingestionRate is 0Ki; allowed is at least 1Ki: raise it',
      'limits.maxLabelNamesPerSeries is 0; allowed are whole numbers from 1: correct it',
      'limits.maxQuerySeries is 1.5; allowed are whole numbers from 1: correct it',
      'limits.maxQueryLength is 0 seconds; allowed is at least a millisecond: raise it',
      'limits.queryTimeout is 11 minutes; allowed are at most 10 minutes, when connections are cut: lower it',
    ]);
    accepted({ limits: { queryTimeout: Duration.minutes(10) } });
  });

  it('wants volumes in the steps of the cluster', () => {
    const cluster = Cluster.naverCloud({ name: 'example' });
    const error = synthesisError((chart) => new Loki(chart, 'loki', { volume: Size.gibibytes(15) }), { cluster });
    expect(error).toContain('volume is 15Gi; allowed are multiples of 10Gi on this cluster: use 20Gi');
  });

  it('wants rules that somebody evaluates', () => {
    accepted({ ruler: { ruleFiles: [{ configMapName: 'rules', tenant: 'fake' }] } });
    const records = [{ name: 'app:lines:rate5m', expr: 'sum by (app) (rate({app=~".+"}[5m]))' }];
    accepted({ ruler: { ruleGroups: [{ groups: [{ name: 'shop', records }] }] } });
    expect(
      problemsOf({
        ruler: {
          ruleGroups: [
            {
              groups: [
                { name: 'shop', records },
                {
                  name: 'shop',
                  alerts: [{ name: 'Down', expr: 'up == 0', summary: 'down', keepFiringFor: Duration.minutes(5) }],
                },
              ],
              tenant: 'a',
            },
          ],
        },
      }),
    ).toMatchInlineSnapshot(`
      [
        "ruler.ruleGroups[0].shop.Down.expr is "up == 0"; allowed is LogQL: this is unexpected, at 0 ("up == 0")",
        "ruler.ruleGroups[0].shop.Down.keepFiringFor is given; allowed is none in rules of Loki, which has no such setting: leave it out",
        "ruler.ruleGroups[0].tenant is "a"; allowed is none without authEnabled, because all lines are one tenant's: leave it out",
        "ruler.ruleGroups has the group "shop" twice; allowed is one of a name: rename one, or join them",
      ]
    `);
    expect(problemsOf({ ruler: { ruleFiles: [{ configMapName: 'Rules', tenant: 'a' }] } })).toEqual([
      'ruler.ruleFiles[0].configMapName is "Rules"; allowed are 1 to 253 lower-case letters, digits, "-" and ".": correct it',
      'ruler.ruleFiles[0].tenant is "a"; allowed is none without authEnabled, because all lines are one tenant\'s: leave it out',
    ]);
    expect(
      problemsOf({ authEnabled: true, ruler: { ruleFiles: [{ configMapName: 'a' }, { configMapName: 'b', tenant: '../b' }] } }),
    ).toEqual([
      'ruler.ruleFiles[0].tenant is missing; allowed is the tenant whose lines the rules ask for, as authEnabled is true: add it',
      'ruler.ruleFiles[1].tenant is "../b"; allowed are 1 to 150 letters, digits and any of !-_.*\'(), but not "." and "..": rename the tenant',
    ]);
    expect(
      problemsOf({
        ruler: {
          alertmanager: CACHE,
          remoteWrite: Endpoint.external({ host: 'a/b', port: 1 }),
          evaluationInterval: Duration.seconds(0),
        },
      }),
    ).toEqual([
      'ruler.alertmanager speaks tcp; allowed are http and https: give its HTTP endpoint',
      'ruler.remoteWrite has the host "a/b"; allowed is a name or an address: remove scheme, port and path',
      'ruler.evaluationInterval is 0 seconds; allowed is at least a millisecond: raise it',
    ]);
  });

  it('knows names of tenants', () => {
    expect(["a!-_.*'()", '0', 'x'.repeat(150), '...'].map(isTenant)).toEqual([true, true, true, true]);
    expect(['', '.', '..', 'a b', 'a/b', 'a|b', '$a', 'é', 'x'.repeat(151), 'a\n'].filter(isTenant)).toEqual([]);
  });

  it('refuses further settings that are unknown, have a property or hold a secret', () => {
    const problems = problemsOf({
      extraConfig: {
        limits_confg: {},
        auth_enabled: true,
        table_manager: { retention_deletes_enabled: true },
        ruler: { storage: { type: 'local' }, remote_write: { clients: { a: { basic_auth: { password: 'x' } } } } },
        storage_config: { object_store: { s3: { secret_access_key: 'x', session_token: '${TOKEN}' } } },
        common: null,
      },
    });
    expect(problems).toEqual([
      'extraConfig has auth_enabled; allowed are settings without a property of their own: use authEnabled',
      'extraConfig has table_manager; allowed are settings without a property of their own: use retention',
      'extraConfig has ruler.storage; allowed are settings without a property of their own: use ruler.ruleFiles',
      expect.stringContaining('extraConfig has the section "limits_confg"; allowed are ballast_bytes, '),
      expect.stringContaining('extraConfig.ruler.remote_write.clients.a.basic_auth.password is a literal'),
      expect.stringContaining('extraConfig.storage_config.object_store.s3.secret_access_key is a literal'),
    ]);
  });
});
