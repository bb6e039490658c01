import type { Identity } from '../kubernetes/identity';
import { kind } from '../kubernetes/kubernetes-api';
import { goDuration } from '../kubernetes/text';
import { prometheusSize } from '../prometheus/prometheus-arguments';
import { ownConfig } from '../prometheus/prometheus-config';
import type { PrometheusIntent } from '../prometheus/prometheus-intent';
import type { QueryLimits } from '../prometheus/query-limits';
import type { MonitoringContext } from '../settings/monitoring-context';
import { type FinishedTemplate, type OperatedPodFields, operatedPodFields } from './operated-pod';

interface LabelSelector {
  readonly matchLabels?: { readonly [key: string]: string };
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string; readonly values: readonly string[] }[];
}

interface SecretKeySelector {
  readonly name: string;
  readonly key: string;
}

/** What is used of the kind. */
export interface PrometheusSpec extends OperatedPodFields {
  readonly version: string;
  readonly replicas: number;
  readonly retention: string | undefined;
  readonly retentionSize: string;
  readonly storage: { readonly disableMountSubPath: boolean; readonly volumeClaimTemplate: unknown };
  readonly disableCompaction: true | undefined;
  readonly scrapeInterval: string;
  readonly scrapeTimeout: string;
  readonly evaluationInterval: string;
  readonly externalLabels: { readonly [name: string]: string };
  readonly replicaExternalLabelName: string;
  readonly prometheusExternalLabelName: string;
  readonly externalUrl: string | undefined;
  readonly enableRemoteWriteReceiver: true | undefined;
  readonly enableFeatures: readonly string[] | undefined;
  readonly query: { readonly timeout?: string; readonly maxSamples?: number; readonly maxConcurrency?: number } | undefined;
  readonly additionalScrapeConfigs: SecretKeySelector;
  readonly additionalAlertManagerConfigs: SecretKeySelector;
  readonly podMonitorSelector: LabelSelector;
  readonly podMonitorNamespaceSelector: LabelSelector;
  readonly serviceMonitorSelector: LabelSelector;
  readonly serviceMonitorNamespaceSelector: LabelSelector;
  readonly probeSelector: LabelSelector;
  readonly probeNamespaceSelector: LabelSelector;
  readonly ruleSelector: LabelSelector;
  readonly ruleNamespaceSelector: LabelSelector;
  readonly serviceDiscoveryRole: string;
  readonly serviceAccountName: string;
  readonly portName: string;
  readonly podManagementPolicy: string;
  readonly logFormat: string;
}

/** Source: prometheus-operator, pkg/apis/monitoring/v1, v0.93. */
export const PROMETHEUS = kind<{ readonly spec: PrometheusSpec }>('monitoring.coreos.com/v1', 'Prometheus');

/** Keys of the Secret with what the operator's other kinds cannot say. */
export const ADDITIONAL = { scrapeConfigs: 'scrape-configs.yaml', alertmanagers: 'alertmanagers.yaml' } as const;

/** What the object is made from. */
export interface OperatedPrometheus {
  readonly intent: PrometheusIntent;
  readonly context: MonitoringContext;
  readonly identity: Identity;
  /** Name of the Secret with the keys of `ADDITIONAL`. */
  readonly additional: string;
  /** By which monitors and rules are selected. */
  readonly labels: { readonly [key: string]: string };
  /** Those of applications. */
  readonly namespaces: readonly string[];
  readonly query: QueryLimits;
  readonly template: FinishedTemplate;
  readonly claims: readonly unknown[];
}

function queryLimits({ timeout, maxSamples, maxConcurrency }: QueryLimits): PrometheusSpec['query'] {
  const limits = { timeout: timeout && goDuration(timeout), maxSamples, maxConcurrency };
  return Object.values(limits).some((limit) => limit !== undefined) ? limits : undefined;
}

/** The Prometheus as the operator reads it. */
export function prometheusSpec(operated: OperatedPrometheus): PrometheusSpec {
  const { intent, context, identity, additional, labels, namespaces, query, template, claims } = operated;
  const { global } = ownConfig({ ...intent.settings(), components: [] });
  const { [context.dataLabels.replica]: _, ...externalLabels } = global.external_labels;
  const selector = { matchLabels: labels };
  const values = [...new Set([identity.namespace, ...namespaces])];
  const namespaceSelector = { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values }] };
  return {
    version: context.images._version('prometheus', context.cluster),
    replicas: intent.replicas,
    // A size alone means: no limit of time.
    retention: intent.retention.isForever ? undefined : `${intent.retention}`,
    retentionSize: prometheusSize(intent.retentionSize),
    // Whoever reads blocks beside Prometheus finds them where it has them.
    storage: { disableMountSubPath: true, volumeClaimTemplate: claims[0] },
    disableCompaction: intent.uploadsBlocks || undefined,
    scrapeInterval: global.scrape_interval,
    scrapeTimeout: global.scrape_timeout,
    evaluationInterval: global.evaluation_interval,
    externalLabels,
    replicaExternalLabelName: context.dataLabels.replica,
    // None: no other Prometheus of the library has one.
    prometheusExternalLabelName: '',
    externalUrl: intent.externalUrl,
    enableRemoteWriteReceiver: intent.receivesWrites() || undefined,
    enableFeatures: intent.keepsExemplars() ? ['exemplar-storage'] : undefined,
    query: queryLimits(query),
    additionalScrapeConfigs: { name: additional, key: ADDITIONAL.scrapeConfigs },
    additionalAlertManagerConfigs: { name: additional, key: ADDITIONAL.alertmanagers },
    podMonitorSelector: selector,
    podMonitorNamespaceSelector: namespaceSelector,
    serviceMonitorSelector: selector,
    serviceMonitorNamespaceSelector: namespaceSelector,
    probeSelector: selector,
    probeNamespaceSelector: namespaceSelector,
    ruleSelector: selector,
    ruleNamespaceSelector: namespaceSelector,
    // Endpoints, the default, are deprecated since Kubernetes 1.33.
    serviceDiscoveryRole: 'EndpointSlice',
    serviceAccountName: identity.name,
    portName: 'http',
    // Replicas know nothing of each other.
    podManagementPolicy: 'Parallel',
    logFormat: 'json',
    ...operatedPodFields(template),
  };
}
