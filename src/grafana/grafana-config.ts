import { createHash } from 'node:crypto';
import { SIDECAR_PROVIDER } from './dashboard-sidecar';
import { type IniFile, iniValueProblem } from './grafana-ini';
import { type GrafanaOAuth, OAUTH_SECTION, oauthProblems, oauthSection } from './grafana-oauth';

/** Settings of Grafana's server with nothing left open. */
export interface GrafanaSettings {
  /** Address that people use. */
  readonly rootUrl: string | undefined;
  /** Whether the login name comes from a Secret. */
  readonly adminUserFromSecret: boolean;
  /** Whether the key that encrypts secrets in the database comes from a Secret. */
  readonly encryptionKeyFromSecret: boolean;
  readonly plugins: readonly string[];
  /** Directory of plugins that are there already. */
  readonly pluginsPath: string | undefined;
  readonly oauth: GrafanaOAuth | undefined;
  /** The user's settings, `section.key`. */
  readonly settings: { readonly [name: string]: string };
}

/** Folder with the credentials that Grafana's own configuration refers to. */
export const CREDENTIALS_PATH = '/etc/grafana/credentials';
/** Names of the files in it. */
export const CREDENTIAL_FILES = {
  user: 'admin-user',
  password: 'admin-password',
  encryptionKey: 'secret-key',
  oauthSecret: 'oauth-client-secret',
  mailPassword: 'smtp-password',
} as const;

/** Folder with a folder of boards for each folder of Grafana. */
export const DASHBOARDS_PATH = '/etc/grafana/dashboards';

/** Where the search index lives: it can be made again, so it stays off the volume. */
export const SEARCH_INDEX_PATH = '/var/lib/grafana-search';

/** A file is read once and, unlike a variable, never expanded again: any password arrives as it is. */
export const fromFile = (name: string) => `$__file{${CREDENTIALS_PATH}/${name}}`;

