import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { App, Testing } from 'cdk8s';
import { load, loadAll } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OperatorStack } from '../../examples/operator/stack';
import type { Manifest } from '../support/constructs';
import { until } from './api-server';
import { parsePrerequisites, readManifests } from './examples';
import { CREDENTIAL, canHaveOperator, OperatedStack, operatorDefinitions } from './operator-run';

const DEFINITIONS = resolve(__dirname, '../../imports/crds');

const stack = new OperatorStack(new App(), 'operator');
const manifests: Manifest[] = Testing.synth(stack);
const find = (kind: string): Manifest => manifests.find((manifest) => manifest.kind === kind);

/** What the course lets an application team write: a ServiceMonitor, its Service, a rule. */
const COURSE_OBJECTS = loadAll(`
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  name: myapp-metrics
  namespace: monitoring
  labels:
    release: prometheus
spec:
  selector:
    matchLabels:
      app: myapp
  namespaceSelector:
    matchNames:
      - production
  endpoints:
    - port: metrics
      interval: 30s
      path: /metrics
---
apiVersion: v1
kind: Service
metadata:
  name: myapp-service
  namespace: production
  labels:
    app: myapp
spec:
  selector:
    app: myapp
  ports:
    - name: metrics
      port: 8080
      targetPort: 8080
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: myapp
  namespace: production
spec:
  selector:
    matchLabels:
      app: myapp
  template:
    metadata:
      labels:
        app: myapp
    spec:
      containers:
        - name: myapp
          image: example.com/myapp:1
          ports:
            - containerPort: 8080
---
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: myapp-alerts
  namespace: production
  labels:
    release: prometheus
spec:
  groups:
    - name: team.rules
      rules:
        - alert: TeamRule
          expr: up{job="myapp-service"} == 0
`) as Manifest[];

/** A monitor that the operator must refuse, so that a count of none means something. */
const REFUSED: Manifest = {
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'PodMonitor',
  metadata: { name: 'refused', namespace: 'production', labels: { release: 'prometheus' } },
  spec: {
    selector: {},
    podMetricsEndpoints: [{ port: 'metrics', basicAuth: { username: { name: 'absent', key: 'user' } } }],
  },
};

/** What the API of Prometheus answers with. */
const answer = async (url: string): Promise<Manifest> => ((await (await fetch(url)).json()) as Manifest).data;

