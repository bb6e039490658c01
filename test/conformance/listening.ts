import type { Manifest } from '../support/constructs';
import { configFilesOf, yamlFilesOf } from './references';

/** What a program reads. */
interface Reading {
  readonly text: string;
  /** Its YAML files, parsed. */
  readonly contents: Manifest[];
}

const numbers = (text: string, pattern: RegExp): number[] =>
  [...text.matchAll(pattern)].map((groups) => Number(groups.slice(1).find((group) => group !== undefined)));

/** Addresses of a collector's configuration: `endpoint: 0.0.0.0:4317`, or `host` beside `port`. */
function boundBy(node: Manifest): number[] {
  if (node === null || typeof node !== 'object') {
    return [];
  }
  const { endpoint, host, port } = node;
  return [
    ...numbers(String(endpoint ?? ''), /^0\.0\.0\.0:(\d+)$/g),
    ...(host === '0.0.0.0' && typeof port === 'number' ? [port] : []),
    ...Object.values<Manifest>(node).flatMap(boundBy),
  ];
}

/** Source: the setting's own section of each program's documentation. */
const LISTENERS: Record<string, (reading: Reading) => number[]> = {
  'prometheus/prometheus': () => [9090],
  'prometheus/alertmanager': () => [9093],
  'library/memcached': () => [11211],
  'grafana/grafana': () => [3000],
  'grafana/loki': ({ contents }) =>
    contents.flatMap(({ server, memberlist }) => [
      server?.http_listen_port ?? 3100,
      server?.grpc_listen_port ?? 9095,
      ...(memberlist ? [memberlist.bind_port ?? 7946] : []),
    ]),
  'grafana/alloy': ({ text }) => numbers(text, /"0\.0\.0\.0:(\d+)"|\blisten_port\s*=\s*(\d+)/g),
  'nginxinc/nginx-unprivileged': ({ text }) => numbers(text, /\blisten\s+(?:\S*:)?(\d+)/g),
  'elasticsearch/elasticsearch': ({ contents }) =>
    contents.flatMap((content) => [content['http.port'] ?? 9200, content['transport.port'] ?? 9300, content['readiness.port']]),
  'kibana/kibana': ({ contents }) => contents.map((content) => content['server.port'] ?? 5601),
  // Sources listen; outputs have ports too, those of others.
  'fluent/fluentd-kubernetes-daemonset': ({ text }) =>
    [...text.matchAll(/<source>[\s\S]*?<\/source>/g)].flatMap(([source]) => numbers(source, /^\s*port\s+(\d+)/gm)),
  'fluent/fluent-bit': ({ contents }) =>
    contents.flatMap(({ service, pipeline }) => [
      ...(service?.http_server ? [Number(service.http_port ?? 2020)] : []),
      ...(pipeline?.inputs ?? []).map(({ port }: Manifest) => Number(port)),
    ]),
  'grafana/tempo': ({ contents }) =>
    contents.flatMap(({ server, distributor }) => [
      server?.http_listen_port ?? 3200,
      server?.grpc_listen_port ?? 9095,
      ...boundBy(distributor?.receivers),
    ]),
  'jaegertracing/jaeger': ({ contents }) => contents.flatMap(boundBy),
};

/** Ports that a container is told to listen on by its arguments and files, or has by default. */
export function listeningPorts(container: Manifest, workload: Manifest, manifests: Manifest[]): number[] {
  const told = (container.args ?? []).flatMap((argument: string) =>
    numbers(argument, /^-{1,2}[\w.-]*(?:port|addr|address)=(?:.*:)?(\d+)$/g),
  );
  const files = Object.entries(LISTENERS).find(([repository]) => container.image.includes(`/${repository}:`))?.[1];
  const text = configFilesOf(workload, manifests).map((file) => file.text);
  const contents = yamlFilesOf(workload, manifests).map(({ content }) => content ?? {});
  return [...told, ...(files?.({ text: text.join('\n'), contents }) ?? [])];
}
