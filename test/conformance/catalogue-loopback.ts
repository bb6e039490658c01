import { execFileSync } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { freePort, until } from './api-server';
import { ALERTMANAGER_CONFIGURATION, ALLOY_CONFIGURATION, lokiConfiguration, RULES } from './catalogue-configurations';
import type { Recorder } from './catalogue-recorder';
import { startElasticsearchAnswers } from './elasticsearch-answers';
import { findProgram } from './programs';

const address = async (): Promise<string> => `127.0.0.1:${await freePort()}`;

const post = (url: string, body: string, type: string) => fetch(url, { method: 'POST', body, headers: { 'content-type': type } });

/** node_exporter with its default collectors and those that dashboards of nodes ask for. */
export async function recordNodeExporter(recorder: Recorder): Promise<void> {
  const own = await address();
  const collectors = [
    'processes',
    'systemd',
    'interrupts',
    'tcpstat',
    'ethtool',
    'cgroups',
    'mountstats',
    'network_route',
    'slabinfo',
  ];
  recorder.start('node_exporter', [`--web.listen-address=${own}`, ...collectors.map((name) => `--collector.${name}`)]);
  await recorder.scrape('node_exporter', `http://${own}/metrics`);
}

export async function recordPushgateway(recorder: Recorder): Promise<void> {
  const own = await address();
  recorder.start('pushgateway', [`--web.listen-address=${own}`, `--persistence.file=${join(recorder.folder, 'pushgateway')}`]);
  await recorder.answers(`http://${own}/metrics`);
  await post(`http://${own}/metrics/job/backup`, '# TYPE backup_size_bytes gauge\nbackup_size_bytes 1\n', 'text/plain');
  await recorder.scrape('pushgateway', `http://${own}/metrics`);
}

/** elasticsearch_exporter with all that the library may switch on. Recorded answers of Elasticsearch 5.4 to 8.9 stand for it. */
export async function recordElasticsearchExporter(recorder: Recorder): Promise<void> {
  const own = await address();
  const server = await startElasticsearchAnswers();
  try {
    const elasticsearch = `--es.uri=http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const flags = ['--es.all', '--es.indices', '--no-es.aliases', '--collector.clustersettings', '--collector.ilm'];
    recorder.start('elasticsearch_exporter', [elasticsearch, ...flags, `--web.listen-address=${own}`]);
    await recorder.shows(`http://${own}/metrics`, /^elasticsearch_index_stats/m);
    await recorder.scrape('elasticsearch_exporter', `http://${own}/metrics`);
  } finally {
    server.close();
  }
}

/** Two members, so that what they say of each other shows; a receiver that fails. Answers the first one's address. */
export async function recordAlertmanager(recorder: Recorder): Promise<string> {
  const [one, other, gossip, otherGossip] = await Promise.all([address(), address(), address(), address()]);
  const file = recorder.file('alertmanager.yml', ALERTMANAGER_CONFIGURATION);
  const start = (own: string, members: string, peer: string) =>
    recorder.start('alertmanager', [
      `--config.file=${file}`,
      `--storage.path=${recorder.directory(`alertmanager-${own}`)}`,
      `--web.listen-address=${own}`,
      `--cluster.listen-address=${members}`,
      `--cluster.peer=${peer}`,
    ]);
  start(one, gossip, otherGossip);
  start(other, otherGossip, gossip);
  await recorder.answers(`http://${one}/-/ready`);
  await recorder.answers(`http://${other}/-/ready`);
  await post(
    `http://${one}/api/v2/alerts`,
    JSON.stringify([{ labels: { alertname: 'Test', severity: 'critical' } }]),
    'application/json',
  );
  await post(`http://${one}/api/v2/alerts`, '[{"labels": {}}]', 'application/json');
  await post(`http://${one}/-/reload`, '', 'text/plain');
  const silence = { matchers: [{ name: 'a', value: 'b', isRegex: false }], createdBy: 'test', comment: 'test' };
  const times = { startsAt: new Date().toISOString(), endsAt: new Date(Date.now() + 3_600_000).toISOString() };
  await post(`http://${one}/api/v2/silences`, JSON.stringify({ ...silence, ...times }), 'application/json');
  await recorder.shows(`http://${one}/metrics`, /alertmanager_notifications_failed_total\{.*\} [1-9]/);
  await recorder.scrape('alertmanager', `http://${one}/metrics`);
  return one;
}

