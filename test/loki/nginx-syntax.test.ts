import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type NginxDirective, NginxVariable, toNginxSyntax } from '../../src/loki/nginx-syntax';

/** The words of a configuration as nginx reads them (ngx_conf_read_token); `$` and `{` of variables are left in. */
function readWords(text: string): string[] {
  const words: string[] = [];
  let at = 0;
  while (at < text.length) {
    const character = text.charAt(at);
    if (/\s/.test(character)) {
      at++;
    } else if (/[;{}]/.test(character)) {
      words.push(character);
      at++;
    } else if (character === '"') {
      const end = /"(?:[^"\\]|\\[\s\S])*"/y;
      end.lastIndex = at;
      const quoted = end.exec(text)?.[0] ?? '';
      words.push(`word:${quoted.slice(1, -1).replace(/\\(["'\\])/g, '$1')}`);
      at += quoted.length;
    } else {
      const bare = /[^\s;]+/y;
      bare.lastIndex = at;
      const word = bare.exec(text)?.[0] ?? '';
      words.push(`word:${word}`);
      at += word.length;
    }
  }
  return words;
}

describe('nginx syntax', () => {
  it('writes directives, blocks and variables', () => {
    const directives: NginxDirective[] = [
      { name: 'worker_processes', words: ['2'] },
      {
        name: 'http',
        block: [
          { name: 'map', words: [new NginxVariable('a'), new NginxVariable('b')], block: [{ name: '', words: [''] }] },
          { name: 'return', words: ['200', ['in ', new NginxVariable('a'), ' out']] },
          { name: 'internal' },
        ],
      },
      { name: 'events', block: [] },
    ];
    expect(toNginxSyntax(directives)).toBe(
      [
        'worker_processes 2;',
        'http {',
        '  map $a $b {',
        '    "" "";',
        '  }',
        '  return 200 "in ${a} out";',
        '  internal;',
        '}',
        'events {',
        '}',
        '',
      ].join('\n'),
    );
  });

  it('escapes quotes and backslashes, and gives a literal dollar a variable of its own', () => {
    expect(toNginxSyntax([{ name: 'http', block: [{ name: 'set', words: [new NginxVariable('x'), 'a"b\\c$d'] }] }])).toBe(
      'http {\n  geo $literal_dollar {\n    default "$";\n  }\n  set $x "a\\"b\\\\c${literal_dollar}d";\n}\n',
    );
  });

  it('defines that variable once, where nginx allows it', () => {
    const server: NginxDirective = { name: 'server', block: [{ name: 'set', words: [new NginxVariable('x'), 'a$b'] }] };
    expect(toNginxSyntax([{ name: 'http', block: [server, server] }])).toMatch(
      /^http \{\n {2}geo \$literal_dollar \{\n(?:(?!geo)[\s\S])*$/,
    );
  });

  it('defines no variable for dollars that do not occur', () => {
    expect(toNginxSyntax([{ name: 'http', block: [{ name: 'set', words: ['x'] }] }])).not.toContain('geo');
  });

  it('refuses what nginx cannot read', () => {
    expect(() => toNginxSyntax([{ name: 'return', words: ['a\0b'] }])).toThrow('"a\\u0000b" has a NUL character');
  });

  it('keeps any text one word', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...'a"\'\\$ {};#\n') }), (one, other) => {
        const texts = [one, other].map((text) => text.replaceAll('\0', ''));
        const words = readWords(toNginxSyntax([{ name: 'set', words: texts }]));
        expect(words).toEqual(['word:set', ...texts.map((text) => `word:${text.replaceAll('$', '${literal_dollar}')}`), ';']);
      }),
    );
  });
});
