import { App, Testing } from 'cdk8s';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import type { ElasticStackOptions } from '../../src/stack/elastic-stack';
import { MonitoringStack } from '../../src/stack/monitoring-stack';
import type { MonitoringStackProps } from '../../src/stack/stack-options';
import { MINIMAL, WATCHED } from '../elastic/elastic';
import { type Manifest, manifestOf } from '../support/constructs';
import { expectInvariants } from '../support/invariants';

const stackOf = (props: MonitoringStackProps) => new MonitoringStack(new App(), 'stack', props);
const manifestsOf = (props: MonitoringStackProps): Manifest[] => Testing.synth(stackOf(props));

const EXPORTER = 'monitoring-elasticsearch-exporter';
const elastic: ElasticStackOptions = { elasticsearch: WATCHED, fluentd: {} };
/** Alerts and whatever else has such a name. */
const namesIn = (manifests: Manifest[]) => [...new Set(JSON.stringify(manifests).match(/\bElasticsearch(?: \/ )?[A-Z]\w+/g))];
const hasExporter = (manifests: Manifest[]) => manifests.some(({ metadata }) => metadata.name === EXPORTER);

describe('a stack with Elasticsearch and Prometheus', () => {
  const manifests = manifestsOf({ prometheus: {}, grafana: {}, elastic });

  it('holds what any stack must', () => expectInvariants(manifests));

  it('runs the exporter and scrapes it', () => {
    expect(manifestOf(manifests, 'Deployment', EXPORTER).spec.replicas).toBe(1);
    const config = load(manifestOf(manifests, 'ConfigMap', 'monitoring-prometheus-config').data['prometheus.yml']) as Manifest;
    const job = config.scrape_configs.find(({ job_name: name }: Manifest) => name === 'elasticsearch-exporter');
    expect(job.kubernetes_sd_configs[0].selectors[0].label).toContain('app.kubernetes.io/component=elasticsearch-exporter');
  });

  it('has its alerts, those that compare it with its agent among them, and its board', () => {
    expect(namesIn(manifests)).toEqual(
      expect.arrayContaining(['ElasticsearchClusterRed', 'ElasticsearchIndexingStopped', 'Elasticsearch / Overview']),
    );
  });

  it('compares nothing without an agent of its own', () => {
    const names = namesIn(manifestsOf({ prometheus: {}, elastic: { elasticsearch: WATCHED } }));
    expect(names).toContain('ElasticsearchClusterRed');
    expect(names).not.toContain('ElasticsearchIndexingStopped');
  });

  it('passes options on, and leaves it out where it is not wanted', () => {
    const changed = manifestsOf({ prometheus: {}, elastic: { ...elastic, exporter: { indexMetrics: true } } });
    expect(manifestOf(changed, 'Deployment', EXPORTER).spec.template.spec.containers[0].args).toContain('--es.indices');
    const off = manifestsOf({ prometheus: {}, elastic: { elasticsearch: MINIMAL, exporter: { enabled: false } } });
    expect(hasExporter(off)).toBe(false);
    expect(namesIn(off)).toEqual([]);
  });

  it('demands a password for it', () => {
    expect(() => manifestsOf({ prometheus: {}, elastic: { elasticsearch: MINIMAL } })).toThrow(
      'elastic.elasticsearch.passwords.exporter is not given beside prometheus',
    );
  });
});

describe('a stack with Elasticsearch under the operator', () => {
  const manifests = manifestsOf({ prometheus: {}, operator: { labels: { release: 'prometheus' } }, elastic });

  it('runs the exporter, and lets the operator find it', () => {
    expect(hasExporter(manifests)).toBe(true);
    const monitors = manifests.filter(({ kind }) => /^(Pod|Service)Monitor$/.test(kind));
    const monitor = monitors.find(({ metadata }) => metadata.name === EXPORTER);
    expect(monitor?.spec.selector.matchLabels).toMatchObject({ 'app.kubernetes.io/component': 'elasticsearch-exporter' });
    expect(namesIn(manifests.filter(({ kind }) => kind === 'PrometheusRule'))).toContain('ElasticsearchClusterRed');
  });
});

describe('a stack with Elasticsearch alone', () => {
  it('has no exporter, and no user for it where there is no password', () => {
    expect(hasExporter(manifestsOf({ elastic: { elasticsearch: MINIMAL } }))).toBe(false);
    expect(stackOf({ elastic: { elasticsearch: WATCHED } }).elasticsearchExporter).toBeUndefined();
  });

  it('refuses options of what does not run', () => {
    expect(() => manifestsOf({ elastic: { elasticsearch: WATCHED, exporter: {} } })).toThrow(
      'elastic.exporter is given without prometheus',
    );
  });
});
