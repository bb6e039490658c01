import type { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { Alertmanager, type AlertmanagerProps } from '../../src/alertmanager/alertmanager';
import { ExistingVolume } from '../../src/settings/existing-volume';
import { MonitoringContext } from '../../src/settings/monitoring-context';
import { manifestOf, synthesisError, synthesize } from '../support/constructs';

const alertmanager = (props: AlertmanagerProps) => (chart: Construct) => {
  new Alertmanager(chart, 'alertmanager', props);
};

function requiredBy(props: AlertmanagerProps): string[] {
  let found: string[] = [];
  synthesize((chart) => {
    alertmanager(props)(chart);
    const { prerequisites } = MonitoringContext.of(chart)._plan;
    found = prerequisites.map(({ kind, name, keys = [] }) => [kind, name, ...keys].join(' '));
  });
  return found;
}

describe('a volume that exists', () => {
  const claimOf = (props: AlertmanagerProps) =>
    manifestOf(synthesize(alertmanager(props)), 'StatefulSet').spec.volumeClaimTemplates[0].spec;

  it('is bound by its name, and must be kept for the claim', () => {
    const existingVolume = ExistingVolume.named('old-data');
    expect(claimOf({ existingVolume }).volumeName).toBe('old-data');
    expect(requiredBy({ existingVolume })).toEqual(['PersistentVolume old-data monitoring/data-monitoring-alertmanager-0']);
  });

  it('is bound by its labels, one for each replica', () => {
    const existingVolume = ExistingVolume.labelled({ app: 'alerts', disk: 'ssd' });
    expect(claimOf({ existingVolume, replicas: 2 }).selector).toEqual({ matchLabels: { app: 'alerts', disk: 'ssd' } });
    expect(requiredBy({ existingVolume, replicas: 2 })).toEqual([
      'PersistentVolume app=alerts,disk=ssd monitoring/data-monitoring-alertmanager-0 monitoring/data-monitoring-alertmanager-1',
    ]);
  });

  it('may belong to no class', () => {
    const props = { existingVolume: ExistingVolume.named('old-data'), storageClassName: '' };
    expect(claimOf(props).storageClassName).toBe('');
    expect(requiredBy(props).filter((text) => text.startsWith('StorageClass'))).toEqual([]);
    expect(requiredBy({ storageClassName: 'fast' })).toEqual(['StorageClass fast']);
  });

  it('is one that can be bound', () => {
    const errorOf = (existingVolume: ExistingVolume, replicas = 1) => synthesisError(alertmanager({ existingVolume, replicas }));
    expect(errorOf(ExistingVolume.named('old-data'), 2)).toContain(
      'existingVolume is "old-data" with 2 replicas; allowed is a named volume with one',
    );
    expect(errorOf(ExistingVolume.named('Old Data'))).toContain('existingVolume is "Old Data"; allowed are names');
    expect(errorOf(ExistingVolume.labelled({}))).toContain('existingVolume has no label');
  });
});
