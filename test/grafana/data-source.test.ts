import { Duration } from 'cdk8s';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { DataSource, ThanosResolution } from '../../src/grafana/data-source';
import { dataSourceProblems, dataSourceSecrets, dataSourcesFile } from '../../src/grafana/data-source-config';
import { FromEnvironment, provisioningYaml } from '../../src/grafana/provisioning-yaml';
import { checkLogQl } from '../../src/query/logql';
import { checkPromQl } from '../../src/query/promql';
import { DataLabels } from '../../src/settings/data-labels';
import { Endpoint, EndpointProtocol } from '../../src/settings/endpoint';
import { SecretKey } from '../../src/settings/secret-key';

const at = (host: string, port: number, protocol = EndpointProtocol.HTTP) => Endpoint.external({ host, port, protocol });

const PROMETHEUS = { endpoint: at('prometheus.example', 9090) };
const THANOS = { endpoint: at('thanos.example', 10902) };
const LOKI = { endpoint: at('loki.example', 3100) };
const MYSQL = {
  endpoint: at('mysql.example', 3306, EndpointProtocol.TCP),
  database: 'messages',
  user: 'grafana',
  password: SecretKey.of('mysql', 'password'),
};

const CONTEXT = { labels: new DataLabels(), scrapeInterval: Duration.seconds(30) };

const fileOf = (...sources: DataSource[]) =>
  dataSourcesFile(
    sources.map(({ _settings }) => _settings),
    CONTEXT,
  );

const problemsOf = (...sources: DataSource[]) => dataSourceProblems(sources.map(({ _settings }) => _settings));

const readBack = (...sources: DataSource[]) =>
  (
    load(provisioningYaml(fileOf(...sources))) as {
      datasources: { uid: string; isDefault: boolean; jsonData: Record<string, unknown> }[];
    }
  ).datasources;

