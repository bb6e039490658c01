import { operation } from '../../../query/expressions';
import { NAMESPACE } from '../../chain';
import { worseFrom } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { StandardBoard } from '../../standard-board';
import { count, line, max, maxOfEach, min, panelsOf, quantiles, sum, sumOfEach } from '../panels-in-lines';
import { BOARD } from './names';

export const alloyCluster: StandardBoard = {
  name: BOARD.cluster,
  title: 'Alloy / Cluster',
  description: 'Whether agents that share their work find each other, agree, and can talk.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'alloy',
  needs: ['alloy-cluster'],
  compose: (composer) => {
    const { pod } = composer.labels;
    const alloy = composer.choose('cluster_node_info', NAMESPACE);
    const { series, rate, quantile } = alloy;
    const { graph, number } = panelsOf(composer);
    // Each kind of agent is a cluster of its own.
    const peers = sum(series('cluster_node_peers'), 'job', pod);
    const transport = (what: string) => sum(rate(`cluster_transport_${what}_total`));
    return {
      variables: alloy.variables,
      links: composer.boardLinks(['Resources', BOARD.resources], ['Pipelines', BOARD.pipelines]),
      sections: [
        {
          title: 'Members',
          panels: [
            ...line(
              number('Members', 'short', count(count(series('cluster_node_info'), pod)), 'Agents that take part.'),
              number(
                'Disagreement',
                'short',
                max(operation(max(peers, 'job'), '-', min(peers, 'job'))),
                'Difference between the most and the fewest members that an agent sees. Not 0 for long: they do not find each other, and lines come twice or not at all.',
                {
                  thresholds: worseFrom(1),
                },
              ),
              number(
                'Worst health',
                'short',
                max(series('cluster_node_gossip_health_score')),
                'Score of the unhealthiest agent: 0 is well.',
                { thresholds: worseFrom(1) },
              ),
              number(
                'Configurations',
                'short',
                count(count(series('alloy_config_hash'), 'cluster_name', 'sha256')),
                'Different configurations. More than there are kinds of agents: some are not rolled out.',
              ),
            ),
            ...line(
              graph(
                'Members seen',
                'short',
                sumOfEach(series('cluster_node_peers'), pod, 'state'),
                'Members that each agent sees, by state.',
              ),
              graph(
                'Health',
                'short',
                maxOfEach(series('cluster_node_gossip_health_score'), pod),
                'Score of each agent: 0 is well; more means that messages get lost.',
                { thresholds: worseFrom(1) },
              ),
            ),
          ],
        },
        {
          title: 'Gossip',
          panels: [
            ...line(
              graph(
                'Events',
                'ops',
                sumOfEach(rate('cluster_node_gossip_received_events_total'), 'event'),
                'Events per second. Joins and leaves all the time: agents restart or lose each other.',
              ),
              graph(
                'Time to take a change over',
                's',
                quantiles((q) => quantile(q, [], 'cluster_node_update_duration_seconds')),
                'How long telling components of new members takes.',
              ),
              graph('Streams', 'short', sumOfEach(series('cluster_transport_streams'), pod), 'Open connections between agents.'),
            ),
            ...line(
              graph(
                'Bytes',
                'Bps',
                { in: transport('rx_bytes'), out: `-${transport('tx_bytes')}` },
                'Bytes per second between agents.',
                { signed: true },
              ),
              graph(
                'Packets',
                'pps',
                { in: transport('rx_packets'), out: `-${transport('tx_packets')}` },
                'Packets per second between agents.',
                { signed: true },
              ),
              graph(
                'Queues',
                'short',
                {
                  in: sum(series('cluster_transport_rx_packet_queue_length')),
                  out: sum(series('cluster_transport_tx_packet_queue_length')),
                },
                'Packets that wait. Growing: the agent has no time for them.',
              ),
              graph(
                'Failed packets',
                'pps',
                sumOfEach(rate('cluster_transport_tx_packets_failed_total'), pod),
                'Packets per second that could not be sent: a policy, or an agent that is gone.',
                { thresholds: worseFrom(0.1) },
              ),
            ),
          ],
        },
      ],
    };
  },
};
