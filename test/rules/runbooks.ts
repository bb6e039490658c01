import { Alerts, libraryAlerts } from '../../src/rules/alerts';
import { everythingRuns } from '../../src/rules/content';
import { thresholdText } from '../../src/rules/definition';
import type { AlertConfig } from '../../src/rules/rule-file';

export const FRAME_BEGIN = '<!-- The rule as the library has it; `npm run runbooks` writes it. -->';
export const FRAME_END = '<!-- End of the rule. -->';

/** Sections of a page, in this order; people write them. */
export const SECTIONS = ['Meaning', 'Impact', 'Diagnosis', 'Mitigation'] as const;

/** What stands above the sections of each page, by alert: the facts, which follow from the rule. */
export function runbookFrames(): Map<string, string> {
  const rules = new Alerts()
    ._libraryGroups(everythingRuns())
    .flatMap((group) => group.rules)
    .filter((rule): rule is AlertConfig => 'alert' in rule);
  return new Map(
    [...libraryAlerts()].map(([name, definitions]) => {
      const own = rules.filter(({ alert }) => alert === name);
      const rows = definitions.map(({ threshold }, index) => {
        const limit = threshold === undefined ? 'none' : `${thresholdText(threshold)} (\`threshold: ${threshold.value}\`)`;
        const { labels, for: duration } = own[index];
        return `| ${labels.severity} | ${duration ?? 'at once'} | ${limit} |`;
      });
      const table = ['| severity | for | limit |', '|---|---|---|', ...rows].join('\n');
      const expressions = own.map(({ expr }) => `\`\`\`promql\n${expr}\n\`\`\``);
      return [name, [FRAME_BEGIN, table, ...expressions, FRAME_END].join('\n\n')];
    }),
  );
}

/** A page with its frame renewed; one that does not exist yet gets empty sections. */
export function withFrame(name: string, frame: string, page: string | undefined): string {
  if (page === undefined) {
    return `${[`# ${name}`, frame, ...SECTIONS.map((section) => `## ${section}`)].join('\n\n')}\n`;
  }
  const [begin, end] = [page.indexOf(FRAME_BEGIN), page.indexOf(FRAME_END)];
  if (begin < 0 || end < begin) {
    throw new Error(`the page of ${name} has no frame: put "${FRAME_BEGIN}" and "${FRAME_END}" below its title`);
  }
  return `${page.slice(0, begin)}${frame}${page.slice(end + FRAME_END.length)}`;
}

/** Texts of the sections of a page, by title. */
export const sectionsOf = (page: string): Map<string, string> =>
  new Map(
    page
      .split(/^## /m)
      .slice(1)
      .map((section) => [section.split('\n')[0].trim(), section.split('\n').slice(1).join('\n').trim()]),
  );

/** Queries of a page: each block of code in `promql` or `logql` is one. */
export const queriesOf = (page: string): { readonly language: string; readonly query: string }[] =>
  [...page.matchAll(/^```(promql|logql)\n(.*?)^```$/gms)].map(([, language, query]) => ({ language, query: query.trim() }));
