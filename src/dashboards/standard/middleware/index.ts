import type { StandardBoard } from '../../standard-board';
import { kafka } from './kafka';
import { mysql } from './mysql';
import { nginx } from './nginx';
import { redis } from './redis';

/** Boards about middleware, by exporters that users run and scrape under the exporter's name. */
export const MIDDLEWARE_BOARDS: readonly StandardBoard[] = [mysql, redis, kafka, nginx];
