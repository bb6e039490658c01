import { expressionProblems } from './regular-expression';

/** A redaction of one's own. */
export interface LogRedactionProps {
  /** Regular expression (RE2). What its groups match is replaced; without a group, all that it matches. */
  readonly expression: string;
  /** What is put there. @default '[redacted]' */
  readonly replacement?: string;
}

/** What is searched, with the groups that are replaced. */
export interface Redaction {
  readonly expression: string;
  readonly replacement: string;
}

const REDACTED = '[redacted]';

/** Names of values that nobody may read. They end the key, so that `token_count` and `tokens` stay. */
const SECRET_KEYS =
  '(?:password|passwd|passphrase|pwd|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|secret[-_]?key|credentials?)';

/** Headers whose whole value is one. */
const SECRET_HEADERS = '(?:authorization|cookie)';

const BEARER = '(?i)\\b(?:bearer|basic)[ \\t]+([a-z0-9._~+/-]{6,}=*)';

/**
 * Four groups of four digits that begin as Visa, Mastercard, Discover or UnionPay cards do, or American Express' three groups.
 * The check digit is not computed. Times since 1970 begin with 1 and stay.
 */
const CARD =
  '(?:(?:4[0-9]{3}|5[1-5][0-9]{2}|2[2-7][0-9]{2}|6(?:011|2[0-9]{2}|5[0-9]{2}))(?:[ -]?[0-9]{4}){3}|3[47][0-9]{2}[ -]?[0-9]{6}[ -]?[0-9]{5})';

/**
 * Text that is replaced before a line is parsed, stored or counted, so that it reaches neither Loki nor a label or metric.
 * Each costs a search of every line. What no expression knows passes: an application that logs secrets must be mended.
 */
export class LogRedaction {
  /**
   * Values behind keys such as `password`, `token`, `api_key`, `secret` (`key=value`, `key: value`, JSON, query strings);
   * passwords in URLs; AWS access keys; JSON Web Tokens; private keys in PEM. Bare numbers behind JSON keys stay, because a
   * text in their place would break the JSON.
   */
  public static secrets(): LogRedaction {
    return new LogRedaction(
      'secrets',
      [
        BEARER,
        // In JSON, also inside of a JSON text: up to the quote that ends the value.
        `(?i)(?:${SECRET_KEYS}|${SECRET_HEADERS})\\\\*"\\s*:\\s*\\\\*"((?:[^"\\\\]|\\\\.)+)`,
        `(?i)${SECRET_KEYS}=\\\\*["']([^"'\\\\]+)`,
        `(?i)${SECRET_KEYS}(?:=|:[ \\t]+)([^\\s"'\\\\&,;\\[{]+)`,
        '[a-z][a-z0-9+.-]*://[^\\s/:@"]*:([^\\s/@"]+)@',
        '\\b((?:AKIA|ASIA)[A-Z0-9]{16})\\b',
        '\\b(eyJ[A-Za-z0-9_-]{8,}\\.eyJ[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]*)',
        '-----BEGIN [A-Z ]*PRIVATE KEY-----((?s:.*?))-----END',
      ].map((expression) => ({ expression, replacement: REDACTED })),
    );
  }

  /** Credentials of HTTP's `Authorization`: what follows `Bearer` or `Basic`. */
  public static bearerTokens(): LogRedaction {
    return new LogRedaction('bearerTokens', [{ expression: BEARER, replacement: REDACTED }]);
  }

  /** E-mail addresses. */
  public static emailAddresses(): LogRedaction {
    return new LogRedaction('emailAddresses', [
      { expression: '([A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)*\\.[A-Za-z]{2,})', replacement: REDACTED },
    ]);
  }

  /**
   * Numbers that look like payment cards, with blanks, dashes or nothing between their digits. A bare number in JSON becomes
   * 0, so that the line stays JSON. Other numbers of 15 or 16 digits that begin alike go too.
   */
  public static cardNumbers(): LogRedaction {
    return new LogRedaction('cardNumbers', [
      { expression: `[:,\\[][ \\t]*(${CARD})[ \\t]*[,}\\]]`, replacement: '0' },
      { expression: `\\b(${CARD})\\b`, replacement: REDACTED },
    ]);
  }

  /** Anything else. */
  public static custom(props: LogRedactionProps): LogRedaction {
    // Alloy replaces groups only.
    const expression = /(?<!\\)\((?!\?)/.test(props.expression) ? props.expression : `(${props.expression})`;
    return new LogRedaction(
      'custom',
      [{ expression, replacement: props.replacement ?? REDACTED }],
      expressionProblems('redact.custom.expression', props.expression, 'say what is to go'),
    );
  }

  private constructor(
    /** What it is for. */
    public readonly kind: string,
    /**
     * What is searched and replaced, in this order.
     * @internal
     */
    public readonly _redactions: readonly Redaction[],
    /**
     * What is wrong.
     * @internal
     */
    public readonly _problems: readonly string[] = [],
  ) {}
}
