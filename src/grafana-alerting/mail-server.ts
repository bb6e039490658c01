import { type Integration, secretFile } from '../alertmanager/alert-integrations';
import type { AlertReceiver } from '../alertmanager/alert-receiver';
import { CREDENTIAL_FILES, fromFile } from '../grafana/grafana-config';
import type { SecretKey } from '../settings/secret-key';

const mails = (receivers: readonly AlertReceiver[]): Integration[] =>
  receivers.flatMap(({ _integrations }) => _integrations.filter(({ kind }) => kind === 'email_configs'));

/** Grafana has one mail server and one sender. */
const serverOf = ({ config: { from, smarthost, auth_username, auth_password_file, require_tls } }: Integration) => ({
  from,
  smarthost,
  auth_username,
  auth_password_file,
  require_tls,
});

/** The password at the mail server. */
export const mailPassword = (receivers: readonly AlertReceiver[]): SecretKey | undefined =>
  mails(receivers)
    .slice(0, 1)
    .flatMap(({ secrets, config }) => secrets.filter((secret) => secretFile(secret) === config.auth_password_file))[0];

/** Settings of Grafana's section `smtp`, out of the receivers by e-mail. */
export function mailSettings(receivers: readonly AlertReceiver[]): { readonly [name: string]: string } {
  const [first] = mails(receivers);
  if (first === undefined) {
    return {};
  }
  const { from, smarthost, auth_username: user, auth_password_file: password, require_tls: requireTls } = serverOf(first);
  const [, name, address = String(from)] = /^(.*?)\s*<([^>]*)>$/.exec(String(from)) ?? [];
  return {
    'smtp.enabled': 'true',
    'smtp.host': String(smarthost),
    'smtp.from_address': address,
    ...(name !== undefined && { 'smtp.from_name': name }),
    ...(user !== undefined && { 'smtp.user': String(user) }),
    ...(password !== undefined && { 'smtp.password': fromFile(CREDENTIAL_FILES.mailPassword) }),
    // Port 465 is TLS from the start, for both.
    'smtp.startTLS_policy': requireTls === false ? 'OpportunisticStartTLS' : 'MandatoryStartTLS',
  };
}

/** Receivers by e-mail that do not agree. */
export function mailProblems(receivers: readonly AlertReceiver[]): string[] {
  const servers = new Set(mails(receivers).map((mail) => JSON.stringify(serverOf(mail))));
  return servers.size <= 1
    ? []
    : [
        `the receivers have ${servers.size} mail servers, logins or senders; allowed is one, which is Grafana's own: let them agree, or let an Alertmanager deliver`,
      ];
}
