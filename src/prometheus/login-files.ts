import type { k8s } from 'cdk8s-plus-28';
import type { BasicAuthentication } from '../settings/basic-authentication';

/** Where the passwords of others are mounted, as files that follow their Secrets. */
const LOGINS_PATH = '/etc/prometheus/logins';

/** How a client logs in. The password stays in its file, which is read at every request. */
export interface BasicAuthConfig {
  readonly username: string;
  readonly password_file: string;
}

/** The login as Prometheus, promtool and Thanos are configured. */
export const basicAuthConfig = ({ user, password }: BasicAuthentication): BasicAuthConfig => ({
  username: user,
  password_file: `${LOGINS_PATH}/${password.secretName}/${password.key}`,
});

/** Mount and volume of passwords, each once; nothing where there are none. */
export function loginFiles(logins: readonly BasicAuthentication[]): {
  readonly mounts: k8s.VolumeMount[];
  readonly volumes: k8s.Volume[];
} {
  const byPath = new Map(logins.map(({ password }) => [`${password.secretName}/${password.key}`, password]));
  if (byPath.size === 0) {
    return { mounts: [], volumes: [] };
  }
  const sources = [...byPath]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, { secretName, key }]) => ({ secret: { name: secretName, items: [{ key, path }] } }));
  return {
    mounts: [{ name: 'logins', mountPath: LOGINS_PATH, readOnly: true }],
    volumes: [{ name: 'logins', projected: { sources } }],
  };
}
