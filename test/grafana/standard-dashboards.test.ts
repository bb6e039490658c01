import type { Chart } from 'cdk8s';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { Dashboard } from '../../src/dashboards/dashboard';
import { StandardDashboards } from '../../src/dashboards/standard-dashboards';
import { KubeStateMetrics } from '../../src/exporters/kube-state-metrics';
import { DataSource } from '../../src/grafana/data-source';
import { Grafana, type GrafanaProps } from '../../src/grafana/grafana';
import { Prometheus } from '../../src/prometheus/prometheus';
import type { PrometheusProps } from '../../src/prometheus/prometheus-props';
import { Endpoint } from '../../src/settings/endpoint';
import { type Manifest, manifestOf, synthesisError, synthesize } from '../support/constructs';

const PROMETHEUS = DataSource.prometheus({ endpoint: Endpoint.external({ host: 'prometheus.example', port: 9090 }) });

/** What a ConfigMap may hold so that client-side apply can carry it. */
const SIZE_LIMIT = 200_000;

function boardsOf(manifests: Manifest[]): Record<string, string> {
  const files = manifests.filter(({ kind }) => kind === 'ConfigMap').flatMap(({ data }) => Object.entries<string>(data));
  return Object.fromEntries(files.filter(([name]) => name.endsWith('.json')));
}

const grafana = (chart: Chart, standardDashboards: StandardDashboards | undefined, props: GrafanaProps = {}) =>
  new Grafana(chart, 'grafana', { dataSources: [PROMETHEUS], standardDashboards, ...props });

const all = (prometheus?: PrometheusProps) =>
  synthesize((chart) => {
    new Prometheus(chart, 'prometheus', prometheus);
    new KubeStateMetrics(chart, 'kube-state-metrics');
    grafana(chart, StandardDashboards.all());
  });

describe('standard dashboards in Grafana', () => {
  it('come with what is scraped', () => {
    const names = Object.keys(boardsOf(all()));
    expect(names).toContain('kubernetes-kubelet.json');
    expect(names).toContain('kubernetes-compute-pod.json');
    expect(names).not.toContain('kubernetes-api-server.json');
    expect(Object.keys(boardsOf(all({ kubernetes: { cadvisor: false, kubelet: false } })))).not.toContain(
      'kubernetes-kubelet.json',
    );
  });

  it('are the same, whether what is scraped is constructed before or after', () => {
    const after = synthesize((chart) => {
      grafana(chart, StandardDashboards.all());
      new KubeStateMetrics(chart, 'kube-state-metrics');
      new Prometheus(chart, 'prometheus');
    });
    expect(boardsOf(after)).toEqual(boardsOf(all()));
  });

  it('are none unless they are asked for', () => {
    const manifests = synthesize((chart) => {
      new Prometheus(chart, 'prometheus');
      grafana(chart, undefined);
    });
    expect(boardsOf(manifests)).toEqual({});
  });

  it('share ConfigMaps that can be applied', () => {
    const manifests = all();
    const maps = manifests.filter(({ metadata }) => metadata.name.startsWith('monitoring-grafana-dashboards-'));
    expect(maps.length).toBeGreaterThan(1);
    for (const { data, metadata } of maps) {
      const size = Object.values<string>(data).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
      expect(size, metadata.name).toBeLessThan(SIZE_LIMIT);
    }
  });

  it('link only to boards that are there', () => {
    const boards = boardsOf(
      synthesize((chart) => {
        new Prometheus(chart, 'prometheus');
        new KubeStateMetrics(chart, 'kube-state-metrics');
        grafana(chart, StandardDashboards.all().without('kubernetes-compute-pod'));
      }),
    );
    const linked = Object.values(boards).flatMap((json) => [...json.matchAll(/"\/d\/([\w-]+)/g)].map(([, uid]) => `${uid}.json`));
    expect(linked.length).toBeGreaterThan(5);
    expect(linked.filter((name) => boards[name] === undefined)).toEqual([]);
  });

  it('lie in the folders of their layers, unless another is given', () => {
    const manifests = synthesize((chart) => {
      grafana(
        chart,
        StandardDashboards.only('kubernetes-kubelet', 'kubernetes-persistent-volumes').override('kubernetes-kubelet', {
          folder: 'Nodes',
        }),
      );
    });
    const config = manifestOf(manifests, 'ConfigMap', 'monitoring-grafana-config').data;
    expect(load(config['dashboards.yaml'])).toMatchObject({
      providers: [
        { folder: 'Infrastructure', options: { path: '/etc/grafana/dashboards/Infrastructure' } },
        { folder: 'Nodes', options: { path: '/etc/grafana/dashboards/Nodes' } },
      ],
    });
    const { volumes } = manifestOf(manifests, 'StatefulSet').spec.template.spec;
    const name = 'monitoring-grafana-dashboards-kubernetes';
    const items = (board: string) => [{ configMap: { name, items: [{ key: `${board}.json`, path: `${board}.json` }] } }];
    expect(volumes.filter((volume: Manifest) => volume.name.startsWith('dashboards-'))).toEqual([
      { name: 'dashboards-0', projected: { sources: items('kubernetes-persistent-volumes') } },
      { name: 'dashboards-1', projected: { sources: items('kubernetes-kubelet') } },
    ]);
  });

  it('can be replaced', () => {
    const own = Dashboard.json({ uid: 'kubernetes-kubelet', json: '{"title":"Ours","panels":[]}' });
    const boards = boardsOf(
      synthesize((chart) => {
        grafana(chart, StandardDashboards.only('kubernetes-kubelet', 'kubernetes-api-server').replace('kubernetes-kubelet', own));
      }),
    );
    expect(JSON.parse(boards['kubernetes-kubelet.json'])).toMatchObject({ title: 'Ours' });
    expect(boards['kubernetes-api-server.json']).toContain('/d/kubernetes-kubelet');
  });

  it('are refused where a name does not exist or two boards have one address', () => {
    expect(synthesisError((chart) => grafana(chart, StandardDashboards.all().without('kubernetes-kubelets')))).toContain(
      'standard dashboard is "kubernetes-kubelets"; allowed are the names of standard dashboards: did you mean "kubernetes-kubelet"?',
    );
    const twice = (chart: Chart) =>
      grafana(chart, StandardDashboards.only('kubernetes-kubelet'), {
        dashboards: [Dashboard.pods({ uid: 'kubernetes-kubelet', title: 'Ours' })],
      });
    expect(synthesisError(twice)).toContain('dashboards "kubernetes-kubelet" has the uid of "kubernetes-kubelet"');
  });

  it('are refused where their data source is missing', () => {
    expect(
      synthesisError((chart) => {
        new Grafana(chart, 'grafana', { standardDashboards: StandardDashboards.only('kubernetes-kubelet') });
      }),
    ).toContain('dashboards "kubernetes-kubelet": the data source prometheus is missing');
  });
});
