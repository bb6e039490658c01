import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Testing } from 'cdk8s';
import { afterAll, describe, expect, it } from 'vitest';
import { DevelopmentToolsStack } from '../../examples/dev-tools/stack';
import { EfkStack } from '../../examples/efk/stack';
import { LightStack } from '../../examples/k3d-light/stack';
import { OperatorStack } from '../../examples/operator/stack';
import { ReferenceStack } from '../../examples/qgx/stack';
import { LabStack } from '../../examples/vm-lab/stack';
import { AlertMatcher } from '../../src/alertmanager/alert-matcher';
import { AlertReceiver } from '../../src/alertmanager/alert-receiver';
import type { AlertRootRoute } from '../../src/alertmanager/alert-route';
import { receiversOf } from '../../src/alertmanager/routing';
import type { Manifest } from '../support/constructs';
import { alertmanagerRoot, askRoutes, askRoutesOf, HOSTILE } from './alert-routing';
import { findProgram } from './programs';
import { selfSignedCertificate } from './questions';

const folder = mkdtempSync(join(tmpdir(), 'alert-routes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const amtool = findProgram('amtool');
const { equal, notEqual, matches, notMatches, oneOf, noneOf } = AlertMatcher;

describe('routes', () => {
  const to = (name: string) => AlertReceiver.nobody(name);
  const route: AlertRootRoute = {
    receiver: to('root'),
    routes: [
      {
        matchers: [equal('team', 'a'), notEqual('severity', 'info')],
        receiver: to('a'),
        continue: true,
        routes: [
          { matchers: [equal('severity', 'critical')], receiver: to('a-pager'), continue: true },
          { matchers: [matches('namespace', 'prod-[a-z]+')], receiver: to('a-production') },
          { matchers: [notMatches('namespace', 'dev.*'), notEqual('namespace', '')] },
        ],
      },
      { matchers: [oneOf('namespace', ['kube-system', 'a.b'])], receiver: to('platform') },
      { matchers: [noneOf('team', ['', 'a', 'b']), equal('namespace', '')], receiver: to('others') },
      ...HOSTILE.map((text, index) => ({
        matchers: [equal('text', text)],
        receiver: to(`hostile ${index}`),
        continue: index % 3 === 0,
      })),
      { matchers: [oneOf('text', HOSTILE)], receiver: to('any hostile') },
    ],
  };

  it.skipIf(!amtool)('lead where our own evaluation says', async () => {
    const root = alertmanagerRoot(folder, 'routes', { route }, `${amtool}`, selfSignedCertificate());
    const pick = (label: string, values: readonly string[]) =>
      values.map((value): Record<string, string> => (value === '' ? {} : { [label]: value }));
    const alerts = [
      ...pick('team', ['', 'a', 'b', 'c']).flatMap((team) =>
        pick('severity', ['', 'critical', 'info']).flatMap((severity) =>
          pick('namespace', ['', 'prod-x', 'prod-1', 'dev-x', 'kube-system', 'a.b', 'axb']).map((namespace) => ({
            ...team,
            ...severity,
            ...namespace,
          })),
        ),
      ),
      ...HOSTILE.map((text) => ({ text })),
      { alertname: 'Watchdog', team: 'a' },
    ];
    const watchdog = { matchers: [equal('alertname', 'Watchdog')], receiver: to('nobody') };
    const whole = { ...route, routes: [watchdog, ...(route.routes ?? [])] };
    const answers = await askRoutes(root, alerts);
    expect(answers).toEqual(alerts.map((labels) => ({ labels, receivers: receiversOf(whole, labels) })));
    expect(new Set(answers.flatMap(({ receivers }) => receivers)).size).toBe(HOSTILE.length + 8);
  });
});

describe('alerts of examples', () => {
  const stacks = [DevelopmentToolsStack, EfkStack, LabStack, LightStack, OperatorStack, ReferenceStack].map(
    (Example) => new Example(new App(), 'example'),
  );
  const telling = stacks.filter(({ alertmanager }) => alertmanager !== undefined);

  it('go through an Alertmanager in some', () => {
    expect(telling.map((stack) => stack.constructor.name)).toEqual(['DevelopmentToolsStack', 'LabStack', 'OperatorStack']);
  });

  it.skipIf(!amtool).each(telling)('lead where the routes of $constructor.name say', async (stack) => {
    const { alertmanager, prometheus } = stack;
    if (!alertmanager || !prometheus) {
      throw new Error('an example sends no alerts');
    }
    const manifests: Manifest[] = Testing.synth(stack);
    const [text] = manifests.flatMap(({ data, stringData }) => (data ?? stringData)?.['alertmanager.yaml'] ?? []);
    const file = join(folder, `${stack.constructor.name}.yaml`);
    writeFileSync(file, text);
    const alerts = prometheus._groups.flatMap(({ rules }) =>
      rules.flatMap((rule) => ('alert' in rule ? [{ alertname: rule.alert, ...rule.labels }] : [])),
    );
    expect(alerts.length).toBeGreaterThan(100);

    const answers = await askRoutesOf(`${amtool}`, file, alerts);
    expect(answers).toEqual(alerts.map((labels) => ({ labels, receivers: receiversOf(alertmanager._routes, labels) })));
    // The dead man's switch leads to nobody where nobody waits for it, as everything does where nobody is named; else nothing does.
    const silent = answers.filter(({ receivers }) => receivers.includes('nobody')).map(({ labels }) => labels.alertname);
    const { receiver } = alertmanager._routes;
    expect(silent).toEqual(receiver.name === 'nobody' ? alerts.map(({ alertname }) => alertname) : ['Watchdog']);
  });
});
