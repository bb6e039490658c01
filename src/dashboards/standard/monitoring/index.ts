import type { StandardBoard } from '../../standard-board';
import { alertmanager } from './alertmanager';
import { monitoringCost } from './cost';
import { grafana } from './grafana';
import { memcached } from './memcached';
import { metricsServer } from './metrics-server';
import { monitoringOverview } from './overview';
import { pushgateway } from './pushgateway';

/** Boards about the monitoring itself. */
export const MONITORING_BOARDS: readonly StandardBoard[] = [
  monitoringOverview,
  monitoringCost,
  alertmanager,
  memcached,
  grafana,
  pushgateway,
  metricsServer,
];