/** memcached and its exporter. */
export async function startMemcached(recorder: Recorder): Promise<{ address: string; exporter: string }> {
  const port = await freePort();
  const own = await address();
  recorder.start('memcached', ['-u', 'nobody', '-l', '127.0.0.1', '-p', String(port), '--extended=modern,track_sizes']);
  recorder.start('memcached_exporter', [`--memcached.address=127.0.0.1:${port}`, `--web.listen-address=${own}`]);
  await recorder.shows(`http://${own}/metrics`, /^memcached_up 1$/m);
  return { address: `127.0.0.1:${port}`, exporter: own };
}

export interface StartedLoki {
  readonly address: string;
  readonly canary: string;
}

/** Loki as one process with caches, retention and a ruler, and its canary. */
export async function startLoki(recorder: Recorder, memcached: string, alertmanager: string): Promise<StartedLoki> {
  const [port, grpc, canary] = await Promise.all([freePort(), freePort(), freePort()]);
  recorder.file('loki-rules/fake/rules.yaml', RULES.logs);
  const addresses = { folder: recorder.folder, port, grpc, memcached, alertmanager };
  recorder.start('loki', [`-config.file=${recorder.file('loki.yaml', lokiConfiguration(addresses))}`]);
  await recorder.answers(`http://127.0.0.1:${port}/ready`);
  const labels = ['-labelname=pod', '-labelvalue=canary'];
  const times = ['-interval=200ms', '-wait=1s', '-pruneinterval=2s'];
  recorder.start('loki-canary', [`-addr=127.0.0.1:${port}`, `-port=${canary}`, '-push=true', ...labels, ...times]);
  return { address: `127.0.0.1:${port}`, canary: `127.0.0.1:${canary}` };
}

/** Sends what is taken and what is discarded, asks what is answered and what is refused, deletes, flushes. */
export async function recordLoki(recorder: Recorder, { address: own, canary }: StartedLoki): Promise<void> {
  const now = BigInt(Date.now()) * 1_000_000n;
  const stream = (labels: Record<string, string>, time: bigint, line: string) => ({
    stream: labels,
    values: [[String(time), line]],
  });
  const streams = [
    stream({ app: 'order' }, now, 'level=info msg=hello duration=3'),
    stream({ app: 'order' }, now - 864_000_000_000_000n, 'too old'),
    stream({ app: 'order', long: 'x'.repeat(3000) }, now, 'label too long'),
    stream({ app: 'other' }, now, 'x'.repeat(300_000)),
  ];
  for (const sent of streams) {
    await post(`http://${own}/loki/api/v1/push`, JSON.stringify({ streams: [sent] }), 'application/json');
  }
  const queries = ['{app="order"}', 'sum by (app) (count_over_time({app=~".+"} | logfmt | duration > 1 [1m]))', '{app="order"'];
  const selected = new URLSearchParams({ query: '{app="order"}' });
  for (let round = 0; round < 2; round += 1) {
    for (const query of queries) {
      await fetch(`http://${own}/loki/api/v1/query_range?${new URLSearchParams({ query, since: '6h', step: '60' })}`);
      await fetch(`http://${own}/loki/api/v1/query?${new URLSearchParams({ query })}`);
    }
    for (const path of ['labels', 'label/app/values', `series?match[]=${encodeURIComponent('{app="order"}')}`]) {
      await fetch(`http://${own}/loki/api/v1/${path}`);
    }
    await fetch(`http://${own}/loki/api/v1/index/stats?${selected}`);
    await fetch(`http://${own}/loki/api/v1/index/volume?${selected}`);
    await post(`http://${own}/flush`, '', 'text/plain');
  }
  await post(`http://${own}/loki/api/v1/delete?${selected}&start=0`, '', 'text/plain');
  await recorder.shows(`http://${own}/metrics`, /loki_boltdb_shipper_compact_tables_operation_total\{.*\} [1-9]/, 90_000);
  await recorder.scrape('loki', `http://${own}/metrics`);
  await recorder.scrape('loki-canary', `http://${canary}/metrics`);
}

