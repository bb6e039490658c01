import type { Construct } from 'constructs';
import { Elasticsearch, type ElasticsearchProps } from '../elastic/elasticsearch';
import { FluentBit, type FluentBitOptions } from '../elastic/fluent-bit';
import { Fluentd, type FluentdOptions } from '../elastic/fluentd';
import { Kibana, type KibanaOptions } from '../elastic/kibana';

/** Logs in Elasticsearch, in place of Loki or beside it. */
export interface ElasticStackOptions {
  /** Where lines are kept. */
  readonly elasticsearch: ElasticsearchProps;
  /** Where people search them. @default - no Kibana */
  readonly kibana?: KibanaOptions;
  /** The agent on every node. @default - none; give this or `fluentBit` */
  readonly fluentd?: FluentdOptions;
  /** The lighter agent on every node. @default - none; give this or `fluentd` */
  readonly fluentBit?: FluentBitOptions;
}

/** Makes Elasticsearch and what goes with it. */
export function elasticStack(scope: Construct, { kibana, fluentd, fluentBit, ...options }: ElasticStackOptions): Elasticsearch {
  const elasticsearch = new Elasticsearch(scope, 'elasticsearch', options.elasticsearch);
  if (kibana) {
    new Kibana(scope, 'kibana', { ...kibana, elasticsearch });
  }
  if (fluentd) {
    new Fluentd(scope, 'fluentd', { ...fluentd, elasticsearch });
  }
  if (fluentBit) {
    new FluentBit(scope, 'fluent-bit', { ...fluentBit, elasticsearch });
  }
  return elasticsearch;
}

/** What is wrong with the choice of agents. */
export const elasticProblems = (options: ElasticStackOptions | undefined): string[] =>
  options?.fluentd && options.fluentBit
    ? ['elastic has fluentd and fluentBit; allowed is one of them, because each sends every line: leave one out']
    : [];
