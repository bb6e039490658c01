import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HELP, readCommand } from './command-line';
import { examine, reportTable } from './doctor';

/** Version of the package that this file is part of, compiled or not. */
function version(): string {
  let folder = __dirname;
  for (;;) {
    try {
      const { name, version: found } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, string>;
      if (name === 'cdk8s-monitoring-stack') {
        return found;
      }
    } catch {
      // Not every folder has one.
    }
    if (folder === dirname(folder)) {
      return 'unknown';
    }
    folder = dirname(folder);
  }
}

/** Does what the command line says, and answers with the exit status. */
async function run(args: readonly string[]): Promise<number> {
  const command = readCommand(args);
  switch (command.name) {
    case 'help':
      process.stdout.write(HELP);
      return 0;
    case 'version':
      process.stdout.write(`${version()}\n`);
      return 0;
    case 'mistake':
      process.stderr.write(`monitoring-stack: ${command.message}\n`);
      return 2;
    case 'doctor': {
      const report = await examine(command.options);
      process.stdout.write(command.json ? `${JSON.stringify(report, undefined, 2)}\n` : reportTable(report));
      return report.healthy ? 0 : 1;
    }
  }
}

run(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    process.stderr.write(`monitoring-stack: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 2;
  },
);
