import { Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { Retention } from '../../src/settings/retention';
import { Jaeger, type JaegerProps } from '../../src/tracing/jaeger';
import { jaegerConfig } from '../../src/tracing/jaeger-config';
import {
  EVERY_SERVICE_OPTION,
  EVERY_WORKLOAD_OPTION,
  expectEveryPropToMatter,
  manifestOf,
  synthesisError,
  synthesize,
} from '../support/constructs';

const EVERY_PROP: Required<JaegerProps> = {
  ...EVERY_WORKLOAD_OPTION,
  ...EVERY_SERVICE_OPTION,
  volume: Size.gibibytes(20),
  retention: Retention.days(7),
  maxTraces: 1000,
  senders: ['shop'],
  extraConfig: { processors: { batch: { timeout: '5s' } } },
  instance: 'audit',
};

/** What goes with a volume. */
const { maxTraces: _, ...ON_VOLUME } = EVERY_PROP;

describe('configuration of Jaeger', () => {
  it('keeps traces in memory', () => {
    expect(jaegerConfig({ backend: { kind: 'memory', maxTraces: 5 }, extraConfig: {} })).toMatchInlineSnapshot(`
      {
        "exporters": {
          "jaeger_storage_exporter": {
            "trace_storage": "traces",
          },
        },
        "extensions": {
          "healthcheckv2": {
            "http": {
              "endpoint": "0.0.0.0:13133",
            },
            "use_v2": true,
          },
          "jaeger_query": {
            "grpc": {
              "endpoint": "0.0.0.0:16685",
            },
            "http": {
              "endpoint": "0.0.0.0:16686",
            },
            "storage": {
              "traces": "traces",
            },
          },
          "jaeger_storage": {
            "backends": {
              "traces": {
                "memory": {
                  "max_traces": 5,
                },
              },
            },
          },
        },
        "processors": {
          "batch": {},
        },
        "receivers": {
          "otlp": {
            "protocols": {
              "grpc": {
                "endpoint": "0.0.0.0:4317",
              },
              "http": {
                "endpoint": "0.0.0.0:4318",
              },
            },
          },
        },
        "service": {
          "extensions": [
            "jaeger_storage",
            "jaeger_query",
            "healthcheckv2",
          ],
          "pipelines": {
            "traces": {
              "exporters": [
                "jaeger_storage_exporter",
              ],
              "processors": [
                "batch",
              ],
              "receivers": [
                "otlp",
              ],
            },
          },
          "telemetry": {
            "metrics": {
              "level": "detailed",
              "readers": [
                {
                  "pull": {
                    "exporter": {
                      "prometheus": {
                        "host": "0.0.0.0",
                        "port": 8888,
                        "without_scope_info": true,
                        "without_type_suffix": true,
                        "without_units": true,
                      },
                    },
                  },
                },
              ],
            },
            "resource": {
              "service.name": "jaeger",
            },
          },
        },
      }
    `);
  });

  it('keeps traces on a volume', () => {
    expect(jaegerConfig({ backend: { kind: 'badger', retention: Retention.days(7) }, extraConfig: {} })).toMatchObject({
      extensions: {
        jaeger_storage: {
          backends: {
            traces: {
              badger: {
                directories: { keys: '/data/keys', values: '/data/values' },
                ephemeral: false,
                ttl: { spans: '168h' },
              },
            },
          },
        },
      },
    });
  });
});

describe('Jaeger', () => {
  it('synthesizes with minimal properties', () => {
    expect(synthesize((chart) => new Jaeger(chart, 'jaeger'))).toMatchSnapshot();
  });

  it('synthesizes with every property that goes with a volume', () => {
    const manifests = synthesize((chart) => new Jaeger(chart, 'jaeger', ON_VOLUME));
    expect(manifestOf(manifests, 'StatefulSet').spec).toMatchSnapshot();
  });

  it('has no dead property', () => {
    expectEveryPropToMatter((chart, props: JaegerProps) => new Jaeger(chart, 'jaeger', props), {}, EVERY_PROP, {
      retention: { volume: Size.gibibytes(20) },
    });
  });

  it('names all that is wrong at once', () => {
    const error = synthesisError(
      (chart) =>
        new Jaeger(chart, 'jaeger', {
          retention: Retention.forever(),
          maxTraces: 0,
          senders: [],
          extraConfig: { recievers: {}, extensions: { basicauth: { password: 'secret' } } },
        }),
    );
    expect(error).toContain('[test/jaeger] retention is forever; allowed is an hour or more');
    expect(error).toContain('retention is given without volume');
    expect(error).toContain('maxTraces is 0');
    expect(error).toContain('senders is []');
    expect(error).toContain('extraConfig has the key "recievers"');
    expect(error).toContain('extraConfig.extensions.basicauth.password is a literal');
  });

  it('refuses a limit of the memory beside a volume', () => {
    expect(synthesisError((chart) => new Jaeger(chart, 'jaeger', EVERY_PROP))).toContain('maxTraces is given with volume');
  });
});
