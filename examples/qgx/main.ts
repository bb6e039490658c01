import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'cdk8s';
import { ReferenceStack } from './stack';

const app = new App({ outdir: join(process.env.CDK8S_OUTDIR ?? 'dist', 'qgx') });
const stack = new ReferenceStack(app, 'qgx');
app.synth();
writeFileSync(join(app.outdir, 'prerequisites.md'), stack.prerequisites.toMarkdown());
writeFileSync(join(app.outdir, 'wiring.mmd'), `${stack.picture}\n`);
for (const warning of stack.warnings) {
  process.stderr.write(`warning: ${warning}\n`);
}
