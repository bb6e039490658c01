import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AlloyBlock,
  AlloyCall,
  AlloyConcatenation,
  AlloyReference,
  type AlloyValue,
  isAlloyIdentifier,
  toAlloySyntax,
} from '../../src/alloy/alloy-syntax';

const attribute = (value: AlloyValue) => toAlloySyntax([{ name: 'a', attributes: { x: value } }]);

const stringLiteral = (text: string) => /^a \{\n\tx = (.*)\n\}\n$/s.exec(attribute(text))?.[1] ?? '';

describe('layout, as `alloy fmt` has it', () => {
  it('writes blocks, labels and attributes', () => {
    const blocks: AlloyBlock[] = [
      { name: 'logging' },
      {
        name: 'loki.process',
        label: 'main',
        attributes: { forward_to: [new AlloyReference(['loki', 'write', 'main', 'receiver'])], left_out: undefined },
        blocks: [{ name: 'stage.cri' }, { name: 'stage.json', attributes: { expressions: { level: '' } } }],
      },
    ];
    expect(toAlloySyntax(blocks)).toBe(
      [
        'logging { }',
        '',
        'loki.process "main" {',
        '\tforward_to = [loki.write.main.receiver]',
        '',
        '\tstage.cri { }',
        '',
        '\tstage.json {',
        '\t\texpressions = {',
        '\t\t\tlevel = "",',
        '\t\t}',
        '\t}',
        '}',
        '',
      ].join('\n'),
    );
  });

  it('aligns the equals signs up to a value that spans lines', () => {
    const attributes = { a: 1, long_name: { x: 1 }, bb: true, c: null };
    expect(toAlloySyntax([{ name: 'b', attributes }])).toBe(
      ['b {', '\ta         = 1', '\tlong_name = {', '\t\tx = 1,', '\t}', '\tbb = true', '\tc  = null', '}', ''].join('\n'),
    );
  });

  it('breaks lists that are long or hold something that spans lines', () => {
    expect(attribute([1, 'b', []])).toBe('a {\n\tx = [1, "b", []]\n}\n');
    const [fits, breaks] = [116, 117].map((length) => 'l'.repeat(length));
    expect(attribute([fits])).toBe(`a {\n\tx = ["${fits}"]\n}\n`);
    expect(attribute([breaks])).toBe(`a {\n\tx = [\n\t\t"${breaks}",\n\t]\n}\n`);
    const long = 'l'.repeat(60);
    expect(attribute([long, long])).toBe(`a {\n\tx = [\n\t\t"${long}",\n\t\t"${long}",\n\t]\n}\n`);
    expect(attribute([{ k: 1 }, {}])).toBe('a {\n\tx = [\n\t\t{\n\t\t\tk = 1,\n\t\t},\n\t\t{},\n\t]\n}\n');
  });

  it('writes expressions on one line', () => {
    const variable = new AlloyCall(['sys', 'env'], ['NODE']);
    expect(attribute(new AlloyConcatenation(['spec.nodeName=', variable]))).toBe(
      'a {\n\tx = "spec.nodeName=" + sys.env("NODE")\n}\n',
    );
    expect(attribute(new AlloyCall(['f'], ['a', 1]))).toBe('a {\n\tx = f("a", 1)\n}\n');
    expect(() => attribute(new AlloyCall(['f'], [{ a: 1 }]))).toThrow('a value inside an expression spans lines');
  });

  it('quotes keys that are not identifiers', () => {
    expect(attribute({ 'a-b': 1, true: 2, ok: 3 })).toBe(
      'a {\n\tx = {\n\t\t"a-b"  = 1,\n\t\t"true" = 2,\n\t\tok     = 3,\n\t}\n}\n',
    );
  });
});

describe('strings', () => {
  it('escapes what Go escapes and leaves the rest of Unicode as it is', () => {
    expect(stringLiteral('a"b\\c\n\t\r\b\f\u0000\u001b')).toBe('"a\\"b\\\\c\\n\\t\\r\\b\\f\\u0000\\u001b"');
    expect(stringLiteral('한글 😀 ${x} `$(y)` {{ . }} //')).toBe('"한글 😀 ${x} `$(y)` {{ . }} //"');
  });

  it('escapes the byte order mark, which Alloy refuses', () => {
    expect(stringLiteral('\ufeffx')).toBe('"\\ufeffx"');
  });

  it('replaces lone surrogates, which UTF-8 cannot hold', () => {
    expect(stringLiteral('a\ud83d')).toBe('"a\ufffd"');
    expect(stringLiteral('\ude00b')).toBe('"\ufffdb"');
  });

  it('comes back as it was from any text', () => {
    const character = fc
      .integer({ min: 0, max: 0x10ffff })
      .filter((code) => code < 0xd800 || code > 0xdfff)
      .map((code) => String.fromCodePoint(code));
    fc.assert(
      fc.property(fc.array(character), (characters) => {
        const text = characters.join('');
        const literal = stringLiteral(text);
        expect(literal).not.toMatch(/[\n\t\0]/);
        expect(JSON.parse(literal)).toBe(text);
      }),
    );
  });
});

describe('what Alloy cannot read', () => {
  it.each(['', 'a-b', '1a', 'true', 'false', 'null', 'a.b', 'é', 'a"'])('refuses %j as label', (label) => {
    expect(isAlloyIdentifier(label)).toBe(false);
    expect(() => toAlloySyntax([{ name: 'a', label }])).toThrow(`identifier is ${JSON.stringify(label)}; allowed are letters`);
  });

  it.each(['', 'a"b', 'a\\b', 'a\nb', 'ключ'])('refuses %j as key, because escapes in keys stay as they are', (key) => {
    expect(() => attribute({ [key]: 1 })).toThrow(`key is ${JSON.stringify(key)}; allowed is printable ASCII`);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses %d', (number) => {
    expect(() => attribute(number)).toThrow(`number is ${number}; allowed are finite numbers`);
  });

  it('accepts every other number', () => {
    expect([0.005, -1, 1e21, 10000].map(attribute)).toEqual(
      ['0.005', '-1', '1e+21', '10000'].map((text) => `a {\n\tx = ${text}\n}\n`),
    );
  });
});
