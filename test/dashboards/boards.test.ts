import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import type { DashboardContext } from '../../src/dashboards/dashboard-context';
import type { Board } from '../../src/dashboards/grafana-model';
import { GRID_COLUMNS } from '../../src/dashboards/layout';
import { podsBoard } from '../../src/dashboards/pods-board';
import { checkLogQl } from '../../src/query/logql';
import { checkPromQl, labelsOf, metricNamesOf, rangesOf } from '../../src/query/promql';
import { DataLabels } from '../../src/settings/data-labels';
import { BOARDS, CONTEXT, MINIMAL, panelsOf, queriesFor, sqlOf, targetsOf, variableSelectors } from './boards';

/** What kube-state-metrics 2.20 (internal/store/pod.go) and cAdvisor (metrics/prometheus.go) expose about pods. */
const POD_METRICS = [
  'container_cpu_cfs_periods_total',
  'container_cpu_cfs_throttled_periods_total',
  'container_cpu_usage_seconds_total',
  'container_memory_working_set_bytes',
  'container_network_receive_bytes_total',
  'container_network_receive_packets_dropped_total',
  'container_network_transmit_bytes_total',
  'container_network_transmit_packets_dropped_total',
  'kube_pod_container_resource_limits',
  'kube_pod_container_resource_requests',
  'kube_pod_container_status_last_terminated_reason',
  'kube_pod_container_status_restarts_total',
  'kube_pod_container_status_waiting_reason',
  'kube_pod_info',
  'kube_pod_status_phase',
  'kube_pod_status_ready',
];

