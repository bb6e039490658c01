/**
 * `npm run proof`: runs everything that proves the manifests with the real programs, and writes docs/proof.md.
 *   npm run proof                     all of it, about an hour and a half
 *   npm run proof -- cluster faults   only these parts; the others keep the results of their last run (.cache/proof)
 * Exits 1 when anything failed. What a part runs is in PARTS.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { proofDocument } from '../test/conformance/running/proof-document';
import { sourcesHash } from '../test/conformance/running/proof-sources';

const ROOT = resolve(__dirname, '..');
const RESULTS = join(ROOT, '.cache/proof');
const MANIFESTS = 'dist/qgx/qgx.k8s.yaml';
const CLUSTER = 'test/conformance/cluster';

/** Each writes a report of its results: vitest's JSON, or the same counts with a list of results. */
const PARTS: Record<string, { readonly title: string; readonly command: readonly string[] }> = {
  conformance: {
    title: 'Levels 1 and 2: accepted and applied; seeded defects',
    command: [
      'npm',
      'run',
      '--silent',
      'conformance',
      '--',
      '--reporter=json',
      `--outputFile.json=${join(RESULTS, 'conformance.json')}`,
    ],
  },
  cluster: {
    title: 'Level 3: running, with the faults of every submission',
    command: ['env', 'FAULTS=fast', `${CLUSTER}/run-stack`, MANIFESTS],
  },
  light: {
    title: 'Level 3: the light stack, with the work of 50 pods',
    command: ['env', 'LOAD_PODS=50', `${CLUSTER}/run-stack`, 'dist/k3d-light/k3d-light.k8s.yaml'],
  },
  lab: {
    title: 'Level 3: the lab cluster',
    command: [`${CLUSTER}/run-stack`, 'dist/vm-lab/vm-lab.k8s.yaml'],
  },
  tools: {
    title: 'Level 3: the development tools',
    command: [`${CLUSTER}/run-stack`, 'dist/dev-tools/dev-tools.k8s.yaml'],
  },
  operator: {
    title: 'Level 3: the stack of the Prometheus Operator',
    command: [`${CLUSTER}/run-stack`, 'dist/operator/operator.k8s.yaml'],
  },
  efk: {
    title: 'Level 3: Fluentd, Elasticsearch and Kibana, played by stand-ins',
    command: [`${CLUSTER}/run-stack`, 'dist/efk/efk.k8s.yaml'],
  },
  tracing: {
    title: 'Level 3: the tracing stack',
    command: [`${CLUSTER}/run-stack`, 'dist/tracing/tracing.k8s.yaml'],
  },
  faults: { title: 'Level 4: faults', command: [`${CLUSTER}/faults`, MANIFESTS] },
  bench: { title: 'Measured', command: [`${CLUSTER}/bench`, MANIFESTS] },
};

mkdirSync(RESULTS, { recursive: true });
const asked = process.argv.slice(2);
for (const name of asked.length > 0 ? asked : Object.keys(PARTS)) {
  const part = PARTS[name];
  if (part === undefined) {
    throw new Error(`no part "${name}"; there are ${Object.keys(PARTS).join(', ')}`);
  }
  const report = join(RESULTS, `${name}.json`);
  const hash = sourcesHash(ROOT);
  rmSync(report, { force: true });
  const [command, ...commandArguments] = part.command;
  spawnSync(command, commandArguments, {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, RESULTS: report, PROOF_STACKS: '200' },
  });
  if (existsSync(report)) {
    writeFileSync(report, JSON.stringify({ ...JSON.parse(readFileSync(report, 'utf8')), sources: hash }));
  }
}

const reports = Object.entries(PARTS).map(([name, { title, command }]) => {
  const report = join(RESULTS, `${name}.json`);
  return {
    title,
    command: command.filter((word) => !word.includes(RESULTS) && !word.startsWith('--reporter')).join(' '),
    report: existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined,
  };
});
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const overlay = JSON.parse(readFileSync(join(ROOT, CLUSTER, 'overlay.json'), 'utf8'));
writeFileSync(join(ROOT, 'docs/proof.md'), proofDocument({ version, sources: sourcesHash(ROOT), overlay, reports }));
process.exitCode = reports.every(({ report }) => report?.numFailedTests === 0) ? 0 : 1;
