/** Settings of the exporter with nothing left open. */
export interface ElasticsearchExporterSettings {
  readonly elasticsearchUrl: string;
  readonly indexMetrics: boolean;
  readonly port: number;
}

/** Where the certificate authority of Elasticsearch is. */
export const CERTIFICATES_DIRECTORY = '/mnt/certs';

/** Names that the exporter reads (main.go); the URL would carry them into its arguments, which anybody on the node may read. */
export const USER_VARIABLE = 'ES_USERNAME';
export const PASSWORD_VARIABLE = 'ES_PASSWORD';

/**
 * Arguments of elasticsearch_exporter. It asks at each scrape, so only what alerts and boards read is on: the health report would be
 * computed anew each time, and snapshots, mappings and data streams are none of the stack's.
 */
export const exporterArguments = ({ elasticsearchUrl, indexMetrics, port }: ElasticsearchExporterSettings): string[] => [
  `--es.uri=${elasticsearchUrl}`,
  `--es.ca=${CERTIFICATES_DIRECTORY}/ca.crt`,
  // Else of the one node that the Service led to.
  '--es.all',
  ...(indexMetrics ? ['--es.indices', '--no-es.aliases'] : []),
  // The limit of shards.
  '--collector.clustersettings',
  // Whether old indices are deleted.
  '--collector.ilm',
  `--web.listen-address=:${port}`,
];
