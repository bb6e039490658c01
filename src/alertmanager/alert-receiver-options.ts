import type { Duration } from 'cdk8s';
import type { Endpoint } from '../settings/endpoint';
import type { SecretKey } from '../settings/secret-key';

/** Options of every kind of receiver. Texts are templates of Alertmanager (Go's text/template). */
export interface AlertReceiverOptions {
  /** Whether it is told, too, when alerts are over. @default true (Alertmanager's own: false for Slack and e-mail) */
  readonly sendResolved?: boolean;
  /**
   * Further settings, as in Alertmanager's configuration of this kind of receiver. Objects are merged, lists appended, other
   * values replaced; unknown keys are errors. Credentials stand in files: see `secrets` of `Alertmanager`.
   * @default - none
   */
  readonly extraConfig?: { [key: string]: unknown };
}

/** How receivers are reached by HTTP. */
export interface HttpReceiverOptions {
  /** Proxy; the NetworkPolicy then leads there. @default - none */
  readonly proxy?: Endpoint;
  /** Certificate authority (PEM) of the receiver. @default - those of the image */
  readonly certificateAuthority?: SecretKey;
}

/** Options of `AlertReceiver.slack`. Give `apiUrl` or `appToken`. */
export interface SlackReceiverOptions extends AlertReceiverOptions, HttpReceiverOptions {
  /** URL of an incoming webhook. @default - none */
  readonly apiUrl?: SecretKey;
  /** Token of an app that may post (`chat:write`). @default - none */
  readonly appToken?: SecretKey;
  /** Channel: `#alerts`. @default - the webhook's own; needed with an app */
  readonly channel?: string;
  /** Title. @default - severity, number and name of the alerts: template `message.title` */
  readonly title?: string;
  /** Text. @default - what happened to what, with links to runbook, dashboard and query: template `message.slack` */
  readonly text?: string;
  /** Where the URL leads, for the NetworkPolicy. @default - hooks.slack.com or slack.com, port 443 */
  readonly endpoint?: Endpoint;
}

/** Options of `AlertReceiver.email`. */
export interface EmailReceiverOptions extends AlertReceiverOptions {
  /** Addresses. */
  readonly to: string[];
  /** Sender. */
  readonly from: string;
  /** Mail server, `EndpointProtocol.TCP`. Port 465 is TLS from the start; any other begins in the clear (STARTTLS). */
  readonly smarthost: Endpoint;
  /** User. @default - no login */
  readonly authUsername?: string;
  /** Password of the user. @default - no login */
  readonly authPassword?: SecretKey;
  /** Whether a connection that began in the clear must become TLS. @default true */
  readonly requireTls?: boolean;
  /** Certificate authority (PEM) of the mail server. @default - those of the image */
  readonly certificateAuthority?: SecretKey;
  /** Subject. @default - template `message.title` */
  readonly subject?: string;
  /** Text beside the HTML, which is Alertmanager's own. @default - template `message.text` */
  readonly text?: string;
}

/** Options of `AlertReceiver.pagerDuty`. */
export interface PagerDutyReceiverOptions extends AlertReceiverOptions, HttpReceiverOptions {
  /** Integration key of the Events API v2. */
  readonly routingKey: SecretKey;
  /** Severity: critical, error, warning or info. @default - the alerts' own if PagerDuty knows it, else error */
  readonly severity?: string;
  /** What happened. @default - template `message.title` */
  readonly description?: string;
  /** The Events API; for Europe `events.eu.pagerduty.com`. @default - events.pagerduty.com, port 443 */
  readonly endpoint?: Endpoint;
}

/** Who answers for an alert in Opsgenie. */
export interface OpsgenieResponder {
  /** `team`, `user`, `escalation` or `schedule`. */
  readonly type: string;
  /** Name; of users the user name. */
  readonly name: string;
}

/** Options of `AlertReceiver.opsgenie`. */
export interface OpsgenieReceiverOptions extends AlertReceiverOptions, HttpReceiverOptions {
  /** Key of an API integration. */
  readonly apiKey: SecretKey;
  /** Who answers. @default - as the integration says */
  readonly responders?: OpsgenieResponder[];
  /** Priority, P1 to P5. @default - P1 for critical, P3 for warning, else P5 */
  readonly priority?: string;
  /** What happened, in 130 characters. @default - template `message.title` */
  readonly message?: string;
  /** The rest. @default - template `message.text` */
  readonly description?: string;
  /** The API; for Europe `api.eu.opsgenie.com`. @default - api.opsgenie.com, port 443 */
  readonly endpoint?: Endpoint;
}

/** Options of `AlertReceiver.microsoftTeams`. */
export interface MicrosoftTeamsReceiverOptions extends AlertReceiverOptions, HttpReceiverOptions {
  /** URL of a workflow that posts what it gets (Power Automate). */
  readonly webhookUrl: SecretKey;
  /** Title. @default - template `message.title` */
  readonly title?: string;
  /** Text. @default - template `message.markdown` */
  readonly text?: string;
  /** Where the URL leads, for the NetworkPolicy. @default - port 443 of any address */
  readonly endpoint?: Endpoint;
}

/** Options of `AlertReceiver.discord`. */
export interface DiscordReceiverOptions extends AlertReceiverOptions, HttpReceiverOptions {
  /** URL of a webhook. */
  readonly webhookUrl: SecretKey;
  /** Title. @default - template `message.title` */
  readonly title?: string;
  /** Text. @default - template `message.markdown` */
  readonly message?: string;
  /** Where the URL leads, for the NetworkPolicy. @default - discord.com, port 443 */
  readonly endpoint?: Endpoint;
}

/** Options of `AlertReceiver.telegram`. */
export interface TelegramReceiverOptions extends AlertReceiverOptions, HttpReceiverOptions {
  /** Token of the bot. */
  readonly botToken: SecretKey;
  /** The chat, a whole number that is negative for groups. */
  readonly chatId: number;
  /** Text, without markup. @default - template `message.text` */
  readonly message?: string;
  /** The API. @default - api.telegram.org, port 443 */
  readonly endpoint?: Endpoint;
}

/** Login at a webhook. */
export interface WebhookBasicAuth {
  /** User. */
  readonly username: string;
  /** Password. */
  readonly password: SecretKey;
}

/** Where a webhook leads. Give `url` or `endpoint`. */
export interface WebhookTarget extends HttpReceiverOptions {
  /** The whole URL, where it is a secret itself. @default - that of `endpoint` */
  readonly url?: SecretKey;
  /** The URL, or where a secret URL leads, for the NetworkPolicy. @default - port 443 of any address */
  readonly endpoint?: Endpoint;
  /** Login by user and password. @default - none */
  readonly basicAuth?: WebhookBasicAuth;
  /** Login by token (`Authorization: Bearer`). @default - none */
  readonly bearerToken?: SecretKey;
}

/** Options of `AlertReceiver.webhook`. */
export interface WebhookReceiverOptions extends WebhookTarget, AlertReceiverOptions {
  /** Alerts in one message at most; the rest is left out. @default - no limit */
  readonly maxAlerts?: number;
  /** Time to answer. @default - the group's interval */
  readonly timeout?: Duration;
}

/**
 * A dead man's switch: an alert that always fires is sent on as a heartbeat, and a service outside of the cluster raises the
 * alarm when the heartbeat stops.
 */
export interface DeadMansSwitchOptions extends WebhookTarget {
  /** Name of the alert that always fires. @default 'Watchdog' */
  readonly alertName?: string;
  /** Time between heartbeats, at least 15 s; the service should wait for several. @default Duration.minutes(1) */
  readonly interval?: Duration;
}
