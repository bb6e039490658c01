import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { knownSeries, seriesOf } from '../../src/catalogue/catalogue';
import { catalogueProblems, targetLabels, withRecords } from '../../src/catalogue/catalogue-checks';
import { SOURCE_NAMES } from '../../src/catalogue/sources';
import { DataLabels } from '../../src/settings/data-labels';
import { keptBy, scrapedContext, scrapeJobs, sourceOf } from './checks';

const METRICS = resolve(__dirname, '../../src/catalogue/metrics');

describe('the catalogue', () => {
  it('has a file for each source and no other', () => {
    const files = readdirSync(METRICS).map((file) => file.replace(/\.json$/, ''));
    expect(files.sort()).toEqual([...SOURCE_NAMES].sort());
  });

  it.each(SOURCE_NAMES)('knows names, types and labels of %s', (source) => {
    const series = [...seriesOf(source).values()];
    expect(series.length).toBeGreaterThan(20);
    for (const { metric, type, labels } of series) {
      expect(metric).toMatch(/^[a-zA-Z_:][\w:]*$/);
      expect(['counter', 'gauge', 'histogram', 'summary', 'untyped']).toContain(type);
      expect(labels?.filter((label) => !/^[a-zA-Z_]\w*$/.test(label)) ?? []).toEqual([]);
    }
  });

  it('was recorded from the versions that are tested', () => {
    const rows = readFileSync(resolve(__dirname, '../conformance/programs/programs.tsv'), 'utf8').split('\n');
    const programs = rows.map((row) => row.split('\t')).map(([program, , version]) => `${program} ${version}`);
    const recorded = SOURCE_NAMES.map((source) => JSON.parse(readFileSync(resolve(METRICS, `${source}.json`), 'utf8')).program);
    const others = recorded.filter((program) => !programs.includes(program));
    // Programs that can be run only by hand, no Grafana server, and users bring exporters of middleware: their files are written by hand.
    expect(others, 'record the catalogue again: npm run catalogue').toEqual([
      'grafana 13, not run: what its published code says',
      'fluent-bit v5.1.1, recorded by hand',
      'fluentd v1.19.3, recorded by hand',
      'jaeger 2.20.0, recorded by hand',
      'tempo 3.0.3, recorded by hand',
      'zipkin 3.6.1, recorded by hand',
      'mysqld_exporter of alloy v1.19.0 on MariaDB 10.11 with a replica, recorded by hand',
      'redis_exporter v1.86.0 on Redis 7.0, recorded by hand',
      'kafka_exporter 953e2f1 (after v1.9.0) and that of alloy v1.19.0 on Kafka 3.9, recorded by hand',
      'nginx-prometheus-exporter v1.5.1, recorded by hand',
    ]);
  });

  it('names the series of histograms and summaries', () => {
    expect(knownSeries('loki_request_duration_seconds')).toEqual([]);
    expect(knownSeries('loki_request_duration_seconds_bucket')[0]?.labels).toContain('le');
    expect(knownSeries('loki_request_duration_seconds_count')[0]?.labels).not.toContain('le');
    expect(knownSeries('go_gc_duration_seconds', ['prometheus'])[0]?.labels).toEqual(['quantile']);
  });
});

describe('scrape jobs', () => {
  const jobs = scrapeJobs().map((job) => [job.job_name, job] as const);

  it.each(jobs)('%s gives its targets the labels that the catalogue adds', (_name, job) => {
    const source = sourceOf(job);
    expect(source, 'name the source of this job in SOURCE_OF_JOB').toBeDefined();
    const targets: string[] = (job.relabel_configs ?? []).map(
      ({ target_label: target }: { target_label?: string }) => target ?? '',
    );
    const given = targets.filter((label) => label !== '' && !label.startsWith('__'));
    expect([...new Set(['job', 'instance', ...given])].sort()).toEqual(source && targetLabels(source).sort());
  });

  it.each(jobs)('%s keeps only names that its source has', (_name, job) => {
    const source = sourceOf(job);
    expect((keptBy(job) ?? []).filter((name) => source === undefined || !seriesOf(source).has(name))).toEqual([]);
  });
});

