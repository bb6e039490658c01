import { LoginFiles } from '../kubernetes/login-files';
import type { BasicAuthentication } from '../settings/basic-authentication';

export type { BasicAuthConfig } from '../kubernetes/login-files';

const LOGINS = new LoginFiles('/etc/prometheus/logins');

/** The login as Prometheus, promtool and Thanos are configured. */
export const basicAuthConfig = (login: BasicAuthentication) => LOGINS.basicAuth(login);

/** Mount and volume of passwords, each once; nothing where there are none. */
export const loginFiles = (logins: readonly BasicAuthentication[]) => LOGINS.files(logins);
