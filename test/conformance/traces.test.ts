import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Size, Testing } from 'cdk8s';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cluster } from '../../src/settings/cluster';
import { ObjectStorage } from '../../src/settings/object-storage';
import { StorageIdentity } from '../../src/settings/storage-identity';
import { MonitoringStack } from '../../src/stack/monitoring-stack';
import type { MonitoringStackProps } from '../../src/stack/stack-options';
import type { Manifest } from '../support/constructs';
import { until } from './api-server';
import { Loopback, quietPort } from './loopback';
import { findProgram } from './programs';
import { selfSignedCertificate } from './questions';
import {
  answerOf,
  areFound,
  type Found,
  inJaeger,
  inTempo,
  liesOnVolume,
  missingMetrics,
  send,
  showsBoth,
  traceOf,
  writtenTraces,
} from './trace-requests';

const hasPrograms = (...names: string[]) => names.every((name) => findProgram(name) !== undefined);

/** Looking pods up needs an API server; the cluster of `cluster/traces.sh` has one. */
const TRACES = { zipkin: true, kubernetesAttributes: false };
const ALLOY = 'monitoring-alloy-cluster-traces';
const JAEGER = 'monitoring-jaeger';
const TEMPO = 'monitoring-tempo';
const PROMETHEUS = 'monitoring-prometheus';

const KEYS = { AWS_ACCESS_KEY_ID: 'test-access-key', AWS_SECRET_ACCESS_KEY: 'test-secret-key' };
const [BUCKET, PREFIX] = ['shared', 'tempo'];

/** The declared overlay: what takes minutes or hours takes seconds. */
const SHORTENED = {
  live_store: { flush_check_period: '500ms', max_trace_live: '2s', max_trace_idle: '1s', max_block_duration: '3s' },
  storage: { trace: { blocklist_poll: '1s' } },
  metrics_generator: { registry: { collection_interval: '1s' } },
  backend_scheduler: {
    provider: { retention: { interval: '1s' }, compaction: { compaction: { compacted_block_retention: '1s' } } },
  },
  backend_worker: { compaction: { compacted_block_retention: '1s' } },
};

const TWENTY = 20;

const manifestsOf = (props: Omit<MonitoringStackProps, 'cluster'>): Manifest[] =>
  Testing.synth(
    new MonitoringStack(new App(), 'stack', { cluster: Cluster.generic({ name: 'course', environment: 'dev' }), ...props }),
  );

describe.skipIf(!hasPrograms('jaeger', 'alloy'))('Jaeger behind our Alloy', () => {
  let stack: Loopback;
  let found: Found;
  beforeAll(async () => {
    stack = await Loopback.of(manifestsOf({ jaeger: { volume: Size.gibibytes(10) }, traces: TRACES }), selfSignedCertificate());
    found = inJaeger(stack.address(JAEGER, 16686));
    await Promise.all([stack.start(JAEGER, 'jaeger'), stack.start(ALLOY, 'alloy')]);
  });
  afterAll(() => stack?.stop());

  it('is found what was pushed over OTLP and by Zipkin, by id and by service', async () => {
    await showsBoth(found, stack.address(ALLOY, 4318), stack.address(ALLOY, 9411));
  });

  it('has the metrics of the catalogue under their names', async () => {
    expect(await missingMetrics(stack.address(JAEGER, 8888), 'jaeger')).toEqual([]);
  });

  it('has kept every trace on its volume when it was killed', async () => {
    const traces = await send(stack.address(ALLOY, 4318), 'before the kill', TWENTY);
    await until(async () => (await areFound(found, traces)) === TWENTY, 15_000, 'not all traces are there before the kill');
    await stack.kill(JAEGER);
    await stack.start(JAEGER, 'jaeger');
    expect(await areFound(found, traces)).toBe(TWENTY);
    expect(new Set(await found.byService('payment'))).toEqual(new Set([...traces, 'by OTLP'].map(traceOf)));
  });
});

