import { loadAll } from 'js-yaml';
import type { Manifest } from '../support/constructs';
import { workloadsOf } from './examples';

/** A file of a ConfigMap that a container reads. */
export interface ConfigFile {
  readonly name: string;
  readonly text: string;
}

export const title = ({ kind, metadata }: Manifest): string => `${kind} ${metadata.name}`;

export const containersOf = (workload: Manifest): Manifest[] => workload.spec.template.spec.containers;

export const contains = (labels: Record<string, string>, selector: Record<string, string>): boolean =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);

const configMapsOf = (volume: Manifest): string[] => [
  ...(volume.configMap ? [volume.configMap.name] : []),
  ...(volume.projected?.sources ?? []).flatMap((source: Manifest) => (source.configMap ? [source.configMap.name] : [])),
];

/** Files that come to a pod by its volumes. */
export const configFilesOf = (workload: Manifest, manifests: Manifest[]): ConfigFile[] => {
  const names: string[] = (workload.spec.template.spec.volumes ?? []).flatMap(configMapsOf);
  const configMaps = manifests.filter(
    ({ kind, metadata }) =>
      kind === 'ConfigMap' && names.includes(metadata.name) && metadata.namespace === workload.metadata.namespace,
  );
  return configMaps.flatMap(({ data }) => Object.entries<string>(data).map(([name, text]) => ({ name, text })));
};

/** The files that are YAML, parsed. */
export const yamlFilesOf = (workload: Manifest, manifests: Manifest[]): { name: string; content: Manifest }[] =>
  configFilesOf(workload, manifests)
    .filter(({ name }) => /\.ya?ml$/.test(name))
    .flatMap(({ name, text }) => loadAll(text).map((content) => ({ name, content: content as Manifest })));

/** A name of the cluster's DNS that a workload uses. */
export interface Reference {
  readonly workload: Manifest;
  readonly service: string;
  readonly namespace: string;
  readonly port?: number;
  /** Name of the port in an SRV lookup. */
  readonly portName?: string;
}

const NAME = /(?:_([a-z0-9-]+)\._tcp\.)?([a-z0-9-]+)\.([a-z0-9-]+)\.svc(?:\.cluster\.local)?\.?(?::(\d+))?/g;

/** The text of a file, with ports where a program takes them from elsewhere than the name. */
function withPorts({ name, text }: ConfigFile): string {
  if (name === 'elasticsearch.yml') {
    // Source: discovery.seed_hosts; a host without a port has the first of `transport.profiles.default.port` or `transport.port`.
    const [, port = '9300'] = /^transport\.port: (\d+)/m.exec(text) ?? [];
    return text.replace(/^( +- [a-z0-9.-]+\.svc\.[a-z0-9.-]+)$/gm, `$1:${port}`);
  }
  // An output of Fluentd or Fluent Bit: the host in one line, its port in the next.
  return text.replace(/^(\s*host:? +['"]?[a-z0-9.-]+)(['"]?\s*\n\s*port:? +)(\d+)$/gm, '$1:$3$2$3');
}

/** Every name of the cluster's DNS in the arguments, environment and files of the workloads. */
export const referencesOf = (manifests: Manifest[]): Reference[] =>
  workloadsOf(manifests).flatMap((workload) => {
    // What curl is told to connect to takes the place of the host in the URL, which only its certificate is held against.
    const connecting = containersOf(workload).filter(
      ({ command = [] }) => !command.some((argument: string) => argument.includes("--connect-to '::127.0.0.1:")),
    );
    const spoken = connecting.flatMap(({ args = [], env = [] }) => [...args, ...env.map(({ value }: Manifest) => value ?? '')]);
    // Dashboards are content, not configuration.
    const files = configFilesOf(workload, manifests).filter(({ name }) => !name.endsWith('.json'));
    const text = [...spoken, ...files.map(withPorts)].join('\n');
    const found = [...text.matchAll(NAME)].map(([, portName, service, namespace, port]) => ({
      workload,
      service,
      namespace,
      port: port === undefined ? undefined : Number(port),
      portName,
    }));
    const identity = ({ service, namespace, port, portName }: Reference) => [service, namespace, port, portName].join(' ');
    return [...new Map(found.map((reference) => [identity(reference), reference])).values()];
  });

/** A job of Prometheus that finds pods by label. */
export interface PodScrape {
  readonly workload: Manifest;
  readonly job: string;
  readonly namespaces: string[];
  readonly labels: Record<string, string>;
  readonly port: number | undefined;
}

const parseSelector = (selector: string) =>
  Object.fromEntries(selector.split(',').map((pair): [string, string] => [pair.split('=')[0], pair.split('=')[1]]));

/** The jobs of `prometheus.yml`, with the workload that reads it. */
export const scrapeJobsOf = (manifests: Manifest[]): { workload: Manifest; job: Manifest }[] =>
  workloadsOf(manifests).flatMap((workload) =>
    yamlFilesOf(workload, manifests)
      .filter(({ name }) => name === 'prometheus.yml')
      .flatMap(({ content }) => (content.scrape_configs ?? []).map((job: Manifest) => ({ workload, job }))),
  );

/** Jobs that look for pods of the stack itself: those with a label selector. */
export const podScrapesOf = (manifests: Manifest[]): PodScrape[] =>
  scrapeJobsOf(manifests).flatMap(({ workload, job }) =>
    (job.kubernetes_sd_configs ?? [])
      .filter(({ role, selectors }: Manifest) => role === 'pod' && selectors?.[0]?.label !== undefined)
      .map(({ namespaces, selectors }: Manifest) => {
        const keep = (job.relabel_configs ?? []).find(
          ({ action, source_labels: labels }: Manifest) =>
            action === 'keep' && labels.includes('__meta_kubernetes_pod_container_port_number'),
        );
        return {
          workload,
          job: job.job_name,
          namespaces: namespaces?.names ?? [],
          labels: parseSelector(selectors[0].label),
          port: keep === undefined ? undefined : Number(String(keep.regex).split(';')[0]),
        };
      }),
  );