/** Prometheus that scrapes all others, has rules, alerts and writes to itself; each part of Thanos over a folder as bucket. */
export async function recordPrometheusAndThanos(
  recorder: Recorder,
  targets: string[],
  alertmanager: string,
  kubeconfig: string,
): Promise<string> {
  const own = await address();
  const data = recorder.directory('prometheus');
  const rules = recorder.file('rules.yml', RULES.metrics);
  const configuration = {
    global: { scrape_interval: '1s', evaluation_interval: '1s', external_labels: { cluster: 'c', replica: 'r' } },
    rule_files: [rules],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager] }] }] },
    remote_write: [
      {
        url: `http://${own}/api/v1/write`,
        write_relabel_configs: [{ source_labels: ['__name__'], regex: 'up', action: 'keep' }],
      },
    ],
    scrape_configs: [
      { job_name: 'all', sample_limit: 100_000, static_configs: [{ targets: [...targets, own, '127.0.0.1:1'] }] },
      ...['node', 'pod', 'endpointslice', 'service'].map((role) => ({
        job_name: role,
        kubernetes_sd_configs: [{ role, kubeconfig_file: kubeconfig }],
        relabel_configs: [{ action: 'drop', source_labels: ['__address__'], regex: '.*' }],
      })),
    ],
  };
  const file = recorder.file('prometheus.yml', configuration);
  recorder.start('prometheus', [
    `--config.file=${file}`,
    '--config.auto-reload',
    `--storage.tsdb.path=${data}`,
    '--storage.tsdb.min-block-duration=2h',
    '--storage.tsdb.max-block-duration=2h',
    '--web.enable-lifecycle',
    '--web.enable-admin-api',
    '--web.enable-remote-write-receiver',
    `--web.listen-address=${own}`,
  ]);
  await recorder.answers(`http://${own}/-/ready`);
  await recordThanos(recorder, own, data, alertmanager);
  for (const path of [
    'query?query=up',
    'query?query=(',
    'query_range?query=up&start=0&end=10&step=1',
    'labels',
    'series?match[]=up',
    'rules',
    'targets',
  ]) {
    await fetch(`http://${own}/api/v1/${path}`);
  }
  await post(`http://${own}/-/reload`, '', 'text/plain');
  await recorder.shows(`http://${own}/metrics`, /prometheus_notifications_sent_total\{.*\} [1-9]/);
  await recorder.scrape('prometheus', `http://${own}/metrics`);
  return own;
}

async function recordThanos(recorder: Recorder, prometheus: string, data: string, alertmanager: string): Promise<void> {
  const bucket = recorder.directory('bucket');
  const storage = ['--objstore.config', JSON.stringify({ type: 'FILESYSTEM', config: { directory: bucket } })];
  const start = Math.floor(Date.now() / 7_200_000 - 40) * 7200;
  const samples = Array.from({ length: 40 * 60 }, (_, minute) => `backdated{cluster="c"} 42 ${start + minute * 60}`);
  const openMetrics = recorder.file('backdated', ['# TYPE backdated gauge', ...samples, '# EOF', ''].join('\n'));
  const blocks = recorder.directory('blocks');
  execFileSync(String(findProgram('promtool')), ['tsdb', 'create-blocks-from', 'openmetrics', openMetrics, blocks], {
    stdio: 'ignore',
  });
  const upload = [
    'tools',
    'bucket',
    'upload-blocks',
    `--path=${blocks}`,
    '--label=cluster="c"',
    '--label=replica="r"',
    ...storage,
  ];
  execFileSync(String(findProgram('thanos')), upload, { stdio: 'ignore' });
  const component = async (name: string, ...flags: string[]): Promise<{ http: string; grpc: string }> => {
    const [http, grpc] = await Promise.all([address(), address()]);
    const grpcFlag = ['query-frontend', 'compact'].includes(name) ? [] : [`--grpc-address=${grpc}`];
    recorder.start('thanos', [name, `--http-address=${http}`, ...grpcFlag, ...flags]);
    return { http, grpc };
  };
  const cache = JSON.stringify({ type: 'IN-MEMORY', config: { max_size: '10MB', max_item_size: '1MB' } });
  const caching = JSON.stringify({ type: 'IN-MEMORY', config: { max_size: '200MB' } });
  const sidecar = await component('sidecar', `--prometheus.url=http://${prometheus}`, `--tsdb.path=${data}`, ...storage);
  const store = await component(
    'store',
    `--data-dir=${recorder.directory('store')}`,
    '--store.caching-bucket.config',
    caching,
    ...storage,
  );
  const compact = await component(
    'compact',
    '--wait',
    '--wait-interval=5s',
    '--consistency-delay=0s',
    '--delete-delay=0s',
    `--data-dir=${recorder.directory('compact')}`,
    ...storage,
  );
  const query = await component(
    'query',
    `--endpoint=${sidecar.grpc}`,
    `--endpoint=${store.grpc}`,
    '--endpoint=dns+localhost:1',
    '--query.replica-label=replica',
    '--query.auto-downsampling',
  );
  const frontend = await component(
    'query-frontend',
    `--query-frontend.downstream-url=http://${query.http}`,
    '--query-range.response-cache-config',
    cache,
    '--labels.response-cache-config',
    cache,
  );
  const rule = await component(
    'rule',
    `--query=${query.http}`,
    `--rule-file=${recorder.file('thanos-rules.yml', RULES.metrics)}`,
    `--alertmanagers.url=http://${alertmanager}`,
    '--label=replica="r"',
    '--eval-interval=1s',
    `--data-dir=${recorder.directory('rule')}`,
    ...storage,
  );
  await recorder.answers(`http://${query.http}/-/ready`);
  await recorder.answers(`http://${frontend.http}/-/ready`);
  await until(
    async () => (await (await fetch(`http://${query.http}/api/v1/stores`)).text()).includes('"store"'),
    60_000,
    'Query sees no store',
  );
  for (const base of [query.http, frontend.http]) {
    for (const expression of ['backdated', 'up', '(']) {
      const range = new URLSearchParams({ query: expression, start: String(start), end: String(start + 90_000), step: '60' });
      await fetch(`http://${base}/api/v1/query_range?${range}`);
      await fetch(`http://${base}/api/v1/query?${new URLSearchParams({ query: expression })}`);
    }
    await fetch(`http://${base}/api/v1/labels?start=${start}&end=${start + 90_000}`);
    await fetch(`http://${base}/api/v1/series?match[]=up`);
  }
  await recorder.shows(`http://${compact.http}/metrics`, /thanos_compact_iterations_total [1-9]/, 90_000);
  await recorder.shows(`http://${rule.http}/metrics`, /thanos_alert_sender_alerts_sent_total\{.*\} [1-9]/);
  const parts = { sidecar, store, compact, query, 'query-frontend': frontend, rule };
  for (const [name, { http }] of Object.entries(parts)) {
    await recorder.scrape(`thanos-${name}`, `http://${http}/metrics`);
  }
}

