import { LogField } from './log-field';
import type { LogFormatSettings, LogTranslation } from './log-format-settings';
import { LogLabel } from './log-label';
import { LogMultiline } from './log-multiline';
import { LogTimestamp } from './log-timestamp';
import { groupNames } from './regular-expression';

/** A format that some regular expressions read, one after the other. */
function lines(expressions: readonly string[], changes: Partial<LogFormatSettings>): LogFormatSettings {
  return {
    parsers: expressions.map((expression) => ({ kind: 'regex', expression })),
    fields: [...new Set(expressions.flatMap(groupNames))],
    translations: [],
    labels: [LogLabel.level()],
    onlyInLine: ['message', 'loggedAt'],
    timestamp: undefined,
    multiline: undefined,
    ...changes,
  };
}

const level = (from: string, to: string): LogTranslation => ({ field: 'level', from, to });

/** Field names of logstash-logback-encoder, and the keys that Micrometer Tracing puts into the MDC. */
export function logbackJson(): LogFormatSettings {
  const fields = [
    LogField.of('level'),
    LogField.at({ name: 'logger', path: ['logger_name'] }),
    LogField.at({ name: 'thread', path: ['thread_name'] }),
    LogField.of('message'),
    LogField.of('traceId'),
    LogField.of('spanId'),
    LogField.at({ name: 'stackTrace', path: ['stack_trace'] }),
    LogField.at({ name: 'loggedAt', path: ['@timestamp'] }),
  ];
  return {
    parsers: [{ kind: 'json', fields }],
    fields: fields.map(({ name }) => name),
    translations: [],
    labels: [LogLabel.level()],
    onlyInLine: ['message', 'stackTrace', 'loggedAt'],
    timestamp: LogTimestamp.rfc3339('loggedAt'),
    // One object is one line; what the JVM prints itself has no first line and passes line by line.
    multiline: undefined,
  };
}

/** `CONSOLE_LOG_PATTERN` of Spring Boot 3, with or without the brackets of application name and trace. */
export const springBootText = () =>
  lines(
    [
      '^(?P<loggedAt>[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+(?:Z|[+-][0-9:]{5})?)\\s+(?P<level>[A-Z]+) [0-9]+ --- (?:\\[[^\\]]*\\] )?\\[ *(?P<thread>[^\\]]+)\\] (?:\\[[0-9a-f -]*\\] )?(?P<logger>\\S+?)\\s*: (?P<message>(?s:.*))$',
    ],
    { timestamp: LogTimestamp.rfc3339('loggedAt'), multiline: LogMultiline.java() },
  );

const quoted = (name: string) => `"(?P<${name}>[^"]*)"`;

export const nginx = () =>
  lines(
    [
      `^(?P<clientAddress>\\S+) - (?P<user>\\S+) \\[(?P<loggedAt>[^\\]]+)\\] "[^"]*" (?P<statusCode>[0-9]{3}) (?P<bytesSent>[0-9]+) ${quoted('referer')} ${quoted('userAgent')}`,
      // A request that is no HTTP, such as a TLS greeting at a plain port, has no method.
      '^[^"]*\\] "(?P<httpMethod>[A-Z]+) (?P<uri>\\S+)[^"]*" [0-9]{3} ',
      // What the ingress controller adds: length, time, upstream, …, id of the request.
      '" (?P<requestLength>[0-9]+) (?P<duration>[0-9.]+) \\[(?P<upstreamName>[^\\]]*)\\](?: \\S+)* (?P<requestId>[0-9a-f]{32})$',
      '^(?P<loggedAt>[0-9]{4}/[0-9]{2}/[0-9]{2} [0-9:]{8}) \\[(?P<level>[a-z]+)\\] [0-9]+#[0-9]+: (?P<message>.*)$',
    ],
    {
      onlyInLine: ['message', 'loggedAt', 'user', 'referer', 'requestLength'],
      timestamp: LogTimestamp.layout({ field: 'loggedAt', layout: '02/Jan/2006:15:04:05 -0700' }),
    },
  );

export const envoy = () =>
  lines(
    [
      [
        '^\\[(?P<loggedAt>[^\\]]+)\\] "(?P<httpMethod>\\S+) (?P<uri>\\S+) (?P<protocol>[^"]+)" (?P<statusCode>[0-9]+) (?P<responseFlags>\\S+)',
        // Istio puts why and how the connection ended here.
        '(?: \\S+ \\S+ "[^"]*")?',
        ' (?P<bytesReceived>[0-9]+) (?P<bytesSent>[0-9]+) (?P<duration>[0-9]+) \\S+ ',
        ['forwardedFor', 'userAgent', 'requestId', 'authority', 'upstreamHost'].map(quoted).join(' '),
      ].join(''),
    ],
    {
      labels: [],
      onlyInLine: ['loggedAt', 'bytesReceived', 'forwardedFor'],
      timestamp: LogTimestamp.rfc3339('loggedAt'),
    },
  );

export const klog = () =>
  lines(
    [
      '^(?P<level>[IWEF])(?P<loggedAt>[0-9]{4} [0-9:]{8}\\.[0-9]{6})\\s+[0-9]+ (?P<caller>[^\\]]+:[0-9]+)\\] (?P<message>(?s:.*))$',
    ],
    {
      translations: [level('I', 'info'), level('W', 'warning'), level('E', 'error'), level('F', 'fatal')],
      // Without a year: Alloy takes the one that is nearest.
      timestamp: LogTimestamp.layout({ field: 'loggedAt', layout: '0102 15:04:05.000000' }),
      // Stack traces of goroutines follow a line of their own.
      multiline: LogMultiline.firstLine({ firstLine: '^[IWEF][0-9]{4} ' }),
    },
  );

export const postgreSql = () =>
  lines(
    [
      '^(?P<loggedAt>[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:.]+ [A-Z]+) \\[(?P<processId>[0-9]+)\\] (?:[^@ ]+@\\S+ )?(?P<level>[A-Z]+[1-5]?): +(?P<message>(?s:.*))$',
      '^\\S+ \\S+ \\S+ \\[[0-9]+\\] (?P<user>[^@ ]+)@(?P<database>\\S+) ',
      ' duration: (?P<duration>[0-9.]+) ms',
    ],
    {
      translations: [level('LOG', 'info'), level('DEBUG[1-5]', 'debug')],
      timestamp: LogTimestamp.layout({ field: 'loggedAt', layout: '2006-01-02 15:04:05.000 MST' }),
      multiline: LogMultiline.firstLine({ firstLine: '^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:.]+ [A-Z]+ \\[' }),
    },
  );
