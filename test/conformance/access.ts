import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../support/constructs';
import { type ApiServer, freePort, until } from './api-server';
import { containerRoot } from './container-root';
import { workloadsOf } from './examples';
import { findProgram } from './programs';

/** Something that a ServiceAccount does or may do; without a namespace it is about all of them. */
export interface Right {
  /** `namespace/name` of the ServiceAccount. */
  readonly account: string;
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly namespace: string;
  /** The one object that it is about, if it is one. */
  readonly name?: string;
}

export const describeRight = ({ account, verb, group, resource, namespace }: Right): string =>
  `${account}: ${verb} ${group === '' ? '' : `${group}/`}${resource} in ${namespace === '' ? 'all namespaces' : namespace}`;

const unique = (rights: Right[]) => [...new Map(rights.map((right) => [describeRight(right), right])).values()];

/** What the roles and bindings of the manifests give. */
export function rightsOf(manifests: Manifest[]): Right[] {
  const bindings = manifests.filter(({ kind }) => ['ClusterRoleBinding', 'RoleBinding'].includes(kind));
  const rights = bindings.flatMap(({ kind, metadata, roleRef, subjects }) => {
    const role = manifests.find((manifest) => manifest.kind === roleRef.kind && manifest.metadata.name === roleRef.name);
    return (subjects as Manifest[]).flatMap((subject) =>
      ((role?.rules ?? []) as Manifest[]).flatMap(({ apiGroups = [], resources = [], verbs }) =>
        (apiGroups as string[]).flatMap((group) =>
          (resources as string[]).flatMap((resource) =>
            (verbs as string[]).map((verb) => ({
              account: `${subject.namespace}/${subject.name}`,
              verb,
              group,
              resource,
              namespace: kind === 'RoleBinding' ? metadata.namespace : '',
            })),
          ),
        ),
      ),
    );
  });
  return unique(rights);
}

/** Programs that talk to the API server, by the image's repository, and how they listen where nobody else does. */
const TALKERS: Record<string, { program: string; listen: (ports: number[]) => string[] }> = {
  'prometheus/prometheus': { program: 'prometheus', listen: ([port]) => [`--web.listen-address=127.0.0.1:${port}`] },
  'grafana/alloy': { program: 'alloy', listen: ([port]) => [`--server.http.listen-addr=127.0.0.1:${port}`] },
  'kube-state-metrics/kube-state-metrics': {
    program: 'kube-state-metrics',
    listen: ([port, telemetry]) => ['--host=127.0.0.1', `--port=${port}`, `--telemetry-port=${telemetry}`],
  },
  'metrics-server/metrics-server': {
    program: 'metrics-server',
    listen: ([port]) => ['--bind-address=127.0.0.1', `--secure-port=${port}`],
  },
};

/** Programs that the recording needs. */
export const TALKING_PROGRAMS = Object.values(TALKERS).map(({ program }) => program);

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * Starts a container with the token of its own ServiceAccount and the API server's address, as the kubelet would.
 * @param ports where it listens, on loopback
 */
export async function startContainer(
  server: ApiServer,
  manifests: Manifest[],
  workload: Manifest,
  container: Manifest,
  folder: string,
  ports?: number[],
): Promise<ChildProcess | undefined> {
  const talker = Object.entries(TALKERS).find(([repository]) => container.image.includes(`/${repository}:`))?.[1];
  if (!talker) {
    return undefined;
  }
  const program = String(findProgram(talker.program));
  const root = containerRoot(folder, manifests, workload, container, program, server.certificate);
  const { namespace } = workload.metadata;
  const token = await server.tokenOf(namespace, workload.spec.template.spec.serviceAccountName);
  writeFileSync(join(root.root, ACCOUNT, 'token'), token);
  const environment = {
    PATH: process.env.PATH,
    ...root.environment,
    KUBERNETES_SERVICE_HOST: '127.0.0.1',
    KUBERNETES_SERVICE_PORT: String(server.port),
  };
  // Alloy reads there how much memory it has.
  const processes = join(root.root, 'proc');
  mkdirSync(processes, { recursive: true });
  const isolation = ['--fork', '--kill-child', '--pid', `--mount-proc=${processes}`, '--map-root-user', 'chroot', root.root];
  return spawn('unshare', [...isolation, ...root.command, ...talker.listen(ports ?? [await freePort(), await freePort()])], {
    env: environment,
    stdio: 'ignore',
  });
}

const PREFIX = 'system:serviceaccount:';

/** What ServiceAccounts have asked, from some entry of the log on, each request once. */
function recorded(server: ApiServer, accounts: string[], first: number): { allowed: Right[]; refused: Right[] } {
  const requests = server
    .audited()
    .slice(first)
    // Without a resource are versions, groups and health, which every authenticated client may ask for.
    .filter(({ user, resource }) => user.startsWith(PREFIX) && resource !== '')
    .map(({ user, verb, group, resource, namespace, name, decision }) => ({
      decision,
      right: { account: user.slice(PREFIX.length).replace(':', '/'), verb, group, resource, namespace, name },
    }))
    .filter(({ right }) => accounts.includes(right.account));
  const of = (isAllowed: boolean) =>
    unique(requests.filter(({ decision }) => (decision === 'allow') === isAllowed).map(({ right }) => right));
  return { allowed: of(true), refused: of(false) };
}

