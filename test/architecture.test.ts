import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const SOURCE = resolve(__dirname, '../src');

/** Which rooms a room may import. Everything else is a breach. */
const FOUNDATION = ['kubernetes', 'settings'];
const DATA = ['rules', 'dashboards', 'catalogue', 'query'];
const COMPONENTS = [
  'prometheus',
  'thanos',
  'loki',
  'memcached',
  'alloy',
  'grafana',
  'alertmanager',
  'exporters',
  'tracing',
  'elastic',
  'operator',
  'grafana-alerting',
];

function allowed(room: string): string[] {
  if (FOUNDATION.includes(room)) {
    return FOUNDATION;
  }
  if (DATA.includes(room)) {
    return [...FOUNDATION, ...DATA];
  }
  // The same components, run by somebody else: it says in other objects what these describe.
  if (room === 'operator') {
    return [...FOUNDATION, ...DATA, room, 'prometheus', 'alertmanager'];
  }
  // Receivers and routes, written for Grafana instead of Alertmanager.
  if (room === 'grafana-alerting') {
    return [...FOUNDATION, ...DATA, room, 'grafana', 'alertmanager'];
  }
  if (COMPONENTS.includes(room)) {
    return [...FOUNDATION, ...DATA, room];
  }
  if (room === 'checks') {
    return [...FOUNDATION, ...DATA, 'checks'];
  }
  return [...FOUNDATION, ...DATA, ...COMPONENTS, 'checks', 'stack', ...(room === 'stack' ? [] : ['cli'])];
}

const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

const roomOf = (file: string) => file.split('/')[0];

const importsOf = (file: string) =>
  [...readFileSync(join(SOURCE, file), 'utf8').matchAll(/(?:from|import|require\()\s*'(\.[^']+)'/g)].map(([, path]) =>
    relative(SOURCE, resolve(SOURCE, dirname(file), path)),
  );

describe('rooms', () => {
  it.each(files.filter((file) => file !== 'index.ts'))('%s imports downward only', (file) => {
    const breaches = importsOf(file).filter((path) => !path.startsWith('..') && !allowed(roomOf(file)).includes(roomOf(path)));
    expect(breaches).toEqual([]);
  });

  it('takes types from cdk8s-plus and loads none of its code', () => {
    const loading = files.filter((file) => /^import (?!type ).*'cdk8s-plus-28/m.test(readFileSync(join(SOURCE, file), 'utf8')));
    expect(loading).toEqual([]);
  });

  it('has no customer inside the library', () => {
    const mentions = files.filter((file) =>
      /qgx/i.test(readFileSync(join(SOURCE, file), 'utf8').replace(/`[^`]*qgx[^`]*`/gi, '')),
    );
    expect(mentions).toEqual([]);
  });

  it('keeps imports out of cycles', () => {
    const graph = new Map(files.map((file) => [file.replace(/\.ts$/, ''), importsOf(file)]));
    const cycles: string[] = [];
    const done = new Set<string>();
    const visit = (node: string, trail: string[]) => {
      if (trail.includes(node)) {
        cycles.push([...trail.slice(trail.indexOf(node)), node].join(' -> '));
        return;
      }
      if (done.has(node)) {
        return;
      }
      for (const next of graph.get(node) ?? []) {
        visit(next, [...trail, node]);
      }
      done.add(node);
    };
    for (const node of graph.keys()) {
      visit(node, []);
    }
    expect(cycles).toEqual([]);
  });
});
