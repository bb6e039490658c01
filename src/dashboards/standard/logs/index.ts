import type { StandardBoard } from '../../standard-board';
import { elasticsearch } from './elasticsearch';
import { logsExplorer } from './explorer';
import { fluentBit } from './fluent-bit';
import { fluentd } from './fluentd';

/** Boards about logs and what carries them to Elasticsearch. */
export const LOG_BOARDS: readonly StandardBoard[] = [logsExplorer, fluentd, fluentBit, elasticsearch];
