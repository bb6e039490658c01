import { type AlloyBlock, stage } from './alloy-syntax';
import type { LogLabel } from './log-label';
import type { LogMatch } from './log-match';

/** A key of the extracted values, and the stages that make it unless an earlier use has. */
export interface Capture {
  readonly key: string;
  readonly stages: AlloyBlock[];
}

interface KnownCapture {
  readonly condition: string;
  readonly ending: string | undefined;
  readonly key: string;
}

/**
 * Extracted values that exist only where a condition is met. All that labels and metrics read goes through here, because
 * `stage.json` also writes the fields a line does not have, as null, and a counter takes null for a value.
 */
export class Captures {
  private readonly known: KnownCapture[] = [];
  private readonly names: Set<string>;

  constructor(fieldNames: readonly string[]) {
    this.names = new Set(fieldNames);
  }

  /**
   * Where to find the value of a field if it meets a condition.
   * @param ending takes the place of all but the first character of the value
   */
  value(field: string | undefined, match: LogMatch, ending?: string): Capture {
    return this.take(field, match, (known) => known.ending === ending, ending);
  }

  /** Something to find where a field meets a condition, whatever became of the value. */
  presence(field: string | undefined, match: LogMatch): Capture {
    return this.take(field, match, () => true);
  }

  private take(field: string | undefined, match: LogMatch, serves: (known: KnownCapture) => boolean, ending?: string): Capture {
    const condition = JSON.stringify([field, match._expression]);
    const found = this.known.find((capture) => capture.condition === condition && serves(capture));
    if (found) {
      return { key: found.key, stages: [] };
    }
    const key = this.freshName(`matched_${field ?? 'line'}`);
    this.known.push({ condition, ending, key });
    return {
      key,
      stages: [
        stage('regex', { source: field, expression: `^(?P<${key}>${match._expression})$` }),
        ...(ending === undefined ? [] : [stage('replace', { source: key, expression: '^.(.+)$', replace: ending })]),
      ],
    };
  }

  private freshName(base: string): string {
    let name = base;
    for (let number = 2; this.names.has(name); number++) {
      name = `${base}_${number}`;
    }
    this.names.add(name);
    return name;
  }
}

/** Labels made from fields. */
export function labelStages(labels: readonly LogLabel[], captures: Captures): AlloyBlock[] {
  if (labels.length === 0) {
    return [];
  }
  const taken = labels.map((label) => captures.value(label.field, label._match, label._ending));
  const values = Object.fromEntries(labels.map(({ name }, index) => [name, taken[index].key]));
  return [...taken.flatMap(({ stages }) => stages), stage('labels', { values })];
}
