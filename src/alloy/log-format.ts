import { LogField } from './log-field';
import { envoy, klog, logbackJson, nginx, postgreSql, springBootText } from './log-format-presets';
import type { LogFormatSettings } from './log-format-settings';
import { LogLabel } from './log-label';
import { groupNames } from './regular-expression';

const JSON_FIELDS = ['traceId', 'level', 'logger', 'message', 'httpMethod', 'uri', 'statusCode', 'duration'];
const LOGFMT_FIELDS = ['level', 'msg', 'logger', 'caller', 'err', 'traceID'];
const MESSAGES = ['message', 'msg'];

const names = (fields: readonly LogField[]) => fields.map(({ name }) => name);

function settings(
  parser: LogFormatSettings['parsers'][number],
  fields: readonly string[],
  changes: Partial<LogFormatSettings> = {},
): LogFormatSettings {
  return {
    parsers: [parser],
    fields,
    translations: [],
    labels: fields.includes('level') ? [LogLabel.level()] : [],
    onlyInLine: MESSAGES,
    timestamp: undefined,
    multiline: undefined,
    ...changes,
  };
}

/**
 * How the lines of a program are written. Lines of another form pass with the labels of their pod only. The presets know the
 * fields, the level, the time and the entries of several lines; what a pipeline says itself wins.
 */
export class LogFormat {
  /**
   * JSON objects.
   * @param fields fields of the lines. Default: traceId, level, logger, message, httpMethod, uri, statusCode, duration
   */
  public static json(fields: LogField[] = JSON_FIELDS.map((name) => LogField.of(name))): LogFormat {
    return new LogFormat(settings({ kind: 'json', fields }, names(fields)));
  }

  /**
   * `key=value` pairs.
   * @param fields keys of the lines. Default: level, msg, logger, caller, err, traceID
   */
  public static logfmt(fields: LogField[] = LOGFMT_FIELDS.map((name) => LogField.of(name))): LogFormat {
    return new LogFormat(settings({ kind: 'logfmt', fields }, names(fields)));
  }

  /**
   * Lines that a regular expression (RE2) takes apart. Its named groups are the fields: `^(?P<level>[A-Z]+) (?P<message>.*)$`.
   * @param expression searched in the line; begin it with `^` and end it with `$` to have the whole line
   */
  public static regex(expression: string): LogFormat {
    return new LogFormat(settings({ kind: 'regex', expression }, groupNames(expression)));
  }

  /**
   * Lines that a pattern of LogQL takes apart: `<client> - <_> [<_>] "<httpMethod> <uri> <_>" <statusCode> <_>`.
   * Cheaper than a regular expression.
   * @param expression `<name>` is a field, `<_>` is left out, the rest is text
   */
  public static pattern(expression: string): LogFormat {
    const fields = [...expression.matchAll(/<([A-Za-z_][A-Za-z0-9_]*)>/g)].map(([, name]) => name).filter((name) => name !== '_');
    return new LogFormat(settings({ kind: 'pattern', expression }, fields));
  }

  /** Lines of any form, not taken apart. */
  public static plain(): LogFormat {
    return new LogFormat({
      parsers: [],
      fields: [],
      translations: [],
      labels: [],
      onlyInLine: [],
      timestamp: undefined,
      multiline: undefined,
    });
  }

  /**
   * Spring Boot or Logback with `logstash-logback-encoder`, or Spring Boot's own structured logging in Logstash's form:
   * level, logger, thread, message, traceId, spanId, stackTrace.
   */
  public static springBootJson(): LogFormat {
    return new LogFormat(logbackJson());
  }

  /** Spring Boot's lines for people, with the stack traces that follow them: level, thread, logger, message. */
  public static springBootText(): LogFormat {
    return new LogFormat(springBootText());
  }

  /**
   * nginx: access lines in its format `combined`, with the request's length and time where the ingress controller adds them,
   * and error lines: clientAddress, httpMethod, uri, statusCode, bytesSent, referer, userAgent, duration (seconds), level,
   * message.
   */
  public static nginx(): LogFormat {
    return new LogFormat(nginx());
  }

  /**
   * Access lines of Envoy and Istio in their default formats: httpMethod, uri, protocol, statusCode, responseFlags,
   * bytesReceived, bytesSent, duration (milliseconds), requestId, authority, upstreamHost and others.
   */
  public static envoy(): LogFormat {
    return new LogFormat(envoy());
  }

  /** Kubernetes' own components and what is made with their libraries (klog): level, caller, message. */
  public static klog(): LogFormat {
    return new LogFormat(klog());
  }

  /**
   * PostgreSQL with `log_line_prefix` `%m [%p] ` (the default), or that and `%q%u@%d `: level, processId, user, database,
   * message, duration (milliseconds). LOG becomes the level info, DEBUG1 to DEBUG5 become debug.
   */
  public static postgreSql(): LogFormat {
    return new LogFormat(postgreSql());
  }

  private constructor(
    /**
     * The format with its defaults.
     * @internal
     */
    public readonly _settings: LogFormatSettings,
  ) {}

  /** Names of the fields. */
  public get fields(): string[] {
    return [...this._settings.fields];
  }
}
