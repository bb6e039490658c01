import type { Endpoint } from '../settings/endpoint';
import type { SecretKey } from '../settings/secret-key';
import { endpointsOfUrls, httpUrl } from './url-endpoints';

/** Login by an identity provider (OAuth 2, OpenID Connect) and what people may do by what it says of them. */
export interface GrafanaOAuth {
  /** What stands on the button. @default 'OAuth' */
  readonly name?: string;
  /** Id of Grafana at the provider, which sends people back to `<rootUrl>login/generic_oauth`. */
  readonly clientId: string;
  /** Its secret. */
  readonly clientSecret: SecretKey;
  /** Where people log in, by their browsers. */
  readonly authUrl: string;
  /** Where Grafana gets the token. */
  readonly tokenUrl: string;
  /** Where Grafana asks who it is (userinfo). */
  readonly apiUrl: string;
  /** Scopes. @default - `openid`, `profile`, `email` */
  readonly scopes?: string[];
  /**
   * JMESPath over what the provider says; its result is `None`, `Viewer`, `Editor`, `Admin` or `GrafanaAdmin`:
   * `contains(groups[*], 'platform') && 'Admin' || 'Viewer'`.
   * @default - everybody is a viewer
   */
  readonly roleAttributePath?: string;
  /** Whether nobody gets in of whom that path says no valid role. @default true if `roleAttributePath` is given */
  readonly roleAttributeStrict?: boolean;
  /** JMESPath to the groups that `orgMapping` maps. @default - none */
  readonly orgAttributePath?: string;
  /**
   * Organizations and roles by group, as `group:organization:role`; `*` stands for everybody. Organizations other than the first
   * must have been made by Grafana's API. @default - all are in the first organization
   */
  readonly orgMapping?: string[];
  /** JMESPath to the groups that `allowedGroups` names. @default - none */
  readonly groupsAttributePath?: string;
  /** Groups whose members get in. @default - whoever the provider lets in */
  readonly allowedGroups?: string[];
  /** Whether people go to the provider at once, without Grafana's own form. @default false */
  readonly autoLogin?: boolean;
  /** Address ranges of the provider, for the NetworkPolicy. @default - every address, with the warning `egress-to-anywhere` */
  readonly cidrs?: string[];
  /** Namespace of the provider if it runs in this cluster. @default - outside the cluster */
  readonly namespace?: string;
}

const ROLES = ['None', 'Viewer', 'Editor', 'Admin', 'GrafanaAdmin'];

/** Section of `grafana.ini`. */
export const OAUTH_SECTION = 'auth.generic_oauth';

/** What stands in that section; `clientSecret` refers to a file. */
export function oauthSection(oauth: GrafanaOAuth, clientSecret: string): { readonly [key: string]: string } {
  const { roleAttributePath, roleAttributeStrict = roleAttributePath !== undefined, orgMapping, allowedGroups } = oauth;
  const given = {
    role_attribute_path: roleAttributePath,
    org_attribute_path: oauth.orgAttributePath,
    org_mapping: orgMapping && JSON.stringify(orgMapping),
    groups_attribute_path: oauth.groupsAttributePath,
    allowed_groups: allowedGroups && JSON.stringify(allowedGroups),
  };
  return {
    enabled: 'true',
    name: oauth.name ?? 'OAuth',
    client_id: oauth.clientId,
    client_secret: clientSecret,
    auth_url: oauth.authUrl,
    token_url: oauth.tokenUrl,
    api_url: oauth.apiUrl,
    scopes: (oauth.scopes ?? ['openid', 'profile', 'email']).join(' '),
    use_pkce: 'true',
    allow_sign_up: 'true',
    auto_login: `${oauth.autoLogin ?? false}`,
    role_attribute_strict: `${roleAttributeStrict}`,
    // Without it Grafana ignores the role that only the server's administrator has.
    allow_assign_grafana_admin: `${/\bGrafanaAdmin\b/.test(`${roleAttributePath ?? ''} ${orgMapping?.join(' ') ?? ''}`)}`,
    ...Object.fromEntries(Object.entries(given).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]))),
  };
}

/** Where Grafana itself goes: people's browsers are sent to `authUrl`. */
export const oauthEndpoints = ({ tokenUrl, apiUrl, cidrs, namespace }: GrafanaOAuth): Endpoint[] =>
  endpointsOfUrls([tokenUrl, apiUrl], { cidrs, namespace });

/** What is wrong with it. */
export function oauthProblems(
  oauth: GrafanaOAuth,
  rootUrl: string | undefined,
  settings: { readonly [name: string]: string },
): string[] {
  const { authUrl, tokenUrl, apiUrl, orgMapping = [], orgAttributePath, allowedGroups, groupsAttributePath } = oauth;
  const own = Object.keys(oauthSection(oauth, '')).map((key) => `${OAUTH_SECTION}.${key}`);
  return [
    ...Object.entries({ authUrl, tokenUrl, apiUrl })
      .filter(([, url]) => httpUrl(url) === undefined)
      .map(
        ([property, url]) => `oauth.${property} is ${JSON.stringify(url)}; allowed is a URL with http or https: write it in full`,
      ),
    ...(rootUrl === undefined
      ? [
          'rootUrl is not given beside oauth; allowed is the address in browsers, to which the provider sends people back: give it, or an ingress',
        ]
      : []),
    ...orgMapping
      .filter((entry) => !new RegExp(`^.+:.+:(${ROLES.join('|')})$`).test(entry))
      .map(
        (entry) =>
          `oauth.orgMapping has ${JSON.stringify(entry)}; allowed is "group:organization:role" with a role of ${ROLES.join(', ')}: correct it`,
      ),
    ...pairProblems(
      'orgMapping',
      orgMapping.some((entry) => !entry.startsWith('*:')),
      'orgAttributePath',
      orgAttributePath,
    ),
    ...pairProblems('allowedGroups', allowedGroups !== undefined, 'groupsAttributePath', groupsAttributePath),
    ...Object.keys(settings)
      .filter((name) => own.includes(name))
      .map(
        (name) =>
          `settings has ${name}; allowed are settings that the component does not make itself: use the property \`oauth\``,
      ),
  ];
}

/** Groups are compared with what a path finds: one is nothing without the other. */
function pairProblems(names: string, given: boolean, path: string, value: string | undefined): string[] {
  return given && value === undefined
    ? [
        `oauth.${names} names groups without oauth.${path}; allowed is it with the path where the provider says the groups: give both`,
      ]
    : [];
}
