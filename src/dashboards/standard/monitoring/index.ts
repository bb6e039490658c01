import type { StandardBoard } from '../../standard-board';
import { alertmanager } from './alertmanager';
import { monitoringCost } from './cost';
import { grafana } from './grafana';
import { memcached } from './memcached';
import { monitoringOverview } from './overview';

/** Boards about the monitoring itself. */
export const MONITORING_BOARDS: readonly StandardBoard[] = [monitoringOverview, monitoringCost, alertmanager, memcached, grafana];
