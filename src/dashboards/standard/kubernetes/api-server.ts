import { aggregate, call, group, is, isNot, isOneOf, matches, operation, over } from '../../../query/expressions';
import { goProcess } from '../../blocks';
import { choice } from '../../chain';
import { betterFrom, legend, type Series, worseFrom } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { StandardBoard } from '../../standard-board';
import { BOARD } from './names';

const REQUESTS = 'apiserver_request_total';
const DURATION = 'apiserver_request_sli_duration_seconds';
const INSTANCE = 'instance';
const JOB = is('job', 'kube-apiserver');

/** As KubeAPIErrorBudgetBurn has it: 1 % of the requests may fail. */
const AVAILABILITY = betterFrom(0.99, 0.999);

const READ = isOneOf('verb', ['LIST', 'GET']);
const WRITE = isOneOf('verb', ['POST', 'PUT', 'PATCH', 'DELETE']);
const FAILED = matches('code', '5..');

/** Share of the requests in the time range that did not fail. */
function availability({ series }: Series, ...kind: (typeof READ)[]): string {
  const sum = (...more: (typeof READ)[]) =>
    aggregate('sum', [], call('increase', over(series(REQUESTS, JOB, ...kind, ...more), '$__range')));
  const all = sum();
  const failed = group(operation(sum(FAILED), 'or', operation(all, '*', 0)));
  return operation('1', '-', operation(failed, '/', group(operation(all, '>', 0))));
}

