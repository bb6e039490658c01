import { container, type Defect, edit, editArguments, editYaml, object, podOf } from './defect';

const PROMETHEUS = ['qgx-prometheus-config', 'prometheus.yml'] as const;
const LOKI = ['qgx-loki-config', 'config.yaml'] as const;
const ALLOY = ['qgx-alloy-node-config', 'config.alloy'] as const;
const NGINX = ['qgx-loki-gateway-config', 'nginx.conf'] as const;

const PROMTOOL = 'qgx-prometheus/prometheus: promtool check config';
const LOKI_VERIFIES = 'qgx-loki/loki: loki -verify-config';
const ALLOY_VALIDATES = 'qgx-alloy-node/alloy: alloy validate';
const NGINX_TESTS = 'qgx-loki-gateway/nginx: nginx -t';

const thanos = (path: string) => `${path}: thanos starts past its flags and configuration`;

/** Mistakes in what a program reads; the program itself refuses them. */
export const PROGRAM_DEFECTS: Defect[] = [
  {
    name: 'a key of prometheus.yml is misspelt',
    change: (manifests) => edit(manifests, ...PROMETHEUS, 'scrape_interval:', 'scrape_intervall:'),
    caughtBy: PROMTOOL,
  },
  {
    name: 'two scrape jobs have one name',
    change: (manifests) => edit(manifests, ...PROMETHEUS, 'job_name: cadvisor', 'job_name: kubelet'),
    caughtBy: PROMTOOL,
  },
  {
    name: 'a scrape may take longer than its interval',
    change: (manifests) => edit(manifests, ...PROMETHEUS, 'scrape_timeout: 10s', 'scrape_timeout: 40s'),
    caughtBy: PROMTOOL,
  },
  {
    name: 'a relabelling has a regular expression that does not compile',
    change: (manifests) => edit(manifests, ...PROMETHEUS, 'regex: (.+)', 'regex: (.+'),
    caughtBy: PROMTOOL,
  },
  {
    name: "Prometheus' configuration is not mounted",
    change: (manifests) => {
      const prometheus = container(manifests, 'qgx-prometheus/prometheus');
      prometheus.volumeMounts = prometheus.volumeMounts.filter(({ name }: { name: string }) => name !== 'config');
    },
    caughtBy: PROMTOOL,
  },
  {
    name: "Prometheus' retention has a unit that it does not know",
    change: (manifests) => editArguments(manifests, 'qgx-prometheus/prometheus', 'retention.time=30d', 'retention.time=30days'),
    caughtBy: 'qgx-prometheus/prometheus: prometheus starts',
  },
  {
    name: 'Prometheus is asked for a feature that it does not know',
    change: (manifests) =>
      editArguments(manifests, 'qgx-prometheus/prometheus', '--config.auto-reload', '--enable-feature=auto-reload'),
    caughtBy: 'qgx-prometheus/prometheus: prometheus starts',
  },
  {
    name: 'Thanos Query has a flag that there is not',
    change: (manifests) => editArguments(manifests, 'qgx-thanos-query/query', '--query.replica-label=', '--query.replica='),
    caughtBy: thanos('qgx-thanos-query/query'),
  },
  {
    name: "a key of the store gateway's bucket file is misspelt",
    change: (manifests) => edit(manifests, 'qgx-thanos-store-config', 'objstore.yaml', 'bucket:', 'bucket_name:'),
    caughtBy: thanos('qgx-thanos-store/store'),
  },
  {
    name: 'raw blocks are deleted before they can be downsampled',
    change: (manifests) => editArguments(manifests, 'qgx-thanos-compactor/compactor', 'resolution-raw=90d', 'resolution-raw=1d'),
    caughtBy: thanos('qgx-thanos-compactor/compactor'),
  },
  {
    name: "a key of Loki's configuration is misspelt",
    change: (manifests) => edit(manifests, ...LOKI, 'replication_factor:', 'replicas:'),
    caughtBy: LOKI_VERIFIES,
  },
  {
    name: "Loki's schema is too old for structured metadata",
    change: (manifests) => edit(manifests, ...LOKI, 'schema: v13', 'schema: v12'),
    caughtBy: LOKI_VERIFIES,
  },
  {
    name: "Loki's compactor is to delete and has no store for what is to be deleted",
    change: (manifests) =>
      editYaml(manifests, ...LOKI, (content) => {
        content.compactor = { retention_enabled: true };
      }),
    caughtBy: LOKI_VERIFIES,
  },
  {
    name: 'a component of Alloy forwards to one that is not there',
    change: (manifests) => edit(manifests, ...ALLOY, '[loki.process.backend.receiver]', '[loki.process.frontend.receiver]'),
    caughtBy: ALLOY_VALIDATES,
  },
  {
    name: "a quote ends a string of Alloy's configuration too early",
    change: (manifests) => edit(manifests, ...ALLOY, '= "qgx-prod"', '= "qgx"-prod"'),
    caughtBy: ALLOY_VALIDATES,
  },
  {
    name: "Alloy's configuration is not written as its formatter writes it",
    change: (manifests) => edit(manifests, ...ALLOY, '\trole = "pod"', '  role = "pod"'),
    caughtBy: 'qgx-alloy-node/alloy: alloy fmt finds nothing to change',
  },
  {
    name: 'a `$` in nginx.conf is read as a variable',
    change: (manifests) => edit(manifests, ...NGINX, 'return 200 OK;', 'return 200 $OK;'),
    caughtBy: NGINX_TESTS,
  },
  {
    name: 'a semicolon is missing in nginx.conf',
    change: (manifests) => edit(manifests, ...NGINX, 'server_tokens off;', 'server_tokens off'),
    caughtBy: NGINX_TESTS,
  },
  {
    name: 'memcached has an option that it does not know',
    change: (manifests) => editArguments(manifests, 'qgx-memcached-chunks/memcached', '--extended=modern', '--extended=modren'),
    caughtBy: 'qgx-memcached-chunks/memcached: memcached starts',
  },
  {
    name: 'memcached refuses items as large as Loki sends',
    change: (manifests) => editArguments(manifests, 'qgx-memcached-chunks/memcached', '5242880', '1048576'),
    caughtBy: 'memcached',
  },
  {
    name: 'kube-state-metrics has a flag that there is not',
    change: (manifests) =>
      editArguments(manifests, 'qgx-kube-state-metrics/kube-state-metrics', '--telemetry-port', '--telemetry.port'),
    caughtBy: 'qgx-kube-state-metrics/kube-state-metrics: kube-state-metrics starts past its flags',
  },
  {
    name: 'kube-state-metrics is told of a resource that there is not',
    change: (manifests) => editArguments(manifests, 'qgx-kube-state-metrics/kube-state-metrics', 'statefulsets', 'statefullsets'),
    caughtBy: 'running components',
  },
];

