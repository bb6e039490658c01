import { call, group, operation, over } from '../../../query/expressions';
import { choice } from '../../chain';
import { betterFrom, worseFrom } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { StandardBoard } from '../../standard-board';
import { count, line, max, maxOfEach, panelsOf, sum } from '../panels-in-lines';
import { INSTANCE } from './exporters';

export const kafka: StandardBoard = {
  name: 'kafka-overview',
  title: 'Kafka / Overview',
  description: 'Brokers, topics, replicas and how far consumer groups are behind, from kafka_exporter.',
  layer: DashboardLayer.MIDDLEWARE,
  topic: 'messaging',
  needs: ['kafka-exporter'],
  compose: (composer) => {
    const brokers = composer.choose('kafka_brokers', INSTANCE);
    const topics = composer.choose('kafka_topic_partitions', INSTANCE, choice('topic', 'Topic', 'Topics of the cluster.'));
    const { series } = topics;
    const { graph, number } = panelsOf(composer);
    // Several exporters of one cluster say the same; offsets never fall while a topic lives.
    const perPartition = (metric: string) => max(series(metric), 'topic', 'partition');
    const speed = (metric: string, ...by: string[]) =>
      sum(max(call('rate', over(series(metric), '$__rate_interval')), ...by, 'partition'), ...by);
    // By partition: kafka_exporter now and then loses the last series of a scrape, which is a sum of a group. The exporter in
    // Alloy has another name for it. A partition of which a group has read nothing says -1.
    const behind = `${series('kafka_consumergroup_lag')} or ${series('kafka_consumergroup_uncommitted_offsets')}`;
    const lag = sum(max(call('clamp_min', behind, '0'), 'consumergroup', 'topic', 'partition'), 'consumergroup', 'topic');
    const consumed = speed('kafka_consumergroup_current_offset', 'consumergroup', 'topic');
    const short = sum(perPartition('kafka_topic_partition_under_replicated_partition'));
    const leaders = perPartition('kafka_topic_partition_leader');
    const partitions = sum(max(series('kafka_topic_partitions'), 'topic'));
    // A partition without a leader has no series of its leader.
    const leaderless = operation(partitions, '-', group(operation(count(leaders), 'or', 'vector(0)')));
    return {
      variables: topics.variables,
      sections: [
        {
          title: 'State',
          panels: [
            ...line(
              number(
                'Brokers',
                'short',
                max(brokers.series('kafka_brokers')),
                'Brokers of the cluster. Fewer than there should be: one is gone.',
                { thresholds: betterFrom(1, 1) },
              ),
              number('Topics', 'short', count(max(series('kafka_topic_partitions'), 'topic')), 'Topics that the exporter sees.'),
              number('Partitions', 'short', partitions, 'Partitions of all of them.'),
              number(
                'Too few replicas',
                'short',
                short,
                'Partitions whose replicas are not all in sync. Losing one more broker may lose messages.',
                { thresholds: worseFrom(1) },
              ),
              number('Without a leader', 'short', leaderless, 'Partitions that nobody can write to or read from.', {
                thresholds: worseFrom(1),
              }),
              number('Lag', 'short', sum(lag), 'Messages that consumer groups have not read yet, of all together.', {
                decimals: 0,
              }),
            ),
            ...line(
              graph(
                'Messages in',
                'short',
                { '{{topic}}': speed('kafka_topic_partition_current_offset', 'topic') },
                'Messages per second that are written, by topic.',
                { stacked: true },
              ),
              graph(
                'Lag by consumer group',
                'short',
                { '{{consumergroup}} / {{topic}}': lag },
                'Messages that were written and not read yet. Growing: consumers are too slow or stand still.',
              ),
            ),
          ],
        },
        {
          title: 'Consumer groups',
          panels: [
            composer.table({
              title: 'Each consumer group',
              description:
                'How far groups are behind, and how fast they read. The time is that which the rest takes at this speed.',
              rows: ['consumergroup', 'topic'],
              sortBy: 'Lag',
              columns: [
                { title: 'Lag', value: lag, unit: 'short' },
                { title: 'Messages per second', value: consumed, unit: 'short', decimals: 1 },
                { title: 'Time to catch up', value: operation(lag, '/', group(operation(consumed, '>', 0))), unit: 's' },
              ],
            }),
            ...line(
              graph(
                'Messages out',
                'short',
                { '{{consumergroup}} / {{topic}}': consumed },
                'Messages per second that groups read.',
                { stacked: true },
              ),
              graph(
                'Members',
                'short',
                maxOfEach(brokers.series('kafka_consumergroup_members'), 'consumergroup'),
                'Members of each group. None: nobody reads. More than partitions: some have nothing to do.',
              ),
            ),
          ],
        },
        {
          title: 'Topics',
          panels: [
            ...line(
              graph(
                'Kept messages',
                'short',
                {
                  '{{topic}}': sum(
                    operation(
                      perPartition('kafka_topic_partition_current_offset'),
                      '-',
                      perPartition('kafka_topic_partition_oldest_offset'),
                    ),
                    'topic',
                  ),
                },
                'Messages between the oldest and the newest. Compacted topics have fewer.',
              ),
              graph(
                'Too few replicas',
                'short',
                { '{{topic}}': sum(perPartition('kafka_topic_partition_under_replicated_partition'), 'topic') },
                'Partitions whose replicas are not all in sync, by topic.',
                { thresholds: worseFrom(1) },
              ),
              graph(
                'Leader is not the preferred one',
                'short',
                { '{{topic}}': sum(operation(perPartition('kafka_topic_partition_leader_is_preferred'), '== bool', 0), 'topic') },
                'Partitions led by another broker than planned: load is not spread as it should be.',
              ),
            ),
            ...line(
              graph(
                'Partitions by leader',
                'short',
                { 'broker {{leader}}': call('count_values', '"leader"', leaders) },
                'Partitions that each broker leads. Uneven: some brokers do all the work.',
              ),
              graph(
                'Replicas that lack',
                'short',
                {
                  '{{topic}}': sum(
                    operation(
                      perPartition('kafka_topic_partition_replicas'),
                      '-',
                      perPartition('kafka_topic_partition_in_sync_replica'),
                    ),
                    'topic',
                  ),
                },
                'Replicas that are not in sync, by topic.',
              ),
            ),
          ],
        },
      ],
    };
  },
};
