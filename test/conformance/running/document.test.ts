import { describe, expect, it } from 'vitest';
import * as light from '../../examples/k3d-light-queries';
import * as lab from '../../examples/vm-lab-queries';
import { manifestsOf, podsOf, queriesOf } from './document';

describe('what a document has for the cluster', () => {
  it('is found among whatever else a module exports', () => {
    expect(queriesOf(light)).toEqual(light.K3D_LIGHT_QUERIES);
    expect(podsOf(light)).toEqual(light.K3D_LIGHT_PODS);
    expect(queriesOf(lab)).toEqual(lab.VM_LAB_QUERIES);
    expect(podsOf(lab)).toEqual(lab.VM_LAB_PODS);
  });

  it('runs where the queries look', () => {
    const kinds = podsOf(light).flatMap(manifestsOf);
    expect(kinds.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`)).toEqual([
      'Namespace /timedeal',
      'Deployment timedeal/stock-service',
      'HorizontalPodAutoscaler timedeal/stock-service',
    ]);
    const [, deployment] = kinds;
    const { metadata, spec } = deployment.spec.template;
    expect(metadata.annotations['prometheus.io/scrape']).toBe('true');
    expect(spec.containers[0].env[0].value.split('\n')).toEqual(light.APPLICATION_LINES);
    expect(podsOf(lab).flatMap(manifestsOf)[1].metadata).toEqual({
      name: lab.FLASK.pod,
      namespace: 'default',
      labels: { app: 'deploy-flask' },
      annotations: {},
    });
  });
});