const covers = (granted: Right, used: Right) =>
  describeRight({ ...granted, namespace: used.namespace }) === describeRight(used) &&
  (granted.namespace === '' || granted.namespace === used.namespace);

/** Rights that somebody else than the API server asks about, so that its log cannot have them. */
const ASKED_ELSEWHERE: Record<string, string> = {
  'get nodes/metrics': 'kubelets ask for it when they are scraped',
};

/** What the components of a stack ask of the API server while they run. */
export interface Recording {
  readonly allowed: Right[];
  readonly refused: Right[];
  /** Rights that were given and not used. */
  readonly unused: Right[];
  /** Accounts with rights whose programs do not run here. */
  readonly unproven: string[];
}

/**
 * Runs every component that has a token against the API server, on which the manifests are, and records its requests. Ends
 * when all its rights were used, or at the limit.
 */
export async function recordRequests(
  server: ApiServer,
  manifests: Manifest[],
  folder: string,
  limit = 30_000,
): Promise<Recording> {
  const first = server.audited().length;
  const withToken = workloadsOf(manifests).filter(({ spec }) => spec.template.spec.automountServiceAccountToken);
  const started = await Promise.all(
    withToken.flatMap((workload) =>
      (workload.spec.template.spec.containers as Manifest[]).map(async (container) => ({
        account: `${workload.metadata.namespace}/${workload.spec.template.spec.serviceAccountName}`,
        process: await startContainer(server, manifests, workload, container, folder),
      })),
    ),
  );
  const accounts = started.flatMap(({ account, process }) => (process === undefined ? [] : [account]));
  const rights = rightsOf(manifests);
  const unused = () => {
    const { allowed } = recorded(server, accounts, first);
    return rights
      .filter(({ account, verb, resource }) => accounts.includes(account) && !(`${verb} ${resource}` in ASKED_ELSEWHERE))
      .filter((right) => !allowed.some((request) => covers(right, request)));
  };
  try {
    await until(async () => unused().length === 0, limit, 'rights are not used').catch(() => undefined);
  } finally {
    for (const { process } of started) {
      process?.kill('SIGKILL');
    }
  }
  const unproven = rights.map(({ account }) => account).filter((account) => !accounts.includes(account));
  return { ...recorded(server, accounts, first), unused: unused(), unproven: [...new Set(unproven)] };
}

/** Whether the owner of a token may do something, as the API server tells them. */
async function isAllowed(server: ApiServer, token: string, { verb, group, resource, namespace, name }: Right): Promise<boolean> {
  const [kind, subresource] = resource.split('/');
  const { status, body } = await server.send('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
    token,
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { verb, group, resource: kind, subresource, namespace, name } },
    },
  });
  if (status !== 201) {
    throw new Error(`SelfSubjectAccessReview: ${body.message}`);
  }
  return body.status.allowed;
}

const core = (verb: string, resource: string, namespace = '') => ({ verb, group: '', resource, namespace });

/** What no component of a monitoring stack has any business with. */
export const FORBIDDEN: Omit<Right, 'account'>[] = [
  ...['get', 'list', 'watch'].flatMap((verb) => [core(verb, 'secrets'), core(verb, 'secrets', 'kube-system')]),
  ...['get', 'list', 'watch'].map((verb) => core(verb, 'configmaps')),
  core('create', 'pods/exec'),
  core('create', 'pods/attach'),
  core('create', 'pods/portforward'),
  core('create', 'pods'),
  core('delete', 'pods'),
  core('patch', 'pods'),
  core('create', 'pods/eviction'),
  core('get', 'nodes/proxy'),
  core('create', 'nodes/proxy'),
  core('patch', 'nodes'),
  core('create', 'serviceaccounts/token'),
  core('impersonate', 'serviceaccounts'),
  core('delete', 'persistentvolumeclaims'),
  { verb: 'patch', group: 'apps', resource: 'deployments', namespace: '' },
  { verb: 'escalate', group: 'rbac.authorization.k8s.io', resource: 'clusterroles', namespace: '' },
  { verb: 'create', group: 'rbac.authorization.k8s.io', resource: 'clusterrolebindings', namespace: '' },
];

/** What the accounts are allowed although they must not be, and refused although they ask for it. */
export async function accessProblems(server: ApiServer, accounts: string[], requests: Right[]): Promise<string[]> {
  const answers = await Promise.all(
    accounts.map(async (account) => {
      const token = await server.tokenOf(account.split('/')[0], account.split('/')[1]);
      const forbidden = FORBIDDEN.map((request) => ({ account, ...request }));
      const asked = requests.filter((right) => right.account === account);
      return Promise.all([
        ...forbidden.map(async (right) => ((await isAllowed(server, token, right)) ? [`allowed: ${describeRight(right)}`] : [])),
        ...asked.map(async (right) => ((await isAllowed(server, token, right)) ? [] : [`refused: ${describeRight(right)}`])),
      ]);
    }),
  );
  return answers.flat(2);
}

export const accountsOf = (manifests: Manifest[]): string[] =>
  manifests.filter(({ kind }) => kind === 'ServiceAccount').map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
