import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { FromEnvironment, provisioningYaml } from '../../src/grafana/provisioning-yaml';

/** What Grafana makes of a value: "$$" is a dollar sign, "$X" comes from the environment. */
function grafanaReads(value: unknown, environment: Record<string, string>): unknown {
  if (typeof value === 'string') {
    return value
      .split('$$')
      .map((part) => part.replace(/\$\{(\w+)\}|\$(\w+)|\$./g, (_, braced, bare) => environment[braced ?? bare] ?? ''))
      .join('$');
  }
  if (Array.isArray(value)) {
    return value.map((entry) => grafanaReads(entry, environment));
  }
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, grafanaReads(entry, environment)]))
    : value;
}

describe('the text of a provisioning file', () => {
  it.each([
    '$HOME ${HOME} $$ $__file{/etc/passwd} $__env{HOME}',
    'quote " and \' and `',
    '{{ .Values.x }} {% x %}',
    'two\nlines\r\nand: more # not a comment',
    '- [ } & * ! | > % @',
    '$',
    'yes',
    '0123',
    '',
  ])('gives back %j as it is', (text) => {
    const file = { apiVersion: 1, datasources: [{ name: text, jsonData: { database: text, list: [text] }, secureJsonData: {} }] };
    expect(grafanaReads(load(provisioningYaml(file)), { HOME: '/root' })).toEqual(file);
  });

  it('refers to a variable in the form that is expanded once', () => {
    const text = provisioningYaml({ password: new FromEnvironment('PASSWORD') });
    expect(text).toBe('password: $PASSWORD\n');
    expect(grafanaReads(load(text), { PASSWORD: 'pa$$w${ord}' })).toEqual({ password: 'pa$$w${ord}' });
  });
});
