import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContainerRuntime } from '../../src/alloy/container-runtime';
import { Agent, byTime, cri, docker, expectedOf, program } from './pipelines-agent';
import { FIXTURES } from './pipelines-fixtures';

describe.skipIf(program === undefined)('log pipelines, run by the real Alloy', () => {
  let agent: Agent;
  let metrics: Record<string, Record<string, number>>;

  beforeAll(async () => {
    agent = await Agent.onNode(FIXTURES, ContainerRuntime.cri(), cri);
    const wanted = FIXTURES.reduce((sum, { expected }) => sum + expected.length, 0);
    await agent.receive(wanted);
    metrics = await agent.metrics();
  });
  afterAll(() => agent?.stop());

  it.each(FIXTURES.map((fixture) => [fixture.title, fixture] as const))('%s', (_, fixture) => {
    const { name } = fixture.pipeline;
    const received = agent.receiver.received.filter(({ labels }) => labels.app === name).sort(byTime);
    const expected = expectedOf(fixture).sort(byTime);
    expect(received, agent.output.slice(-3000)).toEqual(expected);
    expect(metrics[name] ?? {}).toMatchObject(fixture.metrics ?? {});
  });

  it('count what they drop, by reason', async () => {
    const dropped = (reason: string) =>
      agent.counter(new RegExp(`^loki_process_dropped_lines_total\\{.*reason="${reason}".*\\} (\\S+)$`, 'gm'));
    expect(await Promise.all(['health', 'not_wanted', 'sampled', 'ratelimit_drop_stage'].map(dropped))).toEqual([1, 2, 2, 1]);
  });
});

describe.skipIf(program === undefined)('log pipelines on Docker, run by the real Alloy', () => {
  let agent: Agent;
  const fixtures = FIXTURES.filter(({ pipeline }) => ['klog', 'boot_json'].includes(pipeline.name));

  beforeAll(async () => {
    agent = await Agent.onNode(fixtures, ContainerRuntime.docker(), docker);
    const wanted = fixtures.reduce((sum, { expected }) => sum + expected.length, 0);
    await agent.receive(wanted);
  });
  afterAll(() => agent?.stop());

  it('read the same', () => {
    expect([...agent.receiver.received].sort(byTime), agent.output.slice(-3000)).toEqual(
      fixtures.flatMap(expectedOf).sort(byTime),
    );
  });
});