describe.skipIf(!hasPrograms('jaeger'))('Jaeger on a volume', () => {
  it('shows no span that is older than its retention', async () => {
    const stack = await Loopback.of(manifestsOf({ jaeger: { volume: Size.gibibytes(10) } }), selfSignedCertificate());
    const found = inJaeger(stack.address(JAEGER, 16686));
    try {
      await stack.start(JAEGER, 'jaeger', { edit: (text) => text.replace(/\bspans: 48h/, 'spans: 3s') });
      const traces = await send(stack.address(JAEGER, 4318), 'soon gone', 1);
      await until(async () => (await areFound(found, traces)) === 1, 15_000, 'the trace is not there');
      await until(async () => (await areFound(found, traces)) === 0, 15_000, 'the trace is still there');
    } finally {
      stack.stop();
    }
  });
});

describe.skipIf(!hasPrograms('tempo'))('Tempo on a volume', () => {
  let stack: Loopback;
  beforeAll(async () => {
    const { live_store } = SHORTENED;
    stack = await Loopback.of(manifestsOf({ tempo: { extraConfig: { live_store } } }), selfSignedCertificate());
    await stack.start(TEMPO, 'tempo');
  });
  afterAll(() => stack?.stop());

  it('has kept every trace when it was killed', async () => {
    const found = inTempo(stack.address(TEMPO, 3200));
    const written = await writtenTraces(stack.address(TEMPO, 3200));
    const traces = await send(stack.address(TEMPO, 4318), 'on a volume', TWENTY);
    await until(async () => (await areFound(found, traces)) === TWENTY, 15_000, 'not all traces are there before the kill');
    await liesOnVolume(stack.address(TEMPO, 3200), written + TWENTY);
    await stack.kill(TEMPO);
    await stack.start(TEMPO, 'tempo');
    expect(await areFound(found, traces)).toBe(TWENTY);
  });
});

