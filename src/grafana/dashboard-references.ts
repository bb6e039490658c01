/** Data sources that every Grafana has. */
const BUILT_IN = ['grafana', '-- Grafana --', '-- Mixed --', '-- Dashboard --', '__expr__'];

/**
 * Uids of the data sources that a board names, wherever in the model. Left out are variables, which are resolved in the
 * browser, and those that every Grafana has.
 */
export function dataSourcesOfDashboard(model: unknown): string[] {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) {
      return;
    }
    for (const [key, entry] of Object.entries(value)) {
      if (key === 'datasource') {
        const uid: unknown = typeof entry === 'object' && entry !== null ? Reflect.get(entry, 'uid') : entry;
        if (typeof uid === 'string' && !BUILT_IN.includes(uid) && !uid.includes('$')) {
          found.add(uid);
        }
      }
      visit(entry);
    }
  };
  visit(model);
  return [...found];
}
