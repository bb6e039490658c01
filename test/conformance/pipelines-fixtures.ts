import { LogField } from '../../src/alloy/log-field';
import { LogFilter } from '../../src/alloy/log-filter';
import { LogFormat } from '../../src/alloy/log-format';
import { LogLabel } from '../../src/alloy/log-label';
import { LogMatch } from '../../src/alloy/log-match';
import { HttpDurationUnit, LogMetric } from '../../src/alloy/log-metric';
import { LogMultiline } from '../../src/alloy/log-multiline';
import { LogPipeline } from '../../src/alloy/log-pipeline';
import type { FormattedLogPipelineProps } from '../../src/alloy/log-pipeline-options';
import { LogRedaction } from '../../src/alloy/log-redaction';
import { LogTenant } from '../../src/alloy/log-tenant';
import { LogTimestamp } from '../../src/alloy/log-timestamp';

/** What is expected of a line, besides what every line of a container has. */
export interface Expected {
  /** @default - the line as it was written; of several lines those that were joined */
  readonly line?: string;
  readonly labels?: Record<string, string>;
  /** Undefined takes away what every line has. */
  readonly metadata?: Record<string, string | undefined>;
  /** @default - the time at which the container runtime took the (first) line */
  readonly time?: string;
  readonly tenant?: string;
  /** Which line of the file it is made of. @default - the one after the entry before */
  readonly at?: number;
  /** How many lines of the file it is made of. @default 1 */
  readonly lines?: number;
}

/** Lines of a program, and what is to become of them. */
export interface Fixture {
  readonly title: string;
  readonly pipeline: LogPipeline;
  readonly lines: readonly string[];
  /** One for each entry, in order. */
  readonly expected: readonly Expected[];
  /** Series by name and own labels, without those that every metric has. */
  readonly metrics?: Readonly<Record<string, number>>;
}

const of = (name: string, props: Omit<FormattedLogPipelineProps, 'name' | 'namespaces' | 'apps'>) =>
  LogPipeline.of({ name, namespaces: ['shop'], apps: [name], ...props });

const level = (value: string) => ({ level: value });

const SPRING_BOOT_JSON: Fixture = {
  title: 'Spring Boot, JSON',
  pipeline: of('boot_json', {
    format: LogFormat.springBootJson(),
    timestamp: LogTimestamp.ofFormat(),
    metrics: [LogMetric.counter({ name: 'boot_lines_total', field: 'level', labels: [LogLabel.level()] })],
  }),
  lines: [
    '{"@timestamp":"2026-11-20T10:15:30.123456789+09:00","@version":"1","message":"Order 4711 accepted","logger_name":"com.example.OrderService","thread_name":"http-nio-8080-exec-3","level":"INFO","level_value":20000,"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"00f067aa0ba902b7"}',
    '{"@timestamp":"2026-11-20T10:15:31.5+09:00","@version":"1","message":"Payment failed","logger_name":"com.example.PaymentClient","thread_name":"worker-1","level":"ERROR","level_value":40000,"stack_trace":"java.net.SocketTimeoutException: Read timed out\\n\\tat java.base/sun.nio.ch.NioSocketImpl.timedRead(NioSocketImpl.java:278)\\n"}',
    'Picked up JAVA_TOOL_OPTIONS: -XX:MaxRAMPercentage=75',
  ],
  expected: [
    {
      labels: level('INFO'),
      metadata: {
        logger: 'com.example.OrderService',
        thread: 'http-nio-8080-exec-3',
        traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
        spanId: '00f067aa0ba902b7',
      },
      time: '2026-11-20T01:15:30.123456789Z',
    },
    {
      labels: level('ERROR'),
      metadata: { logger: 'com.example.PaymentClient', thread: 'worker-1' },
      time: '2026-11-20T01:15:31.500000000Z',
    },
    {},
  ],
  metrics: { 'boot_lines_total{level="INFO"}': 1, 'boot_lines_total{level="ERROR"}': 1 },
};

