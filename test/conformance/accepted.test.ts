import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadAll } from 'js-yaml';
import { afterAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../support/constructs';
import { type ContainerRoot, containerRoot, type Outcome, PROGRAMS, run, runInRoot, runOver } from './container-root';
import { findProgram } from './programs';

const DIST = resolve(__dirname, '../../dist');

const folder = mkdtempSync(join(tmpdir(), 'accepted-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const certificate = execFileSync(
  'openssl',
  [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=test',
    '-keyout',
    '/dev/null',
  ],
  { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
);

/** Each way the real program is asked, by the image's repository. */
interface Question {
  readonly program: string;
  readonly title: string;
  readonly ask: (root: ContainerRoot) => Promise<Outcome>;
  /** The output of a program that runs on; it is stopped then. Without it, the program must end with 0. */
  readonly accepted?: RegExp;
}

const argumentOf = ({ command }: ContainerRoot, flag: string): string => {
  const argument = command.find((candidate) => candidate.startsWith(`${flag}=`));
  return argument === undefined ? '' : argument.slice(flag.length + 1);
};

const alloyPath = ({ command }: ContainerRoot) => command[command.indexOf('run') + 1];

/** nginx looks its resolver up when it reads the configuration; the name leads nowhere that matters. */
function writeHosts(root: ContainerRoot): void {
  const resolver = /resolver\s+(\S+?)\.?\s/.exec(readFileSync(join(root.root, 'etc/nginx/nginx.conf'), 'utf8'));
  writeFileSync(join(root.root, 'etc/hosts'), `127.0.0.1 localhost ${resolver?.[1]} ${resolver?.[1]}.\n`);
}

const startsWith = (program: string, title: string, accepted: RegExp): Question => ({
  program,
  title,
  accepted,
  ask: (root) => runInRoot(root, root.command, accepted),
});

const QUESTIONS: Record<string, Question[]> = {
  'prometheus/prometheus': [
    {
      program: 'promtool',
      title: 'promtool check config',
      ask: (root) => runInRoot(root, [`${PROGRAMS}/promtool`, 'check', 'config', argumentOf(root, '--config.file')]),
    },
    startsWith('prometheus', 'prometheus starts', /Server is ready to receive web requests/),
  ],
  'thanos/thanos': [
    startsWith(
      'thanos',
      'thanos starts past its flags and configuration',
      /"msg":"starting (sidecar|store node|compact node|query node|query frontend)"/,
    ),
  ],
  'grafana/loki': [
    { program: 'loki', title: 'loki -verify-config', ask: (root) => runInRoot(root, [...root.command, '-verify-config']) },
  ],
  'grafana/alloy': [
    {
      program: 'alloy',
      title: 'alloy fmt finds nothing to change',
      ask: async (root) => {
        const files = readdirSync(join(root.root, alloyPath(root))).filter((file) => file.endsWith('.alloy'));
        const outcomes = await Promise.all(
          files.map((file) => runInRoot(root, [`${PROGRAMS}/alloy`, 'fmt', '-t', join(alloyPath(root), file)])),
        );
        return {
          code: Math.max(...outcomes.map(({ code }) => code ?? 1)),
          output: outcomes.map(({ output }) => output).join(''),
        };
      },
    },
    {
      program: 'alloy',
      title: 'alloy validate',
      ask: (root) => runInRoot(root, [`${PROGRAMS}/alloy`, 'validate', alloyPath(root)]),
    },
  ],
  'nginxinc/nginx-unprivileged': [
    {
      program: 'nginx',
      title: 'nginx -t',
      ask: (root) => {
        writeHosts(root);
        // nginx as root would want to give its folders away; the image's user is no root.
        // It opens /dev/stderr, which must be a pipe for that: Node's own channel is a socket.
        const test = 'set -o pipefail; unshare --user --map-user=101 nginx -t -c /etc/nginx/nginx.conf 2>&1 | cat';
        const command = ['bash', '-c', test];
        return runOver(root, ['/etc/nginx/nginx.conf', '/etc/hosts', '/tmp'], command);
      },
    },
  ],
  'kube-state-metrics/kube-state-metrics': [
    startsWith(
      'kube-state-metrics',
      'kube-state-metrics starts past its flags',
      // There is no API server here; it says so after it has read its flags.
      /invalid configuration: no configuration has been provided/,
    ),
  ],
  'library/memcached': [
    {
      program: 'memcached',
      title: 'memcached starts',
      accepted: /server listening/,
      ask: (root) =>
        run('memcached', ['-u', 'nobody', '-vv', '-l', '127.0.0.1', ...root.command.slice(1)], {}, /server listening/),
    },
  ],
};

const manifestsOf = (file: string) => loadAll(readFileSync(join(DIST, file), 'utf8')) as Manifest[];

const examples = readdirSync(DIST, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.yaml'))
  .filter((file) => manifestsOf(file).some(({ spec }) => spec?.template));

describe.each(examples)('%s', (file) => {
  const manifests = manifestsOf(file);
  const workloads = manifests.filter(({ kind }) => ['StatefulSet', 'Deployment', 'DaemonSet'].includes(kind));
  const cases = workloads.flatMap((workload) =>
    (workload.spec.template.spec.containers as Manifest[]).flatMap((container) => {
      const repository = Object.keys(QUESTIONS).find((path) => container.image.includes(`/${path}:`));
      return (repository === undefined ? [] : QUESTIONS[repository]).map((question) => ({
        title: `${workload.metadata.name}/${container.name}: ${question.title}`,
        workload,
        container,
        question,
      }));
    }),
  );
  for (const { title, workload, container, question } of cases) {
    const program = findProgram(question.program);
    it.skipIf(program === undefined)(title, async () => {
      const root = containerRoot(join(folder, file), manifests, workload, container, String(program), certificate);
      const { code, output } = await question.ask(root);
      if (question.accepted) {
        expect(output).toMatch(question.accepted);
      } else {
        expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
      }
    });
  }
});
