import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, linkSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { dump } from 'js-yaml';
import type { Manifest } from '../support/constructs';
import { bcryptHash } from './bcrypt';

/** A secret value with all that breaks careless templates. It is no credential: nothing accepts it. */
export const HOSTILE_SECRET = `s: {x} #y "z" 'w'`;

/** Where programs lie inside a container's root; no manifest mounts anything there. */
export const PROGRAMS = '/.programs';

export interface ContainerRoot {
  readonly root: string;
  readonly command: string[];
  readonly environment: Record<string, string>;
}

function writeFile(root: string, path: string, content: string): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

/** Puts a file elsewhere, without copying hundreds of megabytes where that can be avoided. */
function place(file: string, target: string): void {
  try {
    linkSync(realpathSync(file), target);
  } catch {
    // Another file system.
    copyFileSync(file, target);
  }
}

/** Content of a Secret's file: a certificate where one is expected, users where a web configuration is. */
function secretFile(path: string, certificate: string): string {
  if (path === 'web.yml') {
    return dump({ basic_auth_users: { somebody: bcryptHash('any') } });
  }
  return /\.(crt|pem)$/.test(path) ? certificate : HOSTILE_SECRET;
}

function volumeFiles(volume: Manifest, manifests: Manifest[], namespace: string, certificate: string): Record<string, string> {
  if (volume.configMap) {
    const configMap = manifests.find(
      ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === volume.configMap.name && metadata.namespace === namespace,
    );
    const data: Record<string, string> = configMap?.data ?? {};
    const items: { key: string; path: string }[] = volume.configMap.items ?? Object.keys(data).map((key) => ({ key, path: key }));
    return Object.fromEntries(items.map(({ key, path }) => [path, data[key]]));
  }
  if (volume.secret) {
    const items: { path: string }[] = volume.secret.items ?? [];
    return Object.fromEntries(items.map(({ path }) => [path, secretFile(path, certificate)]));
  }
  if (volume.projected) {
    const sources: Manifest[] = volume.projected.sources;
    return Object.assign({}, ...sources.map((source) => volumeFiles(source, manifests, namespace, certificate)));
  }
  return {};
}

function environmentOf(container: Manifest, podName: string): Record<string, string> {
  const fields: Record<string, string> = {
    'metadata.name': podName,
    'metadata.namespace': 'namespace',
    'spec.nodeName': 'node-1',
    'status.podIP': '127.0.0.1',
    // Another than loopback, on which a program may listen too.
    'status.hostIP': '127.0.0.2',
  };
  const values = (container.env ?? []).map(({ name, value, valueFrom }: Manifest) => [
    name,
    value ?? (valueFrom?.secretKeyRef ? HOSTILE_SECRET : (fields[valueFrom?.fieldRef?.fieldPath] ?? '1')),
  ]);
  return Object.fromEntries(values);
}

/** `$(NAME)` in arguments, as the kubelet replaces it. */
const expand = (argument: string, environment: Record<string, string>) =>
  argument.replace(/\$\$\(|\$\((\w+)\)/g, (match, name) => (match === '$$(' ? '$(' : (environment[name] ?? match)));

/**
 * Makes the file system that a container of the manifests would see, as far as configuration goes, with a program of this
 * machine in it. Nothing but the manifests says what is where.
 */
export function containerRoot(
  folder: string,
  manifests: Manifest[],
  workload: Manifest,
  container: Manifest,
  program: string,
  certificate: string,
): ContainerRoot {
  const root = join(folder, workload.kind, workload.metadata.name, container.name);
  const spec = workload.spec.template.spec;
  mkdirSync(join(root, 'tmp'), { recursive: true });
  mkdirSync(join(root, 'etc'), { recursive: true });
  if (spec.automountServiceAccountToken) {
    for (const [name, content] of Object.entries({
      token: 'token',
      'ca.crt': certificate,
      namespace: workload.metadata.namespace,
    })) {
      writeFile(root, `/var/run/secrets/kubernetes.io/serviceaccount/${name}`, content);
    }
  }
  const claims: Manifest[] = (workload.spec.volumeClaimTemplates ?? []).map(({ metadata }: Manifest) => ({
    name: metadata.name,
  }));
  for (const mount of container.volumeMounts ?? []) {
    const volume = [...(spec.volumes ?? []), ...claims].find(({ name }) => name === mount.name);
    const files = volumeFiles(volume, manifests, workload.metadata.namespace, certificate);
    if (mount.subPath) {
      writeFile(root, mount.mountPath, files[mount.subPath] ?? '');
      continue;
    }
    mkdirSync(join(root, mount.mountPath), { recursive: true });
    for (const [path, content] of Object.entries(files)) {
      writeFile(root, join(mount.mountPath, path), content);
    }
  }
  const inside = `${PROGRAMS}/${basename(program)}`;
  mkdirSync(join(root, PROGRAMS), { recursive: true });
  if (!existsSync(join(root, inside))) {
    place(program, join(root, inside));
  }
  const environment = environmentOf(container, `${workload.metadata.name}-0`);
  return {
    root,
    command: [inside, ...(container.args ?? []).map((argument: string) => expand(argument, environment))],
    environment,
  };
}

export interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a command and answers when it ends, or when its output matches; it is then killed. */
export function run(
  command: string,
  args: string[],
  environment: Record<string, string>,
  until?: RegExp,
  limit = 60_000,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env: { PATH: process.env.PATH, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const timer = setTimeout(() => child.kill('SIGKILL'), limit);
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      if (until?.test(output)) {
        child.kill('SIGKILL');
      }
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('error', (error) => resolve({ code: null, output: String(error) }));
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, output });
    });
  });
}

const NAMESPACES = ['--fork', '--kill-child', '--pid', '--mount', '--net', '--map-root-user'];

/** Runs a static program inside a container's root, in a network of its own. */
export const runInRoot = ({ root, environment }: ContainerRoot, command: string[], until?: RegExp): Promise<Outcome> =>
  run('unshare', [...NAMESPACES, 'chroot', root, ...command], environment, until);

/** Runs a program of the machine with files of a container's root laid over the machine's. */
export const runOver = (
  { root, environment }: ContainerRoot,
  files: string[],
  command: string[],
  until?: RegExp,
): Promise<Outcome> =>
  run(
    'unshare',
    [
      ...NAMESPACES,
      'sh',
      '-ec',
      'root=$1; shift; while [ "$1" != -- ]; do mount --bind "$root$1" "$1"; shift; done; shift; exec "$@"',
      'sh',
      root,
      ...files,
      '--',
      ...command,
    ],
    environment,
    until,
  );
