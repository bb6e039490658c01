import { type AlloyBlock, AlloyCall } from './alloy-syntax';

/** Where lines are sent. */
export interface LogDestination {
  /** The push API, `/loki/api/v1/push` included. */
  readonly url: string;
  readonly tenant: string | undefined;
  /** Names of the environment variables that hold user and password. */
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
}

/** Label of the component that sends lines. */
export const DESTINATION = 'loki';

export const environmentVariable = (name: string) => new AlloyCall(['sys', 'env'], [name]);

/**
 * Tries for ever, every ten seconds at the latest, and keeps what waits on disk. Without the log (`wal`) reading stops when
 * 10 MiB wait, and files that the kubelet rotates away meanwhile are lost; tried with Alloy 1.19: 72,000 of 200,001 lines,
 * and none with it.
 */
export function writer({ url, tenant, credentials }: LogDestination): AlloyBlock {
  return {
    name: 'loki.write',
    label: DESTINATION,
    blocks: [
      {
        name: 'endpoint',
        attributes: { url, tenant_id: tenant, max_backoff_period: '10s', max_backoff_retries: 0 },
        ...(credentials && {
          blocks: [
            {
              name: 'basic_auth',
              attributes: {
                username: environmentVariable(credentials.username),
                password: environmentVariable(credentials.password),
              },
            },
          ],
        }),
      },
      { name: 'wal', attributes: { enabled: true } },
    ],
  };
}
