import { describe, expect, it } from 'vitest';
import { credentialProblems, keyProblems, kindProblems, mergeConfig } from '../../src/kubernetes/extra-config';

const RULES = {
  keys: ['password'],
  reference: /^\$/,
  remedy: (key: string) => `references to files: mount a Secret and use ${key}_file`,
};

describe('further settings', () => {
  it('merge objects, append lists and replace values', () => {
    const own = { global: { interval: '30s', labels: { a: '1' } }, jobs: [1], kept: true };
    expect(mergeConfig<object>(own, { global: { interval: '1m', labels: { b: '2' } }, jobs: [2], added: { x: null } })).toEqual({
      global: { interval: '1m', labels: { a: '1', b: '2' } },
      jobs: [1, 2],
      kept: true,
      added: { x: null },
    });
    expect(own).toEqual({ global: { interval: '30s', labels: { a: '1' } }, jobs: [1], kept: true });
  });

  it('are refused where they would replace a structure', () => {
    expect(
      kindProblems('extraConfig', { jobs: [], global: { labels: {} } }, { jobs: 'x', global: { labels: [] }, more: 1 }),
    ).toEqual([
      'extraConfig.jobs is "x"; allowed is a list, to be merged with the library\'s: correct it',
      "extraConfig.global.labels is []; allowed is an object, to be merged with the library's: correct it",
    ]);
  });

  it('are refused with keys that nothing reads', () => {
    expect(keyProblems('extraConfig', { scrape_config: [], global: {} }, ['global', 'scrape_configs'])).toEqual([
      'extraConfig has the key "scrape_config"; allowed are global, scrape_configs: correct the name',
    ]);
    expect(keyProblems('extraConfig', undefined, [])).toEqual([]);
  });

  it('are refused with literal credentials, however deep', () => {
    expect(
      credentialProblems(
        'extraConfig',
        { remote_write: [{ basic_auth: { username: 'u', password: 'p', password_file: '/f' } }], password: { file: '/f' } },
        RULES,
      ),
    ).toEqual([
      'extraConfig.remote_write.0.basic_auth.password is a literal; allowed are references to files: mount a Secret and use password_file',
    ]);
  });

  it('are refused with credentials that are numbers', () => {
    expect(credentialProblems('extraConfig', { basic_auth: { password: 1234 } }, RULES)).toHaveLength(1);
  });
});
