import type { StandardBoard } from '../../standard-board';
import { logsExplorer } from './explorer';

/** Boards about logs. */
export const LOG_BOARDS: readonly StandardBoard[] = [logsExplorer];
