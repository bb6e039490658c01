import { goDuration } from '../kubernetes/text';
import { Endpoint, EndpointProtocol } from '../settings/endpoint';
import type { SecretKey } from '../settings/secret-key';
import type {
  AlertReceiverOptions,
  DiscordReceiverOptions,
  EmailReceiverOptions,
  HttpReceiverOptions,
  MicrosoftTeamsReceiverOptions,
  OpsgenieReceiverOptions,
  PagerDutyReceiverOptions,
  SlackReceiverOptions,
  TelegramReceiverOptions,
  WebhookReceiverOptions,
  WebhookTarget,
} from './alert-receiver-options';
import { messageTemplate, OPSGENIE_PRIORITY, PAGERDUTY_SEVERITY } from './message-templates';

/** Where Secrets are mounted: `<path>/<name of the Secret>/<key>`, the same place as under the Prometheus Operator. */
export const SECRETS_PATH = '/etc/alertmanager/secrets';

/** Path of a mounted key of a Secret. */
export const secretFile = ({ secretName, key }: SecretKey) => `${SECRETS_PATH}/${secretName}/${key}`;

/** One way in which a receiver is told. */
export interface Integration {
  /** Its list in the configuration of the receiver. */
  readonly kind: string;
  readonly config: { readonly [key: string]: unknown };
  readonly extraConfig: { readonly [key: string]: unknown };
  readonly secrets: readonly SecretKey[];
  /** Where it is reached. */
  readonly endpoint: Endpoint;
  readonly problems: readonly string[];
}

const internet = (host: string) => Endpoint.external({ host, port: 443, protocol: EndpointProtocol.HTTPS });

/** Anything else would become another part of the URL. */
const hostProblems = (property: string, { host }: Endpoint) =>
  /^[a-zA-Z0-9:._[\]-]+$/.test(host)
    ? []
    : [
        `${property}.host is ${JSON.stringify(host)}; allowed is a host name or address, without scheme, port or path: correct the host`,
      ];

const isHttp = ({ protocol }: Endpoint) => protocol === EndpointProtocol.HTTP || protocol === EndpointProtocol.HTTPS;

const present = (secrets: readonly (SecretKey | undefined)[]) => secrets.filter((secret) => secret !== undefined);

function httpConfig({ proxy, certificateAuthority }: HttpReceiverOptions, login: { readonly [key: string]: unknown } = {}) {
  const config = {
    ...login,
    ...(proxy && { proxy_url: proxy.url }),
    ...(certificateAuthority && { tls_config: { ca_file: secretFile(certificateAuthority) } }),
  };
  return Object.keys(config).length > 0 && { http_config: config };
}

function httpIntegration(
  kind: string,
  options: AlertReceiverOptions & HttpReceiverOptions,
  endpoint: Endpoint,
  own: {
    readonly config: { readonly [key: string]: unknown };
    readonly secrets: readonly (SecretKey | undefined)[];
    readonly login?: { readonly [key: string]: unknown };
    readonly problems?: readonly string[];
  },
): Integration {
  const { sendResolved = true, extraConfig = {}, proxy, certificateAuthority } = options;
  const reached = { endpoint, ...(proxy && { proxy }) };
  return {
    kind,
    config: { send_resolved: sendResolved, ...own.config, ...httpConfig(options, own.login) },
    extraConfig,
    secrets: present([...own.secrets, certificateAuthority]),
    endpoint: proxy ?? endpoint,
    problems: [
      ...(own.problems ?? []),
      ...Object.entries(reached)
        .filter(([, target]) => !isHttp(target))
        .map(([property, target]) => `${property} speaks ${target.protocol}; allowed are http and https: give its HTTP endpoint`),
      ...Object.entries(reached).flatMap(([property, target]) => hostProblems(property, target)),
    ],
  };
}

/** The URL of an API below a host; a path that is given stands as it is. */
const apiUrl = (endpoint: Endpoint, path: string) => (endpoint.path === '' ? `${endpoint.url}${path}` : endpoint.url);

