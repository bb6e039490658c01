import { anchored, listedValues, regularExpressionProblem } from '../query/regular-expression';
import { anyOf } from '../query/text-literals';

const quoted = (value: unknown) => JSON.stringify(value);

/** A condition on a label of an alert. A label that an alert does not have counts as empty. */
export class AlertMatcher {
  /** The label has this value; `''` stands for alerts without the label. */
  public static equal(label: string, value: string): AlertMatcher {
    return new AlertMatcher(label, '=', value);
  }

  /** The label has another value; `''` stands for alerts that have the label. */
  public static notEqual(label: string, value: string): AlertMatcher {
    return new AlertMatcher(label, '!=', value);
  }

  /** A regular expression (RE2) matches the whole value. */
  public static matches(label: string, pattern: string): AlertMatcher {
    return new AlertMatcher(label, '=~', pattern);
  }

  /** A regular expression (RE2) does not match the whole value. */
  public static notMatches(label: string, pattern: string): AlertMatcher {
    return new AlertMatcher(label, '!~', pattern);
  }

  /** The label has one of these values. */
  public static oneOf(label: string, values: string[]): AlertMatcher {
    return new AlertMatcher(label, '=~', anyOf(values));
  }

  /** The label has none of these values. */
  public static noneOf(label: string, values: string[]): AlertMatcher {
    return new AlertMatcher(label, '!~', anyOf(values));
  }

  private constructor(
    /** Name of the label. */
    public readonly label: string,
    /** `=`, `!=`, `=~` or `!~`. */
    public readonly operator: string,
    /** Value or regular expression. */
    public readonly value: string,
  ) {}

  /** As in the configuration: `severity="critical"`. Both parsers of Alertmanager read it alike. */
  public toString(): string {
    const value = this.value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n');
    return `${this.label}${this.operator}"${value}"`;
  }

  /**
   * Whether a value of the label fulfils the condition; undefined where only Alertmanager itself could tell.
   * @internal
   */
  public _accepts(value: string): boolean | undefined {
    const positive = this.operator === '=' || this.operator === '=~';
    if (!this._isExpression) {
      return (value === this.value) === positive;
    }
    const match = anchored(this.value)?.test(value);
    return match === undefined ? undefined : match === positive;
  }

  /**
   * Whether the value is a regular expression.
   * @internal
   */
  public get _isExpression(): boolean {
    return this.operator.endsWith('~');
  }

  /**
   * The values that the condition names, whether it accepts or refuses them; undefined if they are no list.
   * @internal
   */
  public get _namedValues(): string[] | undefined {
    return this._isExpression ? listedValues(this.value) : [this.value];
  }

  /**
   * What is wrong with it.
   * @internal
   */
  public _problems(property: string): string[] {
    const problem = this._isExpression ? regularExpressionProblem(this.value) : undefined;
    return [
      ...(isLabelName(this.label)
        ? []
        : [
            `${property} has the label ${quoted(this.label)}; allowed are letters, digits and "_", not starting with a digit: correct the name`,
          ]),
      ...(problem === undefined
        ? []
        : [`${property} has the pattern ${quoted(this.value)}; allowed are regular expressions (RE2): correct it (${problem})`]),
    ];
  }
}

/** Whether a text can be the name of an alert's label. */
export const isLabelName = (name: string): boolean => /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name);
