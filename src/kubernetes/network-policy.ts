import { k8s } from 'cdk8s-plus-28';
import type { Endpoint } from '../settings/endpoint';
import type { MonitoringContext } from '../settings/monitoring-context';
import type { Component } from './component';
import type { Identity } from './identity';
import { componentObject } from './objects';

const tcp = (port: number): k8s.NetworkPolicyPort => ({ port: k8s.IntOrString.fromNumber(port), protocol: 'TCP' });

const same = (a: Identity, b: Identity) => a.name === b.name && a.namespace === b.namespace;

/** The pods of a component, wherever it lives. Both selectors in one item, which means "and". */
const peer = (identity: Identity): k8s.NetworkPolicyPeer => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': identity.namespace } },
  podSelector: { matchLabels: identity.selector },
});

/** Every address but those of pods: components reach each other by selectors only. */
function anywhereButPods(context: MonitoringContext): k8s.NetworkPolicyPeer[] {
  const { podCidrs } = context.cluster;
  const family = (everything: string, wanted: (cidr: string) => boolean) => {
    const except = podCidrs.filter(wanted);
    return { ipBlock: { cidr: everything, ...(except.length > 0 && { except }) } };
  };
  return [family('0.0.0.0/0', (cidr) => !cidr.includes(':')), family('::/0', (cidr) => cidr.includes(':'))];
}

const addresses = (context: MonitoringContext, cidrs: readonly string[] | undefined): k8s.NetworkPolicyPeer[] =>
  cidrs === undefined ? anywhereButPods(context) : cidrs.map((cidr) => ({ ipBlock: { cidr } }));

function ingressRules(component: Component): k8s.NetworkPolicyIngressRule[] {
  const { _identity: identity, _context: context } = component;
  const { edges, metrics, scrapers, exposed } = context._plan;
  const callers = new Map<number, Map<string, k8s.NetworkPolicyPeer>>();
  const allow = (port: number, from: Identity) => {
    const peers = callers.get(port) ?? new Map();
    callers.set(port, peers.set(`${from.namespace}/${from.name}`, peer(from)));
  };
  for (const { from, to } of edges) {
    if (to._owner && same(to._owner.identity, identity)) {
      allow(to._owner.containerPort, from);
    }
  }
  for (const target of metrics.filter((candidate) => same(candidate.identity, identity))) {
    // A scraper's replicas scrape each other, so its own pods are among the callers.
    for (const scraper of scrapers) {
      allow(target.containerPort, scraper);
    }
  }
  const open = new Set(exposed.filter((entry) => same(entry.identity, identity)).map(({ containerPort }) => containerPort));
  return [
    ...[...open].sort((a, b) => a - b).map((port) => ({ ports: [tcp(port)] })),
    ...[...callers]
      .filter(([port]) => !open.has(port))
      .sort(([a], [b]) => a - b)
      .map(([port, peers]) => ({
        from: [...peers].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value),
        ports: [tcp(port)],
      })),
  ];
}

function endpointRule(context: MonitoringContext, to: Endpoint): k8s.NetworkPolicyEgressRule {
  if (to._owner) {
    return { to: [peer(to._owner.identity)], ports: [tcp(to._owner.containerPort)] };
  }
  const namespace = to._external?.namespace;
  return namespace === undefined
    ? { to: addresses(context, to._external?.cidrs), ports: [tcp(to.port)] }
    : // The pod behind a Service of another namespace may listen on any port.
      { to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } }] };
}

function egressRules(component: Component): k8s.NetworkPolicyEgressRule[] {
  const { _identity: identity, _context: context } = component;
  const { edges, metrics, scrapers, reaches, namespaceReaches } = context._plan;
  const rules: k8s.NetworkPolicyEgressRule[] = [
    ...edges.filter(({ from }) => same(from, identity)).map(({ to }) => endpointRule(context, to)),
    ...(scrapers.some((scraper) => same(scraper, identity)) ? metrics : []).map((target) => ({
      to: [peer(target.identity)],
      ports: [tcp(target.containerPort)],
    })),
    ...namespaceReaches
      .filter(({ from }) => same(from, identity))
      .map(({ namespace, ports }) => ({
        to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } }],
        ...(ports.length > 0 && { ports: ports.map(tcp) }),
      })),
    ...reaches
      .filter(({ from }) => same(from, identity))
      .map(({ ports, cidrs }) => ({ to: addresses(context, cidrs), ports: ports.map(tcp) })),
  ];
  const distinct = [...new Map(rules.map((rule) => [JSON.stringify(rule), rule])).values()];
  return distinct.length === 0 ? [] : [dnsRule(context), ...distinct];
}

function dnsRule({ cluster }: MonitoringContext): k8s.NetworkPolicyEgressRule {
  return {
    to: [
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': cluster.dnsNamespace } },
        podSelector: { matchLabels: cluster.dnsPodLabels },
      },
    ],
    ports: [{ port: k8s.IntOrString.fromNumber(53), protocol: 'UDP' }, tcp(53)],
  };
}

/**
 * Emits the NetworkPolicy of a component: what the wiring needs and nothing else. It is derived at synth from the edges,
 * the scrape targets and what components say they reach outside.
 */
export function networkPolicy(component: Component): void {
  if (!component._context.networkPolicies) {
    return;
  }
  componentObject(component, 'network-policy', k8s.KubeNetworkPolicy, ['spec'], () => {
    const [ingress, egress] = [ingressRules(component), egressRules(component)];
    return {
      spec: {
        podSelector: { matchLabels: component._identity.selector },
        policyTypes: ['Ingress', 'Egress'],
        // An empty list is the same as none to the API server, but not to server-side apply, which would find a change each time.
        ...(ingress.length > 0 && { ingress }),
        ...(egress.length > 0 && { egress }),
      },
    };
  });
}
