import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { proofDocument } from './conformance/running/proof-document';

const ROOT = join(__dirname, '..');

describe('the proof', () => {
  it('is not older than the last release', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(readFileSync(join(ROOT, 'docs/proof.md'), 'utf8')).toContain(`for version ${version};`);
  });

  it('reports no failure', () => {
    const counts = [
      ...readFileSync(join(ROOT, 'docs/proof.md'), 'utf8').matchAll(/\*\*\d+ passed, (\d+) failed, \d+ skipped\*\*/g),
    ];
    expect(counts.map(([, failed]) => failed)).toEqual(counts.map(() => '0'));
    expect(counts.length).toBeGreaterThan(0);
  });

  it('says what ran, what did not, and what was measured', () => {
    const document = proofDocument({
      version: '1.2.3',
      sources: 'abc',
      overlay: { loki: { reason: 'slow' } },
      reports: [
        {
          title: 'Running',
          command: 'run',
          report: {
            numPassedTests: 1,
            numFailedTests: 1,
            numPendingTests: 0,
            seconds: 9,
            sources: 'old',
            results: [
              { result: 'PASS', what: 'a | b' },
              { result: 'FAIL', what: 'c' },
              { result: 'NOTE', what: '7 ms' },
              { result: 'UNPROVEN', what: 'Grafana' },
            ],
          },
        },
        { title: 'Faults', command: 'faults' },
      ],
    });
    expect(document).toContain('for version 1.2.3; hash of the sources: `abc`');
    expect(document).toContain(
      '`run`: **1 passed, 1 failed, 0 skipped** in 9 s.\n\nIt ran on other sources than the rest (old).\n\n- 7 ms\n',
    );
    expect(document).toContain('| PASS | a \\| b |\n| FAIL | c |\n');
    expect(document).toContain('## Unproven\n\n- Faults: no results\n- Grafana\n');
    expect(document).toContain('`faults` has no results: **unproven**');
    expect(document).toContain('| loki | `{}` | slow |');
  });
});
