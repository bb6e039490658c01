import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Testing } from 'cdk8s';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { OperatorStack } from '../../examples/operator/stack';
import { checkLogQl } from '../../src/query/logql';
import { checkPromQl } from '../../src/query/promql';
import { findProgram } from '../conformance/programs';
import { type Manifest, manifestOf } from '../support/constructs';
import { expectInvariants } from '../support/invariants';
import { COURSE_QUERIES } from './operator-queries';

const manifests: Manifest[] = Testing.synth(new OperatorStack(new App(), 'operator'));
const rules: Manifest = manifests
  .filter(({ kind }) => kind === 'PrometheusRule')
  .flatMap(({ spec }) => spec.groups)
  .find(({ name }: Manifest) => name === 'myapp.rules');

/** What the course writes. */
const ORIGINAL = 'rate(http_requests_total{status=~"5.."}[5m]) / rate(http_requests_total[5m]) * 100 > 5';

describe("the course's stack, run by the operator", () => {
  it('holds what any stack must', () => expectInvariants(manifests));

  it('stays as it is', () => {
    // Boards and the library's rules have snapshots of their own.
    const shown = manifests.filter(({ kind, metadata }) => !/-dashboards-/.test(metadata.name) && kind !== 'PrometheusRule');
    expect(shown).toMatchSnapshot();
  });

  it("has the course's alerts with its names, times and severities", () => {
    const alerts = rules.rules.map(({ alert, for: time, labels }: Manifest) => `${alert} ${time} ${labels.severity}`);
    expect(alerts).toEqual(['HighErrorRate 5m critical', 'PodCrashLooping 10m warning', 'NodeOutOfDisk 5m critical']);
    expect(rules.interval).toBe('30s');
  });

  it('keeps 30 days on 50Gi', () => {
    const { retention, storage } = manifestOf(manifests, 'Prometheus').spec;
    expect([retention, storage.volumeClaimTemplate.spec.resources.requests.storage]).toEqual(['30d', '50Gi']);
  });

  it("routes as the course's Alertmanager, by matchers and with the address of Slack in a file", () => {
    const { stringData } = manifestOf(manifests, 'Secret', 'monitoring-alertmanager-config');
    const { global, route, receivers } = load(stringData['alertmanager.yaml']) as Manifest;
    expect(global).toEqual({ resolve_timeout: '5m' });
    expect(route).toMatchObject({
      receiver: 'slack',
      group_by: ['alertname', 'cluster'],
      group_wait: '10s',
      group_interval: '10s',
      repeat_interval: '12h',
    });
    expect(route.routes[1]).toEqual({ receiver: 'slack-critical', matchers: ['severity="critical"'] });
    const slack = receivers.flatMap(({ slack_configs = [] }: Manifest) => slack_configs);
    expect(slack.map(({ channel, api_url_file }: Manifest) => `${channel} ${api_url_file}`)).toEqual([
      '#alerts /etc/alertmanager/secrets/slack/webhook-url',
      '#alerts-critical /etc/alertmanager/secrets/slack/webhook-url',
    ]);
  });
});

describe.each(COURSE_QUERIES)('the query of $source', ({ language, query, fault }) => {
  it('is one that the language allows', () => {
    const check = language === 'promql' ? checkPromQl : checkLogQl;
    expect([query, ...(fault ? [fault.instead] : [])].flatMap((text) => check(text))).toEqual([]);
  });
});

const promtool = findProgram('promtool');

/** Whether promtool finds an alert firing after ten minutes in which one request of a hundred fails. */
function firesAtOnePercent(expr: string): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'course-'));
  const rule = { alert: 'HighErrorRate', expr, for: '5m' };
  const pod = 'namespace="production", pod="web-0"';
  const test = {
    rule_files: ['rules.json'],
    tests: [
      {
        interval: '1m',
        input_series: [
          { series: `http_requests_total{${pod}, status="200"}`, values: '0+99x30' },
          { series: `http_requests_total{${pod}, status="500"}`, values: '0+1x30' },
        ],
        promql_expr_test: [
          {
            expr: 'count(ALERTS{alertstate="firing"})',
            eval_time: '20m',
            exp_samples: [{ labels: '{}', value: 1 }],
          },
        ],
      },
    ],
  };
  try {
    writeFileSync(join(folder, 'rules.json'), JSON.stringify({ groups: [{ name: 'course', rules: [rule] }] }));
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

describe.skipIf(promtool === undefined)('the share of errors', () => {
  it('is always 100 % as the course writes it, and fires at 1 %', () => {
    expect(firesAtOnePercent(ORIGINAL)).toBe(true);
  });

  it('is that of each pod here, and stays silent at 1 %', () => {
    const [{ expr }] = rules.rules;
    expect(firesAtOnePercent(expr)).toBe(false);
    // The same rule does fire where the limit is passed.
    expect(firesAtOnePercent(expr.replace('> 5', '> 0.5'))).toBe(true);
  });
});
