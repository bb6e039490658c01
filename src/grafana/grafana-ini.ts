/** Sections of a `grafana.ini`; the section `''` comes before all others. */
export interface IniFile {
  readonly [section: string]: { readonly [key: string]: string };
}

/** A value that go-ini reads as it stands: no comment sign, quote, continuation or outer space. */
const PLAIN = /^[\w$/(%][\w $/:.,(){}%@+*=<>?&!|~^[\]-]*$/;

/** What keeps a value from being written; undefined if nothing does. */
export function iniValueProblem(value: string): string | undefined {
  if (/[\r\n\0]/.test(value)) {
    return 'values of one line';
  }
  return value.includes('`') && value.includes('"""') ? 'values without both "`" and three double quotes' : undefined;
}

function iniValue(value: string): string {
  if (PLAIN.test(value) && value === value.trim()) {
    return value;
  }
  return value.includes('`') ? `"""${value}"""` : `\`${value}\``;
}

/** The text of a `grafana.ini`, in the dialect of go-ini, which quotes with backticks or three double quotes. */
export function iniText(file: IniFile): string {
  const sections = Object.entries(file).sort(([a], [b]) => Number(a !== '') - Number(b !== ''));
  return sections
    .map(([section, entries]) => {
      const lines = Object.entries(entries).map(([key, value]) => `${key} = ${iniValue(value)}`);
      return [...(section === '' ? [] : [`[${section}]`]), ...lines, ''].join('\n');
    })
    .join('\n');
}
