import type { StandardBoard } from '../../standard-board';
import { objectives } from './objectives';

/** Boards about service level objectives. */
export const OBJECTIVE_BOARDS: readonly StandardBoard[] = [objectives];
