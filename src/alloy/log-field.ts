/** Where in a JSON line a field is. */
export interface LogFieldLocation {
  /** Name of the field from here on: of the label, the structured metadata, the source of a metric. */
  readonly name: string;
  /** Keys from the outermost to the innermost object: `['http', 'request', 'method']`, or one key such as `['log.level']`. */
  readonly path: string[];
}

/** A field of a JSON line. */
export class LogField {
  /**
   * A key of the outermost object, used under its own name.
   * @param name letters, digits and `_`, because it may become a label; else use `LogField.at`
   */
  public static of(name: string): LogField {
    return new LogField(name, [name]);
  }

  /** A key of an inner object, or one whose name cannot be a label's. */
  public static at(location: LogFieldLocation): LogField {
    return new LogField(location.name, location.path);
  }

  private constructor(
    /** Name of the field. */
    public readonly name: string,
    /** Keys from the outermost to the innermost object. */
    public readonly path: string[],
  ) {}

  /**
   * The JMESPath of the field. Keys are quoted unless they are identifiers; `let` and `in` begin an expression of
   * JMESPath's community edition, which Alloy uses.
   * @internal
   */
  public get _expression(): string {
    return this.path
      .map((key) => (/^[A-Za-z_][A-Za-z0-9_]*$/.test(key) && key !== 'let' && key !== 'in' ? key : JSON.stringify(key)))
      .join('.');
  }
}
