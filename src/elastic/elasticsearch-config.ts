import { Size } from 'cdk8s';
import type { Retention } from '../settings/retention';

/** Settings of an Elasticsearch node with nothing left open. */
export interface ElasticsearchSettings {
  readonly clusterName: string;
  /** Names of the pods. */
  readonly nodes: readonly string[];
  /** Name of the headless Service, by which nodes find each other. */
  readonly discoveryHost: string;
  readonly memoryMapping: boolean;
}

/** Where the certificates are, seen from Elasticsearch's configuration directory; it may read no others. */
const CERTIFICATES = 'certs';
const TLS_FILES = {
  certificate: `${CERTIFICATES}/tls.crt`,
  key: `${CERTIFICATES}/tls.key`,
  certificate_authorities: [`${CERTIFICATES}/ca.crt`],
};

/** elasticsearch.yml. `${…}` are environment variables, which Elasticsearch replaces. */
export function elasticsearchConfig({ clusterName, nodes, discoveryHost, memoryMapping }: ElasticsearchSettings) {
  return {
    'cluster.name': clusterName,
    'node.name': '${POD_NAME}',
    'path.data': '/usr/share/elasticsearch/data',
    'network.host': '0.0.0.0',
    'network.publish_host': '${POD_IP}',
    // Opens when the node has joined a cluster with a master; a probe of the API itself would need a password.
    'readiness.port': 8080,
    // Only needed to form the cluster; a node that belongs to one ignores it. A lost volume forms none by itself: that takes a majority.
    ...(nodes.length === 1
      ? { 'discovery.type': 'single-node' }
      : { 'discovery.seed_hosts': [discoveryHost], 'cluster.initial_master_nodes': [...nodes] }),
    ...(!memoryMapping && { 'node.store.allow_mmap': false }),
    'xpack.security.enabled': true,
    // Would hand out certificates and passwords of its own at the first start.
    'xpack.security.enrollment.enabled': false,
    'xpack.security.http.ssl': { enabled: true, ...TLS_FILES },
    // Pods change their addresses, so that nodes trust the authority and not the name.
    'xpack.security.transport.ssl': {
      enabled: true,
      verification_mode: 'certificate',
      client_authentication: 'required',
      ...TLS_FILES,
    },
  };
}

/** Above this size the JVM has longer pointers, and less room than below. */
const LARGEST_HEAP = Size.gibibytes(31);

/** Heap for a container: half of its memory, the other half is for the file system's cache (Elastic's own advice). */
export function heapOf(memory: Size): Size {
  return Size.mebibytes(Math.min(Math.floor(memory.toMebibytes({ rounding: 1 }) / 2), LARGEST_HEAP.toMebibytes()));
}

/** Arguments of the JVM. Both ends are equal, because a heap that grows stops everything while it does. */
export const heapArguments = (heap: Size): string => `-Xms${heap.toMebibytes()}m -Xmx${heap.toMebibytes()}m`;

/** What is kept in Elasticsearch, besides its configuration file. */
export interface IndexSettings {
  readonly prefix: string;
  readonly retention: Retention;
  /** Copies of each shard besides the first. */
  readonly replicas: number;
}

/**
 * Life of an index. Each holds a day and ages from its creation, so that its last line is a day younger than it: it stays a day longer.
 */
export function lifecyclePolicy({ retention }: IndexSettings) {
  const hours = Math.ceil(retention.toHours()) + 24;
  return {
    policy: {
      phases: {
        hot: { min_age: '0ms', actions: {} },
        ...(!retention.isForever && { delete: { min_age: `${hours}h`, actions: { delete: {} } } }),
      },
    },
  };
}

/** Field of the id that Fluentd gives to a line, so that sending it twice stores it once. Nobody searches it. */
export const LINE_ID = 'line_id';