const SPRING_BOOT_TEXT: Fixture = {
  title: 'Spring Boot, text with stack traces',
  pipeline: of('boot_text', {
    format: LogFormat.springBootText(),
    metrics: [LogMetric.counter({ name: 'boot_text_errors_total', field: 'level', match: LogMatch.oneOf(['ERROR']) })],
  }),
  lines: [
    '2026-11-21T10:15:30.123+09:00  INFO 1 --- [orders] [nio-8080-exec-1] com.example.OrderService                 : Order 4711 accepted',
    '2026-11-21T10:15:31.200+09:00 ERROR 1 --- [orders] [nio-8080-exec-2] [4bf92f3577b34da6-00f067aa0ba902b7] o.a.c.c.C.[.[.[/].[dispatcherServlet]    : Servlet.service() threw exception',
    '',
    'java.lang.IllegalStateException: no stock',
    '\tat com.example.OrderService.reserve(OrderService.java:42) ~[!/:1.0]',
    'Caused by: java.sql.SQLException: deadlock',
    '\t... 12 common frames omitted',
    '2026-11-21 10:15:32.001  WARN 1 --- [           main] o.s.boot.Old                             : two-point-seven style',
  ],
  expected: [
    { labels: level('INFO'), metadata: { thread: 'nio-8080-exec-1', logger: 'com.example.OrderService' } },
    {
      lines: 6,
      labels: level('ERROR'),
      metadata: { thread: 'nio-8080-exec-2', logger: 'o.a.c.c.C.[.[.[/].[dispatcherServlet]' },
    },
    { labels: level('WARN'), metadata: { thread: 'main', logger: 'o.s.boot.Old' } },
  ],
  metrics: { 'boot_text_errors_total{}': 1 },
};

const NGINX: Fixture = {
  title: 'nginx',
  pipeline: of('nginx', {
    format: LogFormat.nginx(),
    metrics: [
      ...LogMetric.http({ prefix: 'nginx', durationUnit: HttpDurationUnit.SECONDS, buckets: [0.1, 1] }),
      LogMetric.sum({ name: 'nginx_response_bytes_total', field: 'bytesSent' }),
    ],
  }),
  lines: [
    '203.0.113.7 - - [21/Nov/2026:10:15:30 +0900] "GET /orders?page=2 HTTP/1.1" 200 612 "-" "Mozilla/5.0 (X11; Linux x86_64)"',
    '203.0.113.8 - alice [21/Nov/2026:10:15:31 +0900] "POST /orders HTTP/1.1" 502 157 "https://shop.example.com/" "curl/8.5.0" 348 0.250 [shop-orders-8080] [] 10.0.1.7:8080 157 0.249 502 5f2c9a0d1e3b4c5d6e7f8091a2b3c4d5',
    '203.0.113.9 - - [21/Nov/2026:10:15:32 +0900] "\\x16\\x03\\x01\\x02" 400 157 "-" "-"',
    '2026/11/21 10:15:33 [error] 29#29: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 203.0.113.8',
  ],
  expected: [
    {
      metadata: {
        clientAddress: '203.0.113.7',
        httpMethod: 'GET',
        uri: '/orders?page=2',
        statusCode: '200',
        bytesSent: '612',
        userAgent: 'Mozilla/5.0 (X11; Linux x86_64)',
      },
    },
    {
      metadata: {
        clientAddress: '203.0.113.8',
        httpMethod: 'POST',
        uri: '/orders',
        statusCode: '502',
        bytesSent: '157',
        userAgent: 'curl/8.5.0',
        duration: '0.250',
        upstreamName: 'shop-orders-8080',
        requestId: '5f2c9a0d1e3b4c5d6e7f8091a2b3c4d5',
      },
    },
    { metadata: { clientAddress: '203.0.113.9', statusCode: '400', bytesSent: '157', userAgent: '-' } },
    { labels: level('error') },
  ],
  metrics: {
    'nginx_http_requests_total{method="GET",status="2xx"}': 1,
    'nginx_http_requests_total{method="POST",status="5xx"}': 1,
    'nginx_http_requests_total{status="4xx"}': 1,
    'nginx_http_errors_total{method="POST",status="5xx"}': 1,
    'nginx_http_request_duration_seconds_sum{method="POST",status="5xx"}': 0.25,
    'nginx_http_request_duration_seconds_bucket{le="0.1",method="POST",status="5xx"}': 0,
    'nginx_http_request_duration_seconds_bucket{le="1",method="POST",status="5xx"}': 1,
    'nginx_response_bytes_total{}': 926,
  },
};

