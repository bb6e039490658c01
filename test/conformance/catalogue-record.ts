/**
 * Records what the real programs expose. Arguments are the scenes to record, all without: what a scene records replaces what it
 * recorded before. `catalogue-write.ts` then makes the catalogue of all of it; `npm run catalogue` does both.
 */
import { ApiServer } from './api-server';
import { recordCluster } from './catalogue-cluster';
import { recordKubeStateMetrics } from './catalogue-kubernetes';
import {
  recordAlertmanager,
  recordAlloy,
  recordElasticsearchExporter,
  recordLoki,
  recordNodeExporter,
  recordPrometheusAndThanos,
  recordPushgateway,
  startLoki,
  startMemcached,
} from './catalogue-loopback';
import { Recorder } from './catalogue-recorder';
import { findProgram } from './programs';

const SCENES: Record<string, (recorder: Recorder) => Promise<void>> = {
  exporters: async (recorder) => {
    await recordNodeExporter(recorder);
    await recordPushgateway(recorder);
  },
  elasticsearch: recordElasticsearchExporter,
  programs: async (recorder) => {
    const server = await ApiServer.start({ etcd: String(findProgram('etcd')), apiServer: String(findProgram('kube-apiserver')) });
    try {
      await recordKubeStateMetrics(recorder, server);
      const alertmanager = await recordAlertmanager(recorder);
      const memcached = await startMemcached(recorder);
      const loki = await startLoki(recorder, memcached.address, alertmanager);
      const targets = [alertmanager, loki.address, loki.canary, memcached.exporter];
      const prometheus = await recordPrometheusAndThanos(recorder, targets, alertmanager, server.kubeconfig());
      await recordAlloy(recorder, server.kubeconfig(), loki.address, prometheus);
      await recordLoki(recorder, loki);
      await recorder.scrape('memcached_exporter', `http://${memcached.exporter}/metrics`);
    } finally {
      server.stop();
    }
  },
  cluster: recordCluster,
};

async function main(wanted: string[]): Promise<void> {
  for (const [scene, record] of Object.entries(SCENES).filter(([name]) => wanted.length === 0 || wanted.includes(name))) {
    const recorder = new Recorder(scene);
    try {
      await record(recorder);
    } catch (error) {
      console.error(recorder.logs());
      throw error;
    } finally {
      recorder.stop();
    }
  }
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
