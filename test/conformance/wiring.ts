import type { Manifest } from '../support/constructs';
import { expectInvariants } from '../support/invariants';
import { type Prerequisites, workloadsOf } from './examples';
import { listeningPorts } from './listening';
import { allows, type End } from './network';
import {
  configFilesOf,
  containersOf,
  contains,
  podScrapesOf,
  type Reference,
  referencesOf,
  scrapeJobsOf,
  title,
  yamlFilesOf,
} from './references';

const DNS: End = { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } };
const OUTSIDE: End = { isOutside: true };

const endOf = ({ metadata, spec }: Manifest): End => ({
  namespace: metadata.namespace,
  labels: spec.template.metadata.labels,
  // Pods in the network of their node have its address.
  isOutside: spec.template.spec.hostNetwork === true,
});

const behind = (manifests: Manifest[], namespace: string, labels: Record<string, string>): Manifest[] =>
  workloadsOf(manifests).filter(
    ({ metadata, spec }) => metadata.namespace === namespace && contains(spec.template.metadata.labels, labels),
  );

const portsOf = (workload: Manifest): Manifest[] => containersOf(workload).flatMap(({ ports = [] }) => ports);

/** A connection that the configuration asks for. */
function connectionProblems(manifests: Manifest[], from: Manifest, to: Manifest, port: number, why: string): string[] {
  const leaves = allows(manifests, 'Egress', endOf(from), endOf(to), port);
  const enters = allows(manifests, 'Ingress', endOf(to), endOf(from), port);
  const cut = [...(leaves ? [] : ['egress']), ...(enters ? [] : ['ingress'])].join(' and ');
  return cut === '' ? [] : [`${title(from)} -> ${title(to)}:${port} (${why}) is cut by ${cut}`];
}

function referenceProblems(manifests: Manifest[], reference: Reference): string[] {
  const { workload, service: name, namespace, port, portName } = reference;
  const where = `${title(workload)}: ${name}.${namespace}`;
  const ours = new Set(workloadsOf(manifests).map(({ metadata }) => metadata.namespace));
  if (!ours.has(namespace)) {
    return [];
  }
  const service = manifests.find(
    ({ kind, metadata }) => kind === 'Service' && metadata.name === name && metadata.namespace === namespace,
  );
  if (!service) {
    return [`${where} is no Service`];
  }
  const ports: Manifest[] = service.spec.ports;
  const found = ports.find((entry) => (portName === undefined ? entry.port === (port ?? 80) : entry.name === portName));
  if (!found) {
    return [`${where} has no port ${portName ?? port ?? 80}`];
  }
  if (portName !== undefined && service.spec.clusterIP !== 'None') {
    return [`${where} is looked up by SRV and not headless`];
  }
  return behind(manifests, namespace, service.spec.selector).flatMap((target) => {
    const container = portsOf(target).find((entry) => entry.name === found.targetPort);
    return container ? connectionProblems(manifests, workload, target, container.containerPort, name) : [];
  });
}

/** Every job of the stack's own pods finds a workload with that port, and may reach it. */
const scrapeProblems = (manifests: Manifest[]): string[] =>
  podScrapesOf(manifests).flatMap(({ workload, job, namespaces, labels, port }) => {
    const targets = namespaces.flatMap((namespace) => behind(manifests, namespace, labels));
    const listening = targets.filter((target) => portsOf(target).some(({ containerPort }) => containerPort === port));
    return listening.length === 0
      ? [`job ${job} finds nothing that has port ${port}`]
      : listening.flatMap((target) => connectionProblems(manifests, workload, target, port ?? 0, `job ${job}`));
  });

