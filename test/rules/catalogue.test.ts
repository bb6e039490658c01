import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalogueProblems, withRecords } from '../../src/catalogue/catalogue-checks';
import { Alerts } from '../../src/rules/alerts';
import { everythingRuns } from '../../src/rules/content';
import { scrapedContext } from '../catalogue/checks';
import { queriesOf } from './runbooks';

const RUNBOOKS = resolve(__dirname, '../../docs/runbooks');

const rules = new Alerts()._libraryGroups(everythingRuns()).flatMap((group) => group.rules);
const records = rules.flatMap((rule) => ('record' in rule ? [{ name: rule.record, expr: rule.expr, labels: rule.labels }] : []));
// An application's metric, read by the objective that stands for all of them.
const context = withRecords(records, scrapedContext({ http_requests_total: undefined }));

describe('what rules and runbooks read', () => {
  it('is scraped, with the labels that rules read', () => {
    const problems = rules.flatMap((rule) =>
      catalogueProblems(rule.expr, context).map((problem) => `${'alert' in rule ? rule.alert : rule.record}: ${problem}`),
    );
    expect(problems).toEqual([]);
  });

  it('is scraped, with the labels that queries of runbooks read', () => {
    const pages = readdirSync(RUNBOOKS).filter((file) => file.endsWith('.md'));
    const problems = pages.flatMap((file) =>
      queriesOf(readFileSync(join(RUNBOOKS, file), 'utf8'))
        .filter(({ language }) => language === 'promql')
        .flatMap(({ query }) => catalogueProblems(query, context).map((problem) => `${file}: ${problem}`)),
    );
    expect(problems).toEqual([]);
  });
});
