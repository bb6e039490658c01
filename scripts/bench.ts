/**
 * How long synthesizing takes, as ratios within one run, so that machines compare:
 *  - the whole process that synthesizes the reference stack, against one that only loads cdk8s and cdk8s-plus-28: as the
 *    document describes it, and with all boards and alerts that the library adds to it,
 *  - a process that loads the library, against the same,
 *  - the cost of a stack when 200 are synthesized in one process, against the cost when there are 10.
 * Uses the compiled library (`npm run compile`), as an installed package would be. Exits 1 when a bound is broken.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';

const ROOT = resolve(__dirname, '..');
const RUNS = 15;

mkdirSync(join(ROOT, '.cache'), { recursive: true });
const work = mkdtempSync(join(ROOT, '.cache/bench-'));

/** The example as plain JavaScript; it finds the compiled library by the package's own name. */
const example = join(work, 'stack.js');
const { outputText } = transpileModule(readFileSync(join(ROOT, 'examples/qgx/stack.ts'), 'utf8'), {
  compilerOptions: { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022 },
});
writeFileSync(example, outputText);

/** The same with nothing but what the document asks for. */
const exampleAlone = join(work, 'stack-alone.js');
const alone = outputText
  .replace('grafana: {', "grafana: { standardDashboards: require('cdk8s-monitoring-stack').StandardDashboards.none(),")
  .replace('prometheus: {', "prometheus: { alerts: new (require('cdk8s-monitoring-stack').Alerts)({ library: false }),");
if ((alone.match(/cdk8s-monitoring-stack'\)\./g) ?? []).length !== 2) {
  throw new Error('examples/qgx/stack.ts has no `grafana: {` or no `prometheus: {`');
}
writeFileSync(exampleAlone, alone);

const seconds = (code: string): number => {
  const start = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, ['-e', code], {
    cwd: ROOT,
    env: { ...process.env, CDK8S_OUTDIR: join(work, 'out') },
    encoding: 'utf8',
  });
  if (status !== 0) {
    throw new Error(stderr);
  }
  return Number(process.hrtime.bigint() - start) / 1e9;
};

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

const FLOOR = "require('cdk8s'); require('cdk8s-plus-28');";
const LOAD = `${FLOOR} require(${JSON.stringify(join(ROOT, 'lib/src/index.js'))});`;
const SYNTH = (file: string) => `const { App } = require('cdk8s'); const { ReferenceStack } = require(${JSON.stringify(file)});
const app = new App(); new ReferenceStack(app, 'reference'); app.synth();`;
const FLEET = (
  count: number,
) => `const { App, Testing } = require('cdk8s'); const { ReferenceStack } = require(${JSON.stringify(example)});
const synthesize = (index) => { const app = new App({ outdir: ${JSON.stringify(join(work, 'fleet'))} + index }); new ReferenceStack(app, 'reference'); app.synth(); };
synthesize(0); synthesize(1);
const start = process.hrtime.bigint();
for (let index = 0; index < ${count}; index++) synthesize(index);
process.stdout.write(String(Number(process.hrtime.bigint() - start) / 1e9 / ${count}));`;

const perStack = (count: number): number => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', FLEET(count)], { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) {
    throw new Error(stderr);
  }
  return Number(stdout);
};

try {
  const floor: number[] = [];
  const load: number[] = [];
  const synth: number[] = [];
  const withContent: number[] = [];
  // One after another in each round, so that a busy moment of the machine meets all of them.
  for (let round = 0; round < RUNS; round++) {
    floor.push(seconds(FLOOR));
    load.push(seconds(LOAD));
    synth.push(seconds(SYNTH(exampleAlone)));
    withContent.push(seconds(SYNTH(example)));
  }
  const few = median([perStack(10), perStack(10), perStack(10)]);
  const many = perStack(200);
  const results = [
    {
      what: 'process that synthesizes the reference stack ÷ process that loads cdk8s and cdk8s-plus-28',
      ratio: median(synth) / median(floor),
      bound: 1.8,
    },
    {
      what: 'the same with all boards and alerts of the library',
      ratio: median(withContent) / median(floor),
      bound: 2.2,
    },
    { what: 'process that loads the library too ÷ the same', ratio: median(load) / median(floor), bound: 1.4 },
    { what: 'cost per stack at 200 stacks ÷ at 10 stacks', ratio: many / few, bound: 1.3 },
  ];
  console.log(
    `floor ${median(floor).toFixed(3)} s, load ${median(load).toFixed(3)} s, synth ${median(synth).toFixed(3)} s, with content ${median(withContent).toFixed(3)} s, per stack ${few.toFixed(4)} s / ${many.toFixed(4)} s`,
  );
  for (const { what, ratio, bound } of results) {
    console.log(`${ratio.toFixed(2)} (at most ${bound}): ${what}`);
  }
  process.exitCode = results.every(({ ratio, bound }) => ratio <= bound) ? 0 : 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}
