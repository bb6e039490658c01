import type { k8s } from 'cdk8s-plus-28';
import type { Endpoint, EndpointOwner } from '../settings/endpoint';
import type { MonitoringContext } from '../settings/monitoring-context';
import type { Component } from './component';
import type { Identity } from './identity';
import { KINDS, portOrCount } from './kubernetes-api';
import { componentObject } from './objects';

/** TCP is the protocol of a port that names none. */
const tcp = (port: number): k8s.NetworkPolicyPort => ({ port: portOrCount(port) });

/** The port of a component behind one of its endpoints. */
const portOf = ({ containerPort, transport }: EndpointOwner): k8s.NetworkPolicyPort => ({
  ...tcp(containerPort),
  ...(transport === 'UDP' && { protocol: transport }),
});

const same = (a: Identity, b: Identity) => a.name === b.name && a.namespace === b.namespace;

/** The pods of a component. In another namespace both selectors stand in one item, which means "and". */
const peer = (to: Identity, from: Identity): k8s.NetworkPolicyPeer => ({
  ...(to.namespace !== from.namespace && namespacePeer(to.namespace)),
  podSelector: { matchLabels: to.selector },
});

const namespacePeer = (namespace: string): k8s.NetworkPolicyPeer => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
});

const EVERY_POD: k8s.NetworkPolicyPeer = { namespaceSelector: {} };

interface Rule {
  readonly peers: readonly k8s.NetworkPolicyPeer[];
  /** None stands for every port. */
  readonly ports: readonly k8s.NetworkPolicyPort[];
}

/** Joins what two lists of rules have in common, so that a policy is as short as what it says. */
function joined(rules: readonly Rule[], key: 'peers' | 'ports', other: 'peers' | 'ports'): Rule[] {
  const groups = new Map<string, Rule[]>();
  for (const rule of rules) {
    const name = JSON.stringify(rule[key]);
    groups.set(name, [...(groups.get(name) ?? []), rule]);
  }
  return [...groups.values()].map((group) => {
    // Every port is more than any list of ports.
    const all = other === 'ports' && group.some(({ ports }) => ports.length === 0);
    const union = new Map(group.flatMap((rule) => rule[other].map((item) => [JSON.stringify(item), item] as const)));
    const values = all ? [] : [...union].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
    return { ...group[0], [other]: values };
  });
}

const condensed = (rules: readonly Rule[]) => joined(joined(rules, 'peers', 'ports'), 'ports', 'peers');

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
  const { edges, metrics, scrapers, exposed, admissions } = context._plan;
  const open = new Set(exposed.filter((entry) => same(entry.identity, identity)).map(({ containerPort }) => containerPort));
  const allow = (from: Identity, containerPort: number, port = tcp(containerPort)): Rule[] =>
    open.has(containerPort) ? [] : [{ peers: [peer(from, identity)], ports: [port] }];
  const rules = condensed([
    ...edges.flatMap(({ from, to }) =>
      to._owner && same(to._owner.identity, identity) ? allow(from, to._owner.containerPort, portOf(to._owner)) : [],
    ),
    // A scraper's replicas scrape each other, so its own pods are among the callers.
    ...metrics
      .filter((target) => same(target.identity, identity))
      .flatMap(({ containerPort }) => scrapers.flatMap((scraper) => allow(scraper, containerPort))),
    ...admissions
      .filter((admission) => same(admission.identity, identity) && !open.has(admission.containerPort))
      .map(({ namespaces, containerPort }) => ({
        peers: namespaces === undefined ? [EVERY_POD] : namespaces.map(namespacePeer),
        ports: [tcp(containerPort)],
      })),
  ]);
  return [
    ...[...open].sort((a, b) => a - b).map((port) => ({ ports: [tcp(port)] })),
    ...rules.map(({ peers, ports }) => ({ from: [...peers], ports: [...ports] })),
  ];
}

function endpointRule(context: MonitoringContext, from: Identity, to: Endpoint): Rule {
  if (to._owner) {
    return { peers: [peer(to._owner.identity, from)], ports: [portOf(to._owner)] };
  }
  const namespace = to._external?.namespace;
  return namespace === undefined
    ? { peers: addresses(context, to._external?.cidrs), ports: [tcp(to.port)] }
    : // The pod behind a Service of another namespace may listen on any port.
      { peers: [namespacePeer(namespace)], ports: [] };
}

function egressRules(component: Component): k8s.NetworkPolicyEgressRule[] {
  const { _identity: identity, _context: context } = component;
  const { edges, metrics, scrapers, reaches, namespaceReaches } = context._plan;
  const isOurs = ({ from }: { readonly from: Identity }) => same(from, identity);
  const scraped = scrapers.some((scraper) => same(scraper, identity)) ? metrics : [];
  const rules = condensed([
    ...edges.filter(isOurs).map(({ to }) => endpointRule(context, identity, to)),
    ...scraped
      .filter(({ onNodeAddress }) => !onNodeAddress)
      .map((target) => ({ peers: [peer(target.identity, identity)], ports: [tcp(target.containerPort)] })),
    ...namespaceReaches.filter(isOurs).map(({ namespace, ports }) => ({
      peers: [namespace === undefined ? EVERY_POD : namespacePeer(namespace)],
      ports: ports.map(tcp),
    })),
    ...reaches.filter(isOurs).map(({ ports, cidrs }) => ({ peers: addresses(context, cidrs), ports: ports.map(tcp) })),
  ]);
  const egress = rules.map(({ peers, ports }) => ({ to: [...peers], ...(ports.length > 0 && { ports: [...ports] }) }));
  return egress.length === 0 ? [] : [dnsRule(context), ...egress];
}

function dnsRule({ cluster }: MonitoringContext): k8s.NetworkPolicyEgressRule {
  return {
    to: [
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': cluster.dnsNamespace } },
        podSelector: { matchLabels: cluster.dnsPodLabels },
      },
    ],
    ports: [{ port: portOrCount(53), protocol: 'UDP' }, tcp(53)],
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
  componentObject(component, 'network-policy', KINDS.NetworkPolicy, ['spec'], () => {
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
