import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { catalogueProblems } from '../../src/catalogue/catalogue-checks';
import type { CheckOptions } from '../../src/cli/check';
import { CHECKS, examine, examineThrough, type Report, reportTable } from '../../src/cli/doctor';
import type { StackSelection } from '../../src/cli/live-stack';
import { checkPromQl } from '../../src/query/promql';
import { CASES } from './doctor-cases';
import { answer, answersOf, clusterOf, DirectAccess, FakeCluster, type FakeStack, type Handler } from './fake-cluster';
import { healthy, labels, NOW, service } from './healthy-stack';

let access: DirectAccess;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW * 1000 });
});
afterEach(() => {
  vi.useRealTimers();
});

type Options = Partial<CheckOptions & StackSelection>;

const OPTIONS = {
  namespaces: [],
  expectedNamespaces: [],
  namespaceLabel: 'namespace',
  tenant: undefined,
  login: false,
};

function examined(handler: Handler, options: Options = {}): Promise<Report> {
  access = new DirectAccess(handler);
  return examineThrough(access, { ...OPTIONS, ...options });
}

const finding = ({ checks }: Report, id: string) => {
  const found = checks.find((check) => check.id === id);
  return found && `${found.status}: ${found.detail}`;
};

describe('a stack that works', () => {
  it('is found well', async () => {
    const report = await examined(clusterOf(healthy()));
    expect(report.healthy).toBe(true);
    expect(Object.fromEntries(report.checks.map(({ id }) => [id, finding(report, id)]))).toEqual({
      workloads: 'ok: 5 workloads, each with all of its pods ready',
      agents: 'ok: 2 of 2 nodes with a ready agent',
      shipping: 'ok: agents sent 1200 lines in 5m and dropped none',
      canary: 'ok: 300 lines of the canary in 5m, none missing',
      targets: 'ok: 2 targets up',
      rules: 'ok: 1 rule in 1 group',
      'metric-retention': 'ok: samples are kept 6h or 1638MiB; the oldest is 3h old',
      storage: 'ok: 1 volume, at least 61 % free (data-prometheus-0)',
      'namespace-label': 'ok: lines of 3 namespaces: kube-system, monitoring, timedeal',
      'log-lines': 'ok: 4200 lines of the last 5m',
      'log-retention': 'ok: Loki deletes lines after 7d; it looked 2m ago',
      grafana: 'ok: version 13.2.0, its database answers',
      'data-sources': 'ok: 2 data sources answer what Grafana asks; not asked: MySQL (--login asks Grafana for them)',
    });
    expect(reportTable(report)).toMatchSnapshot();
  });

  it('asks Prometheus in words that it knows, for metrics that exist', async () => {
    const asked = new Set<string>();
    const stack = healthy();
    stack.samples = stack.samples.filter(([part]) => !part.includes('kubelet'));
    await examined((request) => {
      const query = request.query.get('query');
      if (query !== null && request.place.includes('prometheus')) {
        asked.add(query);
      }
      return clusterOf(stack)(request);
    });
    expect(asked.size).toBeGreaterThan(10);
    expect([...asked].flatMap((query) => [...checkPromQl(query), ...catalogueProblems(query)])).toEqual([]);
  });
});