/** Mistakes in objects, which the API server refuses or warns of. */
export const OBJECT_DEFECTS: Defect[] = [
  {
    name: 'a container port has a name that is too long',
    change: (manifests) => {
      container(manifests, 'qgx-alloy-node/alloy').ports[0].name = 'http-metrics-port';
    },
    caughtBy: 'kube-apiserver',
  },
  {
    name: 'a Service has one port name twice',
    change: (manifests) => {
      object(manifests, 'Service', 'qgx-thanos-store').spec.ports[1].name = 'grpc';
    },
    caughtBy: 'kube-apiserver',
  },
  {
    name: 'Loki runs as root where PodSecurity is restricted',
    change: (manifests) => {
      Object.assign(container(manifests, 'qgx-loki/loki').securityContext, { runAsUser: 0, runAsNonRoot: false });
    },
    caughtBy: 'kube-apiserver',
  },
  {
    name: 'a container may gain privileges',
    change: (manifests) => {
      container(manifests, 'qgx-thanos-store/store').securityContext.allowPrivilegeEscalation = true;
    },
    caughtBy: 'kube-apiserver',
  },
  {
    name: 'a field of a pod is misspelt',
    change: (manifests) => {
      podOf(manifests, 'qgx-loki').terminationGracePeriod = 60;
    },
    caughtBy: 'kube-apiserver',
  },
  {
    name: "a workload's selector does not fit its pods",
    change: (manifests) => {
      const { template } = object(manifests, 'Deployment', 'qgx-loki-gateway').spec;
      template.metadata.labels['app.kubernetes.io/component'] = 'proxy';
    },
    caughtBy: 'kube-apiserver',
  },
  {
    name: 'a container asks for more memory than it may have',
    change: (manifests) => {
      container(manifests, 'qgx-grafana/grafana').resources.requests.memory = '2Gi';
    },
    caughtBy: 'kube-apiserver',
  },
  {
    name: 'a volume that is mounted is not there',
    change: (manifests) => {
      podOf(manifests, 'qgx-loki').volumes = [];
    },
    caughtBy: 'kube-apiserver',
  },
  {
    name: 'a reference to a Secret names no key',
    change: (manifests) => {
      const [variable] = container(manifests, 'qgx-grafana/grafana').env;
      delete variable.valueFrom.secretKeyRef.key;
    },
    caughtBy: 'kube-apiserver',
  },
  {
    name: 'an object is put into a namespace that nobody makes',
    change: (manifests) => {
      object(manifests, 'Service', 'qgx-loki').metadata.namespace = 'logging';
    },
    caughtBy: 'kube-apiserver',
  },
  {
    name: 'a field is changed that cannot be changed in a running cluster',
    change: (manifests) => {
      object(manifests, 'StatefulSet', 'qgx-prometheus').spec.serviceName = 'qgx-prometheus';
    },
    caughtBy: 'kube-apiserver',
  },
  {
    name: 'a StatefulSet gets another name and leaves its volume behind',
    change: (manifests) => {
      object(manifests, 'StatefulSet', 'qgx-prometheus').metadata.name = 'qgx-prometheus-server';
    },
    caughtBy: 'upgrade',
  },
  {
    name: 'Prometheus runs as another user than the one its files belong to',
    change: (manifests) => {
      for (const { securityContext } of podOf(manifests, 'qgx-prometheus').containers) {
        securityContext.runAsUser = 1000;
      }
    },
    caughtBy: 'upgrade',
  },
];
