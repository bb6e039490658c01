/** Names of the boards that link each other. */
export const BOARD = { resources: 'alloy-resources', pipelines: 'alloy-pipelines', cluster: 'alloy-cluster' } as const;
