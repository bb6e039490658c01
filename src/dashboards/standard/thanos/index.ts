import type { StandardBoard } from '../../standard-board';
import { thanosCompact } from './compact';
import { thanosOverview } from './overview';
import { thanosQuery, thanosQueryFrontend } from './query';
import { thanosRule } from './rule';
import { thanosSidecar, thanosStore } from './store';

/** Boards about Thanos. */
export const THANOS_BOARDS: readonly StandardBoard[] = [
  thanosOverview,
  thanosQuery,
  thanosQueryFrontend,
  thanosStore,
  thanosCompact,
  thanosRule,
  thanosSidecar,
];
