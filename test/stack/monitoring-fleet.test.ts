import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MonitoringFleet } from '../../src/stack/monitoring-fleet';

describe('MonitoringFleet', () => {
  let outdir: string;
  beforeEach(() => {
    outdir = mkdtempSync(join(tmpdir(), 'fleet-'));
  });
  afterEach(() => rmSync(outdir, { recursive: true, force: true }));

  it('writes a folder for each cluster', () => {
    const fleet = new MonitoringFleet({ outdir });
    fleet.add('seoul', { loki: {} });
    fleet.add('busan', { loki: {} });
    fleet.synth();
    expect(readdirSync(outdir, { recursive: true }).sort()).toEqual([
      'busan',
      'busan/busan.k8s.yaml',
      'seoul',
      'seoul/seoul.k8s.yaml',
    ]);
  });

  it('refuses a name twice, and one that is no folder', () => {
    const fleet = new MonitoringFleet({ outdir });
    fleet.add('seoul', {});
    expect(() => fleet.add('seoul', {})).toThrow('folder is "seoul"');
    expect(() => fleet.add('../seoul', {})).toThrow('folder is "../seoul"');
  });

  it('tells the problems of all clusters', () => {
    const fleet = new MonitoringFleet({ outdir });
    fleet.add('seoul', { thanos: {} });
    fleet.add('busan', { alloy: {} });
    expect(() => fleet.synth()).toThrow(
      /seoul: .*\n.*thanos is given without prometheus[\s\S]*busan: [\s\S]*alloy is given without logs/,
    );
  });
});
