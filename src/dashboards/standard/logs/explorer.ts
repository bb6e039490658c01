import { call, isChosen, type Matcher, matches, over, selector } from '../../../query/expressions';
import { legend, worseFrom } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import { filtered, DETECTED_LEVEL as LEVEL, levelColors } from '../../logs-board';
import type { StandardBoard } from '../../standard-board';
import { textVariable } from '../../variables';
import { sum } from '../panels-in-lines';

const ERRORS = matches(LEVEL, 'error|fatal|critical');

export const logsExplorer: StandardBoard = {
  name: 'logs-explorer',
  title: 'Logs / Explorer',
  description:
    'How much everything in a cluster logs, at which level, and the lines, narrowed down by service, pod, level and text.',
  layer: DashboardLayer.APPLICATION,
  topic: 'logs',
  needs: [],
  asksLoki: true,
  compose: (composer) => {
    const { namespace, app, pod } = composer.labels;
    const { logs } = composer;
    const { scope } = logs;
    const streams = selector('', [...scope.matchers, isChosen(app, '$app')]);
    const chosen = [isChosen(pod, '$pod'), isChosen(LEVEL, '$level')];
    const lines = (...further: Matcher[]) => filtered(streams, [...chosen, ...further]);
    const of = (measure: 'count_over_time' | 'bytes_over_time', window: string, expression: string, ...by: string[]) =>
      sum(call(measure, over(`${expression} `, window)), ...by);
    const most = (
      title: string,
      unit: string,
      description: string,
      by: string,
      measure: 'count_over_time' | 'bytes_over_time',
      ...further: Matcher[]
    ) =>
      logs.bars({
        title,
        unit,
        description,
        width: 8,
        height: 6,
        bars: { [legend(by)]: call('topk', 10, of(measure, '$__range', lines(...further), by)) },
      });
    return {
      variables: [
        ...scope.variables,
        logs.choice('app', 'Service', 'Services that log in the chosen namespaces.', app),
        textVariable('pod', 'Pod', 'Regular expression for the name of the pod.', '.*'),
        textVariable('level', 'Level', 'Regular expression for the level: `error|warn`.', '.*'),
        textVariable('search', 'Search', 'Regular expression that the line must contain, whatever its case.', ''),
      ],
      links: composer.boardLinks(['Cost', 'monitoring-cost'], ['Pods', 'kubernetes-pods']),
      sections: [
        {
          title: 'Volume',
          panels: [
            logs.number({
              title: 'Lines',
              description: 'Lines in the time range that pass all filters.',
              unit: 'short',
              height: 6,
              value: of('count_over_time', '$__range', lines()),
            }),
            logs.number({
              title: 'Bytes',
              description: 'Bytes of these lines.',
              unit: 'bytes',
              height: 6,
              value: of('bytes_over_time', '$__range', lines()),
            }),
            logs.number({
              title: 'Errors',
              description: 'Lines at an error level.',
              unit: 'short',
              thresholds: worseFrom(1),
              height: 6,
              value: of('count_over_time', '$__range', lines(ERRORS)),
            }),
            logs.graph({
              title: 'Lines by level',
              description: 'Lines per step of the graph, by the level that Loki reads in them.',
              unit: 'short',
              width: 12,
              height: 6,
              bars: true,
              stacked: true,
              overrides: levelColors(),
              lines: { [legend(LEVEL)]: of('count_over_time', '$__auto', lines(), LEVEL) },
            }),
            most(
              'Lines by namespace',
              'short',
              'The ten namespaces with most lines in the time range.',
              namespace,
              'count_over_time',
            ),
            most(
              'Bytes by service',
              'bytes',
              'The ten services with most bytes in the time range: what storage is spent on.',
              app,
              'bytes_over_time',
            ),
            most(
              'Errors by service',
              'short',
              'The ten services with most lines at an error level in the time range.',
              app,
              'count_over_time',
              ERRORS,
            ),
          ],
        },
        {
          title: 'Lines',
          panels: [
            logs.lines(
              {
                title: 'Log lines',
                description: 'Newest lines first. Open a line to see its fields.',
                unit: 'none',
                width: 24,
                height: 16,
              },
              lines(),
            ),
          ],
        },
      ],
    };
  },
};