const ENVOY: Fixture = {
  title: 'Envoy and Istio',
  pipeline: of('envoy', {
    format: LogFormat.envoy(),
    timestamp: LogTimestamp.ofFormat(),
    structuredMetadata: ['requestId', 'responseFlags', 'upstreamHost'],
    metrics: LogMetric.http({ prefix: 'envoy', buckets: [100, 1000] }),
  }),
  lines: [
    '[2026-11-21T10:15:30.310Z] "POST /api/v1/orders HTTP/2" 204 - 154 0 226 100 "10.0.35.28" "grpc-java/1.60" "cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2" "orders.example.com" "10.0.2.1:8080"',
    '[2026-11-21T10:15:31.000Z] "GET /stock HTTP/1.1" 503 UF upstream_reset_before_response_started{connection_failure} - "delayed connect error: 111" 0 152 42 - "-" "curl/8.5.0" "0ad1f0c6-5bd8-4d6f-9f0e-0a5b0f3a9d11" "stock:8080" "10.0.2.9:8080" outbound|8080||stock.shop.svc.cluster.local - 10.1.2.3:8080 10.0.1.1:50000 - default',
    '[2026-11-21 10:15:32.000][1][info][main] [source/server/server.cc:1019] starting main dispatch loop',
  ],
  expected: [
    {
      metadata: { requestId: 'cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2', responseFlags: '-', upstreamHost: '10.0.2.1:8080' },
      time: '2026-11-21T10:15:30.310000000Z',
    },
    {
      metadata: { requestId: '0ad1f0c6-5bd8-4d6f-9f0e-0a5b0f3a9d11', responseFlags: 'UF', upstreamHost: '10.0.2.9:8080' },
      time: '2026-11-21T10:15:31.000000000Z',
    },
    {},
  ],
  metrics: {
    'envoy_http_requests_total{method="POST",status="2xx"}': 1,
    'envoy_http_errors_total{method="GET",status="5xx"}': 1,
    'envoy_http_request_duration_ms_sum{method="POST",status="2xx"}': 226,
    'envoy_http_request_duration_ms_bucket{le="100",method="GET",status="5xx"}': 1,
  },
};

const KLOG: Fixture = {
  title: 'klog',
  pipeline: of('klog', { format: LogFormat.klog() }),
  lines: [
    'I1121 10:15:30.123456       1 controller.go:123] "Starting workers" controller="job" workerCount=5',
    'E1121 10:15:31.000001       1 leaderelection.go:330] error retrieving resource lock kube-system/x: timed out',
    'goroutine 1 [running]:',
    'k8s.io/kubernetes/cmd/x.main()',
    'W1121 10:15:32.000002   12345 reflector.go:561] watch of *v1.Pod ended',
  ],
  expected: [
    { labels: level('info'), metadata: { caller: 'controller.go:123' } },
    { lines: 3, labels: level('error'), metadata: { caller: 'leaderelection.go:330' } },
    { labels: level('warning'), metadata: { caller: 'reflector.go:561' } },
  ],
};