describe.skipIf(!canHaveOperator())("the course's stack in the hands of the operator", () => {
  let operated: OperatedStack;
  let statefulSet: Manifest;
  let root: string;
  let targets: Manifest[];

  beforeAll(async () => {
    operated = await OperatedStack.start([...manifests, ...COURSE_OBJECTS], parsePrerequisites(stack.prerequisites.toMarkdown()));
  }, 120_000);
  afterAll(() => operated?.stop());

  it('is made, as its conditions say', async () => {
    for (const kind of ['Prometheus', 'Alertmanager']) {
      expect(await operated.conditions(find(kind))).toMatchObject({ Available: 'True', Reconciled: 'True' });
    }
    statefulSet = await operated.get('/apis/apps/v1/namespaces/monitoring/statefulsets/prometheus-monitoring');
  });

  it('has pods of the size, place and user that the stack says', () => {
    const prometheus = find('Prometheus');
    const { spec } = statefulSet.spec.template;
    const container = spec.containers.find(({ name }: Manifest) => name === 'prometheus');
    expect(container.resources).toEqual(prometheus.spec.resources);
    expect(container.image).toBe(prometheus.spec.image);
    const [claim] = statefulSet.spec.volumeClaimTemplates;
    expect(claim.spec.resources.requests.storage).toBe('50Gi');
    const { affinity, tolerations, nodeSelector, securityContext, serviceAccountName } = spec;
    expect({ affinity, tolerations, nodeSelector, securityContext, serviceAccountName }).toEqual({
      affinity: prometheus.spec.affinity,
      tolerations: prometheus.spec.tolerations,
      nodeSelector: prometheus.spec.nodeSelector,
      securityContext: prometheus.spec.securityContext,
      serviceAccountName: prometheus.spec.serviceAccountName,
    });
    expect(securityContext).toMatchObject({ runAsUser: 65534, runAsNonRoot: true });
    // Services and policies of the stack find them.
    const { labels } = statefulSet.spec.template.metadata;
    const ours = manifests.filter(
      ({ kind, metadata }) => kind === 'Service' && metadata.name.startsWith('monitoring-prometheus'),
    );
    expect(ours.length).toBeGreaterThan(0);
    for (const { spec: service } of ours) {
      expect(labels).toMatchObject(service.selector);
    }
  });

  it('has every monitor and rule taken, the course’s own among them', async () => {
    const count = (kind: string) => [...manifests, ...COURSE_OBJECTS].filter((manifest) => manifest.kind === kind).length;
    const resources = await operated.metric('prometheus_operator_managed_resources');
    for (const kind of ['PodMonitor', 'ServiceMonitor', 'PrometheusRule']) {
      expect(resources[`{controller="prometheus",resource="${kind}",state="selected"}`], kind).toBe(count(kind));
    }
    const rejected = Object.entries(resources).filter(([labels, value]) => labels.includes('state="rejected"') && value > 0);
    expect(rejected).toEqual([]);
    const failed = await operated.metric('prometheus_operator_reconcile_errors_total');
    expect(Object.values(failed).filter((value) => value > 0)).toEqual([]);
    expect(operated.complaints()).toEqual([]);
  });

  it('gives Prometheus a configuration that promtool takes', async () => {
    root = await operated.root(statefulSet, 'prometheus');
    const file = '/etc/prometheus/config_out/prometheus.env.yaml';
    const { code, output } = await operated.in(root, 'promtool', ['check', 'config', '--lint=all', '--lint-fatal', file]);
    expect(output).toContain('is valid prometheus config file syntax');
    expect(output).toContain('rules found');
    expect(code, output).toBe(0);
    const { global, storage } = load(readFileSync(join(root, file), 'utf8')) as Manifest;
    expect(global).toEqual({
      scrape_interval: '30s',
      scrape_timeout: '10s',
      evaluation_interval: '30s',
      external_labels: { cluster: 'course', env: 'course', replica: 'pod-0' },
    });
    expect(storage.tsdb.retention).toEqual({ time: '30d', size: find('Prometheus').spec.retentionSize });
  });

  it('gives Alertmanager a configuration that amtool takes, with the credentials where it looks for them', async () => {
    const alertmanager = await operated.get('/apis/apps/v1/namespaces/monitoring/statefulsets/alertmanager-monitoring');
    const folder = await operated.root(alertmanager, 'alertmanager');
    const file = '/etc/alertmanager/config_out/alertmanager.env.yaml';
    const { code, output } = await operated.in(folder, 'amtool', ['check-config', file]);
    expect(output).toContain('SUCCESS');
    expect(code, output).toBe(0);
    const { receivers, route } = load(readFileSync(join(folder, file), 'utf8')) as Manifest;
    expect(route.receiver).toBe('slack');
    const files: string[] = receivers.flatMap(({ slack_configs: slack = [] }: Manifest) =>
      slack.map(({ api_url_file: path }: Manifest) => path),
    );
    expect(files).toHaveLength(2);
    expect(files.map((path) => readFileSync(join(folder, path), 'utf8'))).toEqual(files.map(() => CREDENTIAL));
  });

  it('finds its targets with the rights of its account, and labels them as boards and rules expect', async () => {
    await operated.giveAddresses();
    const { containers } = statefulSet.spec.template.spec;
    const address = await operated.startPrometheus(root, containers.find(({ name }: Manifest) => name === 'prometheus').args);
    const jobs = [
      ...['alertmanager', 'alloy-node', 'cadvisor', 'grafana', 'kube-state-metrics', 'kube-state-metrics-telemetry', 'kubelet'],
      ...['loki', 'myapp-service', 'node-exporter', 'prometheus'],
    ];
    await until(
      async () => {
        targets = (await answer(`${address}/api/v1/targets?state=active`)).activeTargets;
        return jobs.every((job) => targets.some(({ labels }) => labels.job === job));
      },
      20_000,
      async () => `of ${jobs} there are only ${[...new Set(targets.map(({ labels }) => labels.job))]}`,
    );
    expect([...new Set(targets.map(({ labels }) => labels.job))].sort()).toEqual(jobs);
    const labelsOf = (job: string) =>
      [...new Set(targets.filter(({ labels }) => labels.job === job).flatMap(({ labels }) => Object.keys(labels)))].sort();
    const own = ['app', 'cluster', 'container', 'env', 'instance', 'job', 'namespace', 'node', 'pod'];
    const ofPrograms = [
      'alertmanager',
      'alloy-node',
      'grafana',
      'kube-state-metrics-telemetry',
      'loki',
      'node-exporter',
      'prometheus',
    ];
    expect(Object.fromEntries(ofPrograms.map((job) => [job, labelsOf(job)]))).toEqual(
      Object.fromEntries(ofPrograms.map((job) => [job, own])),
    );
    // What they tell is about other pods and nodes, and says so itself.
    expect(labelsOf('kube-state-metrics')).toEqual(['cluster', 'env', 'instance', 'job']);
    for (const job of ['kubelet', 'cadvisor']) {
      expect(labelsOf(job)).toEqual(expect.arrayContaining(['cluster', 'env', 'node']));
    }
    expect(new Set(targets.filter(({ labels }) => labels.job === 'prometheus').map(({ labels }) => labels.app))).toEqual(
      new Set(['prometheus']),
    );
    // A team's own monitor says which labels it has.
    expect(targets.find(({ labels }) => labels.job === 'myapp-service').labels).toMatchObject({
      namespace: 'production',
      service: 'myapp-service',
      endpoint: 'metrics',
    });
    const rules: Manifest[] = (await answer(`${address}/api/v1/rules`)).groups;
    expect(rules.map(({ name }) => name)).toEqual(expect.arrayContaining(['myapp.rules', 'team.rules']));
  }, 60_000);

  it('is told of a monitor that it cannot take', async () => {
    await operated.plane.server.apply(REFUSED);
    await until(
      async () => {
        const resources = await operated.metric('prometheus_operator_managed_resources');
        return resources['{controller="prometheus",resource="PodMonitor",state="rejected"}'] === 1;
      },
      20_000,
      'the monitor is not refused',
    );
  });
});

it.skipIf(!canHaveOperator())('brings the definitions that examples are written by', async () => {
  // Texts are left out of the files.
  const specOf = (definition: Manifest) =>
    JSON.parse(
      JSON.stringify(definition.spec.versions, (key, value) =>
        key === 'description' && typeof value === 'string' ? undefined : value,
      ),
    );
  const own = await operatorDefinitions();
  const files = readdirSync(DEFINITIONS).filter((file) => file.startsWith('monitoring.coreos.com_'));
  for (const definition of files.flatMap((file) => readManifests(join(DEFINITIONS, file)))) {
    const counterpart = own.find(({ metadata }) => metadata.name === definition.metadata.name);
    expect(specOf(definition), definition.metadata.name).toEqual(specOf(counterpart));
  }
});
