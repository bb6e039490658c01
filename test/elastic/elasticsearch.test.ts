import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { Elasticsearch, type ElasticsearchProps } from '../../src/elastic/elasticsearch';
import {
  elasticsearchConfig,
  heapArguments,
  heapOf,
  indexTemplate,
  lifecyclePolicy,
  SETTINGS_SCRIPT,
  writerRole,
} from '../../src/elastic/elasticsearch-config';
import { ExistingVolume } from '../../src/settings/existing-volume';
import { Retention } from '../../src/settings/retention';
import { SecretKey } from '../../src/settings/secret-key';
import { EVERY_WORKLOAD_OPTION, expectEveryPropToMatter, manifestOf, synthesisError, synthesize } from '../support/constructs';
import { MINIMAL } from './elastic';

const OTHER = SecretKey.of('other', 'key');

const EVERY_PROP: Required<ElasticsearchProps> = {
  ...EVERY_WORKLOAD_OPTION,
  certificate: { certificate: OTHER, privateKey: OTHER, certificateAuthority: OTHER },
  passwords: { elastic: OTHER, kibana: OTHER, writer: OTHER, exporter: OTHER },
  nodes: 3,
  retention: Retention.days(30),
  indexPrefix: 'shop',
  volume: Size.gibibytes(100),
  heap: Size.mebibytes(512),
  memoryMapping: true,
  storageClassName: 'fast',
  existingVolume: ExistingVolume.named('old'),
};

const settings = { clusterName: 'logs', nodes: ['logs-0'], discoveryHost: 'logs.monitoring.svc', memoryMapping: false };
const indices = { prefix: 'kubernetes', retention: Retention.days(7), replicas: 1 };

describe('elasticsearch.yml', () => {
  it('of one node', () => {
    expect(elasticsearchConfig(settings)).toMatchInlineSnapshot(`
      {
        "cluster.name": "logs",
        "discovery.type": "single-node",
        "network.host": "0.0.0.0",
        "network.publish_host": "\${POD_IP}",
        "node.name": "\${POD_NAME}",
        "node.store.allow_mmap": false,
        "path.data": "/usr/share/elasticsearch/data",
        "readiness.port": 8080,
        "xpack.security.enabled": true,
        "xpack.security.enrollment.enabled": false,
        "xpack.security.http.ssl": {
          "certificate": "certs/tls.crt",
          "certificate_authorities": [
            "certs/ca.crt",
          ],
          "enabled": true,
          "key": "certs/tls.key",
        },
        "xpack.security.transport.ssl": {
          "certificate": "certs/tls.crt",
          "certificate_authorities": [
            "certs/ca.crt",
          ],
          "client_authentication": "required",
          "enabled": true,
          "key": "certs/tls.key",
          "verification_mode": "certificate",
        },
      }
    `);
  });

  it('of three nodes forms a cluster by majority', () => {
    const config = elasticsearchConfig({ ...settings, nodes: ['logs-0', 'logs-1', 'logs-2'], memoryMapping: true });
    expect(config).toMatchObject({
      'discovery.seed_hosts': ['logs.monitoring.svc'],
      'cluster.initial_master_nodes': ['logs-0', 'logs-1', 'logs-2'],
    });
    expect(config).not.toHaveProperty('discovery.type');
    expect(config).not.toHaveProperty(['node.store.allow_mmap']);
  });

  it('gives the heap half of the memory, and no more than pointers of 32 bits reach', () => {
    expect(heapArguments(heapOf(Size.gibibytes(2)))).toBe('-Xms1024m -Xmx1024m');
    expect(heapArguments(heapOf(Size.gibibytes(128)))).toBe('-Xms31744m -Xmx31744m');
  });
});

