import { type Integration, secretFile } from '../alertmanager/alert-integrations';
import type { AlertReceiver } from '../alertmanager/alert-receiver';
import { OPSGENIE_PRIORITY } from '../alertmanager/message-templates';
import { FromEnvironment, type ProvisioningValue } from '../grafana/provisioning-yaml';
import type { SecretKey } from '../settings/secret-key';
import { uidOf } from './uid';

/** Environment variables by the file in which Alertmanager would have the secret. */
export type SecretVariables = ReadonlyMap<string, string>;

interface Settings {
  readonly [key: string]: ProvisioningValue;
}

/** A kind of receiver: how Grafana calls it, and where it has each setting of Alertmanager. */
interface Kind {
  readonly type: string;
  readonly settings: { readonly [key: string]: string };
  /** Settings that are Grafana's as a whole, or that it decides by itself; they are looked at elsewhere. */
  readonly elsewhere?: readonly string[];
  readonly fixed?: Settings;
  /** Values that Grafana writes differently. */
  readonly converted?: { readonly [key: string]: (value: string) => ProvisioningValue };
}

/**
 * Keys of lists in Alertmanager's configuration. Source of Grafana's: its documentation of file provisioning, and
 * grafana/alerting, receivers/<type>/v1/config.go.
 */
const KINDS: { readonly [kind: string]: Kind } = {
  slack_configs: {
    type: 'slack',
    settings: {
      api_url_file: 'url',
      app_token_file: 'token',
      app_url: 'endpointUrl',
      channel: 'recipient',
      title: 'title',
      text: 'text',
    },
  },
  email_configs: {
    type: 'email',
    settings: { to: 'addresses', 'headers.Subject': 'subject', text: 'message' },
    elsewhere: ['from', 'smarthost', 'auth_username', 'auth_password_file', 'require_tls'],
    // One message to all, as Alertmanager sends it.
    fixed: { singleEmail: true },
    converted: { to: (value) => value.split(', ').join(';') },
  },
  pagerduty_configs: {
    type: 'pagerduty',
    settings: {
      routing_key_file: 'integrationKey',
      url: 'url',
      description: 'summary',
      severity: 'severity',
      'details.runbook': 'details.runbook',
      'details.dashboard': 'details.dashboard',
    },
  },
  opsgenie_configs: {
    type: 'opsgenie',
    settings: { api_key_file: 'apiKey', api_url: 'apiUrl', message: 'message', description: 'description' },
    elsewhere: ['priority', 'responders'],
    converted: { api_url: (value) => `${value.replace(/\/+$/, '')}/v2/alerts` },
  },
  webhook_configs: {
    type: 'webhook',
    settings: {
      url_file: 'url',
      url: 'url',
      max_alerts: 'maxAlerts',
      'http_config.basic_auth.username': 'username',
      'http_config.basic_auth.password_file': 'password',
      'http_config.authorization.credentials_file': 'authorization_credentials',
    },
  },
  msteamsv2_configs: { type: 'teams', settings: { webhook_url_file: 'url', title: 'title', text: 'message' } },
  discord_configs: { type: 'discord', settings: { webhook_url_file: 'url', title: 'title', message: 'message' } },
  telegram_configs: {
    type: 'telegram',
    settings: { bot_token_file: 'bottoken', chat_id: 'chatid', message: 'message' },
    elsewhere: ['parse_mode'],
    fixed: { parse_mode: 'None' },
  },
};

/** Settings by their paths; lists are values. */
function flattened(config: object, prefix = ''): [string, unknown][] {
  return Object.entries(config).flatMap(([key, value]): [string, unknown][] =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? flattened(value, `${prefix}${key}.`)
      : [[`${prefix}${key}`, value]],
  );
}

function nested(settings: readonly (readonly [string, ProvisioningValue])[]): Settings {
  const result: { [key: string]: ProvisioningValue } = {};
  for (const [path, value] of settings) {
    const [key, inner] = path.split('.');
    const before = result[key];
    result[key] = inner === undefined ? value : { ...(typeof before === 'object' ? before : {}), [inner]: value };
  }
  return result;
}

