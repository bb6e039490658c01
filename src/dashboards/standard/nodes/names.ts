/** Names of the boards that link each other. */
export const BOARD = {
  nodes: 'node-exporter-nodes',
  useNode: 'node-exporter-use-node',
  useCluster: 'node-exporter-use-cluster',
  full: 'node-exporter-full',
  pods: 'kubernetes-compute-node-pods',
} as const;