export const apiServer: StandardBoard = {
  name: BOARD.apiServer,
  title: 'Kubernetes / API server',
  description: 'Availability, requests, errors, latency, queues and storage of the API servers.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'kubernetes',
  needs: ['kube-apiserver'],
  compose: (composer) => {
    const series = composer.choose(REQUESTS, choice(INSTANCE, 'Instance', 'API servers of the cluster.'));
    const number = (title: string, description: string, value: string) =>
      composer.number({ title, description, unit: 'percentunit', decimals: 3, thresholds: AVAILABILITY, value });
    const requests = (title: string, verbs: typeof READ) => ({
      title,
      panels: [
        composer.graph({
          title: `${title}: rate`,
          description: 'Requests per second, by status code.',
          unit: 'reqps',
          width: 8,
          stacked: true,
          lines: { '{{code}}': aggregate('sum', ['code'], series.rate(REQUESTS, JOB, verbs)) },
        }),
        composer.graph({
          title: `${title}: errors`,
          description: 'Share of the requests that the server failed to answer, by resource.',
          unit: 'percentunit',
          width: 8,
          lines: {
            '{{resource}}': operation(
              aggregate('sum', ['resource'], series.rate(REQUESTS, JOB, verbs, FAILED)),
              '/',
              aggregate('sum', ['resource'], series.rate(REQUESTS, JOB, verbs)),
            ),
          },
        }),
        composer.graph({
          title: `${title}: duration (p99)`,
          description: 'Time within which 99 % of the requests were answered, by resource. Watches and long calls are left out.',
          unit: 's',
          width: 8,
          thresholds: worseFrom(1, 5),
          lines: { '{{resource}}': series.quantile(0.99, ['resource'], DURATION, JOB, verbs) },
        }),
      ],
    });
    const queue = legend('name');
    const objects = (metric: string) => aggregate('max', ['resource'], series.series(metric));
    return {
      variables: series.variables,
      links: composer.boardLinks(['Cluster', BOARD.overview], ['Kubelet', BOARD.kubelet]),
      sections: [
        {
          title: 'Availability',
          panels: [
            number('Availability', 'Share of the requests in the time range that did not fail.', availability(series)),
            number('Reads available', 'Share of the reads in the time range that did not fail.', availability(series, READ)),
            number('Writes available', 'Share of the writes in the time range that did not fail.', availability(series, WRITE)),
            composer.number({
              title: 'API servers',
              description: 'API servers that answer. All of them should.',
              unit: 'short',
              thresholds: betterFrom(1, 1),
              value: aggregate('sum', [], series.series('up', JOB)),
            }),
            composer.number({
              title: 'In flight',
              description: 'Requests that are being worked on. At their limit others are refused with 429.',
              unit: 'short',
              value: aggregate('sum', [], series.series('apiserver_current_inflight_requests')),
            }),
            composer.number({
              title: 'APIs down',
              description: 'APIs of other servers, such as metrics.k8s.io, that do not answer.',
              unit: 'short',
              thresholds: worseFrom(1),
              value: aggregate('sum', [], series.series('aggregator_unavailable_apiservice')),
            }),
          ],
        },
        requests('Reads', READ),
        requests('Writes', WRITE),
        {
          title: 'Load',
          panels: [
            composer.graph({
              title: 'Requests by resource',
              description: 'The ten resources with most requests per second. One that stands out has a client in a loop.',
              unit: 'reqps',
              stacked: true,
              lines: {
                '{{resource}}': call(
                  'topk',
                  10,
                  aggregate('sum', ['resource'], series.rate(REQUESTS, JOB, isNot('resource', ''))),
                ),
              },
            }),
            composer.graph({
              title: 'In flight by kind',
              description: 'Requests that are being worked on, those that read and those that change something.',
              unit: 'short',
              lines: {
                '{{request_kind}}': aggregate('sum', ['request_kind'], series.series('apiserver_current_inflight_requests')),
              },
            }),
            composer.graph({
              title: 'Refused for load',
              description: 'Requests per second answered with 429, Too Many Requests, by resource.',
              unit: 'reqps',
              lines: { '{{resource}}': aggregate('sum', ['resource'], series.rate(REQUESTS, JOB, is('code', '429'))) },
            }),
            composer.graph({
              title: 'Terminated',
              description: 'Requests per second that the server gave up in self-defense.',
              unit: 'reqps',
              lines: { '{{verb}}': aggregate('sum', ['verb'], series.rate('apiserver_request_terminations_total')) },
            }),
          ],
        },
        {
          title: 'Storage',
          panels: [
            composer.bars({
              title: 'Objects',
              description: 'The fifteen resources with most objects in etcd.',
              unit: 'short',
              height: 11,
              bars: {
                '{{resource}}': call(
                  'sort_desc',
                  call('topk', 15, operation(objects('apiserver_resource_objects'), 'or', objects('apiserver_storage_objects'))),
                ),
              },
            }),
            composer.graph({
              title: 'Size of etcd',
              description: 'Bytes of the database. etcd refuses writes at its quota: 2 GiB unless set otherwise.',
              unit: 'bytes',
              height: 11,
              lines: { '{{instance}}': aggregate('max', [INSTANCE], series.series('apiserver_storage_size_bytes')) },
            }),
          ],
        },
        {
          title: 'Work queues',
          panels: [
            composer.graph({
              title: 'Added to queues',
              description: 'Tasks per second of the controllers inside the API server, by queue.',
              unit: 'ops',
              width: 8,
              lines: { [queue]: aggregate('sum', ['name'], series.rate('workqueue_adds_total', JOB)) },
            }),
            composer.graph({
              title: 'Depth of queues',
              description: 'Tasks that wait. A queue that only grows has a controller that is stuck.',
              unit: 'short',
              width: 8,
              lines: { [queue]: aggregate('sum', ['name'], series.series('workqueue_depth', JOB)) },
            }),
            composer.graph({
              title: 'Wait in queues (p99)',
              description: 'Time within which 99 % of the tasks were begun, by queue.',
              unit: 's',
              width: 8,
              lines: { [queue]: series.quantile(0.99, ['name'], 'workqueue_queue_duration_seconds', JOB) },
            }),
          ],
        },
        goProcess(composer, series, INSTANCE, JOB),
      ],
    };
  },
};