/** The URL, if it is one that browsers can open. */
export function parseRootUrl(rootUrl: string | undefined): URL | undefined {
  if (rootUrl === undefined || !/^https?:\/\/[^\s%*$?#]+$/.test(rootUrl) || !URL.canParse(rootUrl)) {
    return undefined;
  }
  return new URL(rootUrl);
}

/** Path under which Grafana answers, without slash at the end; empty at the root. */
export function subPathOf(rootUrl: string | undefined): string {
  return (parseRootUrl(rootUrl)?.pathname ?? '').replace(/\/+$/, '');
}

/** Section and key of a setting; the last dot separates them. */
function splitName(name: string): readonly [section: string, key: string] {
  const dot = name.lastIndexOf('.');
  return [name.slice(0, Math.max(dot, 0)), name.slice(dot + 1)];
}

function pluginSection(plugins: readonly string[]): { readonly [key: string]: string } {
  // An update at the start replaces bundled data sources, which a read-only root file system turns into their loss.
  // Switching preinstallation off as a whole would drop wanted plugins as well (Grafana: setting_plugins.go).
  return plugins.length === 0
    ? { preinstall_disabled: 'true', preinstall_auto_update: 'false' }
    : { preinstall_sync: plugins.join(','), preinstall_auto_update: 'false' };
}

/** The configuration of the server. */
export function grafanaIni(settings: GrafanaSettings): IniFile {
  const { rootUrl, adminUserFromSecret, encryptionKeyFromSecret, plugins, pluginsPath, oauth } = settings;
  const file: { [section: string]: { [key: string]: string } } = {
    ...(rootUrl !== undefined && {
      server: {
        root_url: `${rootUrl.replace(/\/+$/, '')}/`,
        ...(subPathOf(rootUrl) !== '' && { serve_from_sub_path: 'true' }),
      },
    }),
    security: {
      ...(adminUserFromSecret && { admin_user: fromFile(CREDENTIAL_FILES.user) }),
      admin_password: fromFile(CREDENTIAL_FILES.password),
      ...(encryptionKeyFromSecret && { secret_key: fromFile(CREDENTIAL_FILES.encryptionKey) }),
      ...(rootUrl?.startsWith('https:') && { cookie_secure: 'true' }),
      disable_gravatar: 'true',
    },
    'auth.anonymous': { enabled: 'false' },
    users: { allow_sign_up: 'false' },
    // Nothing is asked of or told to addresses outside, which the NetworkPolicy would not let through either.
    analytics: {
      reporting_enabled: 'false',
      check_for_updates: 'false',
      check_for_plugin_updates: 'false',
      feedback_links_enabled: 'false',
    },
    news: { news_feed_enabled: 'false' },
    snapshots: { external_enabled: 'false' },
    ...(pluginsPath !== undefined && { paths: { plugins: pluginsPath } }),
    ...(oauth && { [OAUTH_SECTION]: oauthSection(oauth, fromFile(CREDENTIAL_FILES.oauthSecret)) }),
    plugins: pluginSection(plugins),
    unified_storage: { index_path: SEARCH_INDEX_PATH },
    log: { mode: 'console' },
  };
  for (const [name, value] of Object.entries(settings.settings)) {
    const [section, key] = splitName(name);
    file[section] = { ...file[section], [key]: value };
  }
  return file;
}

/** Settings that belong to a property of the component or that it must be able to rely on. */
const OWN_SETTINGS = new Map(
  Object.entries({
    'auth.anonymous.enabled': 'there is no anonymous access: let people log in',
    'server.http_addr': 'probes and Service rely on it: leave it out',
    'server.http_port': 'probes and Service rely on it: leave it out',
    'server.protocol': 'probes and Service rely on it: end TLS at the Ingress',
    'server.root_url': 'use the property `rootUrl`',
    'server.serve_from_sub_path': 'use the property `rootUrl`',
    'paths.data': 'the volume is mounted there: leave it out',
    'paths.logs': 'logs go to the console: leave it out',
    'paths.plugins': 'use the property `pluginsPath`',
    'paths.provisioning': 'the files are mounted there: leave it out',
    'security.admin_user': 'use the property `admin`',
    'security.admin_password': 'use the property `admin`',
    'security.secret_key': 'use the property `encryptionKey`',
    'plugins.preinstall': 'use the property `plugins`',
    'plugins.preinstall_sync': 'use the property `plugins`',
    'plugins.preinstall_disabled': 'use the property `plugins`',
    'plugins.preinstall_auto_update': 'an update can lose bundled data sources: leave it out',
    'unified_storage.index_path': 'a writable volume is mounted there: leave it out',
    'metrics.enabled': 'Prometheus scrapes them: leave it out',
    'metrics.basic_auth_username': 'Prometheus scrapes them without login: leave it out',
    'metrics.basic_auth_password': 'Prometheus scrapes them without login: leave it out',
  }),
);

/** The variable by which Grafana's environment overrides a setting. */
const variableOf = (name: string) => `GF_${name.toUpperCase().replace(/[.-]/g, '_')}`;

const OWN_VARIABLES = new Map([...OWN_SETTINGS].map(([name, remedy]) => [variableOf(name), remedy]));

const CREDENTIAL = /(^|_)(password|secret|secret_key|private_key|api_key|access_key|token)$/;

function settingProblems(name: string, value: string): string[] {
  const [, key] = splitName(name);
  const allowedValues = iniValueProblem(value);
  const remedy = OWN_SETTINGS.get(name);
  return [
    ...(/^([a-zA-Z0-9_-]+(\.[a-zA-Z0-9_-]+)*\.)?[a-z0-9_]+$/.test(name)
      ? []
      : [`settings has ${JSON.stringify(name)}; allowed is "section.key" as in Grafana's documentation: correct the name`]),
    ...(remedy === undefined
      ? []
      : [`settings has ${name}; allowed are settings that the component does not make itself: ${remedy}`]),
    ...(allowedValues === undefined
      ? []
      : [`settings.${name} is ${JSON.stringify(value)}; allowed are ${allowedValues}: change the value`]),
    ...(CREDENTIAL.test(key) && remedy === undefined && !/^(true|false|\$__(file|env)\{[^}]+\}|\$\{[^}]+\})?$/.test(value)
      ? [
          `settings.${name} is a literal; allowed is a reference: put the Secret into \`extraEnvironment\` or \`extraVolumes\` and write "$__env{NAME}" or "$__file{/path}"`,
        ]
      : []),
  ];
}

