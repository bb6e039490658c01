type Reasons = Readonly<Record<string, string>>;

const named = (reason: string, names: readonly string[]): Reasons => Object.fromEntries(names.map((name) => [name, reason]));

/** Alerts of the reference that ours cover under another name. */
export const COVERED_BY: Reasons = {};

/** Alerts about what the library does not run. */
export const OUT_OF_SCOPE: Reasons = {
  ...named('Thanos Receive is not run: Prometheus uploads through its sidecar', [
    'ThanosReceiveConfigReloadFailure',
    'ThanosReceiveHighForwardRequestFailures',
    'ThanosReceiveHighHashringFileRefreshFailures',
    'ThanosReceiveHighReplicationFailures',
    'ThanosReceiveHttpRequestErrorRateHigh',
    'ThanosReceiveHttpRequestLatencyHigh',
    'ThanosReceiveIsDown',
    'ThanosReceiveLimitsConfigReloadFailure',
    'ThanosReceiveLimitsHighMetaMonitoringQueriesFailureRate',
    'ThanosReceiveNoUpload',
    'ThanosReceiveTenantLimitedByHeadSeries',
  ]),
  ...named('blocks are not replicated between buckets', ['ThanosBucketReplicateErrorRate', 'ThanosBucketReplicateRunLatency']),
  ...named('no Prometheus operator is run', [
    'ConfigReloaderSidecarErrors',
    'PrometheusOperatorListErrors',
    'PrometheusOperatorNodeLookupErrors',
    'PrometheusOperatorNotReady',
    'PrometheusOperatorReconcileErrors',
    'PrometheusOperatorRejectedResources',
    'PrometheusOperatorStatusUpdateErrors',
    'PrometheusOperatorSyncFailed',
    'PrometheusOperatorWatchErrors',
  ]),
  ...named('OTLP is received for logs only', [
    'OtelcolExporterFailedMetrics',
    'OtelcolExporterFailedSpans',
    'OtelcolReceiverRefusedMetrics',
    'OtelcolReceiverRefusedSpans',
  ]),
  ...named('kube-state-metrics is not sharded', ['KubeStateMetricsShardingMismatch', 'KubeStateMetricsShardsMissing']),
};

/** Alerts that ours leave out, and why. */
export const NOT_COVERED: Reasons = {
  InfoInhibitor:
    'it needs a receiver that drops it and a rule that inhibits by it, and is a notification where either is missing; alerts of severity info are not notified at all',
};
