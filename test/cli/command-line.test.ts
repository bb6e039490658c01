import { describe, expect, it } from 'vitest';
import { HELP, readCommand } from '../../src/cli/command-line';
import { durationSeconds, durationText } from '../../src/cli/durations';

describe('the command line', () => {
  it('has defaults', () => {
    expect(readCommand(['doctor'])).toEqual({
      name: 'doctor',
      json: false,
      options: {
        namespaces: [],
        expectedNamespaces: [],
        namespaceLabel: 'namespace',
        login: false,
        kubectl: { program: 'kubectl', timeout: 10_000 },
      },
    });
  });

  it('takes every option', () => {
    const args =
      'doctor --stack shop -n a --namespace b --expect-namespace c --expect-namespace d --namespace-label ns --tenant t ' +
      '--login --json --kubeconfig f --context x --kubectl k --timeout 2.5';
    expect(readCommand(args.split(' '))).toEqual({
      name: 'doctor',
      json: true,
      options: {
        stack: 'shop',
        namespaces: ['a', 'b'],
        expectedNamespaces: ['c', 'd'],
        namespaceLabel: 'ns',
        tenant: 't',
        login: true,
        kubectl: { program: 'k', kubeconfig: 'f', context: 'x', timeout: 2500 },
      },
    });
  });

  it('tells of every option in its help', () => {
    for (const option of 'stack namespace expect-namespace namespace-label tenant login json kubeconfig context kubectl timeout'.split(
      ' ',
    )) {
      expect(HELP).toContain(`--${option}`);
    }
  });

  it.each([
    [[], 'help'],
    [['--help'], 'help'],
    [['doctor', '-h'], 'help'],
    [['help'], 'help'],
    [['--version'], 'version'],
  ])('understands %j', (args, name) => {
    expect(readCommand(args)).toEqual({ name });
  });

  it.each([
    [['docter'], 'the command is "docter"; allowed is doctor'],
    [['doctor', 'now'], 'the command is "doctor now"'],
    [['doctor', '--timeout', 'soon'], '--timeout is "soon"; allowed are seconds above 0'],
    [['doctor', '--namespace-label', 'k8s-ns'], '--namespace-label is "k8s-ns"; allowed is the name of a label'],
    [['doctor', '--wrong'], "Unknown option '--wrong'"],
  ])('refuses %j', (args, message) => {
    expect(readCommand(args)).toEqual({ name: 'mistake', message: expect.stringContaining(message) });
  });
});

describe('durations', () => {
  it.each([
    ['6h', 21_600],
    ['1h30m', 5400],
    ['1w', 604_800],
    ['0s', 0],
    ['1.5s', 1.5],
    ['250ms', 0.25],
  ])('reads %s', (text, seconds) => {
    expect(durationSeconds(text)).toBe(seconds);
  });

  it.each([
    [0.2, '0s'],
    [59, '59s'],
    [97_200, '1d 3h'],
    [3601, '1h 1s'],
  ])('writes %d s', (seconds, text) => {
    expect(durationText(seconds)).toBe(text);
  });
});
