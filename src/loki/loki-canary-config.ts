import type { Duration } from 'cdk8s';
import { goDuration } from '../kubernetes/text';
import { type Endpoint, EndpointProtocol } from '../settings/endpoint';
import { isTenant, TENANT_RULE } from './loki-checks';

/** Variables of the container that arguments refer to. */
export const VARIABLES = { pod: 'POD_NAME', username: 'LOKI_USERNAME', password: 'LOKI_PASSWORD' };

export const CANARY_PORT = 3500;

/** Settings of the canary with nothing left open. */
export interface LokiCanarySettings {
  readonly loki: Endpoint;
  /** Name of the label that tells canaries apart. */
  readonly podLabel: string;
  readonly tenant: string | undefined;
  readonly interval: Duration;
  readonly maxWait: Duration;
  readonly asksForPassword: boolean;
  /** Undefined = one on every node. */
  readonly replicas: number | undefined;
}

/** Kubernetes puts the variable's value in its place. */
const variable = (name: string) => `$(${name})`;

/** Arguments of the canary. */
export function lokiCanaryArguments({
  loki,
  podLabel,
  tenant,
  interval,
  maxWait,
  asksForPassword,
}: LokiCanarySettings): string[] {
  return [
    `-addr=${loki.hostAndPort}`,
    `-port=${CANARY_PORT}`,
    ...(loki.protocol === EndpointProtocol.HTTPS ? ['-tls=true'] : []),
    '-push=true',
    `-labelname=${podLabel}`,
    `-labelvalue=${variable(VARIABLES.pod)}`,
    `-interval=${goDuration(interval)}`,
    `-max-wait=${goDuration(maxWait)}`,
    ...(tenant === undefined ? [] : [`-tenant-id=${tenant}`]),
    ...(asksForPassword ? [`-user=${variable(VARIABLES.username)}`, `-pass=${variable(VARIABLES.password)}`] : []),
  ];
}

/** What is wrong with the settings. */
export function lokiCanaryProblems({ loki, tenant, interval, maxWait, replicas }: LokiCanarySettings): string[] {
  return [
    ...(loki.path === ''
      ? []
      : [
          `loki has the path ${JSON.stringify(loki.path)}; allowed is an endpoint without one, as the program knows none: use another`,
        ]),
    ...(tenant === undefined || isTenant(tenant) ? [] : [`tenant is ${JSON.stringify(tenant)}; ${TENANT_RULE}`]),
    ...(interval.toMilliseconds() > 0
      ? []
      : [`interval is ${interval.toMilliseconds()} ms; allowed is more than zero: raise it`]),
    // A line is asked for after a minute, and only then can it be missing.
    ...(maxWait.toMilliseconds() > 60_000
      ? []
      : [
          `maxWait is ${maxWait.toMilliseconds()} ms; allowed is more than a minute, after which lines are first asked for: raise it`,
        ]),
    ...(replicas === undefined || (Number.isInteger(replicas) && replicas > 0)
      ? []
      : [`replicas is ${replicas}; allowed are whole numbers from 1: correct it, or leave it out for one on every node`]),
  ];
}
