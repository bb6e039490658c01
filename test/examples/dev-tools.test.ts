import { App, Testing } from 'cdk8s';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { DevelopmentToolsStack } from '../../examples/dev-tools/stack';
import { type Manifest, manifestOf } from '../support/constructs';
import { expectInvariants } from '../support/invariants';

const stack = new DevelopmentToolsStack(new App(), 'dev-tools');
const manifests: Manifest[] = Testing.synth(stack);

const podOf = (name: string): Manifest => manifestOf(manifests, 'StatefulSet', name).spec.template.spec;

describe('the development tools', () => {
  it('hold what any stack must', () => expectInvariants(manifests, ['application-rules', 'application-dashboards']));

  it('stay as they are', () => {
    // The standard boards and the rules have snapshots of their own.
    const shown = manifests.filter(({ metadata }) => !/-dashboards-|^prometheus-rules$/.test(metadata.name));
    expect(shown).toMatchSnapshot();
  });

  it('collect and evaluate every minute, as nobody, on volumes of the named class', () => {
    const { global } = load(manifestOf(manifests, 'ConfigMap', 'prometheus-config').data['prometheus.yml']) as Manifest;
    expect(global).toMatchObject({ scrape_interval: '1m', scrape_timeout: '10s', evaluation_interval: '1m' });
    expect(podOf('prometheus').securityContext.runAsUser).toBe(65534);
    const claims = manifests
      .filter(({ kind }) => kind === 'StatefulSet')
      .flatMap(({ spec }) => spec.volumeClaimTemplates ?? [])
      .map(({ spec }: Manifest) => spec.storageClassName);
    expect(new Set(claims)).toEqual(new Set(['openebs-hostpath']));
  });

  it('stand behind Ingresses whose certificates cert-manager makes', () => {
    const ingresses = manifests.filter(({ kind }) => kind === 'Ingress');
    expect(ingresses.map(({ metadata, spec }) => [spec.rules[0].host, spec.tls[0].secretName, metadata.annotations])).toEqual([
      ['prometheus.cocdev.co.kr', 'prometheus-tls', { 'cert-manager.io/cluster-issuer': 'letsencrypt' }],
      ['grafana.cocdev.co.kr', 'grafana-tls', { 'cert-manager.io/cluster-issuer': 'letsencrypt' }],
    ]);
  });

  it('ask OpenBao for every Secret that a pod reads', () => {
    const made = manifests
      .filter(({ kind }) => kind === 'ExternalSecret')
      .map(({ metadata, spec }) => [
        metadata.name,
        spec.secretStoreRef.name,
        spec.data.map((entry: Manifest) => entry.secretKey),
      ]);
    expect(made).toEqual([
      ['alert-receivers', 'openbao', ['pagerduty-routing-key', 'slack-url', 'smtp-password']],
      ['prometheus-web', 'openbao', ['password', 'web.yml']],
      ['grafana-admin', 'openbao', ['admin-password']],
    ]);
    expect(stack.prerequisites.items.filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });

  it('take over the volume of Grafana', () => {
    const [claim] = manifestOf(manifests, 'StatefulSet', 'grafana').spec.volumeClaimTemplates;
    expect(claim.spec.volumeName).toBe('grafana-pv-volume');
  });

  it('tell Slack, e-mail and PagerDuty', () => {
    const { receivers } = load(manifestOf(manifests, 'ConfigMap', 'alertmanager-config').data['alertmanager.yaml']) as Manifest;
    const kinds = receivers.flatMap((receiver: Manifest) => Object.keys(receiver).filter((key) => key.endsWith('_configs')));
    expect(new Set(kinds)).toEqual(new Set(['slack_configs', 'email_configs', 'pagerduty_configs']));
  });
});
