import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { dump, load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { promtoolFiles } from '../rules/promtool-files';
import type { Manifest } from '../support/constructs';
import { EXAMPLES, exampleManifests, workloadsOf } from './examples';
import { findProgram } from './programs';
import { configFilesOf, containersOf } from './references';

const pint = findProgram('pint');

/** What pint finds and is not heeded, with the reason. */
const EXCEPTIONS: readonly { readonly check: string; readonly rule: RegExp; readonly reason: string }[] = [
  {
    check: 'alerts/comparison',
    rule: /^Watchdog$/,
    reason: 'it fires always: that it is no longer told is what says that nobody is told anything',
  },
  {
    check: 'rule/dependency',
    rule: /^(objective:|ErrorBudget)/,
    reason:
      'windows of a day and more add up what another group records every few minutes; one round more or less is less than 1 %',
  },
];

interface Problem {
  readonly path: string;
  readonly reporter: string;
  readonly problem: string;
  readonly lines: readonly number[];
}

/** Whether a program reads rules of Prometheus; those of Loki are in another language. */
const readsRules = ({ image, args }: Manifest) =>
  image.includes('/prometheus/prometheus:') || (image.includes('/thanos/thanos:') && args?.[0] === 'rule');

/** Groups of rules that Prometheus, a Thanos ruler or the operator would read. */
const groupsOf = (manifests: Manifest[]): Manifest[] => [
  ...workloadsOf(manifests)
    .filter((workload) => containersOf(workload).some(readsRules))
    .flatMap((workload) => configFilesOf(workload, manifests))
    .flatMap(({ text }) => (text.includes('groups') ? ((load(text) as Manifest)?.groups ?? []) : [])),
  ...manifests.filter(({ kind }) => kind === 'PrometheusRule').flatMap(({ spec }) => spec.groups),
];

describe.skipIf(pint === undefined)('pint', () => {
  const used = new Set<(typeof EXCEPTIONS)[number]>();
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'pint-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** What pint says of files, but for the exceptions. */
  const problems = async (files: Record<string, string>): Promise<string[]> => {
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(folder, name), text);
    }
    const config = resolve(__dirname, 'pint.hcl');
    const command = [
      '--offline',
      `--config=${config}`,
      'lint',
      '--min-severity=info',
      '--json=found.json',
      ...Object.keys(files),
    ];
    // It ends with 1 where it finds anything that it calls a bug.
    await promisify(execFile)(String(pint), command, { cwd: folder, maxBuffer: 1 << 26 }).catch(() => undefined);
    const found: Problem[] = JSON.parse(readFileSync(join(folder, 'found.json'), 'utf8')) ?? [];
    rmSync(join(folder, 'found.json'));
    return found.flatMap(({ path, reporter, problem, lines: [line] }) => {
      const before = (files[path] ?? '').split('\n').slice(0, line).join('\n');
      const rule = [...before.matchAll(/"?\b(?:alert|record)"?: "?([^\s"]+)/g)].at(-1)?.[1] ?? '';
      const exception = EXCEPTIONS.find((candidate) => candidate.check === reporter && candidate.rule.test(rule));
      if (exception === undefined) {
        return [`${path}: ${rule}: ${problem} (${reporter})`];
      }
      used.add(exception);
      return [];
    });
  };

  it('has nothing against the rules of the library', async () => {
    const files = Object.entries(promtoolFiles().rules).map(([name, text]) => [`library-${name}`, dump(load(text))]);
    expect(await problems(Object.fromEntries(files))).toEqual([]);
  });

  it('has nothing against the rules of the examples', async () => {
    const files = EXAMPLES.map(
      (example) => [`${example.split('/')[0]}.yaml`, groupsOf(exampleManifests(example))] as const,
    ).filter(([, groups]) => groups.length > 0);
    expect(files.length).toBeGreaterThan(4);
    expect(await problems(Object.fromEntries(files.map(([name, groups]) => [name, dump({ groups })])))).toEqual([]);
  });

  it('needs each of the exceptions', () => {
    expect(EXCEPTIONS.filter((exception) => !used.has(exception))).toEqual([]);
  });

  it('objects to what is wrong', async () => {
    const annotations = { summary: 'x', description: 'x {{ $labels.pod }}' };
    const rules = [
      { alert: 'NeverCompared', expr: 'up', annotations, labels: { severity: 'info' } },
      { alert: 'LabelIsGone', expr: 'sum by (job) (up) == 0', annotations, labels: { severity: 'info' } },
      { alert: 'SaysNothing', expr: 'up == 0', labels: { severity: 'terrible' } },
    ];
    const found = await problems({ 'library-wrong.yaml': dump({ groups: [{ name: 'wrong', rules }] }) });
    expect(found.map((problem) => problem.replace(/^library-wrong\.yaml: (\w+): .* \((.+)\)$/, '$1 $2')).sort()).toEqual([
      'LabelIsGone alerts/annotation',
      'LabelIsGone alerts/template',
      'NeverCompared alerts/annotation',
      'NeverCompared alerts/comparison',
      'SaysNothing alerts/annotation',
      'SaysNothing alerts/annotation',
      'SaysNothing alerts/annotation',
      'SaysNothing rule/label',
    ]);
  });
});
