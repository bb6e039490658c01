import type { StandardBoard } from '../../standard-board';
import { lokiCanary } from './canary';
import { lokiChunks } from './chunks';
import { lokiOperational } from './operational';
import { lokiRetention } from './retention';
import { lokiReads, lokiWrites } from './writes-and-reads';

/** Boards about Loki. */
export const LOKI_BOARDS: readonly StandardBoard[] = [
  lokiOperational,
  lokiWrites,
  lokiReads,
  lokiChunks,
  lokiRetention,
  lokiCanary,
];
