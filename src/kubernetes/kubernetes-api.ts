import type { k8s } from 'cdk8s-plus-28';

/**
 * A kind of Kubernetes object whose fields `Props` types. The types of cdk8s-plus are used, but none of its code is loaded: that
 * takes as long as the synthesis of a stack.
 */
export interface Kind<Props> {
  readonly apiVersion: string;
  readonly kind: string;
  /** Never there at run time; carries the type. */
  readonly props?: Props;
}

/** A kind of a definition that somebody else brings, typed by what is used of it. */
export const kind = <Props>(apiVersion: string, name: string): Kind<Props> => ({ apiVersion, kind: name });

/** The kinds that the library emits. */
export const KINDS = {
  ApiService: kind<k8s.KubeApiServiceProps>('apiregistration.k8s.io/v1', 'APIService'),
  ClusterRole: kind<k8s.KubeClusterRoleProps>('rbac.authorization.k8s.io/v1', 'ClusterRole'),
  ClusterRoleBinding: kind<k8s.KubeClusterRoleBindingProps>('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding'),
  ConfigMap: kind<k8s.KubeConfigMapProps>('v1', 'ConfigMap'),
  DaemonSet: kind<k8s.KubeDaemonSetProps>('apps/v1', 'DaemonSet'),
  Deployment: kind<k8s.KubeDeploymentProps>('apps/v1', 'Deployment'),
  Ingress: kind<k8s.KubeIngressProps>('networking.k8s.io/v1', 'Ingress'),
  Job: kind<k8s.KubeJobProps>('batch/v1', 'Job'),
  Namespace: kind<k8s.KubeNamespaceProps>('v1', 'Namespace'),
  NetworkPolicy: kind<k8s.KubeNetworkPolicyProps>('networking.k8s.io/v1', 'NetworkPolicy'),
  PodDisruptionBudget: kind<k8s.KubePodDisruptionBudgetProps>('policy/v1', 'PodDisruptionBudget'),
  Role: kind<k8s.KubeRoleProps>('rbac.authorization.k8s.io/v1', 'Role'),
  RoleBinding: kind<k8s.KubeRoleBindingProps>('rbac.authorization.k8s.io/v1', 'RoleBinding'),
  Secret: kind<k8s.KubeSecretProps>('v1', 'Secret'),
  Service: kind<k8s.KubeServiceProps>('v1', 'Service'),
  ServiceAccount: kind<k8s.KubeServiceAccountProps>('v1', 'ServiceAccount'),
  StatefulSet: kind<k8s.KubeStatefulSetProps>('apps/v1', 'StatefulSet'),
} as const;

/** A value that the Kubernetes API writes as number or text: a quantity, a port, a share. */
class Scalar<Value extends string | number> {
  constructor(readonly value: Value) {}
}

/** An amount of a resource: `512Mi`, `100m`. */
export const quantityOf = (text: string): k8s.Quantity => new Scalar(text);

/** A port by name or number, or a count. */
export const portOrCount = (value: string | number): k8s.IntOrString => new Scalar(value);

/** Fields whose name in TypeScript is not that of the Kubernetes API, as cdk8s names them. */
export const RENAMED_FIELDS: ReadonlyMap<string, string> = new Map([
  ['clientIp', 'clientIP'],
  ['clusterIp', 'clusterIP'],
  ['datasetUuid', 'datasetUUID'],
  ['diskUri', 'diskURI'],
  ['downwardApi', 'downwardAPI'],
  ['externalId', 'externalID'],
  ['hostIp', 'hostIP'],
  ['hostIpc', 'hostIPC'],
  ['hostPid', 'hostPID'],
  ['insecureSkipTlsVerify', 'insecureSkipTLSVerify'],
  ['loadBalancerIp', 'loadBalancerIP'],
  ['nodeId', 'nodeID'],
  ['nonResourceUrLs', 'nonResourceURLs'],
  ['pdId', 'pdID'],
  ['podCidRs', 'podCIDRs'],
  ['podCidr', 'podCIDR'],
  ['providerId', 'providerID'],
  ['scaleIo', 'scaleIO'],
  ['setHostnameAsFqdn', 'setHostnameAsFQDN'],
  ['storagePolicyId', 'storagePolicyID'],
  ['targetCpuUtilizationPercentage', 'targetCPUUtilizationPercentage'],
  ['targetWwNs', 'targetWWNs'],
  ['volumeId', 'volumeID'],
]);

/** Fields that hold keys of the user's own, which are nobody's names. `selector` is one in a Service; elsewhere it holds `matchLabels`. */
const DICTIONARIES = new Set([
  'annotations',
  'binaryData',
  'data',
  'labels',
  'limits',
  'matchLabels',
  'nodeSelector',
  'requests',
  'selector',
  'stringData',
]);

/** A value of the typed API as the Kubernetes API has it. Something that must still be resolved is left as it is. */
export function apiValue(value: unknown, inDictionary = false): unknown {
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map((item) => apiValue(item));
  }
  if (value instanceof Scalar) {
    return value.value;
  }
  if (value.constructor !== Object) {
    return value;
  }
  const result: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value)) {
    if (field !== undefined) {
      result[inDictionary ? name : (RENAMED_FIELDS.get(name) ?? name)] = apiValue(field, DICTIONARIES.has(name));
    }
  }
  return result;
}