/** Who answers, as Opsgenie has it; Grafana and Alertmanager name them alike. */
const responders = (value: unknown): ProvisioningValue =>
  (Array.isArray(value) ? value : []).map((entry: object) =>
    Object.fromEntries(Object.entries(entry).map(([key, text]) => [key, String(text)])),
  );

function settingsOf({ kind, config }: Integration, variables: SecretVariables): Settings {
  const { settings, fixed, converted = {} } = KINDS[kind];
  const translated = flattened(config).flatMap(([path, value]): [string, ProvisioningValue][] => {
    const target = settings[path];
    if (target === undefined) {
      return [];
    }
    const variable = path.endsWith('_file') ? variables.get(String(value)) : undefined;
    const text = String(value);
    return [[target, variable ? new FromEnvironment(variable) : (converted[path]?.(text) ?? text)]];
  });
  return {
    ...nested(translated),
    ...fixed,
    ...(config.responders !== undefined && { responders: responders(config.responders) }),
  };
}

/** A receiver of Alertmanager as a contact point. */
export const contactPoint = (receiver: AlertReceiver, variables: SecretVariables): ProvisioningValue => ({
  orgId: 1,
  name: receiver.name,
  receivers: receiver._integrations.map((integration, index) => ({
    uid: uidOf(receiver.name, `${index}`),
    type: KINDS[integration.kind].type,
    settings: settingsOf(integration, variables),
    disableResolveMessage: integration.config.send_resolved === false,
  })),
});

/** Secrets that stand in a contact point; that of the mail server is Grafana's own. */
export const contactSecrets = ({ kind, secrets, config }: Integration): SecretKey[] => {
  const paths = flattened(config).filter(([path]) => KINDS[kind].settings[path] !== undefined);
  return secrets.filter((secret) => paths.some(([, value]) => value === secretFile(secret)));
};

/** A variable for each secret; two secrets never share one. */
export function secretVariables(secrets: readonly SecretKey[]): { readonly variable: string; readonly secret: SecretKey }[] {
  const unique = [...new Map(secrets.map((secret) => [secretFile(secret), secret])).values()];
  const nameOf = ({ secretName, key }: SecretKey) =>
    `ALERTING_${`${secretName}_${key}`.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}`;
  return unique.map((secret, index) => {
    const before = unique.slice(0, index).filter((other) => nameOf(other) === nameOf(secret)).length;
    return { variable: `${nameOf(secret)}${before === 0 ? '' : `_${before + 1}`}`, secret };
  });
}

const quoted = (value: unknown) => JSON.stringify(value);

function integrationProblems(property: string, { kind, config, extraConfig }: Integration): string[] {
  const { type, settings, elsewhere = [] } = KINDS[kind];
  const known = ['send_resolved', ...Object.keys(settings), ...elsewhere];
  const unknown = flattened(config).filter(([path]) => !known.includes(path));
  return [
    ...unknown.map(
      ([path]) =>
        `${property}: ${path} is given; allowed are settings that Grafana has for ${type}, which are others: leave it out`,
    ),
    ...(config.priority === undefined || config.priority === OPSGENIE_PRIORITY
      ? []
      : [
          `${property}: priority is ${quoted(config.priority)}; allowed is none, because Grafana takes the annotation og_priority of alerts: leave it out`,
        ]),
    ...Object.keys(extraConfig).map(
      (key) => `${property}: extraConfig has ${key}; allowed is none, because it is Alertmanager's: leave it out`,
    ),
  ];
}

/** What a contact point cannot be. */
export function contactPointProblems(receiver: AlertReceiver): string[] {
  const property = `receiver ${quoted(receiver.name)}`;
  if (receiver._integrations.length === 0) {
    return [
      receiver._isNamed
        ? `${property} is described in Alertmanager's \`extraConfig\`; allowed are receivers with a type: describe it, or let an Alertmanager deliver`
        : `${property} tells nobody; allowed are receivers that tell somebody, because a contact point must: use \`muteTimeIntervals\`, or leave the alerts out`,
    ];
  }
  return [
    ...receiver._problems(),
    ...receiver._integrations.flatMap((integration) => integrationProblems(property, integration)),
  ];
}
