import { describe, expect, it } from 'vitest';
import { type LogsSettings, logging, logsConfig } from '../../src/alloy/alloy-config';
import { AlloyCall, AlloyConcatenation, AlloyReference, toAlloySyntax } from '../../src/alloy/alloy-syntax';
import { LogMetric } from '../../src/alloy/log-metric';
import { LogPipeline } from '../../src/alloy/log-pipeline';
import { isPodPipeline, watchedNamespaces } from '../../src/alloy/pod-targets';
import { DataLabels } from '../../src/settings/data-labels';

const settings = (pipelines: LogPipeline[], changes: Partial<LogsSettings> = {}): LogsSettings => ({
  dataLabels: new DataLabels(),
  cluster: 'prod-1',
  environment: 'prod',
  pipelines: pipelines.map(({ _settings }) => _settings),
  destination: { url: 'http://loki/loki/api/v1/push', tenant: undefined, credentials: undefined },
  access: { kind: 'files', lineFormat: 'cri' },
  ...changes,
});

const rulesOf = (pipelines: LogPipeline[], name: string, changes?: Partial<LogsSettings>) =>
  logsConfig(settings(pipelines, changes))
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
    const value = ((rule.source_labels ?? []) as string[]).map((name) => labels[name] ?? '').join(';');
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
    expect(toAlloySyntax([logging('info'), ...logsConfig(settings([pipeline]))])).toMatchSnapshot();
  });

  it('watches only the pods of its node, in the namespaces of all pipelines', () => {
    const shop = LogPipeline.plain({ name: 'shop', namespaces: ['shop', 'orders'] });
    const more = LogPipeline.plain({ name: 'more', namespaces: ['orders', 'web'] });
    const field = new AlloyConcatenation(['spec.nodeName=', new AlloyCall(['sys', 'env'], ['K8S_NODE_NAME'])]);
    expect(logsConfig(settings([shop, more]))[0]).toEqual({
      name: 'discovery.kubernetes',
      label: 'pods',
      attributes: { role: 'pod' },
      blocks: [
        { name: 'namespaces', attributes: { names: ['shop', 'orders', 'web'] } },
        { name: 'selectors', attributes: { role: 'pod', field } },
      ],
    });
    const all = settings([shop, LogPipeline.plain({ name: 'all' })]);
    expect(watchedNamespaces(all.pipelines.filter(isPodPipeline))).toBeUndefined();
    expect(logsConfig(all)[0].blocks).toEqual([{ name: 'selectors', attributes: { role: 'pod', field } }]);
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

  it('leaves what a pipeline does not want to a later one', () => {
    const shop = LogPipeline.plain({
      name: 'shop',
      namespaces: ['shop'],
      excludedApps: ['load-test'],
      podSelector: { 'example.com/logs': 'yes.1' },
    });
    const rest = LogPipeline.plain({ name: 'rest', excludedNamespaces: ['kube-system'] });
    const rules = (name: string) => rulesOf([shop, rest], name);
    const pod = (more: Record<string, string>) => container({ [`${META}_pod_label_example_com_logs`]: 'yes.1', ...more });
    const app = (name: string) => ({ [`${META}_pod_label_app`]: name });
    const takers = (labels: Record<string, string>) => ['shop', 'rest'].filter((name) => relabel(rules(name), labels));
    expect(takers(pod(app('order')))).toEqual(['shop']);
    expect(takers(pod(app('load-test')))).toEqual(['rest']);
    expect(takers(container(app('order')))).toEqual(['rest']);
    expect(takers({ ...pod(app('order')), [`${META}_namespace`]: 'web' })).toEqual(['rest']);
    expect(takers({ ...pod(app('order')), [`${META}_namespace`]: 'kube-system' })).toEqual([]);
    expect(relabel(rules('rest'), container(app('order')))).not.toHaveProperty('__taken');
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
    const process = logsConfig(settings([pipeline], { dataLabels })).find(({ name }) => name === 'loki.process');
    expect(process?.blocks).toEqual([
      { name: 'stage.cri' },
      { name: 'stage.label_keep', attributes: { values: ['ns', 'service', 'c'] } },
      { name: 'stage.static_labels', attributes: { values: { k: 'prod-1', e: 'prod' } } },
      { name: 'stage.structured_metadata', attributes: { values: { p: '', n: '', tenant: '' } } },
    ]);
  });

  it('reads what Docker wraps', () => {
    const blocks = logsConfig(
      settings([LogPipeline.plain({ name: 'all' })], {
        access: { kind: 'files', lineFormat: 'docker' },
      }),
    );
    expect(blocks.find(({ name }) => name === 'loki.process')?.blocks?.slice(0, 2)).toEqual([
      { name: 'stage.docker' },
      { name: 'stage.replace', attributes: { expression: '(\\r?\\n)$', replace: '' } },
    ]);
  });

  it('sends as a tenant and as a user, and never gives up', () => {
    const credentials = { username: 'LOKI_USERNAME', password: 'LOKI_PASSWORD' };
    const destination = { url: 'https://logs.example.com/loki/api/v1/push', tenant: 'shop', credentials };
    const blocks = logsConfig(settings([LogPipeline.plain({ name: 'all' })], { destination }));
    expect(logging('warn')).toEqual({ name: 'logging', attributes: { level: 'warn', format: 'logfmt' } });
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
    const blocks = logsConfig(settings([LogPipeline.plain({ name: 'all' })]));
    expect(blocks.slice(2, 4)).toEqual([
      {
        name: 'local.file_match',
        label: 'all',
        attributes: { path_targets: new AlloyReference(['discovery', 'relabel', 'all', 'output']), sync_period: '2s' },
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
