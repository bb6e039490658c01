import { describe, expect, it } from 'vitest';
import { type NodeLogsSettings, nodeLogsConfig, watchedNamespaces } from '../../src/alloy/alloy-config';
import { AlloyCall, AlloyConcatenation, AlloyReference, toAlloySyntax } from '../../src/alloy/alloy-syntax';
import { LogMetric } from '../../src/alloy/log-metric';
import { LogPipeline } from '../../src/alloy/log-pipeline';
import { DataLabels } from '../../src/settings/data-labels';

const settings = (pipelines: LogPipeline[], changes: Partial<NodeLogsSettings> = {}): NodeLogsSettings => ({
  dataLabels: new DataLabels(),
  cluster: 'prod-1',
  environment: 'prod',
  pipelines: pipelines.map(({ _settings }) => _settings),
  destination: { url: 'http://loki/loki/api/v1/push', tenant: undefined, credentials: undefined },
  lineFormat: 'cri',
  logLevel: 'info',
  ...changes,
});

const rulesOf = (pipelines: LogPipeline[], name: string, changes?: Partial<NodeLogsSettings>) =>
  nodeLogsConfig(settings(pipelines, changes))
    .filter((block) => block.name === 'discovery.relabel' && block.label === name)
    .flatMap(({ blocks }) => blocks ?? [])
    .map(({ attributes }) => attributes ?? {});

const selection = (pipelines: LogPipeline[], name: string) =>
  rulesOf(pipelines, name)
    .filter((rule) => rule.action !== undefined)
    .map((rule) => `${rule.action} ${rule.regex}`);

/** What a rule does to the labels of a target; the part of relabelling that the rules use. */
function relabel(rules: ReturnType<typeof rulesOf>, target: Record<string, string>): Record<string, string> | undefined {
  const labels = { ...target };
  for (const rule of rules) {
    const value = (rule.source_labels as string[]).map((name) => labels[name] ?? '').join(';');
    const match = new RegExp(`^(?:${rule.regex ?? '(.*)'})$`, 's').exec(value);
    if (rule.action !== undefined) {
      if ((rule.action === 'keep') !== (match !== null)) {
        return undefined;
      }
    } else if (match) {
      const replacement = String(rule.replacement ?? '${1}');
      labels[String(rule.target_label)] = replacement.replace(/\$\{(\d)\}/g, (_, group) => match[Number(group)]);
    }
  }
  return Object.fromEntries(Object.entries(labels).filter(([name]) => name === '__path__' || !name.startsWith('__')));
}

const META = '__meta_kubernetes';
const container = (more: Record<string, string> = {}) => ({
  [`${META}_namespace`]: 'shop',
  [`${META}_pod_name`]: 'order-5b7c9d-x2x',
  [`${META}_pod_uid`]: '1-2-3',
  [`${META}_pod_container_name`]: 'main',
  [`${META}_pod_node_name`]: 'node-1',
  ...more,
});