describe.each(BOARDS)('board of %s', (_name, board) => {
  it('is what it was', () => {
    expect(JSON.parse(JSON.stringify(board))).toMatchSnapshot();
  });

  it('has queries that PromQL and LogQL allow', () => {
    const promQl = [...queriesFor(board, 'prometheus'), ...variableSelectors(board, 'prometheus')];
    const logQl = [...queriesFor(board, 'loki'), ...variableSelectors(board, 'loki')];
    expect(promQl.length + logQl.length + sqlOf(board).length).toBeGreaterThan(4);
    expect(promQl.flatMap((query) => checkPromQl(query).map((problem) => ({ query, problem })))).toEqual([]);
    expect(logQl.flatMap((query) => checkLogQl(query).map((problem) => ({ query, problem })))).toEqual([]);
  });

  it('leaves the length of windows to the scrape interval and the time range', () => {
    const windows = queriesFor(board, 'prometheus').flatMap(rangesOf);
    expect(windows.filter((window) => window.text !== '$__rate_interval' && window.text !== '$__range')).toEqual([]);
  });

  it('says what each panel shows, in which unit', () => {
    for (const panel of panelsOf(board)) {
      expect(panel.title, JSON.stringify(panel.gridPos)).not.toBe('');
      expect(panel.description, panel.title).toMatch(/^.{10,}[.…]$/s);
      expect(panel.fieldConfig.defaults.unit, panel.title).toMatch(/^\w+$/);
    }
    expect((board.templating.list ?? []).filter((variable) => !variable.label || !variable.description)).toEqual([]);
  });

  it('fills the grid without overlaps and gaps', () => {
    const taken = new Set<string>();
    for (const { gridPos } of board.panels) {
      expect(gridPos).toBeDefined();
      const { x, y, w, h } = gridPos ?? { x: 0, y: 0, w: 0, h: 0 };
      expect(x + w).toBeLessThanOrEqual(GRID_COLUMNS);
      for (let column = x; column < x + w; column++) {
        for (let line = y; line < y + h; line++) {
          expect(taken.has(`${column}/${line}`)).toBe(false);
          taken.add(`${column}/${line}`);
        }
      }
    }
    const height = Math.max(...board.panels.map(({ gridPos }) => (gridPos?.y ?? 0) + (gridPos?.h ?? 0)));
    expect(taken.size).toBe(GRID_COLUMNS * height);
  });

  it('numbers panels and queries', () => {
    expect(board.panels.map((panel) => panel.id)).toEqual(board.panels.map((_, index) => index + 1));
    for (const panel of panelsOf(board)) {
      expect(panel.targets.map((target) => target.refId)).toEqual(
        panel.targets.map((_, index) => 'ABCDEFGHIJKLMN'.charAt(index)),
      );
    }
  });

  it('asks only data sources with fixed uids', () => {
    const uids = targetsOf(board).map((target) => target.datasource?.uid);
    expect(uids.every((uid) => /^(prometheus|thanos|loki|mysql|orders-db)$/.test(uid ?? ''))).toBe(true);
    expect(JSON.stringify(board)).not.toMatch(/__inputs|\$\{DS_/);
  });

  it('refers only to variables that it has', () => {
    const text = JSON.stringify(board);
    const names = new Set([...text.matchAll(/\$\{?([a-z]\w*)/g)].map(([, name]) => name));
    const known = (board.templating.list ?? []).map((variable) => variable.name);
    expect([...names].filter((name) => !known.includes(name ?? ''))).toEqual([]);
    expect(known.filter((name) => !names.has(name))).toEqual([]);
  });
});

describe('board of pods', () => {
  const board = podsBoard(MINIMAL.pods, CONTEXT);

  it('reads exactly the series that cAdvisor and kube-state-metrics have', () => {
    const queries = [...queriesFor(board, 'prometheus'), ...variableSelectors(board, 'prometheus')];
    expect([...new Set(queries.flatMap(metricNamesOf))].sort()).toEqual(POD_METRICS);
  });

  it('takes the hash of a Deployment, and nothing else, off the name of a workload', () => {
    const regex = String(board.templating.list?.find((variable) => variable.name === 'workload')?.regex);
    const pattern = new RegExp(regex.slice(1, -1));
    const workload = (owner: string) => pattern.exec(owner)?.[1];
    expect(
      ['api-7d9c6b8f5d', 'api-server-5f4b9d7c8', 'node-exporter', 'prometheus', 'alloy-logs', 'backup-28371920'].map(workload),
    ).toEqual(['api', 'api-server', 'node-exporter', 'prometheus', 'alloy-logs', 'backup-28371920']);
  });
});

describe('the context', () => {
  const render = (change: Partial<DashboardContext>): Board => podsBoard(MINIMAL.pods, { ...CONTEXT, ...change });

  it('names all labels', () => {
    const labels = new DataLabels({
      cluster: 'kluster',
      environment: 'stage',
      namespace: 'ns',
      pod: 'instance_pod',
      container: 'ctr',
      node: 'host',
      app: 'service',
    });
    const board = render({ labels });
    const used = new Set(queriesFor(board, 'prometheus').flatMap(labelsOf));
    for (const [, theirs] of Object.entries(new DataLabels())) {
      expect(used.has(theirs), theirs).toBe(false);
    }
    for (const ours of ['kluster', 'stage', 'ns', 'instance_pod', 'ctr', 'host']) {
      expect(used.has(ours), ours).toBe(true);
    }
  });

  it('decides the least step of queries', () => {
    const steps = (board: Board) =>
      new Set(targetsOf(board).map((target) => ('interval' in target ? target.interval : undefined)));
    expect(steps(render({}))).toEqual(new Set(['30s']));
    expect(steps(render({ scrapeInterval: Duration.minutes(1) }))).toEqual(new Set(['60s']));
  });

  it.each<[string, Partial<DashboardContext>]>([
    ['cluster', { cluster: 'cluster-2' }],
    ['environment', { environment: 'test' }],
    ['data source', { dataSources: { prometheus: 'mimir' } }],
  ])('%s changes the board', (_name, change) => {
    expect(render(change)).not.toEqual(render({}));
  });
});
