import { nearest } from '../../settings/nearest';
import type { StandardBoard } from '../standard-board';
import { ALLOY_BOARDS } from './alloy';
import { KUBERNETES_BOARDS } from './kubernetes';
import { LOG_BOARDS } from './logs';
import { LOKI_BOARDS } from './loki';
import { MIDDLEWARE_BOARDS } from './middleware';
import { MONITORING_BOARDS } from './monitoring';
import { NODE_BOARDS } from './nodes';
import { OBJECTIVE_BOARDS } from './objectives';
import { PROMETHEUS_BOARDS } from './prometheus';
import { THANOS_BOARDS } from './thanos';
import { TRACE_BOARDS } from './traces';

/** All boards of the library. */
export const STANDARD_BOARDS: readonly StandardBoard[] = [
  ...KUBERNETES_BOARDS,
  ...NODE_BOARDS,
  ...PROMETHEUS_BOARDS,
  ...THANOS_BOARDS,
  ...LOKI_BOARDS,
  ...ALLOY_BOARDS,
  ...MONITORING_BOARDS,
  ...OBJECTIVE_BOARDS,
  ...LOG_BOARDS,
  ...TRACE_BOARDS,
  ...MIDDLEWARE_BOARDS,
];

/** What is wrong with a name that no board has. */
export function unknownProblem(name: string): string {
  const names = STANDARD_BOARDS.map((board) => board.name);
  return `standard dashboard is ${JSON.stringify(name)}; allowed are the names of standard dashboards: did you mean ${JSON.stringify(nearest(name, names))}?`;
}
