import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COURSE_RULES, SYMPTOM_RULES } from '../../examples/operator/rules';
import { goDuration } from '../../src/kubernetes/text';
import type { RuleGroup } from '../../src/rules/rule';
import { findProgram } from '../conformance/programs';
import { COURSE_QUERIES } from './operator-queries';

const promtool = findProgram('promtool');

interface Series {
  readonly series: string;
  readonly values: string;
}

interface Sample {
  readonly labels: string;
  readonly value: number;
}

/** What promtool makes of rules and series at some time: whether the expression has exactly these samples. */
function holds(
  rules: readonly object[],
  series: readonly Series[],
  expr: string,
  time: string,
  samples: readonly Sample[],
): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'course-'));
  const test = {
    rule_files: ['rules.json'],
    evaluation_interval: '1m',
    tests: [{ interval: '1m', input_series: series, promql_expr_test: [{ expr, eval_time: time, exp_samples: samples }] }],
  };
  try {
    writeFileSync(join(folder, 'rules.json'), JSON.stringify({ groups: [{ name: 'course', rules }] }));
    writeFileSync(join(folder, 'test.json'), JSON.stringify(test));
    execFileSync(String(promtool), ['test', 'rules', 'test.json'], { cwd: folder, stdio: 'pipe' });
    return true;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: Buffer; stderr: Buffer };
    expect(`${stdout}${stderr}`).toContain('got:');
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const FIRING = 'count(ALERTS{alertstate="firing"})';

/** Whether an alert of this expression fires at some time. */
const fires = (expr: string, forDuration: string, series: readonly Series[], time: string) =>
  holds([{ alert: 'Alert', expr, for: forDuration }], series, FIRING, time, [{ labels: '{}', value: 1 }]);

/** Whether it stays silent at some time. */
const silent = (expr: string, forDuration: string, series: readonly Series[], time: string) =>
  holds([{ alert: 'Alert', expr, for: forDuration }], series, FIRING, time, []);

/** An alert of the example. */
function corrected(group: RuleGroup, name: string): { expr: string; waits: string } {
  const alert = group.alerts?.find((candidate) => candidate.name === name);
  if (alert?.forDuration === undefined) {
    throw new Error(`there is no alert ${name}`);
  }
  return { expr: alert.expr, waits: goDuration(alert.forDuration) };
}

/** A query as the course writes it, and what it should be. */
function faulty(source: string): { query: string; instead: string } {
  const found = COURSE_QUERIES.find((query) => query.source === source);
  if (found?.fault === undefined) {
    throw new Error(`${source} has no fault`);
  }
  return { query: found.query, instead: found.fault.instead };
}

describe.skipIf(promtool === undefined)('HighErrorRate', () => {
  const original = 'rate(http_requests_total{status=~"5.."}[5m]) / rate(http_requests_total[5m]) * 100 > 5';
  const { expr, waits } = corrected(COURSE_RULES, 'HighErrorRate');
  const pod = 'namespace="production", pod="web-0"';
  const errors = (good: number, bad: number): Series[] => [
    { series: `http_requests_total{${pod}, status="200"}`, values: `0+${good}x30` },
    { series: `http_requests_total{${pod}, status="500"}`, values: `0+${bad}x30` },
  ];

  it('is always 100 % as the course writes it, and fires at 1 %', () => {
    expect(fires(original, waits, errors(99, 1), '20m')).toBe(true);
    expect(holds([], errors(99, 1), original, '20m', [{ labels: `{${pod}, status="500"}`, value: 100 }])).toBe(true);
  });

  it('is that of each pod here: silent at 1 %, and fires at 6 %', () => {
    expect(silent(expr, waits, errors(99, 1), '20m')).toBe(true);
    expect(fires(expr, waits, errors(94, 6), '20m')).toBe(true);
  });
});

describe.skipIf(promtool === undefined)('PodCrashLooping', () => {
  const original = 'rate(kube_pod_container_status_restarts_total[15m]) > 0';
  const { expr, waits } = corrected(COURSE_RULES, 'PodCrashLooping');
  const series = 'kube_pod_container_status_restarts_total{namespace="production", pod="web-0", container="web"}';
  const once: Series[] = [{ series, values: '0x10 1x50' }];
  // The longest that the kubelet waits, and some time until it fails again.
  const looping: Series[] = [{ series, values: '0x5 1x6 2x6 3x6 4x6 5x6 6x6 7x6' }];

  it('fires after a single restart as the course writes it', () => {
    expect(fires(original, waits, once, '22m')).toBe(true);
  });

  it('stays silent here after one, and fires while a pod loops', () => {
    for (const time of ['12m', '18m', '22m', '24m', '30m']) {
      expect(silent(expr, waits, once, time), time).toBe(true);
    }
    for (const time of ['30m', '35m', '40m', '45m']) {
      expect(fires(expr, waits, looping, time), time).toBe(true);
    }
  });
});

