import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { loadAll } from 'js-yaml';
import type { Manifest } from '../support/constructs';

/** Where the examples are written; `CDK8S_OUTDIR` moves it for them and for these tests. */
export const DIST = resolve(__dirname, '../..', process.env.CDK8S_OUTDIR ?? 'dist');

export const readManifests = (file: string): Manifest[] => loadAll(readFileSync(file, 'utf8')) as Manifest[];

/** Files of manifests below `dist`, by their path in it. */
export const EXAMPLES = readdirSync(DIST, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.k8s.yaml'))
  .sort();

export const exampleManifests = (example: string): Manifest[] => readManifests(join(DIST, example));

export const WORKLOADS = ['StatefulSet', 'Deployment', 'DaemonSet'];

export const workloadsOf = (manifests: Manifest[]): Manifest[] => manifests.filter(({ kind }) => WORKLOADS.includes(kind));

/** What `prerequisites.md` asks for: kind of thing (the heading up to its first comma or bracket), then rows. */
export interface Prerequisite {
  readonly namespace: string;
  readonly name: string;
  readonly keys: string[];
}

export type Prerequisites = Record<string, Prerequisite[]>;

const codes = (cell: string) => [...cell.matchAll(/`([^`]*)`/g)].map(([, text]) => text);

export function parsePrerequisites(markdown: string): Prerequisites {
  const sections = markdown.split(/^## /m).slice(1);
  return Object.fromEntries(
    sections.map((section) => {
      const [heading, ...lines] = section.split('\n');
      const rows = lines.filter((line) => line.startsWith('| ') && !line.startsWith('| namespace |'));
      const things = rows.map((row) => {
        const [, namespace, name, keys] = row.split(/(?<!\\)\|/);
        return { namespace: codes(namespace)[0] ?? '', name: codes(name)[0] ?? '', keys: codes(keys) };
      });
      return [heading.split(/[,(]/)[0].trim(), things];
    }),
  );
}

/** The prerequisites that stand beside an example; an example without them asks for nothing. */
export function examplePrerequisites(example: string): Prerequisites {
  const file = join(DIST, dirname(example), 'prerequisites.md');
  return existsSync(file) ? parsePrerequisites(readFileSync(file, 'utf8')) : {};
}
