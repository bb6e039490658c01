import type { Duration } from 'cdk8s';
import { LoginFiles } from '../kubernetes/login-files';
import { goDuration } from '../kubernetes/text';
import type { DataLabels } from '../settings/data-labels';
import { type Endpoint, EndpointProtocol } from '../settings/endpoint';
import type { Retention } from '../settings/retention';
import { OBJSTORE_FILE } from './objstore';
import { CONFIG_PATH, commonArguments, DATA_PATH, lookupAddress } from './thanos-process';

export const QUERY_FILE = 'query.yaml';
export const ALERTMANAGERS_FILE = 'alertmanagers.yaml';

/** Not below the other configuration: nothing can be mounted into a ConfigMap. */
export const RULES_PATH = '/etc/thanos-rules';

/** Variable with the name of the pod, which is the label of a replica. */
export const POD_VARIABLE = 'POD_NAME';

/** Label of all that a ruler makes: where it runs. */
export const RULER_LABEL = 'ruler';

export const LOGINS = new LoginFiles('/etc/thanos-logins');

/** Settings of the ruler with nothing left open. */
export interface RulerSettings {
  /** Names of the ConfigMaps with rules. */
  readonly ruleMaps: readonly string[];
  /** Its value of `RULER_LABEL`, the same for all replicas. */
  readonly ruler: string;
  readonly externalLabels: { readonly [name: string]: string };
  readonly replicaLabel: string;
  readonly evaluationInterval: Duration;
  readonly retention: Retention;
  readonly tellsAlertmanagers: boolean;
  readonly queryUrl: string | undefined;
  readonly uploads: boolean;
}

/** Go reads the text as JSON does; Kubernetes makes one dollar of two. */
const quoted = (value: string) => JSON.stringify(value.replaceAll('$', '$$$$'));

/**
 * Arguments of `thanos rule`. Rule files are read when it starts or is told to, and nothing in its image could tell it: changed
 * rules roll the pods, and what alerts have waited for is on the volume.
 */
export function rulerArguments(settings: RulerSettings): string[] {
  const { ruleMaps, ruler, externalLabels, replicaLabel, tellsAlertmanagers, queryUrl, uploads } = settings;
  return [
    ...commonArguments('rule', { grpc: true }),
    `--data-dir=${DATA_PATH}`,
    `--query.config-file=${CONFIG_PATH}/${QUERY_FILE}`,
    ...ruleMaps.map((name) => `--rule-file=${RULES_PATH}/${name}/*.yaml`),
    `--eval-interval=${goDuration(settings.evaluationInterval)}`,
    ...Object.entries({ [RULER_LABEL]: ruler, ...externalLabels }).map(([name, value]) => `--label=${name}=${quoted(value)}`),
    `--label=${replicaLabel}="$(${POD_VARIABLE})"`,
    ...(tellsAlertmanagers
      ? [
          `--alertmanagers.config-file=${CONFIG_PATH}/${ALERTMANAGERS_FILE}`,
          // Alerts of two replicas are one alert only if they are equal.
          `--alert.label-drop=${replicaLabel}`,
        ]
      : []),
    ...(queryUrl === undefined ? [] : [`--alert.query-url=${queryUrl}`]),
    `--tsdb.retention=${settings.retention}`,
    ...(uploads ? [`--objstore.config-file=${CONFIG_PATH}/${OBJSTORE_FILE}`] : []),
  ];
}

/** Somebody that is asked or told over HTTP; thanos.io/tip/components/rule.md, Configuration. */
export interface HttpClientConfig {
  readonly scheme: 'http' | 'https';
  readonly path_prefix?: string;
  readonly static_configs: readonly string[];
  readonly http_config?: {
    readonly basic_auth: { readonly username: string; readonly password_file: string };
  };
}

/** Names stay names where a certificate is for them; everything else is looked up again and again. */
function httpClient(endpoint: Endpoint): HttpClientConfig {
  const { _login: login, path } = endpoint;
  const secure = endpoint.protocol === EndpointProtocol.HTTPS;
  return {
    scheme: secure ? 'https' : 'http',
    ...(path !== '' && { path_prefix: path }),
    static_configs: [secure ? endpoint.hostAndPort : lookupAddress(endpoint, 'dnssrv+')],
    ...(login && { http_config: { basic_auth: LOGINS.basicAuth(login) } }),
  };
}

/** File of `--query.config-file`: who is asked. */
export const queryConfig = (query: Endpoint): HttpClientConfig[] => [httpClient(query)];

/** File of `--alertmanagers.config-file`. Each Alertmanager is told, never a load-balanced address in front of them. */
export const alertmanagersConfig = (alertmanagers: readonly Endpoint[]) => ({
  alertmanagers: alertmanagers.map((endpoint) => ({ ...httpClient(endpoint), api_version: 'v2' as const })),
});

/** What is wrong with labels of all that a ruler makes: they replace labels of the same name in answers and alerts. */
export function externalLabelProblems(labels: { readonly [name: string]: string }, dataLabels: DataLabels): string[] {
  const taken = [...Object.values({ ...dataLabels }), RULER_LABEL, 'alertname', 'severity', 'job', 'instance'];
  return Object.entries(labels).flatMap(([name, value]) => {
    const has = `externalLabels has ${JSON.stringify(name)}`;
    if (!/^[a-zA-Z_]\w*$/.test(name) || name.startsWith('__')) {
      return [`${has}; allowed are letters, digits and "_", not starting with a digit or "__": correct the name`];
    }
    if (taken.includes(name)) {
      return [`${has}; allowed are labels that no series has already, because it would replace them: rename it`];
    }
    return value === '' ? [`externalLabels.${name} is ""; allowed is a value, because an empty label is none: give one`] : [];
  });
}
