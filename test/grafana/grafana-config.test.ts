import { describe, expect, it } from 'vitest';
import { dataSourcesOfDashboard } from '../../src/grafana/dashboard-references';
import {
  dashboardFolders,
  dashboardProvidersFile,
  folderProblems,
  type GrafanaSettings,
  grafanaIni,
  grafanaProblems,
  subPathOf,
} from '../../src/grafana/grafana-config';
import { iniText, iniValueProblem } from '../../src/grafana/grafana-ini';

const MINIMAL: GrafanaSettings = {
  rootUrl: undefined,
  adminUserFromSecret: false,
  encryptionKeyFromSecret: false,
  plugins: [],
  pluginsPath: undefined,
  oauth: undefined,
  settings: {},
};

const CLOSED = {
  'auth.anonymous': { enabled: 'false' },
  users: { allow_sign_up: 'false' },
  analytics: {
    reporting_enabled: 'false',
    check_for_updates: 'false',
    check_for_plugin_updates: 'false',
    feedback_links_enabled: 'false',
  },
  news: { news_feed_enabled: 'false' },
  snapshots: { external_enabled: 'false' },
  unified_storage: { index_path: '/var/lib/grafana-search' },
  log: { mode: 'console' },
};

describe('the configuration of the server', () => {
  it('lets nobody in and asks nobody outside', () => {
    expect(grafanaIni(MINIMAL)).toEqual({
      ...CLOSED,
      security: { admin_password: '$__file{/etc/grafana/credentials/admin-password}', disable_gravatar: 'true' },
      plugins: { preinstall_disabled: 'true', preinstall_auto_update: 'false' },
    });
  });

  it('has everything that is given', () => {
    expect(
      grafanaIni({
        rootUrl: 'https://example.com/grafana',
        adminUserFromSecret: true,
        encryptionKeyFromSecret: true,
        plugins: ['grafana-clock-panel@2.1.8', 'volkovlabs-echarts-panel@6.0.0'],
        pluginsPath: '/opt/plugins',
        oauth: undefined,
        settings: { 'users.allow_sign_up': 'true', 'smtp.host': 'mail:25', app_mode: 'production', 'auth.basic.enabled': 'true' },
      }),
    ).toEqual({
      ...CLOSED,
      server: { root_url: 'https://example.com/grafana/', serve_from_sub_path: 'true' },
      security: {
        admin_user: '$__file{/etc/grafana/credentials/admin-user}',
        admin_password: '$__file{/etc/grafana/credentials/admin-password}',
        secret_key: '$__file{/etc/grafana/credentials/secret-key}',
        cookie_secure: 'true',
        disable_gravatar: 'true',
      },
      plugins: { preinstall_sync: 'grafana-clock-panel@2.1.8,volkovlabs-echarts-panel@6.0.0', preinstall_auto_update: 'false' },
      paths: { plugins: '/opt/plugins' },
      users: { allow_sign_up: 'true' },
      smtp: { host: 'mail:25' },
      '': { app_mode: 'production' },
      'auth.basic': { enabled: 'true' },
    });
  });

  it('serves a path only where the address has one', () => {
    const plain = grafanaIni({ ...MINIMAL, rootUrl: 'http://example.com' });
    expect(plain.server).toEqual({ root_url: 'http://example.com/' });
    expect(plain.security).not.toHaveProperty('cookie_secure');
    expect(grafanaIni({ ...MINIMAL, rootUrl: 'http://example.com/a//' }).server).toMatchObject({
      root_url: 'http://example.com/a/',
    });
    expect(subPathOf('http://example.com/a//')).toBe('/a');
    expect(grafanaIni({ ...MINIMAL, rootUrl: 'http://example.com/' }).server).toEqual({ root_url: 'http://example.com/' });
    expect(subPathOf('http://example.com/a/b/')).toBe('/a/b');
    expect(subPathOf('not a url')).toBe('');
  });
});

