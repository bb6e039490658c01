import type { Manifest } from '../support/constructs';
import { container, type Defect, drop, edit, editArguments, editYaml, object, podOf, without } from './defect';

const PROMETHEUS = ['qgx-prometheus-config', 'prometheus.yml'] as const;
const SOURCES = ['qgx-grafana-config', 'datasources.yaml'] as const;

const policy = (manifests: Manifest[], name: string): Manifest => object(manifests, 'NetworkPolicy', name).spec;

const hasPort =
  (number: number) =>
  ({ ports }: Manifest): boolean =>
    ports?.some(({ port }: Manifest) => port === number) ?? false;

/** Mistakes by which one part does not find or reach another. */
export const WIRING_DEFECTS: Defect[] = [
  {
    name: "a Service's selector finds no pod",
    change: (manifests) => {
      object(manifests, 'Service', 'qgx-thanos-query').spec.selector['app.kubernetes.io/component'] = 'querier';
    },
    caughtBy: 'wiring',
  },
  {
    name: 'a Service leads to a port name that the pod does not have',
    change: (manifests) => {
      object(manifests, 'Service', 'qgx-grafana').spec.ports[0].targetPort = 'web';
    },
    caughtBy: 'wiring',
  },
  {
    name: 'an SRV name has the wrong port name',
    change: (manifests) =>
      edit(manifests, 'qgx-thanos-query-config', 'endpoints.yaml', '_grpc._tcp.qgx-thanos-store', '_http2._tcp.qgx-thanos-store'),
    caughtBy: 'wiring',
  },
  {
    name: 'an SRV name asks a Service that has an address',
    change: (manifests) => {
      delete object(manifests, 'Service', 'qgx-thanos-store').spec.clusterIP;
    },
    caughtBy: 'wiring',
  },
  {
    name: 'a DNS name leads to a Service that is not there',
    change: (manifests) => edit(manifests, 'qgx-loki-config', 'config.yaml', 'qgx-memcached-results.', 'qgx-memcached-frontend.'),
    caughtBy: 'wiring',
  },
  {
    name: 'a DNS name has the wrong namespace',
    change: (manifests) =>
      edit(manifests, 'qgx-loki-gateway-config', 'nginx.conf', 'qgx-loki.monitoring.', 'qgx-loki.monitoring-agents.'),
    caughtBy: 'wiring',
  },
  {
    name: 'a data source has the wrong port',
    change: (manifests) => edit(manifests, ...SOURCES, 'svc.cluster.local:9090', 'svc.cluster.local:9091'),
    caughtBy: 'wiring',
  },
  {
    name: 'a scrape job looks for the wrong port',
    change: (manifests) => edit(manifests, ...PROMETHEUS, 'regex: 3100;TCP', 'regex: 3101;TCP'),
    caughtBy: 'wiring',
  },
  {
    name: 'a scrape job looks for the wrong labels',
    change: (manifests) => edit(manifests, ...PROMETHEUS, 'component=store', 'component=storage'),
    caughtBy: 'wiring',
  },
  {
    name: 'a container port is not the one that the program listens on',
    change: (manifests) => {
      container(manifests, 'qgx-loki-gateway/nginx').ports[0].containerPort = 8081;
    },
    caughtBy: 'wiring',
  },
  {
    name: 'a probe asks a port that the container does not have',
    change: (manifests) => {
      container(manifests, 'qgx-prometheus/thanos-sidecar').readinessProbe.httpGet.port = 'http-sidecar';
    },
    caughtBy: 'wiring',
  },
  {
    name: 'a variable in an external label is not in the environment',
    change: (manifests) => {
      container(manifests, 'qgx-prometheus/prometheus').env = [];
    },
    caughtBy: 'wiring',
  },
  {
    name: 'a ConfigMap that is mounted is not there',
    change: (manifests) => without(manifests, 'ConfigMap', 'qgx-thanos-query-config'),
    caughtBy: 'wiring',
  },
  {
    name: 'two objects have one name',
    change: (manifests) => {
      object(manifests, 'ConfigMap', 'qgx-thanos-store-config').metadata.name = 'qgx-thanos-query-config';
    },
    caughtBy: 'wiring',
  },
  {
    name: 'a NetworkPolicy does not let Alloy out to the gateway',
    change: (manifests) => drop(policy(manifests, 'qgx-alloy-node').egress, hasPort(8080)),
    caughtBy: 'wiring',
  },
  {
    name: 'a NetworkPolicy does not let Loki in to its cache',
    change: (manifests) => drop(policy(manifests, 'qgx-memcached-chunks').ingress, hasPort(11211)),
    caughtBy: 'wiring',
  },
  {
    name: 'a NetworkPolicy looks for Alloy in the wrong namespace',
    change: (manifests) => {
      const [{ from }] = policy(manifests, 'qgx-loki-gateway').ingress.filter(hasPort(8080));
      for (const peer of from) {
        delete peer.namespaceSelector;
      }
    },
    caughtBy: 'wiring',
  },
  {
    name: 'a NetworkPolicy does not let Grafana ask for names',
    change: (manifests) => drop(policy(manifests, 'qgx-grafana').egress, hasPort(53)),
    caughtBy: 'wiring',
  },
  {
    name: 'a NetworkPolicy does not let the store gateway out to object storage',
    change: (manifests) => drop(policy(manifests, 'qgx-thanos-store').egress, hasPort(443)),
    caughtBy: 'wiring',
  },
  {
    name: 'a NetworkPolicy does not let Prometheus out to the kubelets',
    change: (manifests) => {
      const [{ ports }] = policy(manifests, 'qgx-prometheus').egress.filter(hasPort(10250));
      drop(ports, ({ port }) => port === 10250);
    },
    caughtBy: 'wiring',
  },
];

