/** Functions of templates: those of Go's text/template, and those that Prometheus (template/template.go of 3.15) and Loki add. */
const FUNCTIONS = [
  ...['and', 'call', 'eq', 'ge', 'gt', 'html', 'index', 'js', 'le', 'len', 'lt', 'ne', 'not', 'or', 'print', 'printf', 'println'],
  ...['slice', 'urlquery', 'args', 'externalURL', 'first', 'graphLink', 'humanize', 'humanize1024', 'humanizeDuration'],
  ...['humanizePercentage', 'humanizeTimestamp', 'label', 'match', 'now', 'parseDuration', 'pathPrefix', 'query', 'reReplaceAll'],
  ...['safeHtml', 'sortByLabel', 'stripDomain', 'stripPort', 'strvalue', 'tableLink', 'title', 'toDuration', 'toLower', 'toTime'],
  ...['toUpper', 'urlQueryEscape', 'value', 'true', 'false', 'nil'],
];

const OPENING = ['if', 'range', 'with', 'define', 'block'];
const KEYWORDS = [...OPENING, 'else', 'end', 'template', 'break', 'continue'];
const VARIABLES = ['$labels', '$value', '$externalLabels', '$externalURL'];

/** What is wrong with a text that Prometheus fills in. */
export function templateProblems(property: string, text: string): string[] {
  const shown = JSON.stringify(text);
  const problem = (what: string) => [`${property} is ${shown}; allowed is a Go template: ${what}`];
  const rest = text.replace(/\{\{(?:"(?:[^"\\]|\\.)*"|`[^`]*`|[^"`}]|\}(?!\}))*\}\}/gs, '');
  if (/\{\{|\}\}/.test(rest)) {
    return problem('"{{" and "}}" must be balanced');
  }
  let depth = 0;
  for (const [, action] of text.matchAll(/\{\{-?((?:"(?:[^"\\]|\\.)*"|`[^`]*`|[^"`}]|\}(?!\}))*?)-?\}\}/gs)) {
    const bare = action.replace(/"(?:[^"\\]|\\.)*"|`[^`]*`|\/\*.*?\*\//gs, ' ');
    const variables = [...bare.matchAll(/\$\w+/g)].map(([name]) => name);
    const declared = [...text.matchAll(/(\$\w+)\s*(?:,\s*(\$\w+)\s*)?:=/g)].flatMap(([, ...names]) => names);
    const unknown = variables.find((name) => !VARIABLES.includes(name) && !declared.includes(name));
    if (unknown !== undefined) {
      return problem(`${unknown} is none of ${VARIABLES.join(', ')}`);
    }
    const words = bare.replace(/[$.][\w.]*/g, ' ').match(/[a-zA-Z]\w*/g) ?? [];
    const stranger = words.find((word) => !FUNCTIONS.includes(word) && !KEYWORDS.includes(word));
    if (stranger !== undefined) {
      return problem(`there is no function "${stranger}"`);
    }
    depth += OPENING.includes(words[0] ?? '') ? 1 : words[0] === 'end' ? -1 : 0;
    if (depth < 0) {
      return problem('there is an "end" with nothing to end');
    }
  }
  return depth === 0 ? [] : problem('an "end" is missing');
}
