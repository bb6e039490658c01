import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

const PROGRAMS = resolve(__dirname, 'programs');

/** The packages that a program is built from and whose path starts so, with their folders. */
function packageFolders(program: string, main: string, paths: readonly string[]): [path: string, folder: string][] {
  const listed = execFileSync('go', ['list', '-e', '-deps', '-f', '{{.ImportPath}}\t{{.Dir}}', main], {
    cwd: join(PROGRAMS, program),
    encoding: 'utf8',
    env: { ...process.env, CGO_ENABLED: '0', GOWORK: 'off', GOFLAGS: '-mod=readonly' },
    maxBuffer: 1 << 26,
  });
  return listed
    .trim()
    .split('\n')
    .map((line): [string, string] => {
      const [path = '', folder = ''] = line.split('\t');
      return [path, folder];
    })
    .filter(([path]) => paths.some((start) => path === start || path.startsWith(`${start}/`)))
    .sort(([one], [other]) => (one < other ? -1 : 1));
}

interface Package {
  readonly text: string;
  /** Constants with the values they are given and where. */
  readonly constants: Map<string, { readonly value: string; readonly at: number }[]>;
  /** Paths of the packages it uses, by the names they have in it. */
  readonly imports: Map<string, string>;
}

function readPackage(folder: string): Package {
  const files = readdirSync(folder).filter((file) => file.endsWith('.go') && !file.endsWith('_test.go'));
  const text = files.map((file) => readFileSync(join(folder, file), 'utf8').replace(/^\s*\/\/.*$/gm, '')).join('\n');
  const constants: Package['constants'] = new Map();
  const given = /^\s*(?:const\s+|var\s+)?(\w+)(?:\s+string)?\s*:?=\s*"([^"\n]*)"\s*$/gm;
  for (const { 1: name = '', 2: value = '', index: at } of text.matchAll(given)) {
    constants.set(name, [...(constants.get(name) ?? []), { value, at }]);
  }
  const imports = new Map<string, string>();
  for (const [, alias, path = ''] of text.matchAll(/^\s*(?:import\s+)?(?:(\w+)\s+)?"([\w.-]+(?:\/[\w.-]+)+)"$/gm)) {
    imports.set(alias ?? basename(path.replace(/\/v\d+$/, '')), path);
  }
  return { text, constants, imports };
}

/** The text between a bracket and the one that closes it. */
function between(text: string, from: number): string {
  let depth = 1;
  let quote = '';
  for (let at = from; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote !== '') {
      at += quote === '"' && character === '\\' ? 1 : 0;
      quote = character === quote ? '' : quote;
    } else if (character === '"' || character === '`') {
      quote = character;
    } else if ('({['.includes(character)) {
      depth += 1;
    } else if (')}]'.includes(character)) {
      depth -= 1;
      if (depth === 0) {
        return text.slice(from, at);
      }
    }
  }
  return '';
}

