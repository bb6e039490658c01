import type { Chart } from 'cdk8s';
import { Elasticsearch, type ElasticsearchProps } from '../../src/elastic/elasticsearch';
import { SecretKey } from '../../src/settings/secret-key';

/** The least that Elasticsearch needs. */
export const MINIMAL: ElasticsearchProps = {
  certificate: {
    certificate: SecretKey.of('elasticsearch-tls', 'tls.crt'),
    privateKey: SecretKey.of('elasticsearch-tls', 'tls.key'),
    certificateAuthority: SecretKey.of('elasticsearch-tls', 'ca.crt'),
  },
  passwords: {
    elastic: SecretKey.of('elastic', 'elastic'),
    kibana: SecretKey.of('elastic', 'kibana'),
    writer: SecretKey.of('elastic', 'writer'),
  },
};

/** With the password that the exporter needs, so that a stack can watch it. */
export const WATCHED: ElasticsearchProps = {
  ...MINIMAL,
  passwords: { ...MINIMAL.passwords, exporter: SecretKey.of('elastic', 'exporter') },
};

/** An Elasticsearch of a chart, for what reads or writes there. */
export const elasticsearchIn = (chart: Chart) => new Elasticsearch(chart, 'elasticsearch', MINIMAL);
