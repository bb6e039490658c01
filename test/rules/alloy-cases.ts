import { placeOf, rises } from './case-patterns';
import { type Cases, target } from './cases';

const node = target('alloy-node');
const one = target('alloy-cluster', 'alloy-cluster-0');
const two = target('alloy-cluster', 'alloy-cluster-1');
const ALL = { job: 'alloy-cluster', namespace: 'monitoring' };
const NODE = placeOf('alloy-node');
const ONE = placeOf('alloy-cluster');
const NAME = { cluster_name: 'alloy-cluster' };

const peers = (of: typeof one, state: string) => of('cluster_node_peers', { ...NAME, state });
const info = (of: typeof one) => of('cluster_node_info', { state: 'participant' });
const hash = (of: typeof one, sha256: string) => of('alloy_config_hash', { ...NAME, sha256 });

export const ALLOY_CASES: Cases = {
  AlloyConfigLoadFailed: {
    fires: { series: { [node('alloy_config_last_load_successful')]: '1x5 0x30' }, at: '25m', alerts: [NODE] },
    silent: { series: { [node('alloy_config_last_load_successful')]: '1x5 0x3 1x30' }, at: '25m' },
  },
  UnhealthyComponents: {
    fires: {
      series: {
        [node('alloy_component_controller_running_components', { health_type: 'healthy' })]: '8x40',
        [node('alloy_component_controller_running_components', { health_type: 'unhealthy' })]: '1x40',
      },
      at: '30m',
      alerts: [{ ...NODE, health_type: 'unhealthy' }],
    },
    silent: {
      series: {
        [node('alloy_component_controller_running_components', { health_type: 'healthy' })]: '8x40',
        [node('alloy_component_controller_running_components', { health_type: 'unhealthy' })]: '0x10 1x5 0x30',
      },
      at: '30m',
    },
  },
  SlowComponentEvaluations: rises(
    node,
    'alloy_component_evaluation_slow_seconds',
    '50m',
    { ...NODE, component_id: 'discovery.relabel.shop' },
    { component_id: 'discovery.relabel.shop' },
  ),
  AlloyDiscoveryFailing: rises(node, 'prometheus_sd_kubernetes_failures_total', '40m', NODE),
  ClusterNotConverging: {
    fires: {
      series: { [peers(one, 'participant')]: '2x40', [peers(two, 'participant')]: '1x40' },
      at: '30m',
      alerts: [ALL],
    },
    silent: [
      // One that ends is still a member.
      {
        series: {
          [peers(one, 'participant')]: '2x40',
          [peers(two, 'participant')]: '1x40',
          [peers(two, 'terminating')]: '1x40',
        },
        at: '30m',
      },
      { series: { [peers(one, 'participant')]: '2x40', [peers(two, 'participant')]: '2x10 1x5 2x30' }, at: '30m' },
    ],
  },
  ClusterNodeCountMismatch: {
    fires: {
      series: { [peers(one, 'participant')]: '3x40', [info(one)]: '1x40', [info(two)]: '1x40' },
      at: '30m',
      alerts: [{ ...ALL, ...ONE }],
    },
    silent: {
      series: {
        [peers(one, 'participant')]: '2x40',
        [peers(one, 'viewer')]: '0x40',
        [info(one)]: '1x40',
        [info(two)]: '1x40',
      },
      at: '30m',
    },
  },
  ClusterNodeUnhealthy: {
    fires: { series: { [one('cluster_node_gossip_health_score', NAME)]: '2x30' }, at: '20m', alerts: [ONE] },
    silent: { series: { [one('cluster_node_gossip_health_score', NAME)]: '0x8 3x4 0x30' }, at: '20m' },
  },
  ClusterNodeNameConflict: {
    fires: {
      series: { [one('cluster_node_gossip_received_events_total', { ...NAME, event: 'node_conflict' })]: '0+1x60' },
      at: '30m',
      alerts: [ALL],
    },
    silent: {
      series: {
        [one('cluster_node_gossip_received_events_total', { ...NAME, event: 'node_conflict' })]: '1x60',
        [one('cluster_node_gossip_received_events_total', { ...NAME, event: 'node_join' })]: '0+1x60',
      },
      at: '30m',
    },
  },
  ClusterNodeStuckTerminating: {
    fires: { series: { [peers(one, 'terminating')]: '1x30' }, at: '20m', alerts: [{ ...ALL, ...ONE }] },
    silent: { series: { [peers(one, 'terminating')]: '0x10 1x3 0x30' }, at: '20m' },
  },
  ClusterConfigurationDrift: {
    fires: { series: { [hash(one, 'a')]: '1x40', [hash(two, 'b')]: '1x40' }, at: '30m', alerts: [ALL] },
    // A change is rolled out.
    silent: { series: { [hash(one, 'a')]: '1x5 _x40', [hash(one, 'b')]: '_x6 1x40', [hash(two, 'b')]: '1x45' }, at: '30m' },
  },
};
