import type { Identity } from '../kubernetes/identity';
import type { Plan } from '../settings/plan';

/** Mermaid reads quotes, brackets and line breaks as its own; entities are data. */
const text = (value: string) => value.replace(/[^\w .:/@-]/g, (character) => `#${character.codePointAt(0)};`);

/** The wiring of a stack as a Mermaid flow chart: who opens connections to whom. Scrapes are dotted. */
export function wiringPicture(plan: Plan): string {
  const nodes = new Map<string, string>();
  const arrows = new Set<string>();
  const node = (key: string, label: string, shape: readonly [string, string]) => {
    if (!nodes.has(key)) {
      nodes.set(key, `n${nodes.size}${shape[0]}"${text(label)}"${shape[1]}`);
    }
    return String(nodes.get(key)).split(/[[({]/)[0];
  };
  const component = ({ namespace, name }: Identity) => node(`${namespace}/${name}`, name, ['[', ']']);
  for (const { from, to } of plan.edges) {
    const target = to._owner ? component(to._owner.identity) : node(to.hostAndPort, to.hostAndPort, ['([', '])']);
    arrows.add(`${component(from)} --> ${target}`);
  }
  for (const { from, what, purpose } of plan.reaches) {
    if (what === 'outside') {
      arrows.add(`${component(from)} --> ${node(purpose, purpose, ['[(', ')]'])}`);
    }
  }
  for (const scraper of plan.scrapers) {
    for (const { identity } of plan.metrics.filter((target) => target.identity.name !== scraper.name)) {
      arrows.add(`${component(scraper)} -.-> ${component(identity)}`);
    }
  }
  return ['flowchart LR', ...nodes.values(), ...arrows].join('\n  ');
}