describe('catalogueProblems', () => {
  it.each([
    'up == 0',
    'sum by (namespace, pod) (rate(container_cpu_usage_seconds_total{container!="", cluster=~"$cluster"}[5m]))',
    'kube_pod_status_phase{phase="Running"} * on (namespace, pod) group_left (node) kube_pod_info',
    'histogram_quantile(0.99, sum by (route, le) (rate(loki_request_duration_seconds_bucket[$__rate_interval])))',
    'max by (volume) (label_replace(kubelet_volume_stats_used_bytes, "volume", "$1", "persistentvolumeclaim", "(.+)"))',
    'sum by (who) (label_join(up, "who", "/", "namespace", "pod"))',
    'absent(up{job="prometheus"}) == 1',
    'count_values by (job) ("version", prometheus_ready) and on (version) prometheus_build_info',
    'sum without (instance) (up) / count without (instance) (up)',
    'time() - max by (pod) (process_start_time_seconds) > 60',
    'vector(1) > 0',
    '100 * (1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])))',
    'topk(3, sum by (app) (loki_ingester_memory_streams))',
    'sum by (job) (up or kube_node_info)',
    'count({__name__=~"alertmanager_.+", pod="x"})',
    'ALERTS{alertname="X", whatever="y"}',
    'predict_linear(up[1h], 30 * 60) > on (pod) group_left () up',
    'sum by (pod) (clamp(up, 0, scalar(vector(1))))',
    'sum by ($by) (up{$label="x"})',
    'max_over_time(sum by (pod) (up)[1h:5m])',
  ])('has nothing against %s', (expression) => {
    expect(catalogueProblems(expression)).toEqual([]);
  });

  it.each([
    ['node_loda1', 'node_loda1 is no metric that a configured scrape, rule or log pipeline makes'],
    ['kube_hpa_status_condition', 'kube_hpa_status_condition is no metric'],
    ['{__name__=~"promtail_.+"}', 'promtail_.+ is no metric'],
    ['rate(loki_request_duration_seconds[5m])', '(loki has the histogram loki_request_duration_seconds)'],
    ['up{pods="x"}', 'up has no label "pods" (it has app, '],
    ['sum by (pods) (up)', 'sum groups by "pods", which its series do not have'],
    ['topk by (pods) (3, up)', 'topk groups by "pods"'],
    ['sum by (pod) (up) * on (node) group_left kube_node_info', 'mul matches, on its left side, "node"'],
    ['kube_pod_info * on (node) group_left (zone) kube_node_info', 'group_left brings over "zone"'],
    ['up * on (pod) group_right (zone) up', 'group_right brings over "zone"'],
    ['up and on (zone) up', 'and matches, on its right side, "zone"'],
    ['histogram_quantile(0.9, sum by (route) (loki_request_duration_seconds_bucket))', 'histogram_quantile reads "le"'],
    ['label_replace(up, "a", "$1", "zone", "(.+)")', 'label_replace reads "zone"'],
    ['label_join(up, "a", "", "zone")', 'label_join reads "zone"'],
    ['sum by (pod) (sum by (namespace) (up))', 'sum groups by "pod"'],
    ['sum by (pod) (sum without (pod) (up))', 'sum groups by "pod"'],
    ['absent(gone_total)', 'gone_total is no metric'],
    ['sum by (pod) (up / on (namespace) up)', 'sum groups by "pod"'],
    ['sum by (pod) (up / ignoring (pod) up)', 'sum groups by "pod"'],
    ['sum by (pod) (vector(1))', 'sum groups by "pod"'],
    ['sum by (pod) (2 * kube_node_info)', 'sum groups by "pod"'],
  ])('objects to %s', (expression, problem) => {
    expect(catalogueProblems(expression).join('\n')).toContain(problem);
  });

  it('knows what is not scraped and what jobs drop', () => {
    expect(catalogueProblems('etcd_server_has_leader', { sources: ['prometheus'] })).toEqual([
      'etcd_server_has_leader is no metric that a configured scrape, rule or log pipeline makes (etcd has it, but is not scraped or its job drops it)',
    ]);
    expect(catalogueProblems('kubelet_http_requests_total')).toEqual([]);
    expect(catalogueProblems('kubelet_http_requests_total', scrapedContext()).join()).toContain('its job drops it');
    expect(catalogueProblems('sum by (shop) (orders_total)', scrapedContext({ orders_total: ['shop'] }))).toEqual([]);
  });

  it('follows the names of the shared labels', () => {
    const dataLabels = new DataLabels({ pod: 'k8s_pod' });
    expect(catalogueProblems('sum by (k8s_pod) (prometheus_ready)', { dataLabels })).toEqual([]);
    expect(catalogueProblems('sum by (pod) (prometheus_ready)', { dataLabels })).toHaveLength(1);
  });

  it('renames exposed labels that a job does not honor', () => {
    expect(catalogueProblems('sum by (exported_instance) (pushgateway_build_info)')).toHaveLength(1);
    expect(catalogueProblems('kube_pod_info{exported_namespace="x"}')).toHaveLength(1);
  });
});

describe('withRecords', () => {
  const context = withRecords([
    { name: 'job:up:sum', expr: 'sum by (job) (up)', labels: { level: 'all' } },
    { name: 'level:up:max', expr: 'max by (level) (job:up:sum)' },
    { name: 'job:up:sum', expr: 'sum by (cluster) (up)' },
    { name: 'anything', expr: 'absent(up)' },
  ]);

  it('knows records with their labels', () => {
    expect(catalogueProblems('job:up:sum{job="a", level="all", cluster="c"}', context)).toEqual([]);
    expect(catalogueProblems('level:up:max{job="a"}', context)).toEqual(['level:up:max has no label "job" (it has level)']);
  });

  it('claims nothing of records whose labels it cannot work out', () => {
    expect(catalogueProblems('anything{whatever="x"}', context)).toEqual([]);
  });

  it('does not know them without', () => {
    expect(catalogueProblems('job:up:sum')).toHaveLength(1);
  });
});