/** What is wrong with the settings of the server; `variables` are the names of the user's environment variables. */
export function grafanaProblems(
  {
    rootUrl,
    plugins,
    pluginsPath,
    oauth,
    settings,
  }: Pick<GrafanaSettings, 'rootUrl' | 'plugins' | 'pluginsPath' | 'oauth' | 'settings'>,
  variables: readonly string[],
): string[] {
  return [
    ...(rootUrl === undefined || parseRootUrl(rootUrl)
      ? []
      : [
          `rootUrl is ${JSON.stringify(rootUrl)}; allowed is "http(s)://host[:port][/path]", the address in people's browsers: give it (an Ingress for many hosts has none)`,
        ]),
    ...plugins
      .filter((plugin) => !/^[a-z0-9][a-z0-9-]*(@\d[\w.+-]*(@https?:\/\/[^\s,]+)?)?$/.test(plugin))
      .map((plugin) => `plugins has ${JSON.stringify(plugin)}; allowed is "id", "id@version" or "id@version@url": correct it`),
    ...(pluginsPath === undefined || /^\/[\w./-]+$/.test(pluginsPath)
      ? []
      : [`pluginsPath is ${JSON.stringify(pluginsPath)}; allowed is an absolute path: correct it`]),
    ...(oauth ? oauthProblems(oauth, rootUrl, settings) : []),
    ...Object.entries(settings).flatMap(([name, value]) => settingProblems(name, value)),
    ...variables.flatMap((variable) => {
      const remedy = OWN_VARIABLES.get(variable.replace(/__FILE$/, ''));
      return remedy === undefined
        ? []
        : [`environment has ${variable}; allowed are variables that change nothing the component sets: ${remedy}`];
    }),
  ];
}

/** A folder of boards, as a provider finds it. */
export interface DashboardFolder {
  /** Title; undefined for the top level. */
  readonly title: string | undefined;
  /** Uid of the folder and name of its directory. */
  readonly uid: string;
}

/** Name of the directory of boards at the top level; no folder can have it as uid. */
const TOP_LEVEL = 'top.level';

/**
 * Uid of a folder: the title where that is a valid uid, else made of the title, so that links and permissions outlive the
 * database. The directory has the same name: Grafana deletes and makes again what it finds under another path.
 */
export function folderUid(title: string): string {
  if (/^[a-zA-Z0-9_-]{1,40}$/.test(title)) {
    return title;
  }
  const readable = title
    .replace(/[^a-zA-Z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 27);
  const hash = createHash('sha256').update(title).digest('hex').slice(0, 12);
  return readable === '' ? hash : `${readable}-${hash}`;
}

/** The folders of some boards, each once, in their order. */
export function dashboardFolders(titles: readonly (string | undefined)[]): DashboardFolder[] {
  return [...new Set(titles)].map((title) => ({ title, uid: title === undefined ? TOP_LEVEL : folderUid(title) }));
}

/**
 * The file of providers: one for each folder. Each has a directory that is a mount of its own, because Grafana resolves
 * symbolic links of the directory itself, and inside a mount those change with every update of a ConfigMap.
 */
export function dashboardProvidersFile(folders: readonly DashboardFolder[], found: boolean) {
  return {
    apiVersion: 1,
    providers: [
      ...folders.map(({ title, uid }) => ({
        name: uid,
        type: 'file',
        ...(title !== undefined && { folder: title, folderUid: uid }),
        // What is gone from the files goes from Grafana; changes by hand would be lost with the next file.
        disableDeletion: false,
        allowUiUpdates: false,
        updateIntervalSeconds: 30,
        options: { path: `${DASHBOARDS_PATH}/${uid}` },
      })),
      ...(found ? [SIDECAR_PROVIDER] : []),
    ],
  };
}

/** What is wrong with the folders. */
export function folderProblems(folders: readonly DashboardFolder[]): string[] {
  return folders
    .filter(({ title }) => title !== undefined && (title.trim() === '' || title.toLowerCase() === 'general'))
    .map(
      ({ title }) =>
        `dashboards has the folder ${JSON.stringify(title)}; allowed are texts that are not empty, and "General" is Grafana's own: choose another folder or leave it out`,
    );
}
