import { group, operation } from '../../../query/expressions';
import { betterFrom, legend, worseFrom } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { StandardBoard } from '../../standard-board';
import { line, panelsOf, sum, sumOfEach } from '../panels-in-lines';
import { INSTANCE } from './exporters';

export const nginx: StandardBoard = {
  name: 'nginx-overview',
  title: 'nginx / Overview',
  description: 'Connections and requests of nginx, from nginx-prometheus-exporter.',
  layer: DashboardLayer.MIDDLEWARE,
  topic: 'gateways',
  needs: ['nginx-prometheus-exporter'],
  compose: (composer) => {
    const chosen = composer.choose('nginx_up', INSTANCE);
    const { series, rate } = chosen;
    const { graph, number } = panelsOf(composer);
    const by = 'instance';
    const lost = (...labels: string[]) =>
      operation(sum(rate('nginx_connections_accepted'), ...labels), '-', sum(rate('nginx_connections_handled'), ...labels));
    const perConnection = operation(
      sum(rate('nginx_http_requests_total'), by),
      '/',
      group(operation(sum(rate('nginx_connections_handled'), by), '>', 0)),
    );
    return {
      variables: chosen.variables,
      sections: [
        {
          title: 'State',
          panels: [
            ...line(
              number('Up', 'short', sum(series('nginx_up')), 'Servers that the exporter reaches.', {
                thresholds: betterFrom(1, 1),
              }),
              number('Requests/s', 'short', sum(rate('nginx_http_requests_total')), 'Requests that are answered.', {
                decimals: 1,
              }),
              number(
                'Active connections',
                'short',
                sum(series('nginx_connections_active')),
                'Connections of clients, idle ones too.',
              ),
              number(
                'Lost connections/s',
                'short',
                lost(),
                'Connections that were accepted and then closed, as worker_connections is reached.',
                { decimals: 2, thresholds: worseFrom(0.01) },
              ),
              number(
                'Unreachable',
                'short',
                sum(operation(series('nginx_up'), '== bool', 0)),
                'Servers that the exporter does not reach.',
                { thresholds: worseFrom(1) },
              ),
            ),
            ...line(
              graph(
                'Requests',
                'reqps',
                sumOfEach(rate('nginx_http_requests_total'), by),
                'Requests per second. The open nginx says nothing of their outcome: logs do.',
                { stacked: true },
              ),
              graph(
                'Connections by state',
                'short',
                {
                  reading: sum(series('nginx_connections_reading')),
                  writing: sum(series('nginx_connections_writing')),
                  waiting: sum(series('nginx_connections_waiting')),
                },
                'What connections do: send a request, get an answer, or idle. Many that write: what is behind is slow.',
                { stacked: true },
              ),
            ),
          ],
        },
        {
          title: 'Connections',
          panels: line(
            graph('Accepted', 'ops', sumOfEach(rate('nginx_connections_accepted'), by), 'Connections per second.'),
            graph(
              'Lost',
              'ops',
              { [legend(by)]: lost(by) },
              'Connections per second that were accepted and then closed, as worker_connections is reached.',
              { thresholds: worseFrom(0.01) },
            ),
            graph(
              'Requests of a connection',
              'short',
              { [legend(by)]: perConnection },
              'How often clients use a connection. About one: keep-alive is off, and each request pays for a new one.',
            ),
          ),
        },
      ],
    };
  },
};
