import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../support/constructs';
import { type ContainerRoot, containerRoot, type Outcome, PROGRAMS, run, runInRoot, runOver } from './container-root';
import { workloadsOf } from './examples';
import { findProgram } from './programs';

/** A certificate for the places where manifests mount one. */
export const selfSignedCertificate = (): string =>
  execFileSync(
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

/** One way in which the real program is asked. */
export interface Question {
  readonly program: string;
  readonly title: string;
  readonly ask: (root: ContainerRoot) => Promise<Outcome>;
  /** The output of a program that runs on; it is stopped then. Without it, the program must end with 0. */
  readonly accepted?: RegExp;
  /** Whether the container is asked at all. @default - each of its image is */
  readonly concerns?: (container: Manifest) => boolean;
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

/** Names of time zones, which the base of Prometheus' images holds (prometheus/busybox). */
export function addTimeZones({ root }: ContainerRoot): void {
  const zones = join(root, 'usr/share/zoneinfo');
  if (!existsSync(zones)) {
    cpSync('/usr/share/zoneinfo', zones, { recursive: true, verbatimSymlinks: true });
  }
}

/** By the repository of the image. */
const QUESTIONS: Record<string, Question[]> = {
  'prometheus/prometheus': [
    {
      program: 'promtool',
      // Reads the rule files too, where they are mounted.
      title: 'promtool check config',
      ask: (root) =>
        runInRoot(root, [
          `${PROGRAMS}/promtool`,
          'check',
          'config',
          '--lint=all',
          '--lint-fatal',
          argumentOf(root, '--config.file'),
        ]),
    },
    {
      program: 'prometheus',
      title: 'prometheus starts',
      // Of a feature that it does not know it only warns, and starts.
      accepted: /^(?![\s\S]*Unknown option)[\s\S]*Server is ready to receive web requests/,
      ask: (root) => runInRoot(root, root.command, /Unknown option|Server is ready to receive web requests/),
    },
  ],
  'thanos/thanos': [
    startsWith(
      'thanos',
      'thanos starts past its flags and configuration',
      /"msg":"starting (sidecar|store node|compact node|query node|query frontend|rule node)"/,
    ),
    {
      program: 'thanos',
      title: 'thanos tools rules-check',
      concerns: ({ args = [] }) => args[0] === 'rule',
      ask: (root) => {
        const files = root.command
          .filter((argument) => argument.startsWith('--rule-file='))
          .map((argument) => argument.slice(12));
        return runInRoot(root, [`${PROGRAMS}/thanos`, 'tools', 'rules-check', ...files.map((path) => `--rules=${path}`)]);
      },
    },
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
  'prometheus/alertmanager': [
    {
      program: 'amtool',
      title: 'amtool check-config',
      ask: (root) => {
        addTimeZones(root);
        return runInRoot(root, [`${PROGRAMS}/amtool`, 'check-config', argumentOf(root, '--config.file')]);
      },
    },
    {
      program: 'alertmanager',
      title: 'alertmanager starts',
      accepted: /"msg":"Listening on"/,
      ask: (root) => {
        addTimeZones(root);
        return runInRoot(root, root.command, /"msg":"Listening on"/);
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
  'prometheus/node-exporter': [startsWith('node_exporter', 'node_exporter starts', /msg="Listening on"/)],
  'prometheus/pushgateway': [startsWith('pushgateway', 'pushgateway starts', /msg="Listening on"/)],
  'prom/memcached-exporter': [startsWith('memcached_exporter', 'memcached_exporter starts', /msg="Listening on"/)],
  'prometheuscommunity/elasticsearch-exporter': [
    // There is no Elasticsearch here; it opens its port all the same.
    startsWith('elasticsearch_exporter', 'elasticsearch_exporter starts', /msg="Listening on"/),
  ],
  'grafana/loki-canary': [
    // There is no Loki here; it says so after it has read its flags.
    startsWith('loki-canary', 'loki-canary starts past its flags', /failed to (connect|push payload|send entry)/),
  ],
  'metrics-server/metrics-server': [
    startsWith(
      'metrics-server',
      'metrics-server starts past its flags',
      // It looks for the API server after it has read its flags; those that it does not know it names before.
      /(unable to load in-cluster configuration|connect: (network is unreachable|connection refused))/,
    ),
  ],
  'jaegertracing/jaeger': [startsWith('jaeger', 'jaeger starts', /Everything is ready/)],
  'grafana/tempo': [startsWith('tempo', 'tempo starts', /msg="Tempo started"/)],
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

/** A question about one container of the manifests. */
export interface Case {
  readonly title: string;
  readonly workload: Manifest;
  readonly container: Manifest;
  readonly question: Question;
}

/** Every question that the containers of the manifests raise. */
export const casesOf = (manifests: Manifest[]): Case[] =>
  workloadsOf(manifests).flatMap((workload) =>
    (workload.spec.template.spec.containers as Manifest[]).flatMap((container) => {
      const repository = Object.keys(QUESTIONS).find((path) => container.image.includes(`/${path}:`));
      const questions = repository === undefined ? [] : QUESTIONS[repository];
      return questions
        .filter(({ concerns }) => concerns?.(container) ?? true)
        .map((question) => ({
          title: `${workload.metadata.name}/${container.name}: ${question.title}`,
          workload,
          container,
          question,
        }));
    }),
  );

/** What the real program has against the container; nothing if it accepts it. */
export async function objections(
  folder: string,
  manifests: Manifest[],
  { title, workload, container, question }: Case,
  certificate: string,
): Promise<string[]> {
  const program = String(findProgram(question.program));
  const root = containerRoot(folder, manifests, workload, container, program, certificate);
  const { code, output } = await question.ask(root);
  const accepted = question.accepted ? question.accepted.test(output) : code === 0;
  return accepted ? [] : [`${title}: ends with ${code}: ${output.trim()}`];
}