/** What go-ini reads of a line: the rules for quotes and comments of its `readValue`. */
function goIniReads(line: string): string {
  const text = line.slice(line.indexOf('=') + 1).trimStart();
  for (const quote of ['"""', '`']) {
    if (text.startsWith(quote) && text.length >= 2 * quote.length) {
      return text.slice(quote.length, text.lastIndexOf(quote));
    }
  }
  expect(text).not.toMatch(/\\$/);
  const bare = text.replace(/[#;].*$/, '').trim();
  return /^(["']).*\1$/.test(bare) ? bare.slice(1, -1) : bare;
}

describe('the text of grafana.ini', () => {
  it('has the nameless section first', () => {
    expect(iniText({ server: { root_url: 'http://a/', b: 'c; d' }, '': { app_mode: 'production' } })).toBe(
      'app_mode = production\n\n[server]\nroot_url = http://a/\nb = `c; d`\n',
    );
  });

  it.each([
    'plain',
    '',
    ' outer spaces ',
    'space at the end ',
    'a # b ; c',
    '"quoted"',
    "'quoted'",
    '`quoted`',
    'ends with \\',
    '{{ x }} [y]',
    '"""',
    'a`b"',
    '[section]',
    '= x',
    '$__file{/etc/x}',
    '한국어',
  ])('gives back %j as it is', (value) => {
    expect(iniValueProblem(value)).toBeUndefined();
    const [, line, ...rest] = iniText({ a: { key: value } }).split('\n');
    expect(goIniReads(line)).toBe(value);
    expect(rest).toEqual(['']);
  });

  it.each(['two\nlines', 'a\rb', '` and """'])('refuses %j', (value) => {
    expect(iniValueProblem(value)).toBeDefined();
  });
});

describe('problems of the server', () => {
  const problemsOf = (props: Partial<GrafanaSettings>, variables: string[] = []) =>
    grafanaProblems({ ...MINIMAL, ...props }, variables);

  it('has none with sensible settings', () => {
    expect(
      problemsOf(
        {
          rootUrl: 'https://grafana.example.com/',
          plugins: [
            'a-panel',
            'a-panel@1.0.0',
            'a-panel@1.0.0@https://example.com/a.zip',
            'a-panel@1.0.0@http://example.com/a.zip',
          ],
          settings: {
            'auth.generic_oauth.client_secret': '$__file{/etc/x}',
            'smtp.password': '$__env{SMTP_PASSWORD}',
            'database.password': '${DATABASE_PASSWORD}',
            'auth.ldap.password': '',
            'auth.proxy.enable_login_token': 'true',
            'auth.generic_oauth.token_url': 'https://example.com/token',
            app_mode: 'production',
          },
        },
        ['GF_SMTP_HOST', 'GF_SECURITY_ADMIN_PASSWORD__FILE_MODE'],
      ),
    ).toEqual([]);
  });

  it('refuses anonymous access, by setting and by variable', () => {
    expect(problemsOf({ settings: { 'auth.anonymous.enabled': 'true' } })).toEqual([
      'settings has auth.anonymous.enabled; allowed are settings that the component does not make itself: there is no anonymous access: let people log in',
    ]);
    expect(problemsOf({}, ['GF_AUTH_ANONYMOUS_ENABLED', 'GF_SECURITY_ADMIN_PASSWORD__FILE'])).toEqual([
      'environment has GF_AUTH_ANONYMOUS_ENABLED; allowed are variables that change nothing the component sets: there is no anonymous access: let people log in',
      'environment has GF_SECURITY_ADMIN_PASSWORD__FILE; allowed are variables that change nothing the component sets: use the property `admin`',
    ]);
  });

  it.each([
    'server.http_addr',
    'server.http_port',
    'server.protocol',
    'server.root_url',
    'server.serve_from_sub_path',
    'paths.data',
    'paths.logs',
    'paths.plugins',
    'paths.provisioning',
    'security.admin_user',
    'security.admin_password',
    'security.secret_key',
    'plugins.preinstall',
    'plugins.preinstall_sync',
    'plugins.preinstall_disabled',
    'plugins.preinstall_auto_update',
    'unified_storage.index_path',
    'metrics.enabled',
    'metrics.basic_auth_username',
    'metrics.basic_auth_password',
  ])('leaves %s to the component, and says what to do instead', (name) => {
    const variable = `GF_${name.toUpperCase().replace('.', '_')}`;
    expect(problemsOf({ settings: { [name]: 'x' } }, [variable])).toEqual([
      expect.stringMatching(`^settings has ${name}; allowed are settings that the component does not make itself: \\w.+`),
      expect.stringMatching(`^environment has ${variable}; allowed are variables that change nothing the component sets: \\w.+`),
    ]);
  });

  it('refuses literal credentials', () => {
    expect(problemsOf({ settings: { 'smtp.password': 'x', 'auth.generic_oauth.client_secret': 'y' } })).toEqual([
      'settings.smtp.password is a literal; allowed is a reference: put the Secret into `extraEnvironment` or `extraVolumes` and write "$__env{NAME}" or "$__file{/path}"',
      'settings.auth.generic_oauth.client_secret is a literal; allowed is a reference: put the Secret into `extraEnvironment` or `extraVolumes` and write "$__env{NAME}" or "$__file{/path}"',
    ]);
  });

  it.each([
    'grafana.example.com',
    'ftp://x',
    'xhttp://grafana.example.com',
    'http://*.example.com/',
    'http://x/${y}',
    'http://x/%(domain)s',
    'https://',
  ])('refuses the address %s', (rootUrl) => {
    expect(problemsOf({ rootUrl })).toEqual([
      expect.stringContaining(`rootUrl is ${JSON.stringify(rootUrl)}; allowed is "http(s)://`),
    ]);
  });

  it.each(['', 'A', 'a,b', 'a@', 'a@1.0.0@ftp://x', 'a b'])('refuses the plugin %j', (plugin) => {
    expect(problemsOf({ plugins: [plugin] })).toEqual([expect.stringContaining(`plugins has ${JSON.stringify(plugin)}`)]);
  });

  it.each(['a b.c', '.x', 'a.', 'a]\n[b.c', 'constructor.'])('refuses the setting %j', (name) => {
    expect(problemsOf({ settings: { [name]: 'x' } })).toEqual([
      expect.stringContaining(`settings has ${JSON.stringify(name)}; allowed is "section.key"`),
    ]);
  });

  it('refuses values that cannot be written', () => {
    expect(problemsOf({ settings: { 'a.b': 'two\nlines' } })).toEqual([
      'settings.a.b is "two\\nlines"; allowed are values of one line: change the value',
    ]);
  });
});

describe('folders of dashboards', () => {
  it('has a provider for each folder and the top level', () => {
    const folders = dashboardFolders([undefined, 'Applications', '백엔드 $x', 'Applications']);
    expect(folders).toEqual([
      { title: undefined, uid: 'top.level' },
      { title: 'Applications', uid: 'Applications' },
      { title: '백엔드 $x', uid: expect.stringMatching(/^x-[0-9a-f]{12}$/) },
    ]);
    const provider = {
      type: 'file',
      disableDeletion: false,
      allowUiUpdates: false,
      updateIntervalSeconds: 30,
    };
    expect(dashboardProvidersFile(folders.slice(0, 2), true)).toEqual({
      apiVersion: 1,
      providers: [
        { ...provider, name: 'top.level', options: { path: '/etc/grafana/dashboards/top.level' } },
        {
          ...provider,
          name: 'Applications',
          folder: 'Applications',
          folderUid: 'Applications',
          options: { path: '/etc/grafana/dashboards/Applications' },
        },
        { ...provider, name: 'found', options: { path: '/etc/grafana/found-dashboards', foldersFromFilesStructure: true } },
      ],
    });
  });

  it('keeps a title readable in its uid', () => {
    expect(dashboardFolders(['/Team  one: errors!'])[0].uid).toMatch(/^Team-one-errors-[0-9a-f]{12}$/);
  });

  it('tells folders apart that look alike', () => {
    const uids = dashboardFolders(['a b', 'a/b', '백', '엔', '../x', 'a'.repeat(50)]).map(({ uid }) => uid);
    expect(new Set(uids).size).toBe(6);
    for (const uid of uids) {
      expect(uid).toMatch(/^[a-zA-Z0-9_-]{1,40}$/);
    }
  });

  it('leaves General to Grafana', () => {
    expect(folderProblems(dashboardFolders([undefined, 'Applications']))).toEqual([]);
    expect(folderProblems(dashboardFolders(['General', ' ']))).toEqual([
      'dashboards has the folder "General"; allowed are texts that are not empty, and "General" is Grafana\'s own: choose another folder or leave it out',
      'dashboards has the folder " "; allowed are texts that are not empty, and "General" is Grafana\'s own: choose another folder or leave it out',
    ]);
  });
});

describe('data sources of a dashboard', () => {
  it('finds those of panels, queries, variables and annotations', () => {
    expect(
      dataSourcesOfDashboard({
        annotations: { list: [{ datasource: { type: 'grafana', uid: '-- Grafana --' } }] },
        templating: { list: [{ datasource: { type: 'loki', uid: 'loki' } }, { datasource: null }] },
        panels: [
          { datasource: 'Old style', targets: [{ datasource: { uid: 'prometheus' } }, { datasource: { uid: '${source}' } }] },
          { panels: [{ datasource: { uid: 'prometheus' }, targets: [{ datasource: { uid: '__expr__' } }] }] },
        ],
      }),
    ).toEqual(['loki', 'Old style', 'prometheus']);
  });
});
