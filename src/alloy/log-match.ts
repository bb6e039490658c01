import { expressionProblems } from './regular-expression';

const REGULAR_EXPRESSION_CHARACTERS = /[\\.+*?()|[\]{}^$]/g;

/**
 * A condition on a value of a log line. It always speaks about the whole value, and a line without the value never
 * meets it: Alloy's own counters take a missing JSON field for a present one.
 */
export class LogMatch {
  /** Any value but an empty one. */
  public static any(): LogMatch {
    return new LogMatch('(?s:.+)', []);
  }

  /** One of the given values, letter by letter. */
  public static oneOf(values: string[]): LogMatch {
    return new LogMatch(alternatives(values), valueProblems(values));
  }

  /** One of the given values, in capital or small letters. */
  public static oneOfIgnoringCase(values: string[]): LogMatch {
    return new LogMatch(`(?i:${alternatives(values)})`, valueProblems(values));
  }

  /**
   * A status code of HTTP in one of the given classes: `httpStatus([5])` is any code from 500 to 599.
   * @param classes first digits, 1 to 5. Default: all five
   */
  public static httpStatus(classes: number[] = [1, 2, 3, 4, 5]): LogMatch {
    const wrong = classes.length === 0 || classes.some((digit) => !Number.isInteger(digit) || digit < 1 || digit > 5);
    const problem = `classes is ${JSON.stringify(classes)}; allowed are one or more of 1 to 5: give the first digits of the codes`;
    return new LogMatch(`${classes.length === 1 ? classes[0] : `[${classes.join('')}]`}[0-9][0-9]`, wrong ? [problem] : []);
  }

  /**
   * A regular expression (RE2, without named groups) that the whole value must match: `.*OutOfMemory.*`.
   */
  public static pattern(expression: string): LogMatch {
    return new LogMatch(`(?s:${expression})`, expressionProblems('pattern', expression, 'use LogMatch.any() for any value'));
  }

  /**
   * A number without sign. Keeps texts such as `12ms`, which Alloy would read as 0.012 (seconds), and `NaN`, after which
   * a sum is NaN for ever, out of histograms.
   * @internal
   */
  public static _number(): LogMatch {
    return new LogMatch('[0-9]+(?:\\.[0-9]+)?', []);
  }

  /**
   * A number with or without sign.
   * @internal
   */
  public static _signedNumber(): LogMatch {
    return new LogMatch('-?[0-9]+(?:\\.[0-9]+)?', []);
  }

  private constructor(
    /**
     * Regular expression of the value, not anchored.
     * @internal
     */
    public readonly _expression: string,
    /**
     * What is wrong with the condition.
     * @internal
     */
    public readonly _problems: string[],
  ) {}
}

function alternatives(values: string[]): string {
  return values.map((value) => value.replace(REGULAR_EXPRESSION_CHARACTERS, '\\$&')).join('|');
}

function valueProblems(values: string[]): string[] {
  return values.length === 0 || values.includes('')
    ? [`values is ${JSON.stringify(values)}; allowed are one or more values that are not empty: list the values that can occur`]
    : [];
}
