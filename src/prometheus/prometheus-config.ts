import type { Duration } from 'cdk8s';
import { mergeConfig } from '../kubernetes/extra-config';
import { goDuration } from '../kubernetes/text';
import { type Endpoint, EndpointProtocol } from '../settings/endpoint';
import type { MetricsEndpoint } from '../settings/plan';
import { type KubernetesMetricsSettings, kubernetesScrapeConfigs } from './kubernetes-metrics';
import { type BasicAuthConfig, basicAuthConfig } from './login-files';
import { literal, type Place, type RelabelRule } from './relabel';
import { componentScrapeConfig, type DnsDiscovery, type ScrapeConfig, type StaticTargets, scrapeConfig } from './scrape-config';
import type { ScrapeJob } from './scrape-job';

/** Where configuration, rules and data are mounted. */
export const CONFIG_PATH = '/etc/prometheus/config';
export const RULES_PATH = '/etc/prometheus/rules';
export const DATA_PATH = '/prometheus';
export const CONFIG_FILE = 'prometheus.yml';
/** How programs in the pod log in at Prometheus, where it asks for that. */
export const HTTP_CLIENT_FILE = 'http-client.yml';

/** A group of Alertmanagers. */
export interface AlertmanagerConfig {
  readonly scheme?: 'https';
  readonly path_prefix?: string;
  readonly basic_auth?: BasicAuthConfig;
  readonly static_configs?: readonly StaticTargets[];
  readonly dns_sd_configs?: readonly DnsDiscovery[];
}

/** The configuration file. */
export interface PrometheusConfig {
  readonly global: {
    readonly scrape_interval: string;
    readonly scrape_timeout: string;
    readonly evaluation_interval: string;
    readonly external_labels: { readonly [name: string]: string };
  };
  readonly rule_files?: readonly string[];
  readonly alerting?: {
    readonly alert_relabel_configs: readonly RelabelRule[];
    readonly alertmanagers: readonly AlertmanagerConfig[];
  };
  readonly scrape_configs: readonly ScrapeConfig[];
}

/** What the configuration file is made from. */
export interface PrometheusSettings {
  readonly place: Place;
  readonly scrapeInterval: Duration;
  readonly scrapeTimeout: Duration;
  readonly evaluationInterval: Duration;
  readonly externalLabels: { readonly [name: string]: string };
  /** Names of the ConfigMaps with rules. */
  readonly ruleFiles: readonly string[];
  readonly alertmanagers: readonly Endpoint[];
  readonly kubernetes: KubernetesMetricsSettings;
  readonly jobs: readonly ScrapeJob[];
  /** What the components of the stack offer. */
  readonly components: readonly MetricsEndpoint[];
  readonly extraConfig: { readonly [key: string]: unknown };
}

/** The configuration file. */
export const prometheusConfig = (settings: PrometheusSettings): PrometheusConfig =>
  mergeConfig(ownConfig(settings), settings.extraConfig);

/** The configuration file without what a user adds to it. */
export function ownConfig(settings: PrometheusSettings): PrometheusConfig {
  const { place, ruleFiles, alertmanagers } = settings;
  const { labels } = place;
  return {
    global: {
      scrape_interval: goDuration(settings.scrapeInterval),
      scrape_timeout: goDuration(settings.scrapeTimeout),
      evaluation_interval: goDuration(settings.evaluationInterval),
      // Prometheus replaces ${VARIABLE} here, and only here; "$$" is a dollar.
      external_labels: {
        [labels.cluster]: literal(place.cluster),
        [labels.environment]: literal(place.environment),
        ...Object.fromEntries(Object.entries(settings.externalLabels).map(([name, value]) => [name, literal(value)])),
        [labels.replica]: '${POD_NAME}',
      },
    },
    ...(ruleFiles.length > 0 && { rule_files: ruleFiles.flatMap(rulePaths) }),
    ...(alertmanagers.length > 0 && {
      alerting: {
        // Alerts of two replicas are one alert only if they are equal.
        alert_relabel_configs: [{ regex: labels.replica, action: 'labeldrop' as const }],
        alertmanagers: alertmanagers.map(alertmanagerConfig),
      },
    }),
    scrape_configs: [
      ...kubernetesScrapeConfigs(settings.kubernetes),
      ...settings.components.map((endpoint) => componentScrapeConfig(endpoint, place)),
      ...settings.jobs.map((job) => scrapeConfig(job, place)),
    ],
  };
}

/** Not "*": beside the files a mounted ConfigMap has directories. */
const rulePaths = (configMap: string) => ['yaml', 'yml'].map((ending) => `${RULES_PATH}/${configMap}/*.${ending}`);

/** Each Alertmanager is told, never a load-balanced address in front of them: they deduplicate among each other. */
function alertmanagerConfig(endpoint: Endpoint): AlertmanagerConfig {
  return {
    scheme: endpoint.protocol === EndpointProtocol.HTTPS ? 'https' : undefined,
    path_prefix: endpoint.path === '' ? undefined : endpoint.path,
    ...(endpoint._login && { basic_auth: basicAuthConfig(endpoint._login) }),
    ...(endpoint.hasSrvRecords
      ? { dns_sd_configs: [{ names: [endpoint.srvName], type: 'SRV' }] }
      : { static_configs: [{ targets: [endpoint.hostAndPort] }] }),
  };
}