/** Arguments of a call, from the text inside its parentheses. */
function splitArguments(text: string): string[] {
  const given: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if ('({["`'.includes(character)) {
      const inner = '"`'.includes(character) ? text.slice(at + 1).split(character)[0] : between(text, at + 1);
      at += (inner?.length ?? 0) + 1;
    } else if (character === ',') {
      given.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  return [...given, text.slice(start).trim()];
}

export interface CodeOfProgram {
  /** Folder below `programs`. */
  readonly program: string;
  readonly main: string;
  /** Import paths of the packages that are read, with those below them. */
  readonly packages: readonly string[];
  /** What stands for a namespace that is handed over at run time. @default - such metrics are left out */
  readonly namespace?: string;
  /** What a registry of the program puts before names. @default - nothing */
  readonly prefix?: string;
  /** How names start; others are made whole only at run time. @default - anyhow */
  readonly start?: string;
}

/** Where a list of labels or a part of a name stands: what a name means there depends on it. */
interface Place {
  readonly from: Package;
  readonly at: number;
}

/** Finds metrics in packages that use each other. */
class CodeReader {
  readonly found = new Map<string, string>();

  constructor(
    private readonly packages: ReadonlyMap<string, Package>,
    private readonly code: CodeOfProgram,
  ) {}

  read(from: Package): void {
    const { text } = from;
    for (const { 0: start, 1: kind = '', index: at } of text.matchAll(/\b(Counter|Gauge|Histogram|Summary)Opts\{/g)) {
      const body = between(text, at + start.length);
      const field = (name: string) => new RegExp(`^\\s*${name}:\\s*(.*?),?\\s*$`, 'm').exec(body)?.[1] ?? '""';
      const behind = text.slice(at + start.length + body.length + 1);
      const [, isVector, next] = /^\s*(?:,\s*)?(\[\]string\{)?([\s\S]?)/.exec(behind) ?? [];
      const labels = isVector ? `[]string{${between(behind, behind.indexOf('{') + 1)}}` : next === ')' ? '' : '?';
      this.add([field('Namespace'), field('Subsystem'), field('Name')], kind.toLowerCase(), labels, { from, at });
    }
    for (const { 0: start, index: at } of text.matchAll(/\b(?:NewDesc|typedDesc|newDesc)\(/g)) {
      const [name = '', , labels = ''] = splitArguments(between(text, at + start.length));
      const [, joined] = /BuildFQName\(([\s\S]*)\)$/.exec(name) ?? [];
      this.add(joined === undefined ? [name] : splitArguments(joined), 'untyped', labels, { from, at });
    }
    // Of cAdvisor; every container has these labels.
    const container =
      /\bname:\s*("(?:container|machine)_\w+"),\s*help:.*\s*valueType:\s*prometheus\.(\w+)Value,(?:\s*extraLabels:\s*\[\]string\{(.*)\},)?/g;
    for (const { 1: name = '', 2: kind = '', 3: extra, index: at } of text.matchAll(container)) {
      const labels = [
        '"container"',
        '"id"',
        '"image"',
        '"name"',
        '"namespace"',
        '"pod"',
        ...(extra === undefined ? [] : [extra]),
      ];
      this.add([name], kind.toLowerCase(), `[]string{${labels.join(',')}}`, { from, at });
    }
    // Of the OpenTelemetry Collector; its exporter adds the suffix.
    const instrument = /\.(?:Int64|Float64)\w*?(Counter|Gauge|Histogram)\(\s*"(otelcol_\w+)"/g;
    for (const { 1: kind = '', 2: name = '', index: at } of text.matchAll(instrument)) {
      this.add([kind === 'Counter' ? `"${name}_total"` : `"${name}"`], kind.toLowerCase(), '?', { from, at });
    }
  }

  private add(expressions: readonly string[], type: string, labels: string, place: Place): void {
    const { namespace, prefix = '', start = prefix } = this.code;
    const parts = expressions.map((expression, index) => this.textOf(expression, place) ?? (index === 0 ? namespace : undefined));
    const name = parts.includes(undefined) ? '' : parts.filter((part) => part !== '').join('_');
    const whole = name.startsWith(prefix) ? name : prefix + name;
    if (/^[a-z][a-z0-9]*_\w+$/.test(name) && whole.startsWith(start)) {
      this.found.set(whole, type + this.labelsOf(labels, place));
    }
  }

  /** The text that an expression stands for, if it is a literal or a constant. */
  private textOf(expression: string, { from, at }: Place): string | undefined {
    const trimmed = expression.trim();
    const [, literal] = /^"([^"]*)"$/.exec(trimmed) ?? [];
    const [, room, name] = /^(?:(\w+)\.)?(\w+)$/.exec(trimmed) ?? [];
    if (literal !== undefined || name === undefined) {
      return literal;
    }
    if (room !== undefined) {
      const values = this.packages.get(from.imports.get(room) ?? '')?.constants.get(name) ?? [];
      return values.length === 1 ? values[0]?.value : undefined;
    }
    const values = from.constants.get(name) ?? [];
    // Functions have constants of one name: the nearest before counts.
    return (values.length === 1 ? values[0] : values.filter((constant) => constant.at < at).at(-1))?.value;
  }

  private labelsOf(expression: string, place: Place): string {
    const [, list] = /^\[\]string\{([\s\S]*)\}$/.exec(expression.trim()) ?? [];
    if (expression === '' || expression === 'nil' || list?.trim() === '') {
      return '';
    }
    const labels =
      list === undefined ? [undefined] : splitArguments(list.replace(/,\s*$/, '')).map((one) => this.textOf(one, place));
    return labels.includes(undefined) ? ' ?' : ` ${labels.sort().join(' ')}`;
  }
}

/**
 * Metrics that a program's code names in the ways Go programs do: options of client_golang or of Kubernetes' component-base,
 * descriptions, instruments of OpenTelemetry. Names put together at run time are not found.
 */
export function metricsInCode(code: CodeOfProgram): Map<string, string> {
  const folders = packageFolders(code.program, code.main, code.packages);
  const packages = new Map(folders.map(([path, folder]) => [path, readPackage(folder)]));
  const reader = new CodeReader(packages, code);
  for (const one of packages.values()) {
    reader.read(one);
  }
  return reader.found;
}
