import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { Alerts } from '../../src/rules/alerts';
import { everythingRuns } from '../../src/rules/content';
import { Objective } from '../../src/rules/objective';
import { ruleFiles } from '../../src/rules/rule-file';
import { series } from '../rules/cases';
import { findProgram } from './programs';

const promtool = findProgram('promtool');

const LABELS = { cluster: 'test', env: 'test', app: 'shop' };
const by = ['app'];

/** Each of a kind; of all that they see one in twenty fails. */
const OBJECTIVES = [
  Objective.availability({ name: 'available', target: 0.99, by, requestsMetric: 'http_requests_total' }),
  Objective.latency({
    name: 'fast',
    target: 0.9,
    by,
    durationMetric: 'http_request_duration_seconds',
    threshold: Duration.seconds(2),
  }),
  Objective.latency({
    name: 'bucketless',
    target: 0.9,
    by,
    durationMetric: 'http_request_duration_seconds',
    threshold: Duration.seconds(3),
  }),
  Objective.custom({
    name: 'counted',
    target: 0.99,
    by,
    eventsQuery: 'increase(jobs_total[$window])',
    failedEventsQuery: 'increase(jobs_total{outcome="failed"}[$window])',
  }),
  // A gauge: one in twenty probes fails.
  Objective.custom({
    name: 'probed',
    target: 0.9,
    by,
    eventsQuery: 'count_over_time(probe_success[$window])',
    failedEventsQuery: 'count_over_time(probe_success[$window]) - sum_over_time(probe_success[$window])',
  }),
];

const INPUT = {
  [series('http_requests_total', { ...LABELS, status: '200' })]: '0+95x150',
  [series('http_requests_total', { ...LABELS, status: '5xx' })]: '0+5x150',
  [series('http_request_duration_seconds_count', LABELS)]: '0+100x150',
  // As Prometheus stores a bound that a program writes as 2.
  [series('http_request_duration_seconds_bucket', { ...LABELS, le: '2.0' })]: '0+95x150',
  [series('jobs_total', { ...LABELS, outcome: 'failed' })]: '0+5x150',
  [series('jobs_total', { ...LABELS, outcome: 'done' })]: '0+95x150',
  [series('probe_success', LABELS)]: `${'1x18 0 '.repeat(8)}1`,
};

interface Expected {
  readonly expr: string;
  /** Values by objective; one that is not named has none. */
  readonly values: { readonly [objective: string]: number };
}

const remaining = { available: -4, fast: 0.5, counted: -4, probed: 0.5 };
const every = { available: 1, fast: 1, counted: 1, probed: 1 };
const share = { available: 0.05, fast: 0.05, counted: 0.05, probed: 0.05 };

const EXPECTED: readonly Expected[] = [
  ...['1h', '2h', '6h', '1d', '3d', '_window'].map((window) => ({
    expr: `round(objective:failed_events:ratio${window}, 0.005)`,
    values: share,
  })),
  { expr: 'round(objective:failed_events:ratio5m, 0.005)', values: { available: 0.05, fast: 0.05, counted: 0.05, probed: 0 } },
  { expr: 'round(objective:error_budget:remaining, 0.1)', values: remaining },
  { expr: 'round(objective:failed_events:increase1h)', values: { available: 300, fast: 300, counted: 300, probed: 3 } },
  { expr: 'objective:target:ratio', values: { available: 0.99, fast: 0.9, bucketless: 0.9, counted: 0.99, probed: 0.9 } },
  { expr: 'objective:page_failures:minimum / 5', values: { ...every, bucketless: 1 } },
  { expr: 'objective:events:increase5m > bool 0', values: { ...every, bucketless: 1 } },
];

describe.skipIf(promtool === undefined)('records of objectives', () => {
  it('say which share failed, over each window, whatever is counted', () => {
    const settings = everythingRuns({ scrapeInterval: Duration.minutes(1) });
    const groups = new Alerts()._objectiveGroups(
      settings,
      OBJECTIVES.map(({ _settings }) => _settings),
      true,
    );
    const files = ruleFiles(groups);
    const test = {
      rule_files: Object.keys(files),
      evaluation_interval: '1m',
      group_eval_order: groups.map(({ name }) => name),
      tests: [
        {
          interval: '1m',
          input_series: Object.entries(INPUT).map(([name, values]) => ({ series: name, values })),
          promql_expr_test: EXPECTED.map(({ expr, values }) => ({
            expr: `sum by (objective, app) (${expr})`,
            eval_time: '2h25m',
            exp_samples: Object.entries(values).map(([objective, value]) => ({
              labels: series('', { app: 'shop', objective }),
              value,
            })),
          })),
        },
      ],
    };
    const folder = mkdtempSync(join(tmpdir(), 'objective-records-'));
    try {
      for (const [name, text] of Object.entries({ ...files, 'test.yaml': JSON.stringify(test) })) {
        writeFileSync(join(folder, name), text);
      }
      expect(outcome(folder)).toContain('SUCCESS');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

function outcome(folder: string): string {
  try {
    return execFileSync(String(promtool), ['test', 'rules', 'test.yaml'], { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return `${stdout}${stderr}`;
  }
}