export function slack(options: SlackReceiverOptions): Integration {
  const { apiUrl: webhook, appToken, channel } = options;
  const endpoint = options.endpoint ?? internet(appToken ? 'slack.com' : 'hooks.slack.com');
  return httpIntegration('slack_configs', options, endpoint, {
    config: {
      ...(webhook && { api_url_file: secretFile(webhook) }),
      ...(appToken && { app_token_file: secretFile(appToken) }),
      ...(appToken && options.endpoint && { app_url: apiUrl(endpoint, '/api/chat.postMessage') }),
      ...(channel !== undefined && { channel }),
      title: options.title ?? messageTemplate('title'),
      text: options.text ?? messageTemplate('slack'),
    },
    secrets: [webhook, appToken],
    problems: [
      ...((webhook === undefined) === (appToken === undefined)
        ? [`apiUrl and appToken are ${webhook ? 'both' : 'not'} given; allowed is one of them: choose one`]
        : []),
      ...(appToken && channel === undefined
        ? ['channel is not given; allowed is a channel where appToken is given: name it']
        : []),
    ],
  });
}

export function email(options: EmailReceiverOptions): Integration {
  const { to, from, smarthost, authUsername, authPassword, requireTls, certificateAuthority } = options;
  const addresses = [...to, from];
  return {
    kind: 'email_configs',
    config: {
      send_resolved: options.sendResolved ?? true,
      to: to.join(', '),
      from,
      smarthost: smarthost.hostAndPort,
      ...(authUsername !== undefined && { auth_username: authUsername }),
      ...(authPassword && { auth_password_file: secretFile(authPassword) }),
      ...(requireTls !== undefined && { require_tls: requireTls }),
      ...(certificateAuthority && { tls_config: { ca_file: secretFile(certificateAuthority) } }),
      headers: { Subject: options.subject ?? messageTemplate('title') },
      text: options.text ?? messageTemplate('text'),
    },
    extraConfig: options.extraConfig ?? {},
    secrets: present([authPassword, certificateAuthority]),
    endpoint: smarthost,
    problems: [
      ...(to.length === 0 ? ['to is []; allowed is at least one address: give it'] : []),
      ...addresses
        .filter((address) => !/^[^\s,<>]+@[^\s,<>]+$|^[^,<>]+<[^\s,<>]+@[^\s,<>]+>$/.test(address))
        .map((address) => `address is ${JSON.stringify(address)}; allowed are "user@host" and "Name <user@host>": correct it`),
      ...(smarthost.protocol === EndpointProtocol.TCP
        ? []
        : [`smarthost speaks ${smarthost.protocol}; allowed is tcp: use EndpointProtocol.TCP`]),
      ...hostProblems('smarthost', smarthost),
      ...((authUsername === undefined) === (authPassword === undefined)
        ? []
        : [
            `${authPassword ? 'authPassword' : 'authUsername'} is given alone; allowed are user and password together: give the other`,
          ]),
    ],
  };
}

export function pagerDuty(options: PagerDutyReceiverOptions): Integration {
  const { endpoint, routingKey } = options;
  return httpIntegration('pagerduty_configs', options, endpoint ?? internet('events.pagerduty.com'), {
    config: {
      routing_key_file: secretFile(routingKey),
      ...(endpoint && { url: apiUrl(endpoint, '/v2/enqueue') }),
      description: options.description ?? messageTemplate('title'),
      severity: options.severity ?? PAGERDUTY_SEVERITY,
      // Beside Alertmanager's own details.
      details: { runbook: '{{ .CommonAnnotations.runbook_url }}', dashboard: '{{ .CommonAnnotations.dashboard_url }}' },
    },
    secrets: [routingKey],
  });
}