describe.skipIf(promtool === undefined)('NodeOutOfDisk', () => {
  const { expr, waits } = corrected(COURSE_RULES, 'NodeOutOfDisk');
  const disk = (available: number): Series[] => [
    { series: 'node_filesystem_avail_bytes{instance="node-1", mountpoint="/", device="/dev/vda1"}', values: `${available}x30` },
    { series: 'node_filesystem_size_bytes{instance="node-1", mountpoint="/", device="/dev/vda1"}', values: '100x30' },
    { series: 'node_filesystem_avail_bytes{instance="node-1", mountpoint="/data", device="/dev/vdb"}', values: '0x30' },
    { series: 'node_filesystem_size_bytes{instance="node-1", mountpoint="/data", device="/dev/vdb"}', values: '100x30' },
  ];

  it('fires below a tenth of the root file system, as the course writes it', () => {
    expect(fires(expr, waits, disk(9), '20m')).toBe(true);
    expect(silent(expr, waits, disk(11), '20m')).toBe(true);
  });
});

describe.skipIf(promtool === undefined)('quantiles', () => {
  /** Of 200 requests a minute one, at a pod of its own, takes ten seconds; the others a tenth of one. */
  const bucket = (pod: string, le: string, perMinute: number): Series => ({
    series: `http_request_duration_seconds_bucket{namespace="production", pod="${pod}", le="${le}"}`,
    values: `0+${perMinute}x30`,
  });
  const rarelySlow = [
    ...[bucket('web-0', '0.1', 199), bucket('web-0', '10', 199), bucket('web-0', '+Inf', 199)],
    ...[bucket('web-1', '0.1', 0), bucket('web-1', '10', 1), bucket('web-1', '+Inf', 1)],
  ];
  /** The same with a tenth of all requests. */
  const oftenSlow = [
    ...rarelySlow.slice(0, 3),
    bucket('web-1', '0.1', 0),
    bucket('web-1', '10', 20),
    bucket('web-1', '+Inf', 20),
  ];

  it.each(['PromQL, P95', 'Golden signals, latency'])('of %s are those of each series, not of the service', (source) => {
    const { query, instead } = faulty(source);
    expect(holds([], rarelySlow, `count(${query})`, '20m', [{ labels: '{}', value: 2 }])).toBe(true);
    expect(holds([], rarelySlow, `count(${instead})`, '20m', [{ labels: '{}', value: 1 }])).toBe(true);
    // One request of two hundred makes the original slow.
    expect(holds([], rarelySlow, `max(${query}) > bool 1`, '20m', [{ labels: '{}', value: 1 }])).toBe(true);
    expect(holds([], rarelySlow, `max(${instead}) > bool 1`, '20m', [{ labels: '{}', value: 0 }])).toBe(true);
  });

  it('of HighLatency are those of a namespace', () => {
    const { expr, waits } = corrected(SYMPTOM_RULES, 'HighLatency');
    const original = 'histogram_quantile(0.99, rate(http_request_duration_seconds_bucket[5m])) > 1';
    expect(fires(original, waits, rarelySlow, '20m')).toBe(true);
    expect(silent(expr, waits, rarelySlow, '20m')).toBe(true);
    expect(fires(expr, waits, oftenSlow, '20m')).toBe(true);
  });
});

describe.skipIf(promtool === undefined)('memory of a namespace', () => {
  const usage = (labels: string, bytes: number): Series => ({
    series: `container_memory_usage_bytes{${labels}}`,
    values: `${bytes}x30`,
  });
  const of = (container: string, id: string) => `namespace="production", pod="web-0", container="${container}", id="${id}"`;
  /** As the kubelet tells of a pod with one container of 100 bytes: each cgroup contains the next. */
  const cgroups = [
    usage('id="/"', 500),
    usage('id="/kubepods"', 101),
    usage(of('', '/kubepods/pod-1'), 101),
    usage(of('web', '/kubepods/pod-1/web'), 100),
  ];

  it('counts twice as the course writes it, beside all that is no pod', () => {
    const { query, instead } = faulty('PromQL, memory by namespace');
    expect(
      holds([], cgroups, query, '20m', [
        { labels: '{}', value: 601 },
        { labels: '{namespace="production"}', value: 201 },
      ]),
    ).toBe(true);
    expect(holds([], cgroups, instead, '20m', [{ labels: '{namespace="production"}', value: 100 }])).toBe(true);
  });
});
