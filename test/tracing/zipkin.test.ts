import { describe, expect, it } from 'vitest';
import { Zipkin, type ZipkinProps } from '../../src/tracing/zipkin';
import {
  EVERY_SERVICE_OPTION,
  EVERY_WORKLOAD_OPTION,
  expectEveryPropToMatter,
  manifestOf,
  synthesisError,
  synthesize,
} from '../support/constructs';

const EVERY_PROP: Required<ZipkinProps> = {
  ...EVERY_WORKLOAD_OPTION,
  ...EVERY_SERVICE_OPTION,
  maxSpans: 5000,
  senders: ['shop'],
  instance: 'audit',
};

describe('Zipkin', () => {
  it('needs nothing', () => {
    expect(synthesize((chart) => new Zipkin(chart, 'zipkin'))).toMatchSnapshot();
  });

  it('has no dead property', () => {
    expectEveryPropToMatter((chart, props: ZipkinProps) => new Zipkin(chart, 'zipkin', props), {}, EVERY_PROP);
  });

  it('gives half of the memory to the heap', () => {
    const manifests = synthesize((chart) => new Zipkin(chart, 'zipkin', { resources: EVERY_PROP.resources }));
    const [{ env, resources }] = manifestOf(manifests, 'StatefulSet').spec.template.spec.containers;
    const heap = env.find(({ name }: { name: string }) => name === 'JAVA_OPTS').value.match(/-Xmx(\d+)m/)[1];
    expect(`${2 * Number(heap)}Mi`).toBe(
      resources.limits.memory.replace(/^(\d+)Gi$/, (_: string, size: string) => `${1024 * Number(size)}Mi`),
    );
  });

  it('names all that is wrong', () => {
    const error = synthesisError((chart) => new Zipkin(chart, 'zipkin', { maxSpans: 0.5, senders: [] }));
    expect(error).toContain('maxSpans is 0.5; allowed are whole numbers from 1');
    expect(error).toContain('senders is []; allowed is at least one namespace');
  });
});
