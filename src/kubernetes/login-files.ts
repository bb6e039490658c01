import type { k8s } from 'cdk8s-plus-28';
import type { BasicAuthentication } from '../settings/basic-authentication';

/** How a client logs in. The password stays in its file, which is read at every request. */
export interface BasicAuthConfig {
  readonly username: string;
  readonly password_file: string;
}

/** Passwords of others, mounted into a folder as files that follow their Secrets. */
export class LoginFiles {
  constructor(private readonly folder: string) {}

  /** The login as Prometheus, promtool and Thanos are configured. */
  basicAuth({ user, password }: BasicAuthentication): BasicAuthConfig {
    return { username: user, password_file: `${this.folder}/${password.secretName}/${password.key}` };
  }

  /** Mount and volume of passwords, each once; nothing where there are none. */
  files(logins: readonly BasicAuthentication[]): { readonly mounts: k8s.VolumeMount[]; readonly volumes: k8s.Volume[] } {
    const byPath = new Map(logins.map(({ password }) => [`${password.secretName}/${password.key}`, password]));
    if (byPath.size === 0) {
      return { mounts: [], volumes: [] };
    }
    const sources = [...byPath]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, { secretName, key }]) => ({ secret: { name: secretName, items: [{ key, path }] } }));
    return {
      mounts: [{ name: 'logins', mountPath: this.folder, readOnly: true }],
      volumes: [{ name: 'logins', projected: { sources } }],
    };
  }
}