describe('what is wrong', () => {
  it.each(CASES)('%s is %s', async (id, outcome, apply) => {
    const stack = healthy();
    apply(stack);
    const report = await examined(clusterOf(stack));
    expect(finding(report, id)).toMatch(outcome);
    expect(report.healthy).toBe(!report.checks.some(({ status }) => status === 'failed'));
    for (const { status, remedy } of report.checks.filter(({ detail }) => !detail.includes('answers 404'))) {
      expect(remedy === undefined, status).toBe(status === 'ok' || status === 'skipped');
    }
  });

  it('has a case for each check', () => {
    expect(new Set(CASES.map(([id]) => id))).toEqual(new Set(CHECKS.map(({ id }) => id)));
  });

  it('is missing lines of a namespace that is expected', async () => {
    const report = await examined(clusterOf(healthy()), { expectedNamespaces: ['timedeal', 'orders'] });
    expect(finding(report, 'namespace-label')).toBe(
      'failed: no lines of orders; there are lines of kube-system, monitoring, timedeal',
    );
  });

  it('leaves out what the stack does not have', async () => {
    const stack = healthy();
    stack.objects.services = [service('grafana', 'grafana', 'grafana', 80)];
    stack.objects.configmaps = [];
    const report = await examined(clusterOf(stack));
    const skipped = report.checks.filter(({ status }) => status === 'skipped').map(({ id }) => id);
    expect(skipped).toEqual([
      'shipping',
      'canary',
      'targets',
      'rules',
      'metric-retention',
      'storage',
      'namespace-label',
      'log-lines',
      'log-retention',
      'data-sources',
    ]);
  });
});

describe('ways to a Service', () => {
  const stack = healthy();
  const through =
    (blocked: { status: number; body: unknown }): Handler =>
    (request) => {
      if (request.place === 'forward') {
        return answersOf(stack, 'prometheus', request.path, request.query);
      }
      return request.place.includes('prometheus') ? answer(blocked.body, blocked.status) : clusterOf(stack)(request);
    };

  it.each([
    ['a NetworkPolicy', { status: 503, body: "Error trying to reach service: 'dial tcp 10.0.0.7:9090: i/o timeout'" }],
    ['a missing right', { status: 403, body: { message: 'cannot get resource "services/proxy"' } }],
  ])('pass the kubelet where %s is in the way', async (_, blocked) => {
    const report = await examined(through(blocked));
    expect(finding(report, 'targets')).toBe('ok: 2 targets up');
    expect(access.forwarded).toEqual(['monitoring/prometheus:9090']);
  });

  it.each([
    ['has no pod that is ready', { status: 503, body: { message: 'no endpoints available for service "prometheus"' } }],
    ['does not listen', { status: 502, body: "Error trying to reach service: 'dial tcp: connection refused'" }],
  ])('end where it %s', async (problem, blocked) => {
    const report = await examined(through(blocked));
    expect(finding(report, 'targets')).toContain(problem);
    expect(access.forwarded).toEqual([]);
  });

  it('carry the tenant, and go on to Loki where the gateway asks for a password', async () => {
    const tenants: string[] = [];
    const own = healthy();
    own.objects.services.push(service('loki-gateway', 'loki', 'gateway', 80));
    const report = await examined(
      (request) => {
        const { place, headers, path } = request;
        if (place.includes('loki') && path.startsWith('/loki/api/v1/label')) {
          tenants.push(`${place} ${headers['x-scope-orgid']}`);
          return place.includes('gateway') ? answer('', 401) : clusterOf(own)(request);
        }
        return clusterOf(own)(request);
      },
      { tenant: 'shop' },
    );
    expect(finding(report, 'namespace-label')).toContain('ok: lines of 3 namespaces');
    expect(tenants).toEqual(['monitoring/loki-gateway:80 shop', 'monitoring/loki:3100 shop']);
  });

  it('say that a tenant is needed', async () => {
    const report = await examined((request) =>
      request.path.startsWith('/loki/') ? answer('no org id', 401) : clusterOf(healthy())(request),
    );
    expect(finding(report, 'log-lines')).toBe('failed: Loki asks for a tenant; name it by --tenant');
  });

  it('keep a page of HTML on one line of the table', async () => {
    const report = await examined((request) =>
      request.path.startsWith('/loki/')
        ? answer('<html>\r\n<h1>502 Bad Gateway</h1>\n</html>\n', 502)
        : clusterOf(healthy())(request),
    );
    expect(finding(report, 'log-lines')).toBe('failed: Loki answers 502: <html> <h1>502 Bad Gateway</h1> </html>');
  });
});

