import type { Duration } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { UsageRegister } from './usage-register';

/** Compactors and their buckets. */
export const COMPACTORS = new UsageRegister<{ readonly user: IConstruct; readonly deleteDelay: Duration }>();
