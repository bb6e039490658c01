import { aggregate, call, is, operation } from '../../../query/expressions';
import { goProcess } from '../../blocks';
import { NODE } from '../../chain';
import { betterFrom, legend, worseFrom } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { StandardBoard } from '../../standard-board';
import { BOARD } from './names';

const JOB = is('job', 'kubelet');
const DAY = 24 * 3600;

export const kubelet: StandardBoard = {
  name: BOARD.kubelet,
  title: 'Kubernetes / Kubelet',
  description: 'What the kubelets run, how their container runtimes answer, and when their certificates end.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'kubernetes',
  needs: ['kubelet'],
  compose: (composer) => {
    const { node } = composer.labels;
    const kubelets = composer.choose('kubelet_running_pods', NODE);
    const { series, rate } = kubelets;
    const sum = (metric: string) => aggregate('sum', [], series(metric));
    const byNode = (expression: string) => ({ [legend(node)]: aggregate('sum', [node], expression) });
    const number = (title: string, description: string, value: string) =>
      composer.number({ title, description, unit: 'short', value });
    const desired = aggregate('sum', [], series('volume_manager_total_volumes', is('state', 'desired_state_of_world')));
    const actual = aggregate('sum', [], series('volume_manager_total_volumes', is('state', 'actual_state_of_world')));
    const operations = rate('kubelet_runtime_operations_total');
    const failures = rate('kubelet_runtime_operations_errors_total');
    const certificate = (title: string, metric: string) =>
      composer.graph({
        title,
        description: 'Time until the certificate ends. The kubelet renews it before; one that keeps falling is not renewed.',
        unit: 's',
        thresholds: betterFrom(DAY, 7 * DAY),
        signed: true,
        lines: { [legend(node)]: aggregate('min', [node], operation(series(metric), '<', '+Inf')) },
      });
    return {
      variables: kubelets.variables,
      links: composer.boardLinks(['Cluster', BOARD.overview], ['Node', BOARD.nodePods]),
      sections: [
        {
          title: 'State',
          panels: [
            composer.number({
              title: 'Kubelets',
              description: 'Kubelets that answer. A missing one is a node that nothing is known of.',
              unit: 'short',
              thresholds: betterFrom(1, 1),
              value: aggregate('sum', [], series('up', JOB)),
            }),
            number('Running pods', 'Pods that the kubelets run.', sum('kubelet_running_pods')),
            number(
              'Running containers',
              'Containers that the kubelets run.',
              aggregate('sum', [], series('kubelet_running_containers', is('container_state', 'running'))),
            ),
            number('Volumes wanted', 'Volumes that pods on the nodes ask for.', desired),
            number('Volumes mounted', 'Volumes that are mounted. Fewer than wanted for long: pods wait for them.', actual),
            composer.number({
              title: 'Evictions',
              description: 'Pods that nodes put out in the time range, because memory or disk ran out.',
              unit: 'short',
              thresholds: worseFrom(1),
              value: call('round', aggregate('sum', [], kubelets.increase('kubelet_evictions'))),
            }),
            composer.graph({
              title: 'Pods by node',
              description: 'Pods that each kubelet runs. 110 is the limit unless set otherwise.',
              unit: 'short',
              lines: byNode(series('kubelet_running_pods')),
            }),
            composer.graph({
              title: 'Containers by state',
              description: 'Containers of all nodes. Many that exited are left behind by pods that start again and again.',
              unit: 'short',
              stacked: true,
              lines: { '{{container_state}}': aggregate('sum', ['container_state'], series('kubelet_running_containers')) },
            }),
          ],
        },
        {
          title: 'Container runtime',
          panels: [
            composer.graph({
              title: 'Operations',
              description: 'Calls per second to the container runtime, by operation.',
              unit: 'ops',
              stacked: true,
              lines: { '{{operation_type}}': aggregate('sum', ['operation_type'], operations) },
            }),
            composer.graph({
              title: 'Failed operations',
              description: 'Share of the calls to the container runtime that failed, by operation.',
              unit: 'percentunit',
              lines: {
                '{{operation_type}}': operation(
                  aggregate('sum', ['operation_type'], failures),
                  '/',
                  aggregate('sum', ['operation_type'], operations),
                ),
              },
            }),
          ],
        },
        {
          title: 'Pods',
          panels: [
            composer.graph({
              title: 'Changes of pods: duration (p99)',
              description: 'Time within which 99 % of the changes of pods were carried out: start, sync, kill.',
              unit: 's',
              width: 8,
              thresholds: worseFrom(60),
              lines: {
                '{{operation_type}}': kubelets.quantile(0.99, ['operation_type'], 'kubelet_pod_worker_duration_seconds'),
              },
            }),
            composer.graph({
              title: 'Relists (p99)',
              description: 'Time to list all containers, which happens every second. Above 10 s pods are looked after too late.',
              unit: 's',
              width: 8,
              thresholds: worseFrom(3, 10),
              lines: { [legend(node)]: kubelets.quantile(0.99, [node], 'kubelet_pleg_relist_duration_seconds') },
            }),
            composer.graph({
              title: 'Relists',
              description: 'Relists per second and node: about one. Fewer means that relisting takes too long.',
              unit: 'ops',
              width: 8,
              lines: byNode(rate('kubelet_pleg_relist_duration_seconds_count')),
            }),
          ],
        },
        {
          title: 'Volumes and evictions',
          panels: [
            composer.graph({
              title: 'Volumes by plugin',
              description: 'Volumes that are mounted, by the plugin that does it.',
              unit: 'short',
              stacked: true,
              lines: {
                '{{plugin_name}}': aggregate(
                  'sum',
                  ['plugin_name'],
                  series('volume_manager_total_volumes', is('state', 'actual_state_of_world')),
                ),
              },
            }),
            composer.graph({
              title: 'Evictions by reason',
              description: 'Pods put out per second, by the signal that ran short.',
              unit: 'ops',
              lines: { '{{eviction_signal}}': aggregate('sum', ['eviction_signal'], rate('kubelet_evictions')) },
            }),
          ],
        },
        {
          title: 'Certificates',
          panels: [
            certificate('Client certificate', 'kubelet_certificate_manager_client_ttl_seconds'),
            certificate('Server certificate', 'kubelet_certificate_manager_server_ttl_seconds'),
          ],
        },
        goProcess(composer, kubelets, node, JOB),
      ],
    };
  },
};