describe('a Prometheus that asks for a login', () => {
  const password = `Basic ${btoa('stack:s3')}`;
  const ask = (options: Options, file?: string) => {
    const stack = healthy();
    if (file !== undefined) {
      stack.objects.configmaps.push(service('prometheus-config', 'prometheus', 'prometheus', 0));
      Object.assign(stack.objects.configmaps[1], { data: { 'http-client.yaml': file, 'prometheus.yml': 'global: {}' } });
      stack.objects.secrets.push({ metadata: { name: 'stack-login' }, data: { password: btoa('s3') } });
    }
    return examined((request) => {
      const { place, headers, path, query } = request;
      if (place === 'forward') {
        return headers.authorization === password ? answersOf(stack, 'prometheus', path, query) : answer('', 401);
      }
      return place.includes('prometheus') ? answer('Unauthorized', 401) : clusterOf(stack)(request);
    }, options);
  };
  const FILE = 'basic_auth:\n  username: stack\n  password_file: /etc/prometheus/logins/stack-login/password\n';

  it('gets that of the stack where it may be read', async () => {
    expect(finding(await ask({ login: true }, FILE), 'targets')).toBe('ok: 2 targets up');
  });

  it('is not answered unasked', async () => {
    expect(finding(await ask({}, FILE), 'targets')).toBe('failed: Prometheus asks for a login; --login uses that of the stack');
  });

  it('may be one of which the stack knows nothing', async () => {
    expect(finding(await ask({ login: true }), 'rules')).toBe(
      'failed: Prometheus asks for a login, and no file of the stack names one',
    );
  });
});

describe("Grafana's own test of its data sources", () => {
  const UNAVAILABLE = '{"message":"Plugin unavailable"}';
  const login = (change: (stack: FakeStack) => void, password = `Basic ${btoa('root:p:w')}`) => {
    const stack = healthy();
    change(stack);
    const handler: Handler = (request) => {
      if (request.place !== 'forward') {
        return clusterOf(stack)(request);
      }
      const found = answersOf(stack, 'grafana', request.path, request.query);
      const right = request.headers.authorization === password;
      return right ? answer(found.body, found.body === UNAVAILABLE ? 500 : found.status) : answer('', 401);
    };
    return examined(handler, { login: true });
  };

  it('is asked with the login of its Secret, past the API server', async () => {
    expect(finding(await login(() => {}), 'data-sources')).toBe('ok: Grafana finds 2 data sources healthy');
    expect(access.forwarded).toEqual(['monitoring/grafana:80']);
  });

  const only = (source: object, answers: object) => (stack: FakeStack) => {
    stack.grafana = { ...stack.grafana, '/grafana/api/datasources': [source], ...answers };
  };
  const ALERTMANAGER = { uid: 'alertmanager', name: 'Alertmanager', type: 'alertmanager' };
  const TEST = '/grafana/api/datasources/uid/alertmanager/health';
  const PASSED_ON = '/grafana/api/datasources/proxy/uid/alertmanager/api/v2/status';

  it.each([
    [
      'of which Grafana knows no test',
      { name: 'Other', uid: 'other', type: 'other' },
      {},
      'ok: Grafana finds 1 data source healthy',
    ],
    ['by what its page asks', ALERTMANAGER, { [PASSED_ON]: {} }, 'ok: Grafana finds 1 data source healthy'],
    [
      'by what its page asks, where Grafana calls the plugin unavailable',
      ALERTMANAGER,
      { [TEST]: UNAVAILABLE, [PASSED_ON]: {} },
      'ok: Grafana finds 1 data source healthy',
    ],
    ['that does not answer what its page asks', ALERTMANAGER, {}, 'failed: Alertmanager answers 404'],
    [
      'whose plugin has ended',
      { name: 'Other', uid: 'other', type: 'other' },
      { '/grafana/api/datasources/uid/other/health': UNAVAILABLE },
      'failed: Other: {"message":"Plugin unavailable"}',
    ],
  ])('judges a data source %s', async (_, source, answers, wanted) => {
    expect(finding(await login(only(source, answers)), 'data-sources')).toContain(wanted);
  });

  it('says that the password is another one by now', async () => {
    expect(finding(await login(() => {}, 'Basic other'), 'data-sources')).toBe(
      'failed: Grafana answers 401 to the login of its Secret',
    );
  });

  it('needs the right to read the Secret', async () => {
    const report = await login((stack) => {
      stack.objects.secrets = [];
    });
    expect(finding(report, 'data-sources')).toBe(
      'failed: the Secret monitoring/grafana-admin cannot be read: secrets is forbidden',
    );
  });
});

