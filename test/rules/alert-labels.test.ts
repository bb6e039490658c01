import { expect, it } from 'vitest';
import { answeredLabels, withRecords } from '../../src/catalogue/catalogue-checks';
import { OWN_LABELS, usualLabels } from '../../src/rules/alert-labels';
import { Alerts } from '../../src/rules/alerts';
import { everythingRuns } from '../../src/rules/content';
import { DataLabels } from '../../src/settings/data-labels';
import { scrapedContext } from '../catalogue/checks';

const groups = new Alerts()._libraryGroups(everythingRuns());
const records = groups
  .flatMap(({ rules }) => rules)
  .flatMap((rule) => ('record' in rule ? [{ name: rule.record, expr: rule.expr, labels: rule.labels }] : []));
const context = withRecords(records, scrapedContext({ http_requests_total: undefined }));

const labels = new DataLabels();
// Those of objectives come from the objectives.
const usual = [...usualLabels(labels), labels.replica, 'objective'];

it('follows from the expressions and from what the programs expose', () => {
  const followed = groups.map(({ name, rules }) => {
    const alerts = rules.filter((rule) => 'alert' in rule);
    // Of what is absent nothing is known but what the expression itself compares.
    const own = alerts.flatMap(({ expr }) => answeredLabels(expr, context) ?? []).filter((label) => !usual.includes(label));
    return [name, [...new Set(own)].sort().join(' ')] as const;
  });
  expect(Object.fromEntries(followed.filter(([, own]) => own !== ''))).toEqual(OWN_LABELS);
});
