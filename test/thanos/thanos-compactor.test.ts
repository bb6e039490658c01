import { App, Chart, Duration, Size, Testing } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { Cluster } from '../../src/settings/cluster';
import { MonitoringContext } from '../../src/settings/monitoring-context';
import { ObjectStorage } from '../../src/settings/object-storage';
import { Retention } from '../../src/settings/retention';
import { resolveTiers } from '../../src/thanos/retention-tiers';
import { ThanosCompactor, type ThanosCompactorProps } from '../../src/thanos/thanos-compactor';
import { compactorArguments } from '../../src/thanos/thanos-compactor-config';
import {
  EVERY_VOLUME_OPTION,
  EVERY_WORKLOAD_OPTION,
  expectEveryPropToMatter,
  manifestOf,
  synthesisError,
  synthesize,
} from '../support/constructs';
import { BUCKET, KEYS, SHARED_BUCKET, TWENTY_GIBIBYTES } from './bucket';

const MINIMAL: ThanosCompactorProps = { objectStorage: BUCKET };

const EVERY_PROP: Required<ThanosCompactorProps> = {
  ...EVERY_WORKLOAD_OPTION,
  ...EVERY_VOLUME_OPTION,
  objectStorage: SHARED_BUCKET,
  tiers: { raw: Retention.days(90), fiveMinutes: Retention.days(365), oneHour: Retention.days(3650) },
  instance: 'main',
  volume: TWENTY_GIBIBYTES,
  deleteDelay: Duration.hours(60),
  consistencyDelay: Duration.minutes(5),
  concurrency: 2,
};

describe('compactor configuration', () => {
  it('turns settings into arguments', () => {
    expect(
      compactorArguments({
        tiers: resolveTiers({ raw: Retention.days(90), fiveMinutes: Retention.days(365) }),
        deleteDelay: Duration.hours(48),
        consistencyDelay: Duration.minutes(30),
        concurrency: 1,
      }),
    ).toEqual([
      'compact',
      '--log.format=json',
      '--enable-auto-gomemlimit',
      '--http-address=:10902',
      '--wait',
      '--data-dir=/data',
      '--objstore.config-file=/etc/thanos/objstore.yaml',
      '--retention.resolution-raw=90d',
      '--retention.resolution-5m=365d',
      '--retention.resolution-1h=0d',
      '--delete-delay=48h',
      '--consistency-delay=30m',
      '--compact.concurrency=1',
      '--downsample.concurrency=1',
      '--disable-admin-operations',
    ]);
  });
});

describe('ThanosCompactor', () => {
  it('synthesizes with minimal properties', () => {
    expect(synthesize((chart) => new ThanosCompactor(chart, 'compactor', MINIMAL))).toMatchSnapshot();
  });

  it('synthesizes with every property', () => {
    const manifests = synthesize((chart) => new ThanosCompactor(chart, 'compactor', EVERY_PROP));
    expect(manifestOf(manifests, 'StatefulSet').spec).toMatchSnapshot();
  });

  it('has no dead property', () => {
    expectEveryPropToMatter(
      (chart, props: ThanosCompactorProps) => new ThanosCompactor(chart, 'compactor', props),
      MINIMAL,
      EVERY_PROP,
    );
  });

  it('is the only one on its bucket, in all charts of an app', () => {
    const app = new App();
    const [first, second] = ['first', 'second'].map((id) => new Chart(app, id));
    new ThanosCompactor(first, 'compactor', MINIMAL);
    const another = ObjectStorage.naverCloud({ bucketPrefix: 'shop', identity: KEYS });
    new MonitoringContext(second, { name: 'second' });
    new ThanosCompactor(second, 'compactor', { objectStorage: another });
    expect(() => Testing.synth(second)).toThrow(
      '[second/compactor] objectStorage is kr.object.ncloudstorage.com/shop-thanos, on which first/compactor works already; ' +
        'allowed is one compactor per bucket and prefix, and second/compactor is another',
    );
  });

  it('has others beside it on other buckets, and in other apps', () => {
    const both = () =>
      synthesize((chart) => {
        new ThanosCompactor(chart, 'one', MINIMAL);
        new ThanosCompactor(chart, 'two', { objectStorage: SHARED_BUCKET, instance: 'two' });
      });
    expect(both().filter(({ kind }) => kind === 'StatefulSet')).toHaveLength(2);
    expect(both).not.toThrow();
  });

  it('warns of tiers that are not what they look like', () => {
    let warnings: string[] = [];
    synthesize((chart) => {
      const tiers = { raw: Retention.days(2), fiveMinutes: Retention.days(30), oneHour: Retention.days(20) };
      new ThanosCompactor(chart, 'compactor', { ...MINIMAL, tiers });
      warnings = MonitoringContext.of(chart).warnings.filter((warning) => warning.includes('retention'));
    });
    expect(warnings).toEqual([
      expect.stringContaining('[test/compactor] retention-tier-loses-data: tiers.raw is 2d'),
      expect.stringContaining('[test/compactor] retention-tier-without-use: tiers.oneHour is 20d'),
    ]);
  });

  it('takes a volume that the cluster offers', () => {
    const cluster = Cluster.generic({ name: 'c', volumeStep: Size.gibibytes(16) });
    const manifests = synthesize((chart) => new ThanosCompactor(chart, 'compactor', MINIMAL), { cluster });
    const [claim] = manifestOf(manifests, 'StatefulSet').spec.volumeClaimTemplates;
    expect(claim.spec.resources.requests.storage).toBe('64Gi');
  });

  it('names all that is wrong at once', () => {
    const error = synthesisError(
      (chart) =>
        new ThanosCompactor(chart, 'compactor', {
          objectStorage: ObjectStorage.naverCloud({ identity: KEYS }),
          tiers: { raw: Retention.hours(39), fiveMinutes: Retention.days(9) },
          volume: Size.gibibytes(15),
          deleteDelay: Duration.seconds(0),
          consistencyDelay: Duration.days(4000),
          concurrency: -5,
        }),
      { cluster: Cluster.naverCloud({ name: 'c' }) },
    );
    expect(error).toContain('objectStorage has bucket undefined and bucketPrefix undefined');
    expect(error).toContain('tiers.raw is 39h; allowed is at least 40h');
    expect(error).toContain('tiers.fiveMinutes is 9d; allowed is at least 10d');
    expect(error).toContain('volume is 15Gi');
    expect(error).toContain('deleteDelay is 0h');
    expect(error).toContain('consistencyDelay is 96000h');
    expect(error).toContain('concurrency is -5');
  });
});