/** Mistakes by which everything runs and the result is wrong. */
export const CONTRACT_DEFECTS: Defect[] = [
  {
    name: 'an external label is missing',
    change: (manifests) => editYaml(manifests, ...PROMETHEUS, ({ global }) => delete global.external_labels.env),
    caughtBy: 'contracts',
  },
  {
    name: 'a scrape job does not say of which cluster its series are',
    change: (manifests) =>
      editYaml(manifests, ...PROMETHEUS, ({ scrape_configs: jobs }) =>
        drop(jobs[0].relabel_configs, ({ target_label: label }) => label === 'cluster'),
      ),
    caughtBy: 'contracts',
  },
  {
    name: 'Thanos Query deduplicates by a label that nobody has',
    change: (manifests) => editArguments(manifests, 'qgx-thanos-query/query', 'replica-label=replica', 'replica-label=pod'),
    caughtBy: 'contracts',
  },
  {
    name: 'log lines have another environment than metrics',
    change: (manifests) => edit(manifests, 'qgx-alloy-node-config', 'config.alloy', '= "prod"', '= "production"'),
    caughtBy: 'contracts',
  },
  {
    name: 'Loki runs as a user that its image is not made for',
    change: (manifests) => {
      container(manifests, 'qgx-loki/loki').securityContext.runAsUser = 1000;
    },
    caughtBy: 'contracts',
  },
  {
    name: "the sidecar runs as its image's user, who may not change what Prometheus writes",
    change: (manifests) => {
      container(manifests, 'qgx-prometheus/thanos-sidecar').securityContext.runAsUser = 1001;
    },
    caughtBy: 'contracts',
  },
  {
    name: 'a changed configuration does not roll the pods',
    change: (manifests) => {
      delete object(manifests, 'StatefulSet', 'qgx-loki').spec.template.metadata.annotations['checksum/config'];
    },
    caughtBy: 'contracts',
  },
  {
    name: 'Loki and Thanos share one place in object storage',
    change: (manifests) => edit(manifests, 'qgx-loki-config', 'config.yaml', 'bucket_name: qgx-loki', 'bucket_name: qgx-thanos'),
    caughtBy: 'contracts',
  },
  {
    name: 'the compactor works in another place than the sidecar',
    change: (manifests) =>
      editYaml(manifests, 'qgx-thanos-compactor-config', 'objstore.yaml', (content) => {
        content.prefix = 'metrics';
      }),
    caughtBy: 'contracts',
  },
  {
    name: 'a key of object storage does not reach its container',
    change: (manifests) =>
      drop(container(manifests, 'qgx-thanos-store/store').env, ({ name }) => name === 'AWS_SECRET_ACCESS_KEY'),
    caughtBy: 'contracts',
  },
  {
    name: 'a Secret is used by a key that the prerequisites do not name',
    change: (manifests) => {
      const { env } = container(manifests, 'qgx-loki/loki');
      env.find(({ name }: Manifest) => name === 'AWS_ACCESS_KEY_ID').valueFrom.secretKeyRef.key = 'access_key';
    },
    caughtBy: 'contracts',
  },
  {
    name: 'two data sources have one uid',
    change: (manifests) => edit(manifests, ...SOURCES, 'uid: thanos-long-term', 'uid: thanos'),
    caughtBy: 'contracts',
  },
  {
    name: 'a `$` in a data source is not escaped',
    change: (manifests) => edit(manifests, ...SOURCES, 'namespace="$$', 'namespace="$'),
    caughtBy: 'contracts',
  },
  {
    name: 'a data source has a password variable that is not in the environment',
    change: (manifests) => {
      container(manifests, 'qgx-grafana/grafana').env[0].name = 'MYSQL_PASSWORD';
    },
    caughtBy: 'contracts',
  },
  {
    name: 'a dashboard asks a data source that there is not',
    change: (manifests) => {
      const { data } = object(manifests, 'ConfigMap', 'qgx-grafana-dashboard-qgx-raw-message-status');
      data['qgx-raw-message-status.json'] = data['qgx-raw-message-status.json'].replaceAll('"uid":"mysql"', '"uid":"mariadb"');
    },
    caughtBy: 'contracts',
  },
  {
    name: 'logs have a retention and nothing that deletes them',
    change: (manifests) =>
      editYaml(manifests, 'qgx-loki-config', 'config.yaml', ({ limits_config: limits }) => {
        limits.retention_period = '720h';
      }),
    caughtBy: 'contracts',
  },
  {
    name: 'blocks are uploaded and there is no compactor',
    change: (manifests) => without(manifests, 'StatefulSet', 'qgx-thanos-compactor'),
    caughtBy: 'contracts',
  },
  {
    name: 'the compactor ends after one round',
    change: (manifests) => drop(container(manifests, 'qgx-thanos-compactor/compactor').args, (argument) => argument === '--wait'),
    caughtBy: 'contracts',
  },
  {
    name: 'Prometheus is killed while it replays its log',
    change: (manifests) => {
      delete container(manifests, 'qgx-prometheus/prometheus').startupProbe;
    },
    caughtBy: 'contracts',
  },
  {
    name: 'a volume belongs to root and its program does not run as root',
    change: (manifests) => {
      delete podOf(manifests, 'qgx-grafana').securityContext.fsGroup;
    },
    caughtBy: 'contracts',
  },
];

