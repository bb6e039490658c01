import { group, operation } from '../../../query/expressions';
import { NAMESPACE } from '../../chain';
import { legend, worseFrom } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { StandardBoard } from '../../standard-board';
import { line, panelsOf, quantiles, sum, sumOfEach } from '../panels-in-lines';
import { BOARD } from './names';

export const lokiChunks: StandardBoard = {
  name: BOARD.chunks,
  title: 'Loki / Chunks',
  description: 'How lines become chunks: how full, how old and how large they are, and why and how fast they are stored.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'loki',
  needs: ['loki'],
  compose: (composer) => {
    const { pod } = composer.labels;
    const loki = composer.choose('loki_build_info', NAMESPACE);
    const { series, rate, quantile, increase } = loki;
    const { graph, number } = panelsOf(composer);
    const mean = (histogram: string) =>
      operation(sum(increase(`${histogram}_sum`)), '/', group(operation(sum(increase(`${histogram}_count`)), '>', 0)));
    const streams = sum(series('loki_ingester_memory_streams'));
    const chunks = sum(series('loki_ingester_memory_chunks'));
    return {
      variables: loki.variables,
      links: composer.boardLinks(['Writes', BOARD.writes], ['Cost', 'monitoring-cost']),
      sections: [
        {
          title: 'Chunks',
          panels: [
            ...line(
              number('Streams', 'short', streams, 'Streams in memory.'),
              number(
                'Chunks per stream',
                'short',
                operation(chunks, '/', streams),
                'Chunks in memory for each stream. About one; many wait to be stored.',
                {
                  decimals: 2,
                },
              ),
              number(
                'Fill of chunks',
                'percentunit',
                mean('loki_ingester_chunk_utilization'),
                'How full chunks are when they are stored, on average in the time range. Low: many streams with few lines.',
                {
                  decimals: 1,
                },
              ),
              number(
                'Compression',
                'short',
                mean('loki_ingester_chunk_compression_ratio'),
                'Times that chunks are smaller than the lines in them.',
                { decimals: 1 },
              ),
              number(
                'Size of chunks',
                'bytes',
                mean('loki_ingester_chunk_size_bytes'),
                'Size of stored chunks, on average. Small ones make queries slow and storage dear.',
              ),
              number(
                'Waiting to be stored',
                'short',
                sum(series('loki_ingester_flush_queue_length')),
                'Chunks in the queue to object storage. Growing: it is too slow, and memory fills.',
                {
                  thresholds: worseFrom(1000, 10_000),
                },
              ),
            ),
            ...line(
              graph('Streams', 'short', sumOfEach(series('loki_ingester_memory_streams'), pod), 'Streams in memory, by pod.'),
              graph('Chunks', 'short', sumOfEach(series('loki_ingester_memory_chunks'), pod), 'Chunks in memory, by pod.'),
            ),
            ...line(
              graph(
                'Stored by reason',
                'ops',
                sumOfEach(rate('loki_ingester_chunks_flushed_total'), 'reason'),
                'Chunks per second, by why they were stored. Full is good; idle and max_age are streams with few lines.',
                {
                  stacked: true,
                },
              ),
              graph(
                'Failed',
                'ops',
                sumOfEach(rate('loki_ingester_chunks_flush_failures_total'), pod),
                'Tries per second that failed. The chunk stays in memory, and is tried again.',
                {
                  thresholds: worseFrom(0.01),
                },
              ),
              graph(
                'Queue',
                'short',
                sumOfEach(series('loki_ingester_flush_queue_length'), pod),
                'Chunks that wait to be stored.',
              ),
            ),
          ],
        },
        {
          title: 'Shape of what is stored',
          panels: [
            ...line(
              composer.heatmap(loki, {
                title: 'Fill',
                description: 'How full chunks are when they are stored. Most of them should be at the top.',
                unit: 'percentunit',
                histogram: 'loki_ingester_chunk_utilization',
              }),
              composer.heatmap(loki, {
                title: 'Size',
                description: 'How large chunks are when they are stored.',
                unit: 'bytes',
                histogram: 'loki_ingester_chunk_size_bytes',
              }),
              composer.heatmap(loki, {
                title: 'Age',
                description: 'How old chunks are when they are stored. Memory holds what is younger.',
                unit: 's',
                histogram: 'loki_ingester_chunk_age_seconds',
              }),
            ),
            ...line(
              graph(
                'Lines of a chunk',
                'short',
                quantiles((q) => quantile(q, [], 'loki_ingester_chunk_entries')),
                'How many lines chunks hold.',
              ),
              graph(
                'Compression',
                'short',
                quantiles((q) => quantile(q, [], 'loki_ingester_chunk_compression_ratio')),
                'Times that chunks are smaller than the lines in them.',
              ),
              graph(
                'Time to encode',
                's',
                quantiles((q) => quantile(q, [], 'loki_ingester_chunk_encode_time_seconds')),
                'How long compressing a chunk takes.',
              ),
            ),
          ],
        },
        {
          title: 'Storage',
          panels: line(
            graph(
              'Stored chunks',
              'ops',
              sumOfEach(rate('loki_ingester_chunks_stored_total'), 'tenant'),
              'Chunks per second that are put into object storage.',
            ),
            graph(
              'Stored bytes',
              'Bps',
              sumOfEach(rate('loki_ingester_chunk_stored_bytes_total'), 'tenant'),
              'Bytes per second that are put into object storage.',
            ),
            graph(
              'Not stored twice',
              'ops',
              { chunks: sum(rate('loki_chunk_store_deduped_chunks_total')) },
              'Chunks per second that another replica had stored already.',
            ),
            graph(
              'Labels of streams',
              'bytes',
              { [legend(pod)]: sum(series('loki_ingester_memory_streams_labels_bytes'), pod) },
              'Memory for the labels of streams.',
            ),
          ),
        },
      ],
    };
  },
};
