import type { StandardBoard } from '../../standard-board';
import { jaeger } from './jaeger';
import { tempo } from './tempo';
import { zipkin } from './zipkin';

/** Boards about the storage of traces. */
export const TRACE_BOARDS: readonly StandardBoard[] = [tempo, jaeger, zipkin];
