import { App, Testing } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { LogPipeline } from '../../src/alloy/log-pipeline';
import { Namespaces, PodSecurityLevel } from '../../src/settings/namespaces';
import { MonitoringStack } from '../../src/stack/monitoring-stack';
import type { MonitoringStackProps } from '../../src/stack/stack-options';

const stackOf = (props: MonitoringStackProps) => new MonitoringStack(new App(), 'stack', props);

const levels = (namespaces: Namespaces): Record<string, string> =>
  Object.fromEntries(
    Testing.synth(stackOf({ namespaces }))
      .filter(({ kind }) => kind === 'Namespace')
      .map(({ metadata }) => [metadata.name, metadata.labels['pod-security.kubernetes.io/enforce']]),
  );

const problemsOf = (props: MonitoringStackProps): string => {
  try {
    Testing.synth(stackOf(props));
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('Namespaces.and', () => {
  it('makes namespaces with what their pods may do', () => {
    const { PRIVILEGED } = PodSecurityLevel;
    expect(levels(Namespaces.split().and('logs').and('nodes', PRIVILEGED))).toEqual({
      monitoring: 'restricted',
      'monitoring-agents': 'privileged',
      logs: 'restricted',
      nodes: 'privileged',
    });
    expect(levels(Namespaces.single('all').and('logs'))).toEqual({ all: 'privileged', logs: 'restricted' });
    expect(levels(Namespaces.existing({ main: 'theirs' }).and('logs'))).toEqual({ logs: 'restricted' });
  });

  it('leaves what it was made from alone', () => {
    const before = Namespaces.single('all');
    before.and('logs');
    expect(levels(before)).toEqual({ all: 'privileged' });
  });

  it('refuses bad and repeated names', () => {
    expect(problemsOf({ namespaces: Namespaces.single('all').and('Logs') })).toContain(
      'namespaces.and is "Logs"; allowed are 1 to 63 lower-case letters, digits and "-"',
    );
    for (const namespaces of [Namespaces.single('all').and('all'), Namespaces.single('all').and('logs').and('logs')]) {
      expect(problemsOf({ namespaces })).toMatch(/namespaces\.and has "(all|logs)" twice; allowed is once/);
    }
    expect(problemsOf({ namespaces: Namespaces.split().and('logs').and('nodes') })).toBe('');
  });
});

describe('the namespace of a component', () => {
  const logs = [LogPipeline.plain({ name: 'pods' })];

  it('is a prerequisite where the stack does not make it, unless every cluster has it', () => {
    const required = (props: MonitoringStackProps) =>
      stackOf(props)
        .prerequisites.items.filter(({ kind }) => kind === 'Namespace')
        .map(({ name, neededBy }) => [name, neededBy]);
    expect(required({ loki: { namespace: 'logs' } })).toEqual([['logs', ['monitoring-loki']]]);
    expect(required({ loki: { namespace: 'logs' }, namespaces: Namespaces.split().and('logs') })).toEqual([]);
    expect(required({ metricsServer: {} })).toEqual([]);
  });

  it('must let agents read the node', () => {
    const agent = (namespaces: Namespaces) => problemsOf({ loki: {}, logs, alloy: { namespace: 'logs' }, namespaces });
    expect(agent(Namespaces.split().and('logs'))).toContain(
      'namespace is "logs", where PodSecurity "restricted" is enforced; allowed is "privileged" for what reads the node',
    );
    expect(agent(Namespaces.split().and('logs', PodSecurityLevel.PRIVILEGED))).toBe('');
    // What its pods may do there is not known.
    expect(agent(Namespaces.split())).toBe('');
    expect(problemsOf({ nodeExporter: { namespace: 'monitoring' } })).toContain('namespace is "monitoring", where PodSecurity');
  });
});