describe('the file of data sources', () => {
  it('has the four of the reference stack, linked with each other', () => {
    const file = fileOf(
      DataSource.loki(LOKI),
      DataSource.prometheus(PROMETHEUS),
      DataSource.thanos(THANOS),
      DataSource.mysql(MYSQL),
    );
    const logs = {
      targetUID: 'loki',
      label: 'Logs of this pod',
      description: 'Log lines with the same namespace and pod',
      config: {
        type: 'query',
        field: 'pod',
        target: { expr: '{namespace="${namespace}", pod="${pod}"}', queryType: 'range', editorMode: 'code' },
      },
    };
    expect(file).toEqual({
      apiVersion: 1,
      prune: true,
      datasources: [
        {
          name: 'Loki',
          uid: 'loki',
          type: 'loki',
          access: 'proxy',
          url: 'http://loki.example:3100',
          isDefault: false,
          editable: false,
          jsonData: { maxLines: 1000 },
          correlations: [
            {
              targetUID: 'prometheus',
              label: 'Metrics of this pod',
              description: 'Memory of the containers with the same namespace and pod',
              config: {
                type: 'query',
                field: 'Line',
                target: {
                  expr: 'sum by (container) (container_memory_working_set_bytes{namespace="${__labels.tags.namespace}", pod="${__labels.tags.pod}", container!=""})',
                  range: true,
                  instant: false,
                  editorMode: 'code',
                },
              },
            },
          ],
        },
        {
          name: 'Prometheus',
          uid: 'prometheus',
          type: 'prometheus',
          access: 'proxy',
          url: 'http://prometheus.example:9090',
          isDefault: true,
          editable: false,
          jsonData: { httpMethod: 'POST', prometheusType: 'Prometheus', timeInterval: '30s' },
          correlations: [logs],
        },
        {
          name: 'Thanos',
          uid: 'thanos',
          type: 'prometheus',
          access: 'proxy',
          url: 'http://thanos.example:10902',
          isDefault: false,
          editable: false,
          jsonData: {
            httpMethod: 'POST',
            prometheusType: 'Thanos',
            customQueryParameters: 'max_source_resolution=auto',
            timeInterval: '30s',
          },
          correlations: [logs],
        },
        {
          name: 'MySQL',
          uid: 'mysql',
          type: 'mysql',
          access: 'proxy',
          url: 'mysql.example:3306',
          user: 'grafana',
          isDefault: false,
          editable: false,
          jsonData: {
            database: 'messages',
            maxOpenConns: 10,
            maxIdleConns: 10,
            maxIdleConnsAuto: false,
            connMaxLifetime: 14400,
          },
          secureJsonData: { password: new FromEnvironment('DATASOURCE_MYSQL_PASSWORD') },
        },
      ],
    });
  });

  it('links with queries that parse', () => {
    const queries = JSON.stringify(fileOf(DataSource.loki(LOKI), DataSource.prometheus(PROMETHEUS)), (key, value) =>
      key === 'expr' ? `expr ${value}` : value,
    ).match(/expr (?:[^"\\]|\\.)*/g);
    const [ofMetrics, ofLogs] = (queries ?? []).map((query) => String(JSON.parse(`"${query}"`)).slice('expr '.length));
    expect(checkPromQl(ofMetrics)).toEqual([]);
    expect(checkLogQl(ofLogs)).toEqual([]);
  });

  it('keeps the placeholders of links', () => {
    const text = provisioningYaml(fileOf(DataSource.loki(LOKI), DataSource.prometheus(PROMETHEUS)));
    expect(text).toContain('expr: \'{namespace="$${namespace}", pod="$${pod}"}\'');
  });

  it('links by renamed labels', () => {
    const labels = new DataLabels({ namespace: 'ns', pod: 'pod_name', container: 'box' });
    const [loki, prometheus] = [DataSource.loki(LOKI), DataSource.prometheus(PROMETHEUS)].map(({ _settings }) => _settings);
    const text = JSON.stringify(dataSourcesFile([loki, prometheus], { ...CONTEXT, labels }));
    expect(text).toContain('{ns=\\"${ns}\\", pod_name=\\"${pod_name}\\"}');
    expect(text).toContain('sum by (box) (container_memory_working_set_bytes{ns=\\"${__labels.tags.ns}\\", pod_name=');
    expect(text).not.toContain('"namespace');
  });

  it('asks for the downsampled data of the long term, in steps that it has', () => {
    expect(fileOf(DataSource.thanosLongTerm(THANOS)).datasources).toEqual([
      {
        name: 'Thanos (long term)',
        uid: 'thanos-long-term',
        type: 'prometheus',
        access: 'proxy',
        url: 'http://thanos.example:10902',
        isDefault: true,
        editable: false,
        jsonData: {
          httpMethod: 'POST',
          prometheusType: 'Thanos',
          customQueryParameters: 'max_source_resolution=1h',
          timeInterval: '3600s',
        },
      },
    ]);
  });

  it.each([
    [ThanosResolution.RAW, 'max_source_resolution=0s', '30s'],
    [ThanosResolution.FIVE_MINUTES, 'max_source_resolution=5m', '300s'],
  ])('asks Thanos for the resolution %s', (maxSourceResolution, customQueryParameters, timeInterval) => {
    expect(fileOf(DataSource.thanos({ ...THANOS, maxSourceResolution })).datasources).toMatchObject([
      { jsonData: { customQueryParameters, timeInterval } },
    ]);
  });

  it('takes the interval of a data source before that of the stack, and never one below a fixed resolution', () => {
    const intervalOf = (source: DataSource) => readBack(source)[0].jsonData.timeInterval;
    const scrapeInterval = Duration.minutes(1);
    expect(intervalOf(DataSource.prometheus({ ...PROMETHEUS, scrapeInterval }))).toBe('60s');
    expect(intervalOf(DataSource.prometheus({ ...PROMETHEUS, scrapeInterval: Duration.millis(1500) }))).toBe('1.5s');
    expect(intervalOf(DataSource.thanos({ ...THANOS, scrapeInterval }))).toBe('60s');
    expect(intervalOf(DataSource.thanosLongTerm({ ...THANOS, scrapeInterval }))).toBe('3600s');
    expect(intervalOf(DataSource.thanosLongTerm({ ...THANOS, scrapeInterval: Duration.hours(2) }))).toBe('7200s');
  });

  it('leads from a line to its trace when there are traces', () => {
    const loki = DataSource.loki({ ...LOKI, traceIdField: 'trace.id' });
    expect(JSON.stringify(fileOf(loki))).not.toContain('derivedFields');
    expect(fileOf(loki, DataSource.tempo({ endpoint: at('tempo.example', 3200) })).datasources).toMatchObject([
      {
        jsonData: {
          derivedFields: [
            {
              name: 'trace.id',
              matcherType: 'label',
              matcherRegex: '^trace\\.id$',
              datasourceUid: 'tempo',
              url: '${__value.raw}',
              urlDisplayLabel: 'Trace',
            },
          ],
        },
      },
      { uid: 'tempo', type: 'tempo' },
    ]);
  });

  it.each([
    ['jaeger', DataSource.jaeger({ endpoint: at('jaeger.example', 16686) })],
    ['zipkin', DataSource.zipkin({ endpoint: at('zipkin.example', 9411) })],
  ])('knows traces in %s', (type, traces) => {
    expect(fileOf(DataSource.loki(LOKI), traces).datasources).toMatchObject([
      { jsonData: { derivedFields: [{ name: 'traceId', datasourceUid: type }] } },
      { uid: type, type },
    ]);
  });

  it('knows Alertmanager', () => {
    expect(fileOf(DataSource.alertmanager({ endpoint: at('alertmanager.example', 9093) })).datasources).toMatchObject([
      { uid: 'alertmanager', type: 'alertmanager', isDefault: false, jsonData: { implementation: 'prometheus' } },
    ]);
  });

  it('logs in, trusts an authority and names the tenant', () => {
    const source = DataSource.loki({
      endpoint: at('loki.example', 443, EndpointProtocol.HTTPS),
      uid: 'loki-eu',
      name: 'Loki EU',
      tenant: 'team-a|team-b',
      maxLines: 5000,
      basicAuthentication: { user: 'reader', password: SecretKey.of('loki', 'password') },
      certificateAuthority: SecretKey.of('authority', 'ca.crt'),
    });
    expect(fileOf(source).datasources).toEqual([
      {
        name: 'Loki EU',
        uid: 'loki-eu',
        type: 'loki',
        access: 'proxy',
        url: 'https://loki.example:443',
        basicAuth: true,
        basicAuthUser: 'reader',
        isDefault: false,
        editable: false,
        jsonData: { maxLines: 5000, httpHeaderName1: 'X-Scope-OrgID', tlsAuthWithCACert: true },
        secureJsonData: {
          basicAuthPassword: new FromEnvironment('DATASOURCE_LOKI_EU_PASSWORD'),
          tlsCACert: new FromEnvironment('DATASOURCE_LOKI_EU_CA'),
          httpHeaderValue1: 'team-a|team-b',
        },
      },
    ]);
    expect(dataSourceSecrets(source._settings)).toEqual([
      { variable: 'DATASOURCE_LOKI_EU_PASSWORD', secret: SecretKey.of('loki', 'password') },
      { variable: 'DATASOURCE_LOKI_EU_CA', secret: SecretKey.of('authority', 'ca.crt') },
    ]);
  });

  it('has the chosen default, else the first data source of metrics', () => {
    const defaults = (...sources: DataSource[]) =>
      readBack(...sources)
        .filter(({ isDefault }) => isDefault)
        .map(({ uid }) => uid);
    const prometheus = DataSource.prometheus(PROMETHEUS);
    const thanos = DataSource.thanos(THANOS);
    expect(defaults(DataSource.loki(LOKI), thanos, prometheus)).toEqual(['thanos']);
    expect(defaults(prometheus, DataSource.loki({ ...LOKI, isDefault: true }))).toEqual(['loki']);
    expect(defaults(DataSource.prometheus({ ...PROMETHEUS, isDefault: false }), thanos)).toEqual(['thanos']);
    expect(defaults(DataSource.loki(LOKI))).toEqual([]);
  });
});

describe('problems of data sources', () => {
  it('has none with the reference stack', () => {
    expect(
      problemsOf(
        DataSource.prometheus(PROMETHEUS),
        DataSource.thanos(THANOS),
        DataSource.thanosLongTerm(THANOS),
        DataSource.loki(LOKI),
        DataSource.mysql(MYSQL),
      ),
    ).toEqual([]);
  });

  it('has none with a default, a tenant, TLS and the least interval', () => {
    expect(
      problemsOf(
        DataSource.prometheus({ ...PROMETHEUS, isDefault: true, scrapeInterval: Duration.seconds(1) }),
        DataSource.loki({ endpoint: at('loki.example', 443, EndpointProtocol.HTTPS), tenant: 'team-a|team-b' }),
      ),
    ).toEqual([]);
  });

  it.each(['', 'a/b', 'a'.repeat(151)])('refuses the tenant %j', (tenant) => {
    expect(problemsOf(DataSource.loki({ ...LOKI, tenant }))).toEqual([
      expect.stringContaining(`tenant is ${JSON.stringify(tenant)}; allowed are 1 to 150 letters`),
    ]);
  });

  it('names uids and names that are there twice, and two defaults', () => {
    expect(
      problemsOf(
        DataSource.prometheus({ ...PROMETHEUS, isDefault: true }),
        DataSource.prometheus({ ...PROMETHEUS, isDefault: true }),
      ),
    ).toEqual([
      'dataSources has uid "prometheus" more than once; allowed is one of each: give one another uid',
      'dataSources has name "Prometheus" more than once; allowed is one of each, because Grafana finds data sources by name when it starts: give one another name',
      'dataSources has 2 defaults, "Prometheus" and "Prometheus"; allowed is one: take isDefault from the others',
    ]);
  });

  it('names uids whose variables would be the same', () => {
    const [problem, ...others] = problemsOf(
      DataSource.loki({ ...LOKI, uid: 'a-b', name: 'A' }),
      DataSource.loki({ ...LOKI, uid: 'A_b', name: 'B' }),
    );
    expect(problem).toContain('dataSources have the uids "a-b", "A_b"; allowed are uids that differ by more than case');
    expect(others).toEqual([]);
  });

  it('names every wrong property', () => {
    const text = problemsOf(
      DataSource.loki({ ...LOKI, uid: 'a b', name: ' ', tenant: 'a\nb', maxLines: 0 }),
      DataSource.prometheus({ endpoint: at('http://x', 1, EndpointProtocol.GRPC), scrapeInterval: Duration.millis(5) }),
      DataSource.mysql({
        ...MYSQL,
        endpoint: at('mysql.example', 3306),
        database: '',
        user: '',
        maxConnections: 1.5,
        timezone: "'; DROP",
      }),
    ).join('\n');
    expect(text.split('\n')).toEqual([
      'dataSources " ": maxLines is 0; allowed are whole numbers from 1: correct it',
      'dataSources " ": uid is "a b"; allowed are 1 to 40 letters, digits, "-" and "_": choose another uid',
      'dataSources " ": name is " "; allowed is a text that is not empty: give the data source a name',
      'dataSources " ": tenant is "a\\nb"; allowed are 1 to 150 letters, digits and "!-_.*\'()", joined by "|": correct the tenant',
      'dataSources "Prometheus": scrapeInterval is 5 ms; allowed is at least 1 s: raise it',
      'dataSources "Prometheus": endpoint speaks grpc; allowed are http and https: give the endpoint of its HTTP interface',
      'dataSources "Prometheus": endpoint.host is "http://x"; allowed is a host name or address, without scheme, port or path: correct the host',
      'dataSources "MySQL": maxConnections is 1.5; allowed are whole numbers from 1: correct it',
      'dataSources "MySQL": database is ""; allowed is a text that is not empty: name the database',
      'dataSources "MySQL": timezone is "\'; DROP"; allowed are an offset such as "+09:00" and a name: correct it',
      'dataSources "MySQL": user is ""; allowed is a text that is not empty: name the user',
      'dataSources "MySQL": endpoint speaks http; allowed is tcp: use EndpointProtocol.TCP',
    ]);
  });

  it('accepts a time zone', () => {
    expect(problemsOf(DataSource.mysql({ ...MYSQL, timezone: '+09:00', maxConnections: 3 }))).toEqual([]);
    expect(fileOf(DataSource.mysql({ ...MYSQL, timezone: '+09:00', maxConnections: 3 })).datasources).toMatchObject([
      { jsonData: { timezone: '+09:00', maxOpenConns: 3, maxIdleConns: 3 } },
    ]);
  });
});
