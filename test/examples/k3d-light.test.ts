import { App, Testing } from 'cdk8s';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { LightStack } from '../../examples/k3d-light/stack';
import { catalogueProblems } from '../../src/catalogue/catalogue-checks';
import { StandardDashboards } from '../../src/dashboards/standard-dashboards';
import { checkLogQl } from '../../src/query/logql';
import { checkPromQl, rangesOf } from '../../src/query/promql';
import { type Manifest, manifestOf } from '../support/constructs';
import { expectInvariants } from '../support/invariants';
import { requestsOnOneNode } from '../support/requests';
import { APPLICATION_LINES, K3D_LIGHT_QUERIES } from './k3d-light-queries';

const manifests: Manifest[] = Testing.synth(new LightStack(new App(), 'k3d-light'));

const workloadNames = () =>
  manifests.filter(({ kind }) => /Set$|Deployment/.test(kind)).map(({ kind, metadata }) => `${kind} ${metadata.name}`);

describe('the light stack on k3d', () => {
  it('holds what any stack must', () => expectInvariants(manifests));

  it('stays as it is', () => {
    // The standard boards have snapshots of their own.
    const shown = manifests.filter(({ metadata }) => !/-dashboards-/.test(metadata.name));
    expect(shown).toMatchSnapshot();
  });

  it('runs what the document installs, and Alloy in the place of Promtail', () => {
    expect(workloadNames()).toEqual([
      'StatefulSet prometheus',
      'Deployment kube-state-metrics',
      'DaemonSet node-exporter',
      'StatefulSet loki',
      'DaemonSet loki-canary',
      'DaemonSet alloy-node',
      'StatefulSet grafana',
    ]);
    expect(new Set(manifests.map(({ metadata }) => metadata.namespace).filter(Boolean))).toEqual(
      new Set(['monitoring', 'timedeal']),
    );
  });

  it('fits a laptop', () => {
    const { memoryMebibytes, cpuMillis } = requestsOnOneNode(manifests);
    expect(memoryMebibytes).toBeLessThanOrEqual(1000);
    expect(cpuMillis).toBeLessThanOrEqual(500);
  });

  it("answers at the addresses of the document's commands", () => {
    const portOf = (name: string) => manifestOf(manifests, 'Service', name).spec.ports.map(({ port }: Manifest) => port);
    expect([portOf('loki')[0], portOf('grafana')[0], portOf('prometheus')[0]]).toEqual([3100, 80, 9090]);
    const file = load(manifestOf(manifests, 'ConfigMap', 'grafana-config').data['datasources.yaml']) as Manifest;
    expect(file.datasources.map(({ uid }: Manifest) => uid)).toEqual(['prometheus', 'loki']);
    // Pods that are started to look are neither refused by PodSecurity nor cut off.
    const { labels } = manifestOf(manifests, 'Namespace').metadata;
    expect(labels['pod-security.kubernetes.io/enforce']).toBe('privileged');
    expect(manifests.filter(({ kind }) => kind === 'NetworkPolicy')).toEqual([]);
  });

  it('uses what k3d brings', () => {
    expect(manifestOf(manifests, 'Ingress').spec.ingressClassName).toBe('traefik');
    const classes = manifests.flatMap(({ spec }) => spec?.volumeClaimTemplates ?? []).map(({ spec }) => spec.storageClassName);
    expect(classes).toEqual(['local-path', 'local-path', 'local-path']);
  });

  it("has the document's dashboards, and the autoscaler's with a fast refresh", () => {
    const boards: Manifest[] = manifests
      .filter(({ kind, metadata }) => kind === 'ConfigMap' && /^grafana-dashboards-/.test(metadata.name))
      .flatMap(({ data }) => Object.values<string>(data).map((text) => JSON.parse(text)));
    const titles = boards.map(({ title }) => title);
    expect(titles).toEqual(
      expect.arrayContaining([
        'Kubernetes / Compute Resources / Namespace (Pods)',
        'Kubernetes / Compute Resources / Node (Pods)',
        'Node Exporter / Nodes',
      ]),
    );
    expect(boards.find(({ uid }) => uid === 'kubernetes-horizontal-pod-autoscaler')).toMatchObject({
      refresh: '5s',
      time: { from: 'now-900s' },
    });
    expect(StandardDashboards.names).toContain('kubernetes-horizontal-pod-autoscaler');
  });

  it('hands data source and dashboard to an existing Grafana by its labels', () => {
    const labelled = (label: string) =>
      manifests.filter(({ metadata }) => metadata.labels?.[label] === '1').map(({ metadata }) => metadata.name);
    expect(labelled('grafana_datasource')).toEqual(['grafana-sidecar-datasources']);
    expect(labelled('grafana_dashboard')).toEqual(['grafana-sidecar-dashboard-timedeal-logs']);
  });
});

describe.each(K3D_LIGHT_QUERIES)('the query of $source', ({ language, query }) => {
  it('is one that the language allows', () => {
    expect(language === 'promql' ? checkPromQl(query) : checkLogQl(query)).toEqual([]);
  });

  it('asks for what the stack collects', () => {
    const own = { http_requests_total: ['namespace', 'pod', 'job', 'instance', 'app', 'container', 'node', 'cluster', 'env'] };
    expect(language === 'promql' ? catalogueProblems(query, { own }) : []).toEqual([]);
  });

  it('has windows of at least four scrapes', () => {
    for (const { seconds } of rangesOf(query).map(({ text }) => ({ seconds: Number(/^(\d+)m$/.exec(text)?.[1]) * 60 }))) {
      expect(seconds).toBeGreaterThanOrEqual(4 * 15);
    }
  });
});

describe("lines of the document's application", () => {
  const queries = K3D_LIGHT_QUERIES.filter(({ language }) => language === 'logql');

  it('are found by the filters of its queries', () => {
    const filters = queries.flatMap(({ query }) => [...query.matchAll(/\|([=~]) "([^"]+)"/g)]);
    expect(filters).toHaveLength(5);
    for (const [, operator, text] of filters) {
      const found = APPLICATION_LINES.some((line) => (operator === '=' ? line.includes(text) : new RegExp(text).test(line)));
      expect(found, text).toBe(true);
    }
  });
});
