import { Duration } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import { clusterRights, namespaceRights } from '../kubernetes/access';
import type { Component } from '../kubernetes/component';
import { secretVariable } from '../kubernetes/container';
import { EndpointProtocol } from '../settings/endpoint';
import type { AlloyModule, AlloyPlace } from './alloy-module';
import { type MonitorSettings, monitorsConfig } from './monitor-config';
import { MonitorKind, type MonitorsSourceProps } from './monitor-options';

const GROUP = 'monitoring.coreos.com';

const FOLLOW = ['list', 'watch'];

const follow = (apiGroup: string, ...resources: string[]): k8s.PolicyRule => ({
  apiGroups: [apiGroup],
  resources,
  verbs: FOLLOW,
});

/** What targets are found by. */
const DISCOVERY: Record<MonitorKind, readonly k8s.PolicyRule[]> = {
  [MonitorKind.SERVICE_MONITOR]: [follow('', 'pods', 'services'), follow('discovery.k8s.io', 'endpointslices')],
  [MonitorKind.POD_MONITOR]: [follow('', 'pods')],
  [MonitorKind.PROBE]: [follow('networking.k8s.io', 'ingresses')],
};

/** Those of which a monitor may want labels (`attachMetadata`). */
const NODES = follow('', 'nodes');

const READ_SECRETS: k8s.PolicyRule = { apiGroups: [''], resources: ['secrets', 'configmaps'], verbs: ['get'] };

const NAMESPACE = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const LABEL_KEY = /^([a-z0-9.-]{1,253}\/)?[a-zA-Z0-9]([\w.-]{0,61}[a-zA-Z0-9])?$/;
const LABEL_VALUE = /^([a-zA-Z0-9]([\w.-]{0,61}[a-zA-Z0-9])?)?$/;

const passwordVariable = (index: number) => `PROMETHEUS_PASSWORD_${index + 1}`;

/** Honours monitors, and gets the rights for it: the part of an Alloy that is about monitors. */
export class MonitorCollector implements AlloyModule {
  readonly environment: readonly k8s.EnvVar[];
  readonly usesKubernetesApi = true;
  readonly ports = [];
  private readonly kinds: readonly MonitorKind[];

  constructor(
    private readonly component: Component,
    private readonly props: MonitorsSourceProps,
    private readonly place: AlloyPlace,
  ) {
    this.kinds = props.kinds ?? Object.values(MonitorKind);
    component._check(() => this.problems());
    for (const kind of this.kinds) {
      component._require({ kind: 'CustomResourceDefinition', name: `${kind}.${GROUP}` });
    }
    this.grantRights();
    this.reachTargets();
    for (const endpoint of props.write) {
      component._connect(endpoint, true);
    }
    this.environment = props.write.flatMap(({ _login: login }, index) =>
      login ? [secretVariable(component, passwordVariable(index), login.password)] : [],
    );
  }

  /** Whether the configuration can be written. Names that Alloy cannot read have no text. */
  get isReadable(): boolean {
    return this.problems().length + this.component._context.dataLabels._problems().length === 0;
  }

  config() {
    return monitorsConfig(this.settings());
  }

  private settings(): MonitorSettings {
    const { dataLabels, cluster, scrapeInterval } = this.component._context;
    const { namespaces, labels = {}, sampleLimit, write } = this.props;
    return {
      dataLabels,
      cluster: cluster.name,
      environment: cluster.environment,
      kinds: this.kinds,
      namespaces,
      labels,
      sampleLimit,
      scrapeInterval,
      // As of the library's Prometheus.
      scrapeTimeout: scrapeInterval.toMilliseconds() < 10_000 ? scrapeInterval : Duration.seconds(10),
      clustering: this.place.clustering,
      destinations: write.map(({ url, _login: login }, index) => ({
        url: `${url.replace(/\/$/, '')}/api/v1/write`,
        login: login && { user: login.user, variable: passwordVariable(index) },
      })),
    };
  }

