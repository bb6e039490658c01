import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkLogQl } from '../../src/query/logql';
import { checkPromQl } from '../../src/query/promql';
import { anyOf, textLiteral, unquote, variableLiteral } from '../../src/query/text-literals';

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string(),
  fc.constantFrom('$namespace', '${x:raw}', '[[x]]', '"} or {', '\\', '`', '\n', '\ud83d', '$__range', '[[[x]]]', "it's"),
);

describe('textLiteral', () => {
  it('is read back as the same text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(unquote(textLiteral(text))).toEqual({ text: Buffer.from(text, 'utf8').toString('utf8') });
      }),
    );
  });

  it('hides what looks like a variable from Grafana', () => {
    expect(textLiteral('$a ${b} [[c]] [d]')).toBe('"\\x24a \\x24{b} \\x5b[c]] [d]"');
    fc.assert(
      fc.property(anyText, (text) => {
        expect(textLiteral(text)).not.toMatch(/\$|\[\[/);
      }),
    );
  });

  it('stays one value in a query', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(checkPromQl(`foo{a=${textLiteral(text)}}`)).toEqual([]);
        expect(checkLogQl(`{a="b"} |= ${textLiteral(text)}`)).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });
});

describe('variableLiteral', () => {
  it('leaves the reference to Grafana', () => {
    expect(variableLiteral('$namespace')).toBe('"$namespace"');
  });
});

describe('anyOf', () => {
  it('matches exactly the given texts', () => {
    expect(anyOf(['ok', '2.x', 'a|b', '$1'])).toBe('ok|2\\.x|a\\|b|\\$1');
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), fc.string(), (texts, other) => {
        const pattern = new RegExp(`^(?:${anyOf(texts)})$`, 's');
        expect(texts.every((text) => pattern.test(text))).toBe(true);
        expect(pattern.test(other)).toBe(texts.includes(other));
      }),
    );
  });
});

describe('unquote', () => {
  it.each<[string, string]>([
    ['"a\\n\\t\\\\\\""', 'a\n\t\\"'],
    ["'it\\'s'", "it's"],
    ['`\\d"`', '\\d"'],
    ['"\\101\\x42\\u0043\\U00000044"', 'ABCD'],
    ['""', ''],
  ])('reads %s', (literal, text) => {
    expect(unquote(literal)).toEqual({ text });
  });

  it.each(['"', '"a', '"\\"', '"\\x4"', '"\\U00110000"', '"\\ud800"', '"\\\'"', "'\\\"'", '"\\/"'])('refuses %s', (literal) => {
    expect(unquote(literal)).toHaveProperty('problem');
  });
});