export function opsgenie(options: OpsgenieReceiverOptions): Integration {
  const { endpoint, apiKey, responders } = options;
  return httpIntegration('opsgenie_configs', options, endpoint ?? internet('api.opsgenie.com'), {
    config: {
      api_key_file: secretFile(apiKey),
      ...(endpoint && { api_url: endpoint.url }),
      message: options.message ?? messageTemplate('title'),
      description: options.description ?? messageTemplate('text'),
      priority: options.priority ?? OPSGENIE_PRIORITY,
      ...(responders && {
        responders: responders.map(({ type, name }) => ({ type, ...(type === 'user' ? { username: name } : { name }) })),
      }),
    },
    secrets: [apiKey],
    problems: (responders ?? [])
      .filter(({ type }) => !['team', 'user', 'escalation', 'schedule'].includes(type))
      .map(
        ({ type }) =>
          `responders has the type ${JSON.stringify(type)}; allowed are team, user, escalation and schedule: choose one`,
      ),
  });
}

export function webhookTarget(
  options: WebhookTarget & AlertReceiverOptions,
  further: { readonly [key: string]: unknown },
): Integration {
  const { url, endpoint, basicAuth, bearerToken } = options;
  return httpIntegration('webhook_configs', options, endpoint ?? internet('webhook'), {
    config: { ...(url ? { url_file: secretFile(url) } : { url: endpoint?.url }), ...further },
    login: {
      ...(basicAuth && { basic_auth: { username: basicAuth.username, password_file: secretFile(basicAuth.password) } }),
      ...(bearerToken && { authorization: { credentials_file: secretFile(bearerToken) } }),
    },
    secrets: [url, basicAuth?.password, bearerToken],
    problems: [
      ...(url || endpoint
        ? []
        : ['url and endpoint are not given; allowed is one of them, or both where the URL is a secret: give one']),
      ...(basicAuth && bearerToken ? ['basicAuth and bearerToken are both given; allowed is one of them: choose one'] : []),
    ],
  });
}

export function webhook(options: WebhookReceiverOptions): Integration {
  const { maxAlerts, timeout } = options;
  const integration = webhookTarget(options, {
    ...(maxAlerts !== undefined && { max_alerts: maxAlerts }),
    ...(timeout && { timeout: goDuration(timeout) }),
  });
  return maxAlerts === undefined || (Number.isInteger(maxAlerts) && maxAlerts >= 1)
    ? integration
    : {
        ...integration,
        problems: [...integration.problems, `maxAlerts is ${maxAlerts}; allowed are whole numbers from 1: correct it`],
      };
}

export function microsoftTeams(options: MicrosoftTeamsReceiverOptions): Integration {
  const { endpoint = internet('workflow'), webhookUrl } = options;
  return httpIntegration('msteamsv2_configs', options, endpoint, {
    config: {
      webhook_url_file: secretFile(webhookUrl),
      title: options.title ?? messageTemplate('title'),
      text: options.text ?? messageTemplate('markdown'),
    },
    secrets: [webhookUrl],
  });
}

export function discord(options: DiscordReceiverOptions): Integration {
  const { endpoint = internet('discord.com'), webhookUrl } = options;
  return httpIntegration('discord_configs', options, endpoint, {
    config: {
      webhook_url_file: secretFile(webhookUrl),
      title: options.title ?? messageTemplate('title'),
      message: options.message ?? messageTemplate('markdown'),
    },
    secrets: [webhookUrl],
  });
}

export function telegram(options: TelegramReceiverOptions): Integration {
  const { endpoint, botToken, chatId } = options;
  return httpIntegration('telegram_configs', options, endpoint ?? internet('api.telegram.org'), {
    config: {
      ...(endpoint && { api_url: endpoint.url }),
      bot_token_file: secretFile(botToken),
      chat_id: chatId,
      message: options.message ?? messageTemplate('text'),
      // The text of an alert is no HTML, which Alertmanager would announce.
      parse_mode: '',
    },
    secrets: [botToken],
    problems:
      Number.isInteger(chatId) && chatId !== 0 ? [] : [`chatId is ${chatId}; allowed are whole numbers but 0: correct it`],
  });
}
