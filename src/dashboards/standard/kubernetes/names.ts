/** Names of the boards that link each other. */
export const BOARD = {
  cluster: 'kubernetes-compute-cluster',
  namespacePods: 'kubernetes-compute-namespace-pods',
  namespaceWorkloads: 'kubernetes-compute-namespace-workloads',
  nodePods: 'kubernetes-compute-node-pods',
  pod: 'kubernetes-compute-pod',
  workload: 'kubernetes-compute-workload',
  networkingCluster: 'kubernetes-networking-cluster',
  networkingNamespace: 'kubernetes-networking-namespace-pods',
  networkingPod: 'kubernetes-networking-pod',
  persistentVolumes: 'kubernetes-persistent-volumes',
  apiServer: 'kubernetes-api-server',
  kubelet: 'kubernetes-kubelet',
  overview: 'kubernetes-cluster',
  pods: 'kubernetes-pods',
  horizontalPodAutoscaler: 'kubernetes-horizontal-pod-autoscaler',
  objects: 'kube-state-metrics',
} as const;