/** Mistakes that a scheduler, a disruption controller or the RBAC authorizer shows. */
export const CLUSTER_DEFECTS: Defect[] = [
  {
    name: "a pod does not tolerate its nodes' taint",
    change: (manifests) => {
      podOf(manifests, 'qgx-loki').tolerations = [];
    },
    caughtBy: 'kube-scheduler',
  },
  {
    name: 'pods may land on the nodes of applications',
    change: (manifests) => {
      for (const { kind, spec } of manifests) {
        if (['StatefulSet', 'Deployment'].includes(kind)) {
          delete spec.template.spec.affinity;
        }
      }
    },
    caughtBy: 'kube-scheduler',
  },
  {
    name: 'the log agent does not run on the dedicated nodes',
    change: (manifests) => {
      podOf(manifests, 'qgx-alloy-node').tolerations = [];
    },
    caughtBy: 'kube-scheduler',
  },
  {
    name: 'a budget lets no pod be evicted, so that no node can be drained',
    change: (manifests) => {
      const { spec } = object(manifests, 'PodDisruptionBudget', 'qgx-loki-gateway');
      delete spec.maxUnavailable;
      spec.minAvailable = 2;
    },
    caughtBy: 'kube-scheduler',
  },
  {
    name: 'a claim asks for a storage class that the prerequisites do not name',
    change: (manifests) => {
      const [claim] = object(manifests, 'StatefulSet', 'qgx-thanos-store').spec.volumeClaimTemplates;
      claim.spec.storageClassName = 'standard';
    },
    caughtBy: 'kube-scheduler',
  },
  {
    name: 'Prometheus may list pods and not watch them',
    change: (manifests) => {
      object(manifests, 'ClusterRole', 'qgx-prometheus-pods').rules[0].verbs = ['list'];
    },
    caughtBy: 'access review',
  },
  {
    name: 'Alloy has no rights in the namespace that it reads',
    change: (manifests) => without(manifests, 'RoleBinding', 'qgx-alloy-node-pods'),
    caughtBy: 'access review',
  },
  {
    name: 'a binding names the account in the wrong namespace',
    change: (manifests) => {
      object(manifests, 'ClusterRoleBinding', 'qgx-kube-state-metrics-objects').subjects[0].namespace = 'monitoring-agents';
    },
    caughtBy: 'access review',
  },
  {
    name: 'kube-state-metrics may not see what it is told to count',
    change: (manifests) => {
      const [rule] = object(manifests, 'ClusterRole', 'qgx-kube-state-metrics-objects').rules;
      rule.resources = rule.resources.filter((resource: string) => resource !== 'resourcequotas');
    },
    caughtBy: 'access review',
  },
  {
    name: 'a component may read every Secret',
    change: (manifests) => {
      object(manifests, 'ClusterRole', 'qgx-kube-state-metrics-objects').rules[0].resources.push('secrets');
    },
    caughtBy: 'access review',
  },
  {
    name: "Prometheus may run commands through the kubelet's proxy",
    change: (manifests) => {
      object(manifests, 'ClusterRole', 'qgx-prometheus-nodes').rules[1].resources.push('nodes/proxy');
    },
    caughtBy: 'access review',
  },
];
