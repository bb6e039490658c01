import { App, Size, Testing } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { LogField } from '../../src/alloy/log-field';
import { LogLabel } from '../../src/alloy/log-label';
import { LogMetric } from '../../src/alloy/log-metric';
import { LogPipeline } from '../../src/alloy/log-pipeline';
import { Dashboard } from '../../src/dashboards/dashboard';
import { DataSource } from '../../src/grafana/data-source';
import { ScrapeJob } from '../../src/prometheus/scrape-job';
import { Cluster } from '../../src/settings/cluster';
import { DataLabels } from '../../src/settings/data-labels';
import { Endpoint } from '../../src/settings/endpoint';
import { ObjectStorage } from '../../src/settings/object-storage';
import { Retention } from '../../src/settings/retention';
import { StorageIdentity } from '../../src/settings/storage-identity';
import { MonitoringStack } from '../../src/stack/monitoring-stack';
import type { MonitoringStackProps } from '../../src/stack/stack-options';

const identity = StorageIdentity.accessKeys('object-storage');
const objectStorage = ObjectStorage.naverCloud({ bucketPrefix: 'shop', identity });
const metrics: MonitoringStackProps = { objectStorage, prometheus: {} };
const logs = (props: Partial<Parameters<typeof LogPipeline.json>[0]>): MonitoringStackProps => ({
  loki: {},
  logs: [LogPipeline.json({ name: 'app', namespaces: ['shop'], ...props })],
});
const external = DataSource.prometheus({
  endpoint: Endpoint.external({ host: 'prometheus.example.com', port: 9090 }),
  uid: 'other',
  name: 'Other',
  isDefault: true,
});

