import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'cdk8s';
import { OperatorStack } from './stack';

const app = new App({ outdir: join(process.env.CDK8S_OUTDIR ?? 'dist', 'operator') });
const stack = new OperatorStack(app, 'operator');
app.synth();
writeFileSync(join(app.outdir, 'prerequisites.md'), stack.prerequisites.toMarkdown());
for (const warning of stack.warnings) {
  process.stderr.write(`warning: ${warning}\n`);
}
