import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { promtoolFiles } from '../rules/promtool-files';
import { findProgram } from './programs';

const promtool = findProgram('promtool');

const outcome = (folder: string, ...command: string[]): string => {
  try {
    return execFileSync(String(promtool), command, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return `FAILED\n${stdout}${stderr}`;
  }
};

describe.skipIf(promtool === undefined)('rules of the library', () => {
  const { rules, alerts, tests } = promtoolFiles();
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'rules-'));
    for (const [name, text] of Object.entries({ ...rules, ...alerts, ...tests })) {
      writeFileSync(join(folder, name), text);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('are rules to promtool', () => {
    expect(outcome(folder, 'check', 'rules', '--lint=all', '--lint-fatal', ...Object.keys(rules))).not.toContain('FAILED');
  });

  it('fire and stay silent as their cases say', () => {
    const answer = outcome(folder, 'test', 'rules', ...Object.keys(tests));
    expect(answer.startsWith('FAILED') ? answer : '').toBe('');
    expect(answer.match(/SUCCESS/g)).toHaveLength(Object.keys(tests).length);
  });
});
