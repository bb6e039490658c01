import { App, Testing } from 'cdk8s';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { OperatorStack } from '../../examples/operator/stack';
import { checkLogQl } from '../../src/query/logql';
import { checkPromQl } from '../../src/query/promql';
import { type Manifest, manifestOf } from '../support/constructs';
import { expectInvariants } from '../support/invariants';
import { COURSE_QUERIES } from './operator-queries';

const manifests: Manifest[] = Testing.synth(new OperatorStack(new App(), 'operator'));
const rules: Manifest = manifests
  .filter(({ kind }) => kind === 'PrometheusRule')
  .flatMap(({ spec }) => spec.groups)
  .find(({ name }: Manifest) => name === 'myapp.rules');

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

it("has the course's chain of variables, each of which narrows the next", () => {
  const boards = manifests
    .filter(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.includes('-dashboards-'))
    .flatMap(({ data }) => Object.values<string>(data).map((text) => JSON.parse(text)));
  const { templating } = boards.find(({ uid }) => uid === 'kubernetes-compute-workload');
  const chain: Manifest[] = templating.list.filter(({ type }: Manifest) => type === 'query');
  // A workload is a Deployment, StatefulSet, DaemonSet or Job.
  const wanted = ['environment', 'cluster', 'namespace', 'workload', 'pod'];
  expect(chain.map(({ name }) => name)).toEqual(wanted);
  for (const [index, { query }] of chain.entries()) {
    const text = typeof query === 'string' ? query : query.query;
    expect(text).toContain('kube_pod_info');
    expect(wanted.filter((name) => text.includes(`$${name}`))).toEqual(wanted.slice(0, index));
  }
});

describe('alerting from Grafana', () => {
  const file = load(
    manifests.find(({ kind, data }) => kind === 'ConfigMap' && data['alerting.yaml']).data['alerting.yaml'],
  ) as Manifest;

  it("evaluates the course's alert on a symptom", () => {
    const [{ name, interval, rules: evaluated }] = file.groups;
    expect([name, interval]).toEqual(['myapp.symptoms', '30s']);
    const [{ title, for: time, labels, data }] = evaluated;
    expect([title, time, labels.severity]).toEqual(['HighLatency', '5m', 'warning']);
    expect(checkPromQl(data[0].model.expr)).toEqual([]);
  });

  it('tells whom Alertmanager tells, by contact points and policies', () => {
    const settings = file.contactPoints.map(({ name, receivers }: Manifest) => [name, receivers[0].type, receivers[0].settings]);
    expect(settings.map(([name, type, { recipient, url }]: Manifest[]) => `${name} ${type} ${recipient} ${url}`)).toEqual([
      'slack slack #alerts $ALERTING_SLACK_WEBHOOK_URL',
      'slack-critical slack #alerts-critical $ALERTING_SLACK_WEBHOOK_URL',
    ]);
    const { stringData } = manifestOf(manifests, 'Secret', 'monitoring-alertmanager-config');
    const { route } = load(stringData['alertmanager.yaml']) as Manifest;
    const [policy] = file.policies;
    for (const setting of ['receiver', 'group_by', 'group_wait', 'group_interval', 'repeat_interval']) {
      expect(policy[setting]).toEqual(route[setting]);
    }
    expect(policy.routes).toEqual([{ receiver: 'slack-critical', object_matchers: [['severity', '=', 'critical']] }]);
  });
});

describe.each(COURSE_QUERIES)('the query of $source', ({ language, query, fault }) => {
  it('is one that the language allows', () => {
    const check = language === 'promql' ? checkPromQl : checkLogQl;
    expect([query, ...(fault ? [fault.instead] : [])].flatMap((text) => check(text))).toEqual([]);
  });
});
