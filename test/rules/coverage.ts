import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { libraryAlerts } from '../../src/rules/alerts';
import { CONTENT, everythingRuns } from '../../src/rules/content';
import { thresholdText } from '../../src/rules/definition';
import { RuleContext } from '../../src/rules/rule-context';
import { COVERED_BY, NOT_COVERED, OUT_OF_SCOPE } from './not-covered';

/** Names of alerts by collection, as these had them at that version. */
const reference = JSON.parse(readFileSync(join(__dirname, 'reference-alerts.json'), 'utf8')) as {
  readonly [source: string]: { readonly version: string; readonly alerts: readonly string[] };
};

/** What became of the alerts of a reference. */
export interface CoverageRow {
  readonly source: string;
  readonly version: string;
  readonly covered: readonly string[];
  readonly outOfScope: readonly string[];
  /** Left out on purpose. */
  readonly leftOut: readonly string[];
  /** Nobody has said why. */
  readonly open: readonly string[];
}

/** Each alert of the reference: covered, out of scope, left out, or open. */
export function coverage(): CoverageRow[] {
  const ours = libraryAlerts();
  return Object.entries(reference).map(([source, { version, alerts }]) => {
    const covered = alerts.filter((name) => ours.has(COVERED_BY[name] ?? name));
    const outOfScope = alerts.filter((name) => !covered.includes(name) && name in OUT_OF_SCOPE);
    const leftOut = alerts.filter((name) => !covered.includes(name) && !outOfScope.includes(name) && name in NOT_COVERED);
    const open = alerts.filter((name) => ![...covered, ...outOfScope, ...leftOut].includes(name));
    return { source, version, covered, outOfScope, leftOut, open };
  });
}

/** Share of the alerts in scope that are covered. */
export function coveredShare(rows: readonly CoverageRow[]): number {
  const covered = rows.flatMap((row) => row.covered).length;
  return covered / (covered + rows.flatMap(({ leftOut, open }) => [...leftOut, ...open]).length);
}

const cells = (values: readonly (string | number)[]) => `| ${values.join(' | ')} |`;

const table = (heading: readonly string[], rows: readonly (readonly (string | number)[])[]) =>
  [cells(heading), cells(heading.map(() => '---')), ...rows.map(cells)].join('\n');

const code = (name: string) => `\`${name}\``;

/** All alerts of the library, as a page. */
function alertsTable(): string {
  const context = new RuleContext(everythingRuns());
  const rows = CONTENT.flatMap(({ needs, groups }) =>
    groups(context).flatMap(({ alerts = [] }) =>
      alerts.map(({ name, severity, for: duration = 'at once', threshold }) => [
        `[${name}](runbooks/${name}.md)`,
        severity,
        duration,
        threshold === undefined ? '' : thresholdText(threshold),
        needs.map(code).join(', '),
      ]),
    ),
  );
  return table(['alert', 'severity', 'for', 'limit', 'needs metrics of'], rows);
}

/** docs/alerts.md. */
export function alertsPage(): string {
  const rows = coverage();
  const byReason = (names: readonly string[], reasons: Readonly<Record<string, string>>) =>
    names.map((name) => [code(name), reasons[name]]);
  const share = (row: CoverageRow) =>
    row.covered.length + row.leftOut.length + row.open.length === 0 ? '' : `${(coveredShare([row]) * 100).toFixed(0)} %`;
  const renamed = Object.entries(COVERED_BY).filter(([, own]) => libraryAlerts().has(own));
  return `${[
    '# Alerts',
    '`npm run coverage:alerts` writes this page. What each alert means and what to do about it stands in its runbook. An alert exists where the metrics that it needs are collected; `Alerts` of `Prometheus` changes, replaces and leaves out single ones.',
    alertsTable(),
    '## Coverage',
    `Measured by names against the collections that are widely used: ${(coveredShare(rows) * 100).toFixed(1)} % of the alerts about what the library runs.`,
    table(
      ['collection', 'version', 'covered', 'left out', 'open', 'not run by us', 'share'],
      rows.map((row) => [
        row.source,
        row.version,
        row.covered.length,
        row.leftOut.length,
        row.open.length,
        row.outOfScope.length,
        share(row),
      ]),
    ),
    ...(renamed.length === 0
      ? []
      : [
          '### Covered under another name',
          table(
            ['theirs', 'ours'],
            renamed.map(([theirs, ours]) => [code(theirs), `[${ours}](runbooks/${ours}.md)`]),
          ),
        ]),
    '### Left out',
    table(
      ['alert', 'because'],
      byReason(
        rows.flatMap(({ leftOut }) => leftOut),
        NOT_COVERED,
      ),
    ),
    '### About what the library does not run',
    table(
      ['alert', 'because'],
      byReason(
        rows.flatMap(({ outOfScope }) => outOfScope),
        OUT_OF_SCOPE,
      ),
    ),
    ...(rows.some(({ open }) => open.length > 0)
      ? [
          '### Open',
          table(
            ['collection', 'alerts'],
            rows.filter(({ open }) => open.length > 0).map(({ source, open }) => [source, open.map(code).join(', ')]),
          ),
        ]
      : []),
  ].join('\n\n')}\n`;
}