describe('configuration of the node agent', () => {
  it('is one pipeline from the pods of the node to Loki', () => {
    const pipeline = LogPipeline.json({
      name: 'shop',
      namespaces: ['shop'],
      apps: ['order'],
      metrics: LogMetric.http({ prefix: 'shop' }),
    });
    expect(toAlloySyntax(nodeLogsConfig(settings([pipeline])))).toMatchSnapshot();
  });

  it('watches only the pods of its node, in the namespaces of all pipelines', () => {
    const shop = LogPipeline.plain({ name: 'shop', namespaces: ['shop', 'orders'] });
    const more = LogPipeline.plain({ name: 'more', namespaces: ['orders', 'web'] });
    const field = new AlloyConcatenation(['spec.nodeName=', new AlloyCall(['sys', 'env'], ['K8S_NODE_NAME'])]);
    expect(nodeLogsConfig(settings([shop, more]))[1]).toEqual({
      name: 'discovery.kubernetes',
      label: 'pods',
      attributes: { role: 'pod' },
      blocks: [
        { name: 'namespaces', attributes: { names: ['shop', 'orders', 'web'] } },
        { name: 'selectors', attributes: { role: 'pod', field } },
      ],
    });
    const all = settings([shop, LogPipeline.plain({ name: 'all' })]);
    expect(watchedNamespaces(all.pipelines)).toBeUndefined();
    expect(nodeLogsConfig(all)[1].blocks).toEqual([{ name: 'selectors', attributes: { role: 'pod', field } }]);
  });

  it('gives a container to the first pipeline that selects it', () => {
    const orders = LogPipeline.plain({ name: 'orders', namespaces: ['shop', 'web'], apps: ['order', 'a.b'] });
    const shop = LogPipeline.plain({ name: 'shop', namespaces: ['shop'] });
    const other = LogPipeline.plain({ name: 'other', namespaces: ['other'] });
    const rest = LogPipeline.plain({ name: 'rest' });
    const all = [orders, shop, other, rest];
    expect(selection(all, 'orders')).toEqual(['keep (?:shop|web);(?:order|a\\.b)']);
    expect(selection(all, 'shop')).toEqual(['keep (?:shop);.*', 'drop (?:shop|web);(?:order|a\\.b)']);
    expect(selection(all, 'other')).toEqual(['keep (?:other);.*']);
    expect(selection(all, 'rest')).toEqual(['drop (?:shop|web);(?:order|a\\.b)', 'drop (?:shop);.*', 'drop (?:other);.*']);
    const anywhere = LogPipeline.plain({ name: 'anywhere', apps: ['order'] });
    expect(selection([anywhere, shop], 'shop')).toEqual(['keep (?:shop);.*', 'drop .*;(?:order)']);
  });

  it.each([
    ['the name of a bare pod', {}, 'order-5b7c9d-x2x'],
    ['the StatefulSet', { controller_kind: 'StatefulSet', controller_name: 'order-db' }, 'order-db'],
    [
      'the Deployment without the hash',
      { controller_kind: 'ReplicaSet', controller_name: 'order-api-5b7c9d', labelpresent_pod_template_hash: 'true' },
      'order-api',
    ],
    ['a ReplicaSet of its own', { controller_kind: 'ReplicaSet', controller_name: 'order-api' }, 'order-api'],
    ['the CronJob without the time', { controller_kind: 'Job', controller_name: 'nightly-29123456' }, 'nightly'],
    ['a Job of its own', { controller_kind: 'Job', controller_name: 'migrate-2' }, 'migrate-2'],
    ['the name of a static pod', { controller_kind: 'Node', controller_name: 'node-1' }, 'order-5b7c9d-x2x'],
    ['the label app', { controller_kind: 'StatefulSet', controller_name: 'db', label_app: 'order' }, 'order'],
    ['the recommended label', { label_app: 'order', label_app_kubernetes_io_name: 'orders' }, 'orders'],
  ])('takes %s as app', (_, pod, app) => {
    const meta = Object.fromEntries(Object.entries(pod).map(([name, value]) => [`${META}_pod_${name}`, value]));
    const rules = rulesOf([LogPipeline.plain({ name: 'all' })], 'all');
    expect(relabel(rules, container(meta))).toEqual({
      namespace: 'shop',
      app,
      pod: 'order-5b7c9d-x2x',
      container: 'main',
      node: 'node-1',
      __path__: '/var/log/pods/shop_order-5b7c9d-x2x_1-2-3/main/*.log',
    });
  });

  it('finds the directory of a static pod by the hash of its file', () => {
    const rules = rulesOf([LogPipeline.plain({ name: 'all' })], 'all');
    const labels = relabel(rules, container({ [`${META}_pod_annotation_kubernetes_io_config_hash`]: 'abcd' }));
    expect(labels?.__path__).toBe('/var/log/pods/shop_order-5b7c9d-x2x_abcd/main/*.log');
  });

  it('names labels by the data labels and takes pod labels along', () => {
    const dataLabels = new DataLabels({
      namespace: 'ns',
      app: 'service',
      pod: 'p',
      container: 'c',
      node: 'n',
      cluster: 'k',
      environment: 'e',
    });
    const pipeline = LogPipeline.plain({ name: 'all', podLabels: { tenant: 'example.com/the-tenant' } });
    const labels = relabel(
      rulesOf([pipeline], 'all', { dataLabels }),
      container({ [`${META}_pod_label_example_com_the_tenant`]: 't-1' }),
    );
    expect(Object.keys(labels ?? {})).toEqual(['ns', 'service', 'p', 'c', 'n', 'tenant', '__path__']);
    expect(labels?.tenant).toBe('t-1');
    const process = nodeLogsConfig(settings([pipeline], { dataLabels })).find(({ name }) => name === 'loki.process');
    expect(process?.blocks).toEqual([
      { name: 'stage.cri' },
      { name: 'stage.label_keep', attributes: { values: ['ns', 'service', 'c'] } },
      { name: 'stage.static_labels', attributes: { values: { k: 'prod-1', e: 'prod' } } },
      { name: 'stage.structured_metadata', attributes: { values: { p: '', n: '', tenant: '' } } },
    ]);
  });

  it('reads what Docker wraps', () => {
    const blocks = nodeLogsConfig(settings([LogPipeline.plain({ name: 'all' })], { lineFormat: 'docker' }));
    expect(blocks.find(({ name }) => name === 'loki.process')?.blocks?.[0]).toEqual({ name: 'stage.docker' });
  });

  it('sends as a tenant and as a user, and never gives up', () => {
    const credentials = { username: 'LOKI_USERNAME', password: 'LOKI_PASSWORD' };
    const destination = { url: 'https://logs.example.com/loki/api/v1/push', tenant: 'shop', credentials };
    const blocks = nodeLogsConfig(settings([LogPipeline.plain({ name: 'all' })], { destination, logLevel: 'warn' }));
    expect(blocks[0]).toEqual({ name: 'logging', attributes: { level: 'warn', format: 'logfmt' } });
    expect(blocks.at(-1)).toEqual({
      name: 'loki.write',
      label: 'loki',
      blocks: [
        {
          name: 'endpoint',
          attributes: {
            url: 'https://logs.example.com/loki/api/v1/push',
            tenant_id: 'shop',
            max_backoff_period: '10s',
            max_backoff_retries: 0,
          },
          blocks: [
            {
              name: 'basic_auth',
              attributes: {
                username: new AlloyCall(['sys', 'env'], ['LOKI_USERNAME']),
                password: new AlloyCall(['sys', 'env'], ['LOKI_PASSWORD']),
              },
            },
          ],
        },
        { name: 'wal', attributes: { enabled: true } },
      ],
    });
  });

  it('connects the components of a pipeline by its name', () => {
    const blocks = nodeLogsConfig(settings([LogPipeline.plain({ name: 'all' })]));
    expect(blocks.slice(3, 5)).toEqual([
      {
        name: 'local.file_match',
        label: 'all',
        attributes: { path_targets: new AlloyReference(['discovery', 'relabel', 'all', 'output']) },
      },
      {
        name: 'loki.source.file',
        label: 'all',
        attributes: {
          targets: new AlloyReference(['local', 'file_match', 'all', 'targets']),
          forward_to: [new AlloyReference(['loki', 'process', 'all', 'receiver'])],
        },
      },
    ]);
  });
});
