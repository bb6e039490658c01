import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { App, Testing } from 'cdk8s';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { LabStack } from '../../examples/vm-lab/stack';
import { catalogueProblems } from '../../src/catalogue/catalogue-checks';
import { StandardDashboards } from '../../src/dashboards/standard-dashboards';
import { checkLogQl } from '../../src/query/logql';
import { checkPromQl } from '../../src/query/promql';
import { type Manifest, manifestOf } from '../support/constructs';
import { expectInvariants } from '../support/invariants';
import { FLASK_LINES, VM_LAB_COMMANDS, VM_LAB_QUERIES } from './vm-lab-queries';

const stack = new LabStack(new App(), 'vm-lab');
const manifests: Manifest[] = Testing.synth(stack);

const argsOf = (kind: string, name: string): string[] => manifestOf(manifests, kind, name).spec.template.spec.containers[0].args;
const nameOf = ({ kind, metadata }: Manifest) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;

describe('the lab cluster on VMs', () => {
  it('holds what any stack must', () => expectInvariants(manifests));

  it('stays as it is', () => {
    // The standard boards and the rules have snapshots of their own.
    const shown = manifests.filter(({ metadata }) => !/-dashboards-|^prometheus-rules$/.test(metadata.name));
    expect(shown).toMatchSnapshot();
  });

  it('runs what the document installs, Alloy in the place of Promtail and of the operator', () => {
    const workloads = manifests.filter(({ kind }) => /Set$|Deployment/.test(kind)).map(nameOf);
    expect(workloads).toEqual([
      'StatefulSet mymonitoring/alertmanager',
      'StatefulSet mymonitoring/prometheus',
      'Deployment mymonitoring/alloy-cluster-monitors',
      'Deployment mymonitoring/kube-state-metrics',
      'DaemonSet mymonitoring/node-exporter',
      'Deployment kube-system/metrics-server',
      'StatefulSet myloki/loki',
      'DaemonSet myloki/loki-canary',
      'DaemonSet myloki/alloy-node',
      'StatefulSet mymonitoring/grafana',
    ]);
  });

  it('makes its namespaces, and takes pods that read the node into both', () => {
    const namespaces = manifests.filter(({ kind }) => kind === 'Namespace');
    const level = (manifest: Manifest) => manifest.metadata.labels['pod-security.kubernetes.io/enforce'];
    expect(namespaces.map((manifest) => [manifest.metadata.name, level(manifest)])).toEqual([
      ['mymonitoring', 'privileged'],
      ['myloki', 'privileged'],
    ]);
  });

  it("has metrics-server's arguments and version", () => {
    expect(argsOf('Deployment', 'metrics-server')).toEqual(
      expect.arrayContaining([
        '--cert-dir=/tmp',
        '--kubelet-preferred-address-types=InternalIP',
        '--kubelet-use-node-status-port',
        '--metric-resolution=15s',
        '--kubelet-insecure-tls',
      ]),
    );
    // The newest that serves Kubernetes 1.29; the document's chart has 0.8.0, which wants 1.31.
    const [{ image }] = manifestOf(manifests, 'Deployment', 'metrics-server').spec.template.spec.containers;
    expect(image).toBe('registry.k8s.io/metrics-server/metrics-server:v0.7.2');
  });

  it('offers Prometheus on port 30090 of every node, and Grafana by a load balancer', () => {
    expect(manifestOf(manifests, 'Service', 'prometheus').spec).toMatchObject({
      type: 'NodePort',
      ports: [{ port: 9090, nodePort: 30090 }],
    });
    expect(manifestOf(manifests, 'Service', 'grafana').spec).toMatchObject({ type: 'LoadBalancer', ports: [{ port: 80 }] });
    for (const name of ['prometheus', 'grafana']) {
      const { ingress } = manifestOf(manifests, 'NetworkPolicy', name).spec;
      expect(
        ingress.some(({ from }: Manifest) => from === undefined),
        name,
      ).toBe(true);
    }
  });

  it('keeps metrics for ten days or in 1 GiB, whichever is less', () => {
    expect(argsOf('StatefulSet', 'prometheus')).toEqual(
      expect.arrayContaining(['--storage.tsdb.retention.time=10d', '--storage.tsdb.retention.size=1GB']),
    );
  });

  it('honours monitors of every namespace, whatever their labels', () => {
    const config: string = manifestOf(manifests, 'ConfigMap', 'alloy-cluster-monitors-config').data['config.alloy'];
    expect(config).toContain('prometheus.operator.servicemonitors "monitors"');
    expect(config).not.toContain('namespaces');
    expect(config).not.toContain('selector {');
    expect(config).toContain('url = "http://prometheus.mymonitoring.svc.cluster.local:9090/api/v1/write"');
    expect(argsOf('StatefulSet', 'prometheus')).toContain('--web.enable-remote-write-receiver');
    expect(stack.prerequisites.items.map(({ name }) => name)).toContain('servicemonitors.monitoring.coreos.com');
  });

  it("has data sources at the document's addresses, across namespaces", () => {
    const file = load(manifestOf(manifests, 'ConfigMap', 'grafana-config').data['datasources.yaml']) as Manifest;
    const urls = Object.fromEntries(file.datasources.map(({ uid, url }: Manifest) => [uid, url]));
    expect(urls).toMatchObject({
      prometheus: 'http://prometheus.mymonitoring.svc.cluster.local:9090',
      loki: 'http://loki.myloki.svc.cluster.local:3100',
    });
    const policy = JSON.stringify(manifestOf(manifests, 'NetworkPolicy', 'loki').spec.ingress);
    expect(policy).toContain('"kubernetes.io/metadata.name":"mymonitoring"');
  });

  it('has the community dashboard that the document imports, in the words of the library', () => {
    expect(StandardDashboards.names).toContain('kube-state-metrics');
    const boards = manifests
      .filter(({ metadata }) => /-dashboards-/.test(metadata.name))
      .flatMap(({ data }) => Object.keys(data));
    expect(boards).toContain('kube-state-metrics.json');
  });

  it('has no credential, and needs none', () => {
    expect(manifests.filter(({ kind }) => kind === 'Secret')).toEqual([]);
    expect(stack.prerequisites.items.filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });

  it('stores the pod as a label, by which the document looks for lines', () => {
    const config: string = manifestOf(manifests, 'ConfigMap', 'alloy-node-config').data['config.alloy'];
    expect(config).toMatch(/stage\.labels \{\n\t+values = \{\n\t+pod = "",\n\t+\}\n\t+\}/);
    expect(config).toMatch(/stage\.structured_metadata \{\n\t+values = \{\n\t+node = "",\n\t+\}\n\t+\}/);
  });
});

describe.each(VM_LAB_QUERIES)('the query of $source', ({ language, query }) => {
  it('is one that the language allows', () => {
    expect(language === 'promql' ? checkPromQl(query) : checkLogQl(query)).toEqual([]);
  });

  it('asks for what the stack collects', () => {
    expect(language === 'promql' ? catalogueProblems(query, {}) : []).toEqual([]);
    const [, filter] = /\|= "([^"]+)"/.exec(query) ?? [];
    expect(filter === undefined || FLASK_LINES.some((line) => line.includes(filter))).toBe(true);
  });
});

describe.each(VM_LAB_COMMANDS)('the command of $source', ({ command, finds }) => {
  it('finds what it is for', () => {
    expect(manifests.map(nameOf)).toEqual(expect.arrayContaining([...finds]));
  });

  it('stands in the guide', () => {
    expect(readFileSync(join(resolve(__dirname, '../..'), 'docs/lab.md'), 'utf8')).toContain(command);
  });
});
