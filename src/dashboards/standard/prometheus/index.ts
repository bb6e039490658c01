import type { StandardBoard } from '../../standard-board';
import { prometheusOverview } from './overview';

/** Boards about Prometheus. */
export const PROMETHEUS_BOARDS: readonly StandardBoard[] = [prometheusOverview];