  /** Monitors and targets of every namespace, or of some; Secrets of those that are named, whatever `Access` says. */
  private grantRights(): void {
    const { component, kinds } = this;
    const { namespaces, secretNamespaces = [] } = this.props;
    const mode = component._context.access._mode;
    component._reachKubernetesApi();
    const rules = [follow(GROUP, ...kinds), ...united(kinds.flatMap((kind) => DISCOVERY[kind]))];
    if (namespaces !== undefined) {
      namespaceRights(component, 'monitors', rules, namespaces);
    } else if (mode !== 'existing') {
      clusterRights(component, 'monitors', [...rules, NODES]);
    } else {
      const { name, namespace } = component._identity;
      component._require({
        kind: 'Access',
        name: `list and watch on ${kinds.join(', ')} and on what they select in all namespaces for ServiceAccount ${namespace}/${name}`,
      });
    }
    if (secretNamespaces.length > 0) {
      namespaceRights(component, 'monitor-secrets', [READ_SECRETS], secretNamespaces, mode === 'cluster' ? 'namespace' : mode);
    }
  }

  /** Nobody here knows which ports monitors will name. */
  private reachTargets(): void {
    const { component } = this;
    const { _plan: plan } = component._context;
    for (const namespace of this.props.namespaces ?? [undefined]) {
      plan.namespaceReaches.push({ from: component._identity, namespace, ports: [] });
    }
    if (this.props.namespaces === undefined) {
      component._reachNodes();
    }
  }

  private problems(): string[] {
    const { write, namespaces, labels = {}, secretNamespaces, sampleLimit } = this.props;
    const { kinds } = this;
    return [
      ...(write.length === 0 ? ['write is []; allowed is at least one Prometheus: take prometheus.acceptRemoteWrites()'] : []),
      ...write
        .filter(({ protocol }) => protocol !== EndpointProtocol.HTTP && protocol !== EndpointProtocol.HTTPS)
        .map(
          ({ hostAndPort, protocol }) =>
            `write has ${hostAndPort}, where ${protocol} is spoken; allowed are HTTP and HTTPS: take prometheus.acceptRemoteWrites()`,
        ),
      ...(kinds.length === 0 ? ['kinds is []; allowed is at least one kind: name it, or leave the property out for all'] : []),
      ...kinds
        .filter((kind, index) => kinds.indexOf(kind) < index)
        .map((kind) => `kinds has ${kind} twice; allowed is once: remove one`),
      ...namespaceProblems('namespaces', namespaces),
      ...namespaceProblems('secretNamespaces', secretNamespaces),
      ...Object.entries(labels)
        .filter(([key, value]) => !LABEL_KEY.test(key) || !LABEL_VALUE.test(value))
        .map(
          ([key, value]) =>
            `labels has ${JSON.stringify(key)}: ${JSON.stringify(value)}; allowed are a key and a value of Kubernetes labels: correct them`,
        ),
      ...(sampleLimit === undefined || (Number.isInteger(sampleLimit) && sampleLimit > 0)
        ? []
        : [`sampleLimit is ${sampleLimit}; allowed are whole numbers from 1: correct it`]),
    ];
  }
}

const namespaceProblems = (property: string, names: readonly string[] | undefined) =>
  names !== undefined && (names.length === 0 || names.some((name) => !NAMESPACE.test(name)))
    ? [
        `${property} is ${JSON.stringify(names)}; allowed are names of namespaces, at least one: correct them or leave ${property} out`,
      ]
    : [];

/** Rules of one API group as one. */
function united(rules: readonly k8s.PolicyRule[]): k8s.PolicyRule[] {
  const resources = new Map<string, Set<string>>();
  for (const { apiGroups: [group] = [''], resources: names = [] } of rules) {
    resources.set(group, new Set([...(resources.get(group) ?? []), ...names]));
  }
  return [...resources].map(([group, names]) => follow(group, ...names));
}
