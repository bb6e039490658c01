import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { dump } from 'js-yaml';
import type { Manifest } from '../support/constructs';
import { freePort, until } from './api-server';
import type { Recorder } from './catalogue-recorder';

const CLUSTER = resolve(__dirname, 'cluster');
const STATE = '/tmp/cluster';
const NODE = '172.30.0.1';

const environment = { ...process.env, CLUSTER_DIR: STATE, KUBECONFIG: join(STATE, 'admin.kubeconfig') };

const run = (command: string, args: string[], input?: string): string =>
  execFileSync(command, args, { encoding: 'utf8', env: environment, input, maxBuffer: 1 << 27 });

const kubectl = (...args: string[]): string => run('kubectl', args);

const raw = (path: string): string => kubectl('get', '--raw', path);

/** Asks with the certificate of the cluster's administrator. */
const asAdministrator = (url: string, certificate = 'admin'): string =>
  run('curl', [
    '-sSfk',
    '-m',
    '20',
    '--cert',
    join(STATE, `pki/${certificate}.crt`),
    '--key',
    join(STATE, `pki/${certificate}.key`),
    url,
  ]);

const container = (name: string, script: string): Manifest => ({
  name,
  image: 'docker.io/library/busybox:1.35.0',
  command: ['sh', '-c', script],
  resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '100m', memory: '32Mi' } },
});

/** What makes a node say more: a volume, probes, a container that ends, one that eats all its memory, an autoscaler. */
const WORKLOADS: Manifest[] = [
  {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data', namespace: 'default' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'busy', namespace: 'default' },
    spec: {
      selector: { matchLabels: { app: 'busy' } },
      template: {
        metadata: { labels: { app: 'busy' } },
        spec: {
          containers: [
            {
              ...container('busy', 'mkdir /tmp/www; exec httpd -f -p 8080 -h /tmp/www'),
              volumeMounts: [{ name: 'data', mountPath: '/data' }],
              readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 },
              livenessProbe: { httpGet: { path: '/gone', port: 8080 }, periodSeconds: 60 },
            },
            container('ending', 'exit 1'),
            container('eating', 'x=a; while :; do x=$x$x$x; done'),
          ],
          volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
        },
      },
    },
  },
  {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'busy', namespace: 'default' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'busy' },
      maxReplicas: 1,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }],
    },
  },
  {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'minutely', namespace: 'default' },
    spec: {
      schedule: '* * * * *',
      jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [container('job', 'true')] } } } },
    },
  },
  {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'busy', namespace: 'default' },
    spec: { minAvailable: 1, selector: { matchLabels: { app: 'busy' } } },
  },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'too-large', namespace: 'default' },
    spec: { containers: [{ ...container('too-large', 'true'), resources: { requests: { cpu: '1000' } } }] },
  },
];

/** kubelet, cAdvisor, control plane and DNS of a real cluster of one node, and metrics-server beside it. */
export async function recordCluster(recorder: Recorder): Promise<void> {
  run(join(CLUSTER, 'up'), []);
  try {
    run(join(CLUSTER, 'build-images'), ['docker.io/library/busybox:1.35.0']);
    run('kubectl', ['apply', '-f', '-'], WORKLOADS.map((manifest) => dump(manifest)).join('---\n'));
    const [port, node] = [await freePort(), kubectl('get', 'nodes', '-o', 'name').trim().replace('node/', '')];
    recorder.start('metrics-server', [
      ...['kubeconfig', 'authentication-kubeconfig', 'authorization-kubeconfig'].map(
        (flag) => `--${flag}=${environment.KUBECONFIG}`,
      ),
      '--authorization-always-allow-paths=/metrics,/readyz',
      `--secure-port=${port}`,
      '--bind-address=127.0.0.1',
      `--cert-dir=${recorder.directory('metrics-server')}`,
      '--kubelet-insecure-tls',
      '--kubelet-preferred-address-types=InternalIP',
      '--metric-resolution=15s',
    ]);
    const kubelet = (path: string) => raw(`/api/v1/nodes/${node}/proxy${path}`);
    await until(
      async () => kubelet('/metrics').includes('kubelet_volume_stats_used_bytes{'),
      150_000,
      'the kubelet has no volume',
    );
    await until(async () => asAdministrator(`https://127.0.0.1:${port}/readyz`) === 'ok', 60_000, 'metrics-server is not ready');
    kubectl('logs', '-n', 'default', 'deployment/busy', '-c', 'busy');
    recorder.keep('kubelet', ['/metrics', '/metrics/probes', '/metrics/resource'].map(kubelet).join('\n'));
    recorder.keep('cadvisor', kubelet('/metrics/cadvisor'));
    recorder.keep('metrics-server', asAdministrator(`https://127.0.0.1:${port}/metrics`));
    recorder.keep('kube-apiserver', raw('/metrics'));
    recorder.keep('kube-controller-manager', asAdministrator(`https://${NODE}:10257/metrics`));
    recorder.keep('kube-scheduler', asAdministrator(`https://${NODE}:10259/metrics`));
    recorder.keep('etcd', asAdministrator('https://127.0.0.1:2379/metrics', 'etcd'));
    await recorder.scrape('kube-proxy', `http://${NODE}:10249/metrics`);
    const dns = kubectl('get', 'pods', '-n', 'kube-system', '-l', 'k8s-app=kube-dns', '-o', 'jsonpath={.items[0].status.podIP}');
    await recorder.scrape('coredns', `http://${dns}:9153/metrics`);
  } finally {
    run(join(CLUSTER, 'down'), []);
  }
}
