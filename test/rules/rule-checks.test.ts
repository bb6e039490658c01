import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import type { AlertRule, RecordingRule, RuleGroup } from '../../src/rules/rule';
import { groupProblems } from '../../src/rules/rule-checks';
import { templateProblems } from '../../src/rules/templates';

const PROMQL = { language: 'promql', scrapeInterval: Duration.seconds(30) } as const;
const RULE: AlertRule = { name: 'Down', expr: 'up == 0', summary: '{{ $labels.job }} is down' };

const problems = (group: Partial<RuleGroup>) => groupProblems('alerts', { name: 'g', ...group }, PROMQL);
const alertProblem = (rule: Partial<AlertRule>) => problems({ alerts: [{ ...RULE, ...rule }] });
const recordProblem = (rule: Partial<RecordingRule>) =>
  problems({ records: [{ name: 'job:up:count', expr: 'count by (job) (up)', ...rule }] });

describe('checks of rules', () => {
  it('let good rules pass', () => {
    expect(
      problems({
        interval: Duration.minutes(1),
        records: [{ name: 'cluster:namespace:pod_cpu:sum', expr: 'sum by (pod) (rate(x_total[1m]))', labels: { tier: 'web' } }],
        alerts: [
          {
            ...RULE,
            expr: 'rate(x_total[2m]) > 0 and on (job) (changes(y[1h:30s]) > 0)',
            forDuration: Duration.minutes(5),
            keepFiringFor: Duration.minutes(5),
            description: '{{ with query "up" }}{{ range . }}{{ .Value | humanize }}{{ end }}{{ end }}',
            runbookUrl: 'https://wiki.example/Down',
            labels: { team: '{{ $labels.namespace }}' },
          },
        ],
      }),
    ).toEqual([]);
  });

  it('name all that is wrong', () => {
    expect([
      ...problems({ name: 'my group' }),
      ...problems({ alerts: [RULE], interval: Duration.millis(10) }),
      ...alertProblem({ name: 'is down' }),
      ...alertProblem({ expr: 'rate(x_total[5m]' }),
      ...alertProblem({ expr: 'rate(x_total[$__rate_interval]) > 0' }),
      ...alertProblem({ expr: 'rate(x_total[59s]) > 0' }),
      ...alertProblem({ summary: ' ' }),
      ...alertProblem({ description: '{{ $label.pod }}' }),
      ...alertProblem({ runbookUrl: 'Down.md' }),
      ...alertProblem({ labels: { severity: 'critical', __x: 'y', team: '' } }),
      ...alertProblem({ forDuration: Duration.millis(0.5) }),
      ...recordProblem({ name: 'requests' }),
      ...recordProblem({ name: 'job:requests' }),
      ...recordProblem({ expr: 'sum(' }),
    ]).toMatchInlineSnapshot(`
      [
        "alerts has a group "my group"; allowed are 1 to 100 letters, digits, "_", "." and "-": rename it",
        "alerts.my group has no rules; allowed is at least one: add a record or an alert, or leave the group out",
        "alerts.g.interval is 10 ms; allowed are whole milliseconds from 1000: correct it",
        "alerts.g.is down has the name "is down"; allowed are letters, digits and "_", not starting with a digit: rename it",
        "alerts.g.Down.expr is "rate(x_total[5m]"; allowed is PromQL: the query ends too early, at 16 ("rate(x_total[5m]")",
        "alerts.g.Down.expr is "rate(x_total[$__rate_interval]) > 0"; allowed are no variables, which only Grafana knows: write the value instead of "$__rate_interval"",
        "alerts.g.Down.expr has the window 59s; allowed are at least two scrape intervals, 60s, because fewer samples make no rate: use 120s or more",
        "alerts.g.Down.summary is empty; allowed is a line: say what is wrong and where",
        "alerts.g.Down.description is "{{ $label.pod }}"; allowed is a Go template: $label is none of $labels, $value, $externalLabels, $externalURL",
        "alerts.g.Down.runbookUrl is "Down.md"; allowed are addresses that start with "http://" or "https://": correct it",
        "alerts.g.Down.labels has the name "severity"; allowed are labels that the rule has no property for: use that property",
        "alerts.g.Down.labels has the name "__x"; allowed are letters, digits and "_", not starting with a digit or "__": rename the label",
        "alerts.g.Down.labels.team is ""; allowed is a value, because an empty label is none: give one",
        "alerts.g.Down.forDuration is 0.5 ms; allowed are whole milliseconds from 0: correct it",
        "alerts.g.requests has the name "requests"; allowed is "level:metric:operation", such as "namespace:http_requests:rate5m": rename it",
        "alerts.g.job:requests has the name "job:requests"; allowed is "level:metric:operation", such as "namespace:http_requests:rate5m": rename it",
        "alerts.g.job:up:count.expr is "sum("; allowed is PromQL: the query ends too early, at 4 ("sum(")",
      ]
    `);
  });

  it.each([
    ['{{ $labels.pod }', 'balanced'],
    ['$labels.pod }}', 'balanced'],
    ['{{ $value | humanise }}', 'no function "humanise"'],
    ['{{ if $value }}x', '"end" is missing'],
    ['x{{ end }}', 'nothing to end'],
    ['{{ $pod }}', '$pod is none of'],
  ])('refuse the template %s', (text, reason) => {
    expect(templateProblems('summary', text)).toEqual([expect.stringContaining(reason)]);
  });

  it.each([
    'no template, 100 % { } }',
    '{{ $value | printf "%.2f {{" }}',
    '{{ $x := query "up" }}{{ range $i, $s := $x }}{{ $i }}{{ $s.Value }}{{ end }}',
    '{{ if gt $value 1.0 }}a{{ else if eq $labels.job "b" }}c{{ end }}',
    '{{- /* comment */ -}}{{ $externalLabels.cluster }} {{ $externalURL }}',
  ])('take the template %s', (text) => {
    expect(templateProblems('summary', text)).toEqual([]);
  });
});
