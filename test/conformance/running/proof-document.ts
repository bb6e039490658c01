/** What `npm run proof` found, as Markdown. */
export interface ProofResult {
  readonly result: 'PASS' | 'FAIL' | 'SKIP' | 'UNPROVEN' | 'NOTE';
  readonly what: string;
}

/** vitest's JSON report, or the report of a script of ../cluster, which has the same counts. */
export interface ProofReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly seconds?: number;
  /** Hash of the sources when it ran. */
  readonly sources?: string;
  readonly results?: readonly ProofResult[];
  readonly testResults?: readonly {
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

export interface Proof {
  readonly version: string;
  readonly sources: string;
  readonly overlay: Record<string, { readonly reason: string }>;
  readonly reports: readonly { readonly title: string; readonly command: string; readonly report?: ProofReport }[];
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const VITEST: Record<string, ProofResult['result']> = { passed: 'PASS', failed: 'FAIL', pending: 'SKIP', skipped: 'SKIP' };

const resultsOf = ({ results, testResults = [] }: ProofReport): readonly ProofResult[] =>
  results ??
  testResults.flatMap(({ assertionResults }) =>
    assertionResults.map(({ fullName, status }) => ({ result: VITEST[status] ?? 'SKIP', what: fullName })),
  );

function section({ title, command, report }: Proof['reports'][number], sources: string): string[] {
  if (report === undefined) {
    return [`## ${title}`, '', `\`${command}\` has no results: **unproven**.`, ''];
  }
  const { numPassedTests, numFailedTests, numPendingTests, seconds } = report;
  const results = resultsOf(report).filter(({ result }) => result !== 'NOTE' && result !== 'UNPROVEN');
  const notes = resultsOf(report).filter(({ result }) => result === 'NOTE');
  return [
    `## ${title}`,
    '',
    `\`${command}\`: **${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped**${seconds === undefined ? '' : ` in ${seconds} s`}.`,
    ...(report.sources === sources ? [] : ['', `It ran on other sources than the rest (${report.sources}).`]),
    '',
    ...notes.map(({ what }) => `- ${what}`),
    ...(notes.length > 0 ? [''] : []),
    '<details><summary>Results</summary>',
    '',
    '| result | what |',
    '|---|---|',
    ...results.map(({ result, what }) => `| ${result} | ${cell(what)} |`),
    '',
    '</details>',
    '',
  ];
}

export function proofDocument({ version, sources, overlay, reports }: Proof): string {
  const unproven = [
    ...reports.filter(({ report }) => report === undefined).map(({ title }) => `${title}: no results`),
    ...new Set(
      reports
        .flatMap(({ report }) => (report === undefined ? [] : resultsOf(report)))
        .filter(({ result }) => result === 'UNPROVEN')
        .map(({ what }) => what),
    ),
  ];
  return [
    '# Proof',
    '',
    `Written by \`npm run proof\` for version ${version}; hash of the sources: \`${sources}\`.`,
    'The programs, their versions and what of them is real: [programs](../test/conformance/programs/README.md), [cluster](../test/conformance/cluster/README.md).',
    '',
    '## Declared overlay',
    '',
    "The manifests run as they are. These timings alone are shortened: the compactor's after everything else was shown without them,",
    "Loki's in a second Loki that stands beside the stack to show retention.",
    '',
    '| what | settings | why |',
    '|---|---|---|',
    ...Object.entries(overlay).map(
      ([name, { reason, ...settings }]) => `| ${name} | \`${JSON.stringify(settings)}\` | ${cell(reason)} |`,
    ),
    '',
    '## Unproven',
    '',
    ...(unproven.length > 0 ? unproven.map((what) => `- ${what}`) : ['Nothing of what was asked.']),
    '',
    ...reports.flatMap((report) => section(report, sources)),
  ].join('\n');
}
