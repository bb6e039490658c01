import { keyProblems, kindProblems, mergeConfig } from '../kubernetes/extra-config';
import type { Endpoint } from '../settings/endpoint';
import type { SecretKey } from '../settings/secret-key';
import {
  discord,
  email,
  type Integration,
  microsoftTeams,
  opsgenie,
  pagerDuty,
  slack,
  telegram,
  webhook,
  webhookTarget,
} from './alert-integrations';
import type {
  DiscordReceiverOptions,
  EmailReceiverOptions,
  MicrosoftTeamsReceiverOptions,
  OpsgenieReceiverOptions,
  PagerDutyReceiverOptions,
  SlackReceiverOptions,
  TelegramReceiverOptions,
  WebhookReceiverOptions,
  WebhookTarget,
} from './alert-receiver-options';
import { RECEIVER_KEYS } from './config-keys';

/**
 * Who is told about alerts. It is a description only; routes lead to it, and `Alertmanager` writes every receiver that a
 * route leads to. Credentials are files out of Secrets.
 */
export class AlertReceiver {
  /** A channel of Slack, by incoming webhook or app. */
  public static slack(name: string, options: SlackReceiverOptions): AlertReceiver {
    return new AlertReceiver(name, [slack(options)], false);
  }

  /** E-mail. */
  public static email(name: string, options: EmailReceiverOptions): AlertReceiver {
    return new AlertReceiver(name, [email(options)], false);
  }

  /** PagerDuty, by its Events API v2. */
  public static pagerDuty(name: string, options: PagerDutyReceiverOptions): AlertReceiver {
    return new AlertReceiver(name, [pagerDuty(options)], false);
  }

  /** Opsgenie. */
  public static opsgenie(name: string, options: OpsgenieReceiverOptions): AlertReceiver {
    return new AlertReceiver(name, [opsgenie(options)], false);
  }

  /** Microsoft Teams, by a workflow (Alertmanager's `msteamsv2`). */
  public static microsoftTeams(name: string, options: MicrosoftTeamsReceiverOptions): AlertReceiver {
    return new AlertReceiver(name, [microsoftTeams(options)], false);
  }

  /** A channel of Discord. */
  public static discord(name: string, options: DiscordReceiverOptions): AlertReceiver {
    return new AlertReceiver(name, [discord(options)], false);
  }

  /** A chat of Telegram. */
  public static telegram(name: string, options: TelegramReceiverOptions): AlertReceiver {
    return new AlertReceiver(name, [telegram(options)], false);
  }

  /** Anything that takes Alertmanager's JSON. */
  public static webhook(name: string, options: WebhookReceiverOptions): AlertReceiver {
    return new AlertReceiver(name, [webhook(options)], false);
  }

  /** Several at once. */
  public static all(name: string, receivers: AlertReceiver[]): AlertReceiver {
    return new AlertReceiver(
      name,
      receivers.flatMap(({ integrations }) => integrations),
      false,
    );
  }

  /** Nobody: alerts are seen in Alertmanager's web interface only. */
  public static nobody(name: string): AlertReceiver {
    return new AlertReceiver(name, [], false);
  }

  /** A receiver that `extraConfig.receivers` of `Alertmanager` describes, for kinds that have no type here. */
  public static named(name: string): AlertReceiver {
    return new AlertReceiver(name, [], true);
  }

  /**
   * A webhook that hears heartbeats: it must not be told when they are over.
   * @internal
   */
  public static _heartbeat(name: string, target: WebhookTarget): AlertReceiver {
    return new AlertReceiver(name, [webhookTarget({ ...target, sendResolved: false }, { max_alerts: 1 })], false);
  }

  private constructor(
    /** Name, by which Alertmanager knows it. */
    public readonly name: string,
    private readonly integrations: readonly Integration[],
    /**
     * Whether it is described elsewhere.
     * @internal
     */
    public readonly _isNamed: boolean,
  ) {}

  /**
   * As in the configuration.
   * @internal
   */
  public _config(): { readonly [key: string]: unknown; readonly name: string } {
    const kinds = [...new Set(this.integrations.map(({ kind }) => kind))];
    const lists = kinds.map((kind) => [
      kind,
      this.integrations
        .filter((integration) => integration.kind === kind)
        .map(({ config, extraConfig }) => mergeConfig(config, extraConfig)),
    ]);
    return { name: this.name, ...Object.fromEntries(lists) };
  }

  /**
   * Further settings, by kind.
   * @internal
   */
  public get _extraConfigs(): readonly { readonly kind: string; readonly extraConfig: { readonly [key: string]: unknown } }[] {
    return this.integrations;
  }

  /**
   * The ways in which it is told.
   * @internal
   */
  public get _integrations(): readonly Integration[] {
    return this.integrations;
  }

  /**
   * Keys of Secrets that it reads.
   * @internal
   */
  public get _secrets(): readonly SecretKey[] {
    return this.integrations.flatMap(({ secrets }) => secrets);
  }

  /**
   * What it reaches.
   * @internal
   */
  public get _endpoints(): readonly Endpoint[] {
    return this.integrations.map(({ endpoint }) => endpoint);
  }

  /**
   * What is wrong with it, credentials in further settings excepted.
   * @internal
   */
  public _problems(): string[] {
    const property = `receiver ${JSON.stringify(this.name)}`;
    return [
      ...(this.name.trim() === ''
        ? [`name of a receiver is ${JSON.stringify(this.name)}; allowed is any other text: name it`]
        : []),
      ...this.integrations.flatMap(({ kind, config, extraConfig, problems }) => [
        ...problems.map((problem) => `${property}: ${problem}`),
        ...keyProblems(`${property}: extraConfig`, extraConfig, RECEIVER_KEYS[kind]),
        ...kindProblems(`${property}: extraConfig`, config, extraConfig),
      ]),
    ];
  }
}