const POSTGRESQL: Fixture = {
  title: 'PostgreSQL',
  pipeline: of('postgres', {
    format: LogFormat.postgreSql(),
    timestamp: LogTimestamp.ofFormat(),
    metrics: [LogMetric.histogram({ name: 'postgres_statement_duration_ms', field: 'duration', buckets: [100, 1000] })],
  }),
  lines: [
    '2026-11-21 10:15:30.123 UTC [1] LOG:  database system is ready to accept connections',
    '2026-11-21 10:15:31.456 UTC [42] app@shop ERROR:  duplicate key value violates unique constraint "orders_pkey"',
    '2026-11-21 10:15:31.456 UTC [42] app@shop STATEMENT:  INSERT INTO orders (id)',
    '\tVALUES (1)',
    '2026-11-21 10:15:32.000 UTC [42] app@shop LOG:  duration: 250.125 ms  statement: SELECT 1',
  ],
  expected: [
    { labels: level('info'), metadata: { processId: '1' }, time: '2026-11-21T10:15:30.123000000Z' },
    {
      labels: level('ERROR'),
      metadata: { processId: '42', user: 'app', database: 'shop' },
      time: '2026-11-21T10:15:31.456000000Z',
    },
    { lines: 2, metadata: { processId: '42', user: 'app', database: 'shop' }, time: '2026-11-21T10:15:31.456000000Z' },
    {
      labels: level('info'),
      metadata: { processId: '42', user: 'app', database: 'shop', duration: '250.125' },
      time: '2026-11-21T10:15:32.000000000Z',
    },
  ],
  metrics: { 'postgres_statement_duration_ms_sum{}': 250.125, 'postgres_statement_duration_ms_count{}': 1 },
};

const JSON_LINES: Fixture = {
  title: 'JSON, with a tenant, a bound text and a gauge',
  pipeline: of('json', {
    format: LogFormat.json([
      ...['level', 'message', 'uri'].map((name) => LogField.of(name)),
      LogField.at({ name: 'queue', path: ['queue', 'length'] }),
    ]),
    output: 'message',
    tenant: LogTenant.fromField('team'),
    podLabels: { team: 'example.com/team' },
    metrics: [LogMetric.gauge({ name: 'shop_queue_length', field: 'queue' })],
  }),
  lines: [
    '{"level":"info","message":"first","uri":"/a","queue":{"length":7}}',
    '{"level":"warn","message":"second","uri":null,"queue":{"length":-3.5}}',
  ],
  expected: [
    { line: 'first', labels: level('info'), metadata: { uri: '/a', queue: '7', team: 'team-a' }, tenant: 'team-a' },
    { line: 'second', labels: level('warn'), metadata: { queue: '-3.5', team: 'team-a' }, tenant: 'team-a' },
  ],
  metrics: { 'shop_queue_length{}': -3.5 },
};

const LOGFMT: Fixture = {
  title: 'logfmt, with filters',
  pipeline: of('logfmt', {
    format: LogFormat.logfmt(),
    filters: [
      LogFilter.drop({ field: 'msg', match: LogMatch.pattern('.*healthz.*'), reason: 'health' }),
      LogFilter.keep({ field: 'level', match: LogMatch.oneOf(['info', 'error']), reason: 'not_wanted' }),
    ],
    metrics: [LogMetric.counter({ name: 'logfmt_lines_total' })],
    tenant: LogTenant.of('platform'),
  }),
  lines: [
    'ts=2026-11-21T10:15:30Z level=info caller=main.go:42 msg="listening on :8080" traceID=abc',
    'level=info msg="GET /healthz"',
    'level=debug msg="noise"',
    'no pairs at all',
    'level=error msg="cannot open \\"a b\\"" err="permission denied"',
  ],
  expected: [
    { labels: level('info'), metadata: { caller: 'main.go:42', traceID: 'abc' }, tenant: 'platform' },
    { at: 4, labels: level('error'), metadata: { err: 'permission denied' }, tenant: 'platform' },
  ],
  metrics: { 'logfmt_lines_total{}': 2 },
};