describe.skipIf(!hasPrograms('tempo', 'alloy', 'prometheus', 'versitygw'))('Tempo with object storage behind our Alloy', () => {
  const folder = mkdtempSync(join(tmpdir(), 'traces-'));
  const place = join(folder, BUCKET, PREFIX);
  let store: ChildProcess;
  let stack: Loopback;
  let found: Found;

  /** Spans of finished blocks, below the prefix. */
  const blocks = () =>
    existsSync(place)
      ? readdirSync(place, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('/data.parquet'))
      : [];

  const series = async (query: string): Promise<Manifest[]> => {
    const url = `http://${stack.address(PROMETHEUS, 9090)}/api/v1/query?${new URLSearchParams({ query })}`;
    return (await answerOf(url))?.data.result ?? [];
  };

  beforeAll(async () => {
    const port = await quietPort();
    mkdirSync(join(folder, BUCKET), { recursive: true });
    store = spawn(
      String(findProgram('versitygw')),
      ['--port', `127.0.0.1:${port}`, '--region', 'us-east-1', '--quiet', 'posix', '--nometa', folder],
      {
        env: {
          PATH: process.env.PATH,
          ROOT_ACCESS_KEY: KEYS.AWS_ACCESS_KEY_ID,
          ROOT_SECRET_KEY: KEYS.AWS_SECRET_ACCESS_KEY,
        },
        stdio: 'ignore',
      },
    );
    const objectStorage = ObjectStorage.s3Compatible({
      endpoint: `127.0.0.1:${port}`,
      region: 'us-east-1',
      insecure: true,
      bucket: BUCKET,
      identity: StorageIdentity.accessKeys('object-storage'),
    });
    const manifests = manifestsOf({ prometheus: {}, tempo: { extraConfig: SHORTENED }, traces: TRACES, objectStorage });
    stack = await Loopback.of(manifests, selfSignedCertificate());
    found = inTempo(stack.address(TEMPO, 3200));
    await until(async () => (await fetch(`http://127.0.0.1:${port}/`)).status > 0, 30_000, 'the object storage does not answer');
    await Promise.all([
      stack.start(PROMETHEUS, 'prometheus', { listen: (own) => `--web.listen-address=127.0.0.1:${own}` }),
      stack.start(TEMPO, 'tempo', { environment: KEYS }),
      stack.start(ALLOY, 'alloy'),
    ]);
  });
  afterAll(() => {
    stack?.stop();
    store?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  it('is found what was pushed over OTLP and by Zipkin, by id and by TraceQL', async () => {
    await showsBoth(found, stack.address(ALLOY, 4318), stack.address(ALLOY, 9411));
  });

  it('tells Prometheus who calls whom and how long it takes, with the labels of the cluster and the trace as exemplar', async () => {
    const calls = 'traces_service_graph_request_total{client="shop", server="payment"}';
    // Prometheus refuses exemplars of a series that it does not have yet, so that it takes more than one request.
    const again = () => send(stack.address(ALLOY, 4318), 'again', 1);
    await until(
      async () => (await again()) && (await series(calls)).length > 0,
      60_000,
      'Prometheus has no calls between services',
    );
    expect((await series(calls))[0].metric).toMatchObject({ cluster: 'course', env: 'dev' });
    const requests = 'traces_spanmetrics_calls_total{service="payment"}';
    await until(async () => (await series(requests)).length > 0, 60_000, 'Prometheus has no requests by service');
    expect((await series(requests))[0].metric).toMatchObject({ cluster: 'course', env: 'dev', span_name: 'POST /charges' });
    const exemplars = async (): Promise<Manifest[]> => {
      const range = new URLSearchParams({
        query: 'traces_spanmetrics_latency_bucket{service="payment"}',
        start: `${Date.now() / 1000 - 600}`,
        end: `${Date.now() / 1000 + 60}`,
      });
      const { data } = await answerOf(`http://${stack.address(PROMETHEUS, 9090)}/api/v1/query_exemplars?${range}`);
      return data.flatMap((one: Manifest) => one.exemplars);
    };
    await until(async () => (await again()) && (await exemplars()).length > 0, 60_000, 'Prometheus has no exemplar');
    const traces = ['by OTLP', 'again 0'].map((name) => ({ traceID: traceOf(name) }));
    expect(traces).toContainEqual((await exemplars())[0].labels);
  });

  it('lays blocks below its prefix in the bucket', async () => {
    await until(async () => blocks().length > 0, 30_000, 'there is no block in the bucket');
    // versitygw keeps a folder of its own.
    expect(readdirSync(join(folder, BUCKET)).filter((name) => name !== '.sgwtmp')).toEqual([PREFIX]);
  });

  it('has the metrics of the catalogue under their names', async () => {
    expect(await missingMetrics(stack.address(TEMPO, 3200), 'tempo')).toEqual([]);
  });

  it('has kept every trace when it was killed', async () => {
    // What was sent before is no longer in memory, so that only what comes now is counted.
    await liesOnVolume(stack.address(TEMPO, 3200), 1);
    const written = await writtenTraces(stack.address(TEMPO, 3200));
    const traces = await send(stack.address(ALLOY, 4318), 'before the kill', TWENTY);
    await until(async () => (await areFound(found, traces)) === TWENTY, 15_000, 'not all traces are there before the kill');
    await liesOnVolume(stack.address(TEMPO, 3200), written + TWENTY);
    await stack.kill(TEMPO);
    await stack.start(TEMPO, 'tempo', { environment: KEYS });
    expect(await areFound(found, traces)).toBe(TWENTY);
  });

  it('deletes what is older than its retention', async () => {
    await until(async () => blocks().length > 0, 30_000, 'there is no block in the bucket');
    await stack.kill(TEMPO);
    const before = blocks();
    expect(before).not.toEqual([]);
    await stack.start(TEMPO, 'tempo', {
      environment: KEYS,
      edit: (text) => text.replace(/\bblock_retention: 336h/g, 'block_retention: 5s'),
    });
    await until(
      async () => before.every((block) => !blocks().includes(block)),
      60_000,
      async () => `there are still ${blocks()}: ${stack.log(TEMPO)}`,
    );
  });
});
