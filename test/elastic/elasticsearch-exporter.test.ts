import { describe, expect, it } from 'vitest';
import { Elasticsearch } from '../../src/elastic/elasticsearch';
import { metricsReaderRole } from '../../src/elastic/elasticsearch-config';
import {
  ElasticsearchExporter,
  type ElasticsearchExporterOptions,
  type ElasticsearchExporterProps,
} from '../../src/elastic/elasticsearch-exporter';
import { exporterArguments } from '../../src/elastic/elasticsearch-exporter-config';
import {
  EVERY_WORKLOAD_OPTION,
  expectEveryPropToMatter,
  type Manifest,
  manifestOf,
  synthesisError,
  synthesize,
} from '../support/constructs';
import { MINIMAL, WATCHED } from './elastic';

const EVERY_OPTION: Required<ElasticsearchExporterOptions> = { ...EVERY_WORKLOAD_OPTION, indexMetrics: true };

const exporterIn = (options: ElasticsearchExporterOptions, props = WATCHED): Manifest[] =>
  synthesize((chart) => {
    const elasticsearch = new Elasticsearch(chart, 'elasticsearch', props);
    const every: ElasticsearchExporterProps = { ...options, elasticsearch };
    new ElasticsearchExporter(chart, 'exporter', every);
  });

const ofExporter = (manifests: Manifest[]) =>
  manifests.filter(({ metadata }) => metadata.name.startsWith('monitoring-elasticsearch-exporter'));

describe('arguments', () => {
  const settings = { elasticsearchUrl: 'https://es:9200', indexMetrics: false, port: 9114 };

  it('ask for all nodes, the limit of shards and the life of indices', () => {
    expect(exporterArguments(settings)).toEqual([
      '--es.uri=https://es:9200',
      '--es.ca=/mnt/certs/ca.crt',
      '--es.all',
      '--collector.clustersettings',
      '--collector.ilm',
      '--web.listen-address=:9114',
    ]);
  });

  it('ask for indices where they are wanted', () => {
    expect(exporterArguments({ ...settings, indexMetrics: true })).toEqual(
      expect.arrayContaining(['--es.indices', '--no-es.aliases']),
    );
  });
});

describe('ElasticsearchExporter', () => {
  it('synthesizes with minimal properties', () => {
    expect(ofExporter(exporterIn({}))).toMatchSnapshot();
  });

  it('synthesizes with every property', () => {
    const manifests = ofExporter(exporterIn({ ...EVERY_OPTION, namespace: undefined }));
    expect(manifestOf(manifests, 'Deployment').spec.template).toMatchSnapshot();
  });

  it('has no dead property', () => {
    expectEveryPropToMatter<ElasticsearchExporterOptions>(
      (chart, options) =>
        new ElasticsearchExporter(chart, 'exporter', {
          ...options,
          elasticsearch: new Elasticsearch(chart, 'elasticsearch', WATCHED),
        }),
      {},
      EVERY_OPTION,
    );
  });

  it('logs in by variables, as a user who may read metrics alone', () => {
    const [container] = manifestOf(ofExporter(exporterIn({})), 'Deployment').spec.template.spec.containers;
    expect(container.env).toEqual([
      { name: 'ES_USERNAME', value: 'metrics-reader' },
      { name: 'ES_PASSWORD', valueFrom: { secretKeyRef: { name: 'elastic', key: 'exporter' } } },
    ]);
    expect(metricsReaderRole()).toEqual({
      cluster: ['monitor', 'read_ilm'],
      indices: [{ names: ['*'], privileges: ['monitor', 'view_index_metadata'] }],
    });
  });

  it('may talk to Elasticsearch, which lets it in', () => {
    const policies = exporterIn({}).filter(({ kind }) => kind === 'NetworkPolicy');
    const reader = { 'app.kubernetes.io/component': 'elasticsearch-exporter' };
    const store = { 'app.kubernetes.io/component': 'elasticsearch' };
    const allows = (direction: 'ingress' | 'egress', of: object, peer: object) =>
      policies
        .filter(({ spec }) => expect.objectContaining(of).asymmetricMatch(spec.podSelector.matchLabels))
        .flatMap(({ spec }) => spec[direction] ?? [])
        .some(
          ({ from, to, ports }: Manifest) =>
            ports?.some(({ port }: Manifest) => port === 9200) &&
            (from ?? to ?? []).some(({ podSelector }: Manifest) =>
              expect.objectContaining(peer).asymmetricMatch(podSelector?.matchLabels ?? {}),
            ),
        );
    expect(allows('egress', reader, store)).toBe(true);
    expect(allows('ingress', store, reader)).toBe(true);
  });

  it('needs a password', () => {
    expect(
      synthesisError((chart) => {
        const elasticsearch = new Elasticsearch(chart, 'elasticsearch', MINIMAL);
        new ElasticsearchExporter(chart, 'exporter', { elasticsearch });
      }),
    ).toContain('passwords.exporter of test/elasticsearch is not given; allowed is the password of metrics-reader');
  });
});

describe('Elasticsearch that is watched', () => {
  const settingsOf = (manifests: Manifest[]) =>
    manifestOf(manifests, 'StatefulSet').spec.template.spec.containers.find(({ name }: Manifest) => name === 'settings');

  it('keeps the user and its role', () => {
    const manifests = exporterIn({});
    const { data } = manifestOf(manifests, 'ConfigMap', 'monitoring-elasticsearch-settings');
    expect(JSON.parse(data['reader.json'])).toEqual(metricsReaderRole());
    expect(settingsOf(manifests).env).toEqual(
      expect.arrayContaining([
        { name: 'READER_NAME', value: 'metrics-reader' },
        { name: 'READER_PASSWORD', valueFrom: { secretKeyRef: { name: 'elastic', key: 'exporter' } } },
      ]),
    );
  });

  it('has no such user without a password', () => {
    const manifests = synthesize((chart) => new Elasticsearch(chart, 'elasticsearch', MINIMAL));
    expect(manifestOf(manifests, 'ConfigMap', 'monitoring-elasticsearch-settings').data).not.toHaveProperty(['reader.json']);
    expect(JSON.stringify(settingsOf(manifests).env)).not.toContain('READER');
  });
});
