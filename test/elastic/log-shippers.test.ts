import { type Chart, Duration, Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { indexTemplate, writerRole } from '../../src/elastic/elasticsearch-config';
import { FluentBit, type FluentBitOptions } from '../../src/elastic/fluent-bit';
import { fluentBitConfig } from '../../src/elastic/fluent-bit-config';
import { Fluentd, type FluentdOptions } from '../../src/elastic/fluentd';
import { fluentdConfig } from '../../src/elastic/fluentd-config';
import { FluentdVariable, toFluentdSyntax } from '../../src/elastic/fluentd-syntax';
import { Access } from '../../src/settings/access';
import { Retention } from '../../src/settings/retention';
import { EVERY_WORKLOAD_OPTION, expectEveryPropToMatter, manifestOf, synthesisError, synthesize } from '../support/constructs';
import { elasticsearchIn } from './elastic';

const EVERY_PROP: Required<FluentdOptions & FluentBitOptions> = {
  ...EVERY_WORKLOAD_OPTION,
  storagePath: '/mnt/disk/logs',
  bufferLimit: Size.gibibytes(1),
  flushInterval: Duration.seconds(30),
};

const SETTINGS = {
  destination: { host: 'es', port: 9200, user: 'log-writer', indexPrefix: 'kubernetes' },
  flushInterval: Duration.seconds(5),
  bufferLimit: Size.gibibytes(5),
  ownName: 'monitoring-agent',
};

const AGENTS = [
  [
    'Fluentd',
    (chart: Chart, props: FluentdOptions) => new Fluentd(chart, 'agent', { ...props, elasticsearch: elasticsearchIn(chart) }),
  ],
  [
    'FluentBit',
    (chart: Chart, props: FluentBitOptions) => new FluentBit(chart, 'agent', { ...props, elasticsearch: elasticsearchIn(chart) }),
  ],
] as const;

describe("Fluentd's configuration", () => {
  it('quotes every text so that nothing in it is code', () => {
    const parameters = {
      a: `it's \\d #{ENV['HOME']} "x" # no comment`,
      b: 5,
      c: true,
      d: ['x"y'],
      e: new FluentdVariable('SECRET'),
    };
    expect(toFluentdSyntax([{ name: 'match', argument: '**', parameters, elements: [{ name: 'buffer' }] }])).toBe(
      [
        '<match **>',
        `  a 'it\\'s \\\\d #{ENV[\\'HOME\\']} "x" # no comment'`,
        '  b 5',
        '  c true',
        '  d ["x\\"y"]',
        `  e "#{ENV.fetch('SECRET')}"`,
        '  <buffer>',
        '  </buffer>',
        '</match>',
        '',
      ].join('\n'),
    );
  });

  it.each([
    ['a line break', [{ name: 'match', parameters: { a: 'x\ny' } }]],
    ['an element in the argument', [{ name: 'match', argument: '**>\n<source' }]],
    ['a name', [{ name: 'match x' }]],
    ['a variable', [{ name: 'match', parameters: { a: new FluentdVariable("x')") } }]],
  ])('refuses what it cannot hold: %s', (_, elements) => {
    expect(() => toFluentdSyntax(elements)).toThrow();
  });

  it('reads, joins, describes and sends lines', () => {
    expect(toFluentdSyntax(fluentdConfig({ ...SETTINGS, metricsPort: 24231 }))).toMatchSnapshot();
  });
});

describe("Fluentd's way to Elasticsearch", () => {
  const text = toFluentdSyntax(fluentdConfig({ ...SETTINGS, metricsPort: 24231 }));
  const parameter = (name: string) => new RegExp(`^ *${name} '?([^'\\n]*)`, 'm').exec(text)?.[1];

  it('keeps the id in each line until Elasticsearch has taken it, so that refused lines are found again', () => {
    expect(parameter('id_key')).toBe(parameter('hash_id_key'));
    expect(parameter('remove_keys')).toBeUndefined();
    const { mappings } = indexTemplate({ prefix: 'kubernetes', retention: Retention.days(7), replicas: 1 }).template;
    expect(mappings.properties).toHaveProperty(parameter('id_key') ?? '', { type: 'keyword', index: false, doc_values: false });
  });

  it('asks only for the pods of its node', () => {
    const manifests = synthesize((chart) => new Fluentd(chart, 'agent', { elasticsearch: elasticsearchIn(chart) }));
    expect(manifestOf(manifests, 'DaemonSet').spec.template.spec.containers[0].env).toContainEqual({
      name: 'K8S_NODE_NAME',
      valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } },
    });
  });

  it('has its temporary directory on a volume that not everybody may write to, as an emptyDir is', () => {
    const manifests = synthesize((chart) => new Fluentd(chart, 'agent', { elasticsearch: elasticsearchIn(chart) }));
    const { containers, volumes } = manifestOf(manifests, 'DaemonSet').spec.template.spec;
    const directory = containers[0].env.find(({ name }: { name: string }) => name === 'TMPDIR')?.value;
    const mount = containers[0].volumeMounts.find(({ mountPath }: { mountPath: string }) => mountPath === directory);
    expect(mount.readOnly).toBeUndefined();
    expect(volumes.find(({ name }: { name: string }) => name === mount.name)).toHaveProperty('hostPath');
  });
});

describe("Fluent Bit's configuration", () => {
  it('reads, joins, describes and sends lines', () => {
    expect(fluentBitConfig({ ...SETTINGS, httpPort: 2020 })).toMatchSnapshot();
  });

  it('gets on after an answer that is lost, late or long, and talks to nobody else', () => {
    const [output] = fluentBitConfig({ ...SETTINGS, httpPort: 2020 }).pipeline.outputs;
    expect(output).toMatchObject({
      generate_id: true,
      // `create` would be refused for what is there already, without end.
      write_operation: 'index',
      'net.io_timeout': '60s',
      buffer_size: 'false',
      retry_limit: 'no_limits',
      'tls.verify': true,
      'tls.verify_hostname': true,
    });
    const [{ privileges }] = writerRole({ prefix: 'kubernetes', retention: Retention.days(7), replicas: 1 }).indices;
    expect(privileges).toContain('index');
  });
});

describe.each(AGENTS)('%s', (_, agent) => {
  it('synthesizes with minimal properties', () => {
    const manifests = synthesize((chart) => agent(chart, {}));
    expect(manifests.filter(({ metadata }) => /fluent/.test(metadata.name))).toMatchSnapshot();
  });

  it('synthesizes with every property', () => {
    const manifests = synthesize((chart) => agent(chart, EVERY_PROP));
    expect(manifestOf(manifests, 'DaemonSet').spec.template.spec).toMatchSnapshot();
  });

  it('has no dead property', () => {
    expectEveryPropToMatter(agent, {}, EVERY_PROP);
  });

  it('brings no rights where others give them', () => {
    const manifests = synthesize((chart) => agent(chart, {}), { access: Access.existing() });
    expect(manifests.map(({ kind }) => kind)).not.toContain('ClusterRole');
  });

  it('names all that is wrong at once', () => {
    const props = { storagePath: '../x', bufferLimit: Size.mebibytes(1), flushInterval: Duration.seconds(0) };
    const error = synthesisError((chart) => agent(chart, props));
    expect(error).toContain('storagePath is "../x"');
    expect(error).toContain('bufferLimit is 1Mi');
    expect(error).toContain('flushInterval is 0');
  });
});
