import { App, Testing } from 'cdk8s';
import { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { LogPipeline } from '../../src/alloy/log-pipeline';
import { LogTenant } from '../../src/alloy/log-tenant';
import { SecretKey } from '../../src/settings/secret-key';
import { PodLogs } from '../../src/stack/log-agents';
import { MonitoringStack } from '../../src/stack/monitoring-stack';
import type { MonitoringStackProps } from '../../src/stack/stack-options';
import type { Manifest } from '../support/constructs';
import { expectInvariants } from '../support/invariants';

const PLATFORM = LogPipeline.plain({ name: 'rest' });
const TEAM = LogPipeline.json({ name: 'orders', namespaces: ['shop'], apps: ['orders'] });
const EVENTS = LogPipeline.kubernetesEvents({ name: 'events' });

const stackOf = (props: MonitoringStackProps) => new MonitoringStack(new App(), 'stack', { name: 'shop', loki: {}, ...props });

const agentsOf = (manifests: Manifest[]) =>
  manifests
    .filter(({ kind, metadata }) => ['DaemonSet', 'Deployment'].includes(kind) && metadata.name.includes('alloy'))
    .map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`);

const configOf = (manifests: Manifest[], name: string): string =>
  manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name).data['config.alloy'];

const errorOf = (stack: MonitoringStack): string => {
  try {
    Testing.synth(stack);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('synth succeeded, an error was expected');
};

describe('agents of a stack', () => {
  it('run where the pipelines need them', () => {
    const agents = (props: MonitoringStackProps) => {
      const manifests = Testing.synth(stackOf(props));
      expectInvariants(manifests);
      return agentsOf(manifests);
    };
    const node = 'DaemonSet monitoring-agents/shop-alloy-node';
    const cluster = 'Deployment monitoring/shop-alloy-cluster';
    const journal = LogPipeline.journal({ name: 'journal' });
    expect(agents({ logs: [PLATFORM] })).toEqual([node]);
    expect(agents({ logs: [EVENTS] })).toEqual([cluster]);
    expect(agents({ logs: [EVENTS, PLATFORM] })).toEqual([node, cluster]);
    expect(agents({ logs: [EVENTS, PLATFORM], podLogs: PodLogs.KUBERNETES_API })).toEqual([cluster]);
    expect(agents({ logs: [journal, PLATFORM], podLogs: PodLogs.KUBERNETES_API })).toEqual([node, cluster]);
    expect(agents({})).toEqual([]);
  });

  it('take what is added anywhere, before what the platform has', () => {
    const stack = stackOf({ logs: [PLATFORM] });
    stack.addLogPipeline(TEAM);
    EVENTS.addTo(new Construct(stack, 'team'));
    const manifests = Testing.synth(stack);
    expectInvariants(manifests);
    expect(agentsOf(manifests)).toHaveLength(2);
    const config = configOf(manifests, 'shop-alloy-node-config');
    expect(config.indexOf('loki.process "orders"')).toBeLessThan(config.indexOf('loki.process "rest"'));
    expect(config).toMatch(/discovery\.relabel "rest"[\s\S]*regex {9}= "\(\?:shop\);\(\?:orders\)"\n\t\taction {8}= "drop"/);
    expect(configOf(manifests, 'shop-alloy-cluster-config')).toContain('loki.source.kubernetes_events "events"');
    expect([stack.alloy?.node.id, stack.alloyCluster?.node.id]).toEqual(['alloy', 'alloy-cluster']);
  });

  it('may be left to the applications as a whole', () => {
    const stack = stackOf({ logs: [] });
    expect(stack.alloy).toBeUndefined();
    stack.addLogPipeline(TEAM);
    stack.addLogPipeline(LogPipeline.plain({ name: 'web', namespaces: ['web', 'shop'] }));
    const bindings = Testing.synth(stack).filter(({ kind }) => kind === 'RoleBinding');
    expect(bindings.map(({ metadata }) => metadata.namespace)).toEqual(['shop', 'web']);
  });

  it('get a right on the whole cluster beside those on namespaces when a pipeline needs it later', () => {
    const stack = stackOf({ logs: [TEAM] });
    stack.alloy?.addLogPipeline(PLATFORM);
    const roles = Testing.synth(stack).filter(({ kind }) => /ClusterRole/.test(kind));
    expect(roles.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      'ClusterRole shop-alloy-node-pods',
      'ClusterRole shop-alloy-node-all-pods',
      'ClusterRoleBinding shop-alloy-node-all-pods',
    ]);
  });

  it('tell applications where to push', () => {
    const stack = stackOf({ logs: [LogPipeline.otlp({ name: 'otlp' })] });
    expect(stack.otlpLogs?.url).toBe('http://shop-alloy-cluster-otlp.monitoring.svc.cluster.local:4318');
    expect(stackOf({}).otlpLogs).toBeUndefined();
  });

  it.each<[string, MonitoringStackProps, LogPipeline[], string]>([
    ['no pipeline', { logs: [] }, [], 'logs is []; allowed is at least one pipeline'],
    ['no agent', {}, [TEAM], 'logs["orders"] is added where no agent reads its source'],
    ['whose pods', { logs: [PLATFORM] }, [LogPipeline.plain({ name: 'greedy' })], 'logs["greedy"].namespaces is not given'],
    [
      'a tenant',
      { logs: [LogPipeline.plain({ name: 'a', tenant: LogTenant.of('a') })] },
      [],
      'logs["a"].tenant is given, but Loki has one',
    ],
    ['the node agent', { logs: [EVENTS], alloy: {} }, [], 'alloy is given, but no pipeline is read on the nodes'],
    ['the cluster agent', { logs: [PLATFORM], alloyCluster: {} }, [], 'alloyCluster is given, but no pipeline is read once'],
    [
      'a password',
      { logs: [EVENTS], loki: { gateway: { basicAuth: SecretKey.of('loki', 'htpasswd') } } },
      [],
      'alloyCluster.credentials is not given',
    ],
  ])('miss %s', (_, props, added, text) => {
    const stack = stackOf(props);
    for (const pipeline of added) {
      stack.addLogPipeline(pipeline);
    }
    expect(errorOf(stack)).toContain(text);
  });
});
