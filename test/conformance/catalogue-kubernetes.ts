import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadAll } from 'js-yaml';
import type { Manifest } from '../support/constructs';
import { type ApiServer, freePort } from './api-server';
import type { Recorder } from './catalogue-recorder';

const OBJECTS = loadAll(readFileSync(resolve(__dirname, 'catalogue-objects.yaml'), 'utf8')) as Manifest[];

/** Makes one object of each kind, with its status, as nobody is there who would write it. */
async function makeObjects(server: ApiServer): Promise<void> {
  for (const manifest of OBJECTS) {
    const { status, body } = await server.apply(manifest);
    if (status > 201) {
      throw new Error(`${manifest.kind} ${manifest.metadata.name}: ${body.message}`);
    }
    if (manifest.status !== undefined) {
      const { apiVersion, kind, metadata } = manifest;
      const only = {
        apiVersion,
        kind,
        metadata: { name: metadata.name, namespace: metadata.namespace },
        status: manifest.status,
      };
      const written = await server.send('PATCH', `${await server.path(manifest)}/status`, {
        body: only,
        type: 'application/merge-patch+json',
      });
      if (written.status > 201) {
        throw new Error(`status of ${manifest.kind} ${manifest.metadata.name}: ${written.body.message}`);
      }
    }
  }
}

/** kube-state-metrics with all it can report on, and its own metrics. Those of the API server go by the way. */
export async function recordKubeStateMetrics(recorder: Recorder, server: ApiServer): Promise<void> {
  await makeObjects(server);
  const [port, telemetry] = await Promise.all([freePort(), freePort()]);
  recorder.start('kube-state-metrics', [
    `--kubeconfig=${server.kubeconfig()}`,
    '--host=127.0.0.1',
    '--telemetry-host=127.0.0.1',
    `--port=${port}`,
    `--telemetry-port=${telemetry}`,
  ]);
  const last = /kube_pod_status_reason\{.*Evicted/;
  await recorder.shows(`http://127.0.0.1:${port}/metrics`, last);
  await recorder.scrape('kube-state-metrics', `http://127.0.0.1:${port}/metrics`);
  await recorder.scrape('kube-state-metrics-telemetry', `http://127.0.0.1:${telemetry}/metrics`);
  const { body } = await server.send('GET', '/metrics');
  recorder.keep('kube-apiserver', String(body));
}