/** What is wrong, the properties that say so, and what the error must name: place, value, what is allowed. */
const BAD_INPUT: [string, MonitoringStackProps, RegExp][] = [
  [
    'raw data kept under 40 h',
    { ...metrics, thanos: { tiers: { raw: Retention.hours(39) } } },
    /\[stack\/thanos-compactor\] tiers\.raw is 39h; allowed/,
  ],
  [
    '5-minute data kept under 10 d',
    { ...metrics, thanos: { tiers: { fiveMinutes: Retention.days(9) } } },
    /tiers\.fiveMinutes is 9d; allowed/,
  ],
  [
    '5-minute data kept shorter than raw data',
    { ...metrics, thanos: { tiers: { raw: Retention.days(90), fiveMinutes: Retention.days(30) } } },
    /tiers\.fiveMinutes is 30d; allowed/,
  ],
  [
    'local retention under the upload window',
    { ...metrics, thanos: {}, prometheus: { retention: Retention.hours(5) } },
    /\[stack\/prometheus\] retention is 5h; allowed/,
  ],
  [
    'retention size over 85 % of the volume',
    { prometheus: { volume: Size.gibibytes(100), retentionSize: Size.gibibytes(86) } },
    /\[stack\/prometheus\] retentionSize is 86Gi; allowed is at most 85 %/,
  ],
  [
    'a volume that the cluster does not offer',
    { cluster: Cluster.naverCloud({ name: 'c' }), prometheus: { volume: Size.gibibytes(55) } },
    /volume is 55Gi; allowed are multiples of 10Gi/,
  ],
  ['an empty name', { name: '', loki: {} }, /\[stack\] name is ""; allowed/],
  ['a name with capitals', { name: 'Shop', loki: {} }, /\[stack\] name is "Shop"; allowed/],
  ['an empty cluster name', { cluster: Cluster.generic({ name: '' }), loki: {} }, /\[stack\] cluster\.name is ""; allowed/],
  [
    'a label name that is not valid',
    { dataLabels: new DataLabels({ app: 'app.name' }), loki: {} },
    /dataLabels\.app is "app\.name"; allowed/,
  ],
  [
    'an external label that is not valid',
    { prometheus: { externalLabels: { 'a-b': 'x' } } },
    /\[stack\/prometheus\] externalLabels.*a-b/,
  ],
  ['a static label that is not valid', logs({ staticLabels: { 'a.b': 'x' } }), /\[stack\/alloy\] .*a\.b/],
  [
    'two default data sources',
    {
      prometheus: {},
      grafana: {
        dataSources: [
          external,
          DataSource.prometheus({
            endpoint: Endpoint.external({ host: 'x.example.com', port: 1 }),
            uid: 'x',
            name: 'X',
            isDefault: true,
          }),
        ],
      },
    },
    /\[stack\/grafana\] .*default/,
  ],
  [
    'two data sources of one uid',
    {
      prometheus: {},
      grafana: { dataSources: [DataSource.prometheus({ endpoint: Endpoint.external({ host: 'x.example.com', port: 1 }) })] },
    },
    /\[stack\/grafana\] .*"prometheus"/,
  ],
  [
    "a label set over Loki's 15",
    logs({ staticLabels: Object.fromEntries([...'abcdefghijkl'].map((name) => [`label_${name}`, 'x'])) }),
    /\[stack\/alloy\] .*\b15\b/,
  ],
  ['a label without bounds', logs({ labels: [LogLabel.of('traceId')] }), /\[stack\/alloy\] .*traceId/],
  [
    'a histogram without buckets',
    logs({ metrics: [LogMetric.histogram({ name: 'app_duration_ms', field: 'duration', buckets: [] })] }),
    /\[stack\/alloy\] .*buckets/,
  ],
  [
    'a histogram with unsorted buckets',
    logs({ metrics: [LogMetric.histogram({ name: 'app_duration_ms', field: 'duration', buckets: [10, 5] })] }),
    /\[stack\/alloy\] .*buckets/,
  ],
  [
    'a metric of a field that is not parsed',
    logs({ fields: [LogField.of('level')], metrics: [LogMetric.counter({ name: 'app_total', field: 'other' })] }),
    /\[stack\/alloy\] .*other/,
  ],
  [
    'an endpoint with a scheme',
    {
      prometheus: {
        scrape: [
          ScrapeJob.endpoints({ jobName: 'x', endpoints: [Endpoint.external({ host: 'http://x.example.com', port: 80 })] }),
        ],
      },
    },
    /\[stack\/prometheus\] .*http:\/\/x\.example\.com/,
  ],
  [
    'object storage with a scheme',
    { objectStorage: ObjectStorage.s3Compatible({ endpoint: 'https://minio', region: 'r', bucket: 'data', identity }), loki: {} },
    /\[stack\/loki\] objectStorage\.endpoint is "https:\/\/minio"; allowed/,
  ],
  [
    'a query that does not parse',
    {
      prometheus: {},
      grafana: {
        dashboards: [
          Dashboard.json({
            uid: 'own',
            json: JSON.stringify({
              title: 'Own',
              panels: [
                {
                  id: 1,
                  title: 'P',
                  type: 'timeseries',
                  datasource: { type: 'prometheus', uid: 'prometheus' },
                  gridPos: { h: 8, w: 12, x: 0, y: 0 },
                  targets: [{ refId: 'A', expr: 'sum(rate(' }],
                },
              ],
            }),
          }),
        ],
      },
    },
    /\[stack\/grafana\] .*sum\(rate\(/,
  ],
  [
    'a board whose data source is not there',
    { prometheus: {}, grafana: { dashboards: [Dashboard.logs({ uid: 'logs', title: 'Logs' })] } },
    /\[stack\/grafana\] .*[Ll]oki/,
  ],
  [
    'two boards of one uid',
    { loki: {}, grafana: { dashboards: [Dashboard.logs({ uid: 'a', title: 'A' }), Dashboard.logs({ uid: 'a', title: 'B' })] } },
    /\[stack\/grafana\] .*"a"/,
  ],
  [
    'two jobs of one name',
    { prometheus: { scrape: [ScrapeJob.pods({ namespaces: ['a'] }), ScrapeJob.pods({ namespaces: ['b'] })] } },
    /\[stack\/prometheus\] .*pods/,
  ],
  [
    'a cache smaller than its items',
    { loki: { caches: { chunks: Size.mebibytes(8) } } },
    /\[stack\/memcached-chunks\] itemMemory is 8Mi; allowed/,
  ],
];

const messageOf = (props: MonitoringStackProps) => {
  try {
    Testing.synth(new MonitoringStack(new App(), 'stack', { name: 'shop', ...props }));
  } catch (error) {
    return (error as Error).message;
  }
  return 'synth succeeded';
};

describe('bad input is an error at synth that names place, value and what is allowed', () => {
  it.each(BAD_INPUT)('%s', (_title, props, expected) => {
    const message = messageOf(props);
    expect(message).toMatch(expected);
    expect(message).toMatch(/allowed/);
  });
});
