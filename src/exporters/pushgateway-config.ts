import type { Duration } from 'cdk8s';
import { goDuration } from '../kubernetes/text';
import { WEB_CONFIG_FILE } from '../kubernetes/web-exposure';

/** Directory of the volume. */
export const DATA_PATH = '/data';

/** Settings of the Pushgateway with nothing left open. */
export interface PushgatewaySettings {
  readonly persistenceInterval: Duration;
  readonly externalUrl: string | undefined;
  readonly adminApiEnabled: boolean;
  readonly utf8NamesEnabled: boolean;
  /** Whether it asks for passwords itself. */
  readonly asksForLogin: boolean;
}

/** Path below which everything is served: that of the external URL, as the program derives it too. */
export function routePrefix({ externalUrl }: Pick<PushgatewaySettings, 'externalUrl'>): string {
  return externalUrl !== undefined && URL.canParse(externalUrl) ? new URL(externalUrl).pathname.replace(/\/+$/, '') : '';
}

/** Arguments of the Pushgateway. */
export function pushgatewayArguments(settings: PushgatewaySettings): string[] {
  const { persistenceInterval, externalUrl, adminApiEnabled, utf8NamesEnabled, asksForLogin } = settings;
  return [
    '--web.listen-address=:9091',
    `--persistence.file=${DATA_PATH}/metrics`,
    `--persistence.interval=${goDuration(persistenceInterval)}`,
    ...(externalUrl === undefined ? [] : [`--web.external-url=${externalUrl}`]),
    ...(asksForLogin ? [`--web.config.file=${WEB_CONFIG_FILE}`] : []),
    ...(adminApiEnabled ? ['--web.enable-admin-api'] : []),
    ...(utf8NamesEnabled ? ['--push.enable-utf8-names'] : []),
  ];
}

/** What is wrong with the settings. */
export function pushgatewayProblems({ persistenceInterval, externalUrl }: PushgatewaySettings): string[] {
  return [
    ...(persistenceInterval.toMilliseconds() >= 1000
      ? []
      : [`persistenceInterval is ${persistenceInterval.toMilliseconds()} ms; allowed is at least 1 s: raise it`]),
    ...(externalUrl === undefined || (/^https?:\/\//.test(externalUrl) && URL.canParse(externalUrl))
      ? []
      : [`externalUrl is ${JSON.stringify(externalUrl)}; allowed is a URL with http or https: write it in full`]),
  ];
}
