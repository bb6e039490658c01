/** Panels without an answer from made series, each with the reason; every other panel that asks Prometheus must have data. */
export const WITHOUT_DATA: Readonly<Record<string, string>> = {
  'kubernetes-pods: Not ready': 'each made pod is in every phase at once, thus has succeeded too',
  'pushgateway-overview: Failing': 'last pushes, good and failed, are made of the same time',
};
