import { App, Testing } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { EfkStack } from '../../examples/efk/stack';
import { type Manifest, manifestOf } from '../support/constructs';
import { expectInvariants } from '../support/invariants';

const manifests: Manifest[] = Testing.synth(new EfkStack(new App(), 'efk'));

describe('the EFK stack of the course', () => {
  it('holds what any stack must', () => expectInvariants(manifests));

  it('stays as it is', () => {
    expect(manifests).toMatchSnapshot();
  });

  it('runs what the document installs', () => {
    const workloads = manifests.filter(({ kind }) => /Set$|Deployment/.test(kind));
    expect(workloads.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`).sort()).toEqual([
      'DaemonSet logging/logging-fluentd',
      'Deployment logging/logging-kibana',
      'StatefulSet logging/logging-elasticsearch',
    ]);
    expect(manifestOf(manifests, 'StatefulSet').spec.replicas).toBe(3);
  });

  it('sends every five seconds, into indices of the prefix', () => {
    const config = manifestOf(manifests, 'ConfigMap', 'logging-fluentd-config').data['fluent.conf'];
    expect(config).toContain("flush_interval '5s'");
    expect(config).toContain("retry_type 'exponential_backoff'");
    expect(config).toContain("logstash_prefix 'kubernetes'");
  });
});
