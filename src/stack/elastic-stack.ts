import type { Construct } from 'constructs';
import { Elasticsearch, type ElasticsearchProps } from '../elastic/elasticsearch';
import { ElasticsearchExporter, type ElasticsearchExporterOptions } from '../elastic/elasticsearch-exporter';
import { FluentBit, type FluentBitOptions } from '../elastic/fluent-bit';
import { Fluentd, type FluentdOptions } from '../elastic/fluentd';
import { Kibana, type KibanaOptions } from '../elastic/kibana';

/** The metrics of Elasticsearch. */
export interface ElasticsearchExporterStackOptions extends ElasticsearchExporterOptions {
  /** Whether it runs. Alerts about Elasticsearch and its board need it. @default true */
  readonly enabled?: boolean;
}

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
  /**
   * What makes metrics of Elasticsearch; it logs in with `elasticsearch.passwords.exporter`. @default - runs if Prometheus does
   */
  readonly exporter?: ElasticsearchExporterStackOptions;
}

/** Elasticsearch and what goes with it. */
export class ElasticStack {
  readonly elasticsearch: Elasticsearch | undefined;
  readonly exporter: ElasticsearchExporter | undefined;

  constructor(scope: Construct, options: ElasticStackOptions | undefined, hasPrometheus: boolean) {
    if (options === undefined) {
      return;
    }
    const { kibana, fluentd, fluentBit } = options;
    const elasticsearch = new Elasticsearch(scope, 'elasticsearch', options.elasticsearch);
    this.elasticsearch = elasticsearch;
    if (kibana) {
      new Kibana(scope, 'kibana', { ...kibana, elasticsearch });
    }
    if (fluentd) {
      new Fluentd(scope, 'fluentd', { ...fluentd, elasticsearch });
    }
    if (fluentBit) {
      new FluentBit(scope, 'fluent-bit', { ...fluentBit, elasticsearch });
    }
    const { enabled = true, ...exporter } = options.exporter ?? {};
    if (hasPrometheus && enabled && options.elasticsearch.passwords.exporter) {
      this.exporter = new ElasticsearchExporter(scope, 'elasticsearch-exporter', { ...exporter, elasticsearch });
    }
  }
}

/** What is wrong with the choice of agents, and with that of metrics. */
export function elasticProblems(options: ElasticStackOptions | undefined, hasPrometheus: boolean): string[] {
  if (options === undefined) {
    return [];
  }
  const { elasticsearch, exporter, fluentd, fluentBit } = options;
  return [
    ...(fluentd && fluentBit
      ? ['elastic has fluentd and fluentBit; allowed is one of them, because each sends every line: leave one out']
      : []),
    ...(hasPrometheus && (exporter?.enabled ?? true) && elasticsearch.passwords.exporter === undefined
      ? [
          'elastic.elasticsearch.passwords.exporter is not given beside prometheus; allowed is a password with which metrics of Elasticsearch are read: give it, or `exporter: { enabled: false }`',
        ]
      : []),
    ...(!hasPrometheus && exporter
      ? [
          'elastic.exporter is given without prometheus; allowed is it where somebody scrapes it: leave it out, or give `prometheus`',
        ]
      : []),
  ];
}
