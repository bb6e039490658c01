import { mergeConfig } from '../kubernetes/extra-config';
import type { Retention } from '../settings/retention';

/** Where Jaeger keeps traces. */
export type JaegerBackend =
  | { readonly kind: 'memory'; readonly maxTraces: number }
  | { readonly kind: 'badger'; readonly retention: Retention };

/** Settings of Jaeger with nothing left open. */
export interface JaegerSettings {
  readonly backend: JaegerBackend;
  readonly extraConfig: { readonly [key: string]: unknown };
}

/** Configuration of Jaeger 2, an OpenTelemetry Collector with extensions: any object, because each component has settings of its own. */
export interface JaegerConfig {
  readonly [section: string]: unknown;
}

export const QUERY_HTTP_PORT = 16686;
export const QUERY_GRPC_PORT = 16685;
export const OTLP_GRPC_PORT = 4317;
export const OTLP_HTTP_PORT = 4318;
export const METRICS_PORT = 8888;
export const HEALTH_PORT = 13133;

/** Where the volume is mounted. */
export const DATA_PATH = '/data';

const STORAGE = 'traces';

/**
 * Metrics under the names of the instruments, which alerts and boards ask for. Collectors differ in what they do by themselves:
 * that of Jaeger 2.13 appends units and `_total`, that of 2.20 does not (open-telemetry/opentelemetry-collector#15027).
 */
const PLAIN_NAMES = { without_units: true, without_type_suffix: true, without_scope_info: true };

/** By itself every part listens on localhost only. */
const everywhere = (port: number) => ({ endpoint: `0.0.0.0:${port}` });

/** The configuration of a Jaeger that receives, keeps and shows traces in one process. */
export function jaegerConfig({ backend, extraConfig }: JaegerSettings): JaegerConfig {
  const own = {
    service: {
      extensions: ['jaeger_storage', 'jaeger_query', 'healthcheckv2'],
      pipelines: { traces: { receivers: ['otlp'], processors: ['batch'], exporters: ['jaeger_storage_exporter'] } },
      telemetry: {
        resource: { 'service.name': 'jaeger' },
        metrics: {
          level: 'detailed',
          readers: [{ pull: { exporter: { prometheus: { host: '0.0.0.0', port: METRICS_PORT, ...PLAIN_NAMES } } } }],
        },
      },
    },
    extensions: {
      jaeger_storage: { backends: { [STORAGE]: backendConfig(backend) } },
      jaeger_query: { storage: { traces: STORAGE }, http: everywhere(QUERY_HTTP_PORT), grpc: everywhere(QUERY_GRPC_PORT) },
      healthcheckv2: { use_v2: true, http: everywhere(HEALTH_PORT) },
    },
    receivers: { otlp: { protocols: { grpc: everywhere(OTLP_GRPC_PORT), http: everywhere(OTLP_HTTP_PORT) } } },
    processors: { batch: {} },
    exporters: { jaeger_storage_exporter: { trace_storage: STORAGE } },
  };
  return mergeConfig(own, extraConfig);
}

function backendConfig(backend: JaegerBackend) {
  return backend.kind === 'memory'
    ? { memory: { max_traces: backend.maxTraces } }
    : {
        badger: {
          directories: { keys: `${DATA_PATH}/keys`, values: `${DATA_PATH}/values` },
          ephemeral: false,
          ttl: { spans: `${backend.retention.toHours()}h` },
        },
      };
}
