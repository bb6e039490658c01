import { ApiObject, App, Chart, JsonPatch, Lazy, type ResolutionContext } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { KINDS } from '../../src/kubernetes/kubernetes-api';
import { emitObject } from '../../src/kubernetes/objects';

const chartOf = (app = new App()) => new Chart(app, 'chart');

const emit = (chart: Chart, data: Record<string, string>) =>
  emitObject(
    chart,
    'object',
    KINDS.ConfigMap,
    { name: 'object', namespace: 'monitoring', labels: { b: '2', a: '1' } },
    ['data'],
    () => ({
      data,
    }),
  );

const textOf = (object: ApiObject) => JSON.stringify(object.toJson());

describe('an object', () => {
  it('is written as cdk8s writes it', () => {
    const chart = chartOf();
    const data = { z: 'last', a: 'first' };
    const plain = new ApiObject(chart, 'plain', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'object', namespace: 'monitoring', labels: { b: '2', a: '1' } },
      data,
    });
    expect(textOf(emit(chart, data))).toBe(textOf(plain));
  });

  it('takes patches', () => {
    const object = emit(chartOf(), { key: 'value' });
    object.addJsonPatch(JsonPatch.replace('/data/key', 'other'));
    expect(object.toJson()).toHaveProperty('data', { key: 'other' });
  });

  it('takes labels that are added later', () => {
    const object = emit(chartOf(), {});
    object.metadata.addLabel('team', 'platform');
    expect(object.toJson()).toHaveProperty('metadata.labels.team', 'platform');
  });

  it('resolves lazy values inside of its fields', () => {
    const object = emit(chartOf(), { key: Lazy.any({ produce: () => 'late' }) as string });
    expect(object.toJson()).toHaveProperty('data', { key: 'late' });
  });

  it('is asked by the resolvers of the app', () => {
    const shout = {
      resolve: (context: ResolutionContext) => {
        if (context.value === 'value') {
          context.replaceValue('VALUE');
        }
      },
    };
    const object = emit(chartOf(new App({ resolvers: [shout] })), { key: 'value' });
    expect(object.toJson()).toHaveProperty('data', { key: 'VALUE' });
  });
});
