import { nearest } from '../../settings/nearest';
import type { StandardBoard } from '../standard-board';
import { KUBERNETES_BOARDS } from './kubernetes';
import { NODE_BOARDS } from './nodes';

/** All boards of the library. */
export const STANDARD_BOARDS: readonly StandardBoard[] = [...KUBERNETES_BOARDS, ...NODE_BOARDS];

/** What is wrong with a name that no board has. */
export function unknownProblem(name: string): string {
  const names = STANDARD_BOARDS.map((board) => board.name);
  return `standard dashboard is ${JSON.stringify(name)}; allowed are the names of standard dashboards: did you mean ${JSON.stringify(nearest(name, names))}?`;
}