describe('a stack that cannot be looked at', () => {
  it('is chosen where there are several', async () => {
    const stack = healthy();
    const other = service('other', 'loki', 'loki', 3100);
    stack.objects.services.push({ ...other, metadata: { ...other.metadata, labels: labels('loki', 'loki', 'lab') } });
    await expect(examined(clusterOf(stack))).rejects.toThrow('there are the stacks lab, shop: choose one by --stack');
  });

  it('is looked for in the namespaces that are named', async () => {
    const paths: string[] = [];
    const handler: Handler = ({ path, query }) => {
      paths.push(`${path} ${query.get('labelSelector')}`);
      return answer({ items: [] });
    };
    await expect(examined(handler, { namespaces: ['a', 'b'], stack: 'shop' })).rejects.toThrow(
      'no Service of the stack shop is in a, b',
    );
    const selector = 'app.kubernetes.io/managed-by=cdk8s,app.kubernetes.io/part-of=shop';
    expect(paths.sort()).toEqual([`/api/v1/namespaces/a/services ${selector}`, `/api/v1/namespaces/b/services ${selector}`]);
  });

  it('is one that nobody may see', async () => {
    const handler: Handler = () => answer({ message: 'services is forbidden' }, 403);
    await expect(examined(handler)).rejects.toThrow('the API server answers 403 to a list of services: services is forbidden');
  });
});

describe('kubectl', () => {
  it('is started once, may only read, and forwards ports', async () => {
    const stack = healthy();
    const cluster = await FakeCluster.start((request) =>
      request.place.includes('prometheus')
        ? answer('Error trying to reach service: i/o timeout', 503)
        : request.place === 'forward'
          ? answersOf(stack, 'prometheus', request.path, request.query)
          : clusterOf(stack)(request),
    );
    expect((await examine({ ...OPTIONS, kubectl: cluster.kubectl })).healthy).toBe(true);
    expect(cluster.calls).toEqual([
      ['proxy', expect.stringMatching(/^--unix-socket=/), '--reject-methods=^(POST|PUT|PATCH|DELETE)$'],
      ['port-forward', '--namespace=monitoring', '--address=127.0.0.1', 'service/prometheus', ':9090'],
    ]);
    cluster.stop();
  });

  it('is told which cluster, and its complaint is handed on', async () => {
    const cluster = await FakeCluster.start(() => answer('', 404));
    cluster.fail('error: context "prod" does not exist');
    await expect(examine({ ...OPTIONS, kubectl: { ...cluster.kubectl, kubeconfig: 'k', context: 'prod' } })).rejects.toThrow(
      'kubectl proxy ended with 1: error: context "prod" does not exist',
    );
    expect(cluster.calls[0]).toEqual(expect.arrayContaining(['--kubeconfig=k', '--context=prod']));
    cluster.stop();
  });

  it('is missing', async () => {
    await expect(examine({ ...OPTIONS, kubectl: { program: '/nowhere/kubectl', timeout: 5000 } })).rejects.toThrow(
      'install kubectl, or name it by --kubectl',
    );
  });
});

describe('the command', () => {
  const run = (...args: string[]) =>
    execFileSync(process.execPath, ['--import', 'tsx', resolve(__dirname, '../../src/cli/main.ts'), ...args], {
      encoding: 'utf8',
      cwd: resolve(__dirname, '../..'),
      stdio: ['ignore', 'pipe', 'ignore'],
    });

  it('tells its version', () => {
    expect(run('--version').trim()).toBe(require(join('../../package.json')).version);
  });
});
