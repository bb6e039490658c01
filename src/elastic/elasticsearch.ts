import { Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { serviceAccount } from '../kubernetes/access';
import { Component } from '../kubernetes/component';
import { configFiles } from '../kubernetes/config-files';
import {
  type ContainerDescription,
  fieldVariable,
  mergeResources,
  quantity,
  secretVariable,
  tcpProbe,
} from '../kubernetes/container';
import { service } from '../kubernetes/service';
import { toYaml } from '../kubernetes/text';
import { claimOptions, offeredSize, volumeProblems } from '../kubernetes/volumes';
import { statefulSet } from '../kubernetes/workload';
import { Cpu } from '../settings/cpu';
import { type Endpoint, EndpointProtocol } from '../settings/endpoint';
import { Retention } from '../settings/retention';
import type { VolumeOptions } from '../settings/volume-options';
import type { WorkloadOptions } from '../settings/workload-options';
import { type ElasticsearchCertificate, type ElasticsearchPasswords, secretFiles } from './elastic-security';
import {
  elasticsearchConfig,
  heapArguments,
  heapOf,
  indexTemplate,
  lifecyclePolicy,
  METRICS_READER,
  metricsReaderRole,
  SETTINGS_SCRIPT,
  START_SCRIPT,
  WRITER,
  writerRole,
} from './elasticsearch-config';

/** Properties of `Elasticsearch`. */
export interface ElasticsearchProps extends WorkloadOptions, VolumeOptions {
  /** Certificate for clients and for the nodes among each other. */
  readonly certificate: ElasticsearchCertificate;
  /** Passwords of the users that the stack needs. */
  readonly passwords: ElasticsearchPasswords;
  /**
   * Number of nodes, each of which may become master and holds data. Three stay writable while one is away, and keep each line
   * twice; two would be worse than one. @default 1
   */
  readonly nodes?: number;
  /** How long lines are kept at least; at most a day longer, because whole days are deleted. @default Retention.days(7) */
  readonly retention?: Retention;
  /** How names of indices begin; the date follows, `kubernetes-2026.01.31`. @default 'kubernetes' */
  readonly indexPrefix?: string;
  /** Volume of each node. @default Size.gibibytes(30), or the next size that the cluster offers */
  readonly volume?: Size;
  /** Memory of the JVM's heap. @default - half of the container's memory limit, at most 31Gi */
  readonly heap?: Size;
  /**
   * Whether files are mapped into memory, which is faster for large indices. Nodes then need `vm.max_map_count` of at least 262144
   * (`sysctl`), or Elasticsearch refuses to start, as one of several nodes; nothing here changes the node. @default false
   */
  readonly memoryMapping?: boolean;
}

const HTTP = { name: 'https', port: 9200 };
const TRANSPORT = { name: 'transport', port: 9300 };
const READINESS = { name: 'readiness', port: 8080 };

const CONFIG_DIRECTORY = '/mnt/elasticsearch-config';

/** 2Gi: what Elastic's operator gives a node. The limit equals the request, because half of it is locked up in the heap. */
const OWN_RESOURCES = { cpuRequest: Cpu.millis(200), memoryRequest: Size.gibibytes(2), memoryLimit: Size.gibibytes(2) };

/**
 * Elasticsearch for logs: one node, or three that elect a master by majority. Security is always on: TLS for clients and between
 * nodes, and users with passwords from Secrets. A small container beside each node keeps users, roles, the life of indices
 * (`retention`) and their template in Elasticsearch, which takes these by its API only; what it writes is the same on each node.
 *
 * Its metrics are those of `ElasticsearchExporter`. A node counts as ready when it has joined the cluster, not when all its shards are
 * there: change one thing at a time, and look at `/_cluster/health` before the next.
 */
export class Elasticsearch extends Component {
  /** Where clients read and write, with TLS. The certificate must have its host name. */
  public readonly http: Endpoint;
  /** How names of indices begin. */
  public readonly indexPrefix: string;
  /**
   * What clients need to log in and to trust it.
   * @internal
   */
  public readonly _access: Pick<ElasticsearchProps, 'certificate' | 'passwords'>;

  constructor(scope: Construct, id: string, props: ElasticsearchProps) {
    super(scope, id, { app: 'elasticsearch', component: 'elasticsearch', options: props });
    const { cluster } = this._context;
    const { certificate, passwords, nodes = 1, retention = Retention.days(7), memoryMapping = false } = props;
    this.indexPrefix = props.indexPrefix ?? 'kubernetes';
    this._access = { certificate, passwords };
    const { name } = this._identity;
    const memoryLimit = mergeResources(OWN_RESOURCES, props.resources).memoryLimit ?? OWN_RESOURCES.memoryLimit;
    const heap = props.heap ?? heapOf(memoryLimit);
    this._check(() => [
      ...this.problems(nodes, retention, heap, memoryLimit),
      ...volumeProblems(cluster, 'volume', props.volume),
    ]);

    const account = serviceAccount(this);
    const [transport] = service(this, {
      headless: true,
      publishNotReadyAddresses: true,
      ports: [{ target: TRANSPORT, protocol: EndpointProtocol.TCP }],
    });
    [this.http] = service(this, { suffix: 'http', ports: [{ target: HTTP, protocol: EndpointProtocol.HTTPS }] });
    this._connect(transport);

    const indices = { prefix: this.indexPrefix, retention, replicas: nodes > 1 ? 1 : 0 };
    const config = configFiles(this, 'config', () => ({
      'elasticsearch.yml': toYaml(
        elasticsearchConfig({
          clusterName: name,
          nodes: Array.from({ length: nodes }, (_, index) => `${name}-${index}`),
          discoveryHost: transport.host,
          memoryMapping,
        }),
      ),
    }));
    const settings = configFiles(this, 'settings', () => ({
      'policy.json': JSON.stringify(lifecyclePolicy(indices)),
      'template.json': JSON.stringify(indexTemplate(indices)),
      'role.json': JSON.stringify(writerRole(indices)),
      ...(passwords.exporter && { 'reader.json': JSON.stringify(metricsReaderRole()) }),
    }));
    const elasticPassword = secretVariable(this, 'ELASTIC_PASSWORD', passwords.elastic);
    const settingsContainer: ContainerDescription = {
      name: 'settings',
      image: 'elasticsearch',
      command: ['/bin/bash', '-c', SETTINGS_SCRIPT],
      args: [],
      environment: [
        { name: 'ELASTICSEARCH_URL', value: this.http.url },
        { name: 'INDEX_PREFIX', value: this.indexPrefix },
        { name: 'WRITER_NAME', value: WRITER },
        elasticPassword,
        secretVariable(this, 'KIBANA_PASSWORD', passwords.kibana),
        secretVariable(this, 'WRITER_PASSWORD', passwords.writer),
        ...(passwords.exporter
          ? [{ name: 'READER_NAME', value: METRICS_READER }, secretVariable(this, 'READER_PASSWORD', passwords.exporter)]
          : []),
      ],
      ports: [],
      mounts: [
        { name: 'settings', mountPath: '/mnt/settings', readOnly: true },
        { name: 'certs', mountPath: '/mnt/certs', readOnly: true },
      ],
      // A shell that sleeps, and a curl now and then.
      resources: { cpuRequest: Cpu.millis(5), memoryRequest: Size.mebibytes(16), memoryLimit: Size.mebibytes(64) },
    };
    for (const secret of Object.values(certificate)) {
      this._requireSecret(secret);
    }
    statefulSet(this, {
      replicas: nodes,
      serviceName: name,
      // A node is ready only when a master is elected, which takes the others.
      podManagement: 'Parallel',
      claims: [{ name: 'data', size: props.volume ?? offeredSize(cluster, Size.gibibytes(30)), ...claimOptions(props) }],
      pod: () => ({
        serviceAccountName: account,
        checksum: config.checksum(),
        // Elastic's operator gives as much: shards are flushed, and a master hands over.
        terminationGracePeriodSeconds: 180,
        volumes: [
          config.volume('config'),
          settings.volume('settings'),
          secretFiles('certs', {
            'tls.crt': certificate.certificate,
            'tls.key': certificate.privateKey,
            'ca.crt': certificate.certificateAuthority,
          }),
          { name: 'writable-config', emptyDir: {} },
          { name: 'logs', emptyDir: {} },
          { name: 'tmp', emptyDir: {} },
        ],
        containers: [
          {
            name: 'elasticsearch',
            image: 'elasticsearch',
            command: ['/bin/bash', '-c', START_SCRIPT, 'elasticsearch'],
            args: [],
            environment: [
              fieldVariable('POD_NAME', 'metadata.name'),
              fieldVariable('POD_IP', 'status.podIP'),
              { name: 'ES_PATH_CONF', value: CONFIG_DIRECTORY },
              { name: 'ES_JAVA_OPTS', value: heapArguments(heap) },
              elasticPassword,
            ],
            ports: [HTTP, TRANSPORT, READINESS],
            mounts: [
              { name: 'config', mountPath: '/mnt/elasticsearch', readOnly: true },
              { name: 'writable-config', mountPath: CONFIG_DIRECTORY },
              { name: 'certs', mountPath: `${CONFIG_DIRECTORY}/certs`, readOnly: true },
              { name: 'data', mountPath: '/usr/share/elasticsearch/data' },
              { name: 'logs', mountPath: '/usr/share/elasticsearch/logs' },
              { name: 'tmp', mountPath: '/tmp' },
            ],
            resources: OWN_RESOURCES,
            // No liveness probe: a node that recovers shards must not be killed, and one that cannot go on ends by itself.
            readiness: tcpProbe(READINESS.name),
          },
          settingsContainer,
        ],
      }),
    });
  }

  private problems(nodes: number, retention: Retention, heap: Size, memory: Size): string[] {
    const problems: string[] = [];
    if (!Number.isInteger(nodes) || nodes < 1 || nodes % 2 === 0) {
      problems.push(`nodes is ${nodes}; allowed are odd whole numbers, because a majority elects the master: take 1 or 3`);
    }
    if (!/^[a-z][a-z0-9_-]{0,99}$/.test(this.indexPrefix)) {
      problems.push(
        `indexPrefix is ${JSON.stringify(this.indexPrefix)}; allowed are lower-case letters, digits, "-" and "_" after a letter: rename it`,
      );
    }
    if (!(retention.toHours() > 0)) {
      problems.push(`retention is ${retention}; allowed is more than zero: give hours or days`);
    }
    const mebibytes = heap.toMebibytes({ rounding: 1 });
    if (mebibytes < 128 || mebibytes > memory.toMebibytes({ rounding: 1 }) * 0.75 || mebibytes > 31 * 1024) {
      problems.push(
        `heap is ${quantity(heap)}; allowed are 128Mi to 31Gi and at most three quarters of the container's ${quantity(memory)}: change it or resources.memoryLimit`,
      );
    }
    return problems;
  }
}