/** Names, the API server, kubelets and object storage. */
function outwardProblems(manifests: Manifest[], workload: Manifest): string[] {
  const reaches = (end: End, port: number, protocol?: string) =>
    allows(manifests, 'Egress', endOf(workload), end, port, protocol);
  const usesNames = referencesOf(manifests).some((reference) => reference.workload === workload);
  const usesStorage = configFilesOf(workload, manifests).some(
    ({ text }) => !text.startsWith('{') && /\bbucket(_name)?:/.test(text),
  );
  const usesKubelets = scrapeJobsOf(manifests).some(
    ({ workload: own, job }) => own === workload && job.kubernetes_sd_configs?.some(({ role }: Manifest) => role === 'node'),
  );
  const usesApi = workload.spec.template.spec.automountServiceAccountToken === true;
  return [
    ...((usesNames || usesStorage) && !(reaches(DNS, 53, 'UDP') && reaches(DNS, 53)) ? ['the DNS of the cluster'] : []),
    ...(usesStorage && !reaches(OUTSIDE, 443) ? ['object storage'] : []),
    ...(usesKubelets && !reaches(OUTSIDE, 10250) ? ['kubelets'] : []),
    ...(usesApi && !(reaches(OUTSIDE, 443) && reaches(OUTSIDE, 6443)) ? ['the API server'] : []),
  ].map((what) => `${title(workload)} is cut from ${what}`);
}

/** Ports that containers have and nobody told them to listen on, and probes of ports that they do not have. */
export const portProblems = (manifests: Manifest[], workload: Manifest): string[] =>
  containersOf(workload).flatMap((container) => {
    const listening = listeningPorts(container, workload, manifests);
    const silent = (container.ports ?? []).filter(({ containerPort }: Manifest) => !listening.includes(containerPort));
    const probes = [container.livenessProbe, container.readinessProbe, container.startupProbe].filter(
      (probe) => probe !== undefined,
    );
    const probed = probes.map(({ httpGet, tcpSocket, grpc }) => (httpGet ?? tcpSocket ?? grpc)?.port);
    const unknown = probed.filter(
      (port) =>
        port !== undefined &&
        !(container.ports ?? []).some(({ name, containerPort }: Manifest) => port === name || port === containerPort),
    );
    const where = `${title(workload)}/${container.name}`;
    const neighbours = portsOf(workload).map(({ containerPort }) => containerPort);
    const loopback = [...(container.command ?? []).join('\n').matchAll(/--connect-to '::127\.0\.0\.1:(\d+)'/g)].map(([, port]) =>
      Number(port),
    );
    return [
      ...loopback
        .filter((port) => !neighbours.includes(port))
        .map((port) => `${where} connects to port ${port}, which its pod does not have`),
      ...silent.map(({ containerPort }: Manifest) => `${where} is nowhere told to listen on ${containerPort}`),
      ...[...new Set(unknown)].map((port) => `${where} is probed on port ${port}, which it does not have`),
    ];
  });

/** Variables that arguments and files expect of the environment. */
const variableProblems = (manifests: Manifest[], workload: Manifest): string[] =>
  containersOf(workload).flatMap((container) => {
    const known = (container.env ?? []).map(({ name }: Manifest) => name);
    const inArguments: string[] = (container.args ?? []).flatMap((argument: string) =>
      [...argument.matchAll(/(?<!\$)\$\((\w+)\)/g)].map(([, name]) => name),
    );
    const isPrometheus = container.image.includes('/prometheus/prometheus:');
    const external = isPrometheus
      ? yamlFilesOf(workload, manifests).flatMap(({ content }) => Object.values<string>(content.global?.external_labels ?? {}))
      : [];
    const inLabels = external.flatMap((value) => [...value.matchAll(/\$\{?(\w+)\}?/g)].map(([, name]) => name));
    return [...inArguments, ...inLabels]
      .filter((name) => !known.includes(name))
      .map((name) => `${title(workload)}/${container.name} has no variable ${name}`);
  });

/** What holds for the objects by themselves: names, selectors, mounts, security. */
function invariantProblems(manifests: Manifest[], foreign: readonly string[]): string[] {
  try {
    expectInvariants(manifests, foreign);
    return [];
  } catch (error) {
    return [String(error).split('\n')[0]];
  }
}

/** Whether everything that the manifests name is there or among the prerequisites, can be reached and may be reached. */
export const wiringProblems = (manifests: Manifest[], prerequisites: Prerequisites = {}): string[] => [
  ...invariantProblems(
    manifests,
    (prerequisites.ConfigMaps ?? []).map(({ name }) => name),
  ),
  ...referencesOf(manifests).flatMap((reference) => referenceProblems(manifests, reference)),
  ...scrapeProblems(manifests),
  ...workloadsOf(manifests).flatMap((workload) => [
    ...outwardProblems(manifests, workload),
    ...portProblems(manifests, workload),
    ...variableProblems(manifests, workload),
  ]),
];