/** Alloy with each kind of component that the library writes, clustered with itself. */
export async function recordAlloy(recorder: Recorder, kubeconfig: string, loki: string, prometheus: string): Promise<void> {
  const port = await freePort();
  const own = `127.0.0.1:${port}`;
  const log = recorder.file(
    'application.log',
    '2026-01-01T00:00:00Z stdout F {"level":"info","duration":3,"time":"bad"}\nnot CRI\n',
  );
  const file = recorder.file('alloy/config.alloy', ALLOY_CONFIGURATION);
  const environment = {
    KUBECONFIG_FILE: kubeconfig,
    LOG_FILE: log,
    LOKI_URL: `http://${loki}/loki/api/v1/push`,
    GONE_URL: 'http://127.0.0.1:1/loki/api/v1/push',
    PROMETHEUS_URL: `http://${prometheus}/api/v1/write`,
    OTLP_HTTP: await address(),
    OTLP_GRPC: await address(),
    API_ADDRESS: '127.0.0.1',
    API_PORT: String(await freePort()),
    LOKI_OTLP_URL: `http://${loki}/otlp`,
  };
  const flags = [`--server.http.listen-addr=${own}`, `--storage.path=${recorder.directory('alloy-data')}`, '--disable-reporting'];
  recorder.start(
    'alloy',
    ['run', file, ...flags, '--cluster.enabled', `--cluster.join-addresses=${own}`, '--cluster.name=c'],
    environment,
  );
  await recorder.answers(`http://${own}/-/ready`);
  const record = { timeUnixNano: String(BigInt(Date.now()) * 1_000_000n), body: { stringValue: 'hello' } };
  await until(
    async () =>
      (
        await post(
          `http://${environment.OTLP_HTTP}/v1/logs`,
          JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] }),
          'application/json',
        )
      ).ok,
    30_000,
    'Alloy takes no OTLP',
  );
  await recorder.shows(`http://${own}/metrics`, /loki_write_sent_entries_total\{.*\} [1-9]/);
  await recorder.shows(`http://${own}/metrics`, /loki_write_dropped_entries_total\{.*\} [1-9]/);
  await recorder.shows(`http://${own}/metrics`, /otelcol_exporter_sent_log_records_total\{.*\} [1-9]/);
  await recorder.scrape('alloy', `http://${own}/metrics`);
}