describe('what is kept in Elasticsearch', () => {
  it('deletes an index when its last line is as old as the retention', () => {
    expect(lifecyclePolicy(indices).policy.phases.delete).toEqual({ min_age: '192h', actions: { delete: {} } });
    expect(lifecyclePolicy({ ...indices, retention: Retention.forever() }).policy.phases).not.toHaveProperty('delete');
  });

  it('gives new indices their life and their copies', () => {
    const { index_patterns, template } = indexTemplate(indices);
    expect(index_patterns).toEqual(['kubernetes-*']);
    expect(template.settings).toEqual({
      'index.lifecycle.name': 'kubernetes',
      'index.number_of_shards': 1,
      'index.number_of_replicas': 1,
    });
  });

  it('lets agents write lines and nothing else', () => {
    expect(writerRole(indices)).toEqual({
      cluster: ['monitor'],
      indices: [{ names: ['kubernetes-*'], privileges: ['auto_configure', 'index', 'view_index_metadata'] }],
    });
  });

  it('is written by requests that are whole with any password', () => {
    const directory = mkdtempSync(join(tmpdir(), 'elasticsearch-settings-'));
    try {
      for (const file of ['policy', 'template', 'role', 'reader']) {
        writeFileSync(join(directory, `${file}.json`), `{"file":"${file}"}`);
      }
      // Stands for curl: notes the configuration, the arguments and the body of each request.
      writeFileSync(
        join(directory, 'curl'),
        '#!/bin/bash\nfor a; do [ "$p" = --config ] && config=$(cat "$a"); [ "$p" = --request ] && method=$a; p=$a; done\nprintf \'%s\\n%s\\n%s\\n\' "$config" "$method $p" "$(cat)" >> "$NOTES"\n',
      );
      chmodSync(join(directory, 'curl'), 0o755);
      const notes = join(directory, 'notes');
      // Ends after the first round, at the first command that comes then.
      const script = SETTINGS_SCRIPT.replace('cd /mnt/settings', `cd ${directory}`).replace("echo 'settings applied'", 'exit 0');
      const { status, stderr } = spawnSync('bash', ['--norc', '-c', script], {
        encoding: 'utf8',
        // Bash takes a socket at its input for a login from elsewhere, and reads its start files.
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          PATH: `${directory}:${process.env.PATH}`,
          NOTES: notes,
          ELASTIC_PASSWORD: 'a"b\\c d',
          KIBANA_PASSWORD: 'k"\\\'$x',
          WRITER_PASSWORD: 'w%s',
          ELASTICSEARCH_URL: 'https://es:9200',
          INDEX_PREFIX: 'kubernetes',
          WRITER_NAME: 'log-writer',
          READER_NAME: 'metrics-reader',
          READER_PASSWORD: 'r\\',
        },
      });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      const lines = readFileSync(notes, 'utf8').trim().split('\n');
      expect(lines.filter((_, index) => index % 3 === 0)).toEqual(Array(7).fill('user = "elastic:a\\"b\\\\c d"'));
      expect(lines.filter((_, index) => index % 3 === 1)).toEqual([
        'POST https://es:9200/_security/user/kibana_system/_password',
        // Before the writer, which makes indices.
        'PUT https://es:9200/_ilm/policy/kubernetes',
        'PUT https://es:9200/_index_template/kubernetes',
        'PUT https://es:9200/_security/role/log-writer',
        'PUT https://es:9200/_security/user/log-writer',
        'PUT https://es:9200/_security/role/metrics-reader',
        'PUT https://es:9200/_security/user/metrics-reader',
      ]);
      expect(lines.filter((_, index) => index % 3 === 2).map((body) => JSON.parse(body))).toEqual([
        { password: 'k"\\\'$x' },
        { file: 'policy' },
        { file: 'template' },
        { file: 'role' },
        { password: 'w%s', roles: ['log-writer'] },
        { file: 'reader' },
        { password: 'r\\', roles: ['metrics-reader'] },
      ]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

describe('Elasticsearch', () => {
  it('synthesizes with minimal properties', () => {
    expect(synthesize((chart) => new Elasticsearch(chart, 'logs', MINIMAL))).toMatchSnapshot();
  });

  it('synthesizes with every property', () => {
    const props = { ...EVERY_PROP, nodes: 1 };
    const manifests = synthesize((chart) => new Elasticsearch(chart, 'logs', props));
    expect(manifestOf(manifests, 'StatefulSet').spec.template.spec).toMatchSnapshot();
  });

  it('has no dead property', () => {
    expectEveryPropToMatter((chart, props: ElasticsearchProps) => new Elasticsearch(chart, 'logs', props), MINIMAL, EVERY_PROP);
  });

  it('keeps a majority while nodes are drained', () => {
    const manifests = synthesize((chart) => new Elasticsearch(chart, 'logs', { ...MINIMAL, nodes: 3 }));
    expect(manifestOf(manifests, 'PodDisruptionBudget').spec.maxUnavailable).toBe(1);
    expect(manifestOf(manifests, 'StatefulSet').spec).toMatchObject({ replicas: 3, podManagementPolicy: 'Parallel' });
  });

  it('names all that is wrong at once', () => {
    const error = synthesisError(
      (chart) =>
        new Elasticsearch(chart, 'logs', {
          ...MINIMAL,
          nodes: 2,
          indexPrefix: 'Kubernetes',
          retention: Retention.hours(0),
          heap: Size.gibibytes(2),
        }),
    );
    expect(error).toContain('nodes is 2; allowed are odd whole numbers');
    expect(error).toContain('indexPrefix is "Kubernetes"');
    expect(error).toContain('retention is 0d');
    expect(error).toContain('heap is 2Gi; allowed are 128Mi to 31Gi and at most three quarters');
  });
});