/** What new indices are made from. Priority: above Elasticsearch's own templates, which have 100 to 200. */
export function indexTemplate({ prefix, replicas }: IndexSettings) {
  return {
    index_patterns: [`${prefix}-*`],
    priority: 500,
    template: {
      settings: {
        'index.lifecycle.name': prefix,
        'index.number_of_shards': 1,
        'index.number_of_replicas': replicas,
      },
      mappings: {
        properties: {
          '@timestamp': { type: 'date' },
          log: { type: 'text' },
          stream: { type: 'keyword' },
          [LINE_ID]: { type: 'keyword', index: false, doc_values: false },
          kubernetes: {
            properties: {
              // One field each: `app` and `app.kubernetes.io/name` beside each other would be a value and an object of one name.
              labels: { type: 'flattened' },
              annotations: { type: 'flattened' },
              namespace_labels: { type: 'flattened' },
              namespace_annotations: { type: 'flattened' },
            },
          },
        },
      },
    },
  };
}

/** Rights of what writes lines: to its indices, nothing else. `create_doc` would not let Fluent Bit send a line twice. */
export const writerRole = ({ prefix }: IndexSettings) => ({
  cluster: ['monitor'],
  indices: [{ names: [`${prefix}-*`], privileges: ['auto_configure', 'index', 'view_index_metadata'] }],
});

/** The user of what writes lines. */
export const WRITER = 'log-writer';

/**
 * Rights of what reads metrics: how cluster, nodes and indices do, not what is in them. `read_ilm` asks whether the life of indices goes
 * on, `view_index_metadata` where each index stands in it.
 */
export const metricsReaderRole = () => ({
  cluster: ['monitor', 'read_ilm'],
  indices: [{ names: ['*'], privileges: ['monitor', 'view_index_metadata'] }],
});

/** The user of what reads metrics. */
export const METRICS_READER = 'metrics-reader';

/**
 * Starts Elasticsearch on a read-only file system: its configuration directory must be writable, because the keystore is there.
 * The password counts for the first start of a cluster only.
 */
export const START_SCRIPT = `set -eu
cp -r /usr/share/elasticsearch/config/. "$ES_PATH_CONF"
cp /mnt/elasticsearch/elasticsearch.yml "$ES_PATH_CONF"
rm -f "$ES_PATH_CONF/elasticsearch.keystore"
elasticsearch-keystore create --silent
printf '%s' "$ELASTIC_PASSWORD" | elasticsearch-keystore add --stdin --force bootstrap.password
unset ELASTIC_PASSWORD
exec elasticsearch "$@"
`;

/**
 * Keeps in Elasticsearch what only its API takes: passwords of users, their roles, the life of indices and their template. It begins
 * anew when a file changes, so that another retention needs no restart, and every ten minutes, so that it repairs itself.
 * The writer comes after the template: an index that it made before would have neither mapping nor end.
 * Passwords stay off the command line; the address is the Service's, for the certificate's sake, and leads to this pod.
 */
export const SETTINGS_SCRIPT = `set -u
json() { local text=\${1//\\\\/\\\\\\\\}; printf '"%s"' "\${text//\\"/\\\\\\"}"; }
ask() {
  curl --silent --show-error --fail --max-time 30 --cacert /mnt/certs/ca.crt --connect-to '::127.0.0.1:9200' \\
    --config <(printf 'user = '; json "elastic:$ELASTIC_PASSWORD") --header 'Content-Type: application/json' \\
    --output /dev/null --request "$1" --data-binary @- "$ELASTICSEARCH_URL$2"
}
user() {
  ask PUT "/_security/role/$1" < "$3" &&
  printf '{"password":%s,"roles":[%s]}' "$(json "$2")" "$(json "$1")" | ask PUT "/_security/user/$1"
}
settle() {
  printf '{"password":%s}' "$(json "$KIBANA_PASSWORD")" | ask POST /_security/user/kibana_system/_password &&
  ask PUT "/_ilm/policy/$INDEX_PREFIX" < policy.json &&
  ask PUT "/_index_template/$INDEX_PREFIX" < template.json &&
  user "$WRITER_NAME" "$WRITER_PASSWORD" role.json &&
  if [ -n "\${READER_PASSWORD-}" ]; then user "$READER_NAME" "$READER_PASSWORD" reader.json; fi
}
trap 'exit 0' TERM
cd /mnt/settings
while true; do
  applied=$(cat *.json)
  until settle; do sleep 10 & wait $!; done
  echo 'settings applied'
  for _ in $(seq 60); do
    sleep 10 & wait $!
    [ "$(cat *.json)" = "$applied" ] || break
  done
done
`;