const PATTERN: Fixture = {
  title: 'a pattern, with a rate limit and a sample',
  pipeline: of('pattern', {
    format: LogFormat.pattern('<_> <level> <component>: <message>'),
    labels: [LogLabel.level(), LogLabel.oneOf({ field: 'component', values: ['db', 'web'] })],
    filters: [LogFilter.sample({ share: 0.000001, field: 'level', match: LogMatch.oneOf(['DEBUG']), reason: 'sampled' })],
    rateLimit: { linesPerSecond: 0.001, burst: 2 },
    metrics: [LogMetric.counter({ name: 'pattern_lines_total', field: 'level', labels: [LogLabel.level()] })],
  }),
  lines: [
    '10:15 DEBUG db: slow',
    '10:15 INFO db: one',
    '10:15 DEBUG web: noise',
    '10:15 INFO other: two',
    '10:15 INFO db: three',
  ],
  expected: [
    { at: 1, labels: { level: 'INFO', component: 'db' } },
    { at: 3, labels: level('INFO') },
  ],
  metrics: { 'pattern_lines_total{level="INFO"}': 3, 'pattern_lines_total{level="DEBUG"}': 2 },
};

const REDACTION: Fixture = {
  title: 'redaction',
  pipeline: of('redaction', {
    format: LogFormat.json([LogField.of('message'), LogField.of('user'), LogField.of('card')]),
    multiline: LogMultiline.java(),
    redact: [
      LogRedaction.secrets(),
      LogRedaction.emailAddresses(),
      LogRedaction.cardNumbers(),
      LogRedaction.custom({ expression: 'customer-([0-9]+)', replacement: '{{.}}' }),
    ],
    metrics: [LogMetric.counter({ name: 'redacted_users_total', field: 'user', match: LogMatch.oneOf(['[redacted]']) })],
  }),
  lines: [
    '{"message":"login","user":"kim.min@example.co.kr","password":"hun\\"ter 2","tokens":17,"card":4111111111111111,"at":1763692530123}',
    '{"message":"{\\"client_secret\\":\\"s3cret\\"}"}',
    '[main] Authorization: Bearer abc.def-123_x= api_key=k-42&page=2 customer-4711 paid with 4111 1111 1111 1111',
    '[main] jdbc:postgresql://app:s3cr3t@db:5432/shop AKIAIOSFODNN7EXAMPLE took 1763692530123456 ns, order 7000123412341234',
    '[main] eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c',
  ],
  expected: [
    {
      line: '{"message":"login","user":"[redacted]","password":"[redacted]","tokens":17,"card":0,"at":1763692530123}',
      metadata: { user: '[redacted]', card: '0' },
    },
    { line: '{"message":"{\\"client_secret\\":\\"[redacted]"}' },
    { line: '[main] Authorization: Bearer [redacted] api_key=[redacted]&page=2 customer-{{.}} paid with [redacted]' },
    { line: '[main] jdbc:postgresql://app:[redacted]@db:5432/shop [redacted] took 1763692530123456 ns, order 7000123412341234' },
    { line: '[main] [redacted]' },
  ],
  metrics: { 'redacted_users_total{}': 1 },
};

const BY_POD: Fixture = {
  title: 'the pod as label of the streams, and of no metric',
  pipeline: of('by_pod', {
    format: LogFormat.plain(),
    podAsLabel: true,
    metrics: [LogMetric.counter({ name: 'by_pod_lines_total' })],
  }),
  lines: ['one', 'two'],
  expected: [
    { labels: { pod: 'by_pod-0' }, metadata: { pod: undefined } },
    { labels: { pod: 'by_pod-0' }, metadata: { pod: undefined } },
  ],
  metrics: { 'by_pod_lines_total{}': 2 },
};

export const FIXTURES: readonly Fixture[] = [
  SPRING_BOOT_JSON,
  SPRING_BOOT_TEXT,
  NGINX,
  ENVOY,
  KLOG,
  POSTGRESQL,
  JSON_LINES,
  LOGFMT,
  PATTERN,
  REDACTION,
  BY_POD,
];
