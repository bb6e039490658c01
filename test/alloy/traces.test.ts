import { describe, expect, it } from 'vitest';
import { AlloyDeployment } from '../../src/alloy/alloy-deployment';
import { AlloySource } from '../../src/alloy/alloy-source';
import { toAlloySyntax } from '../../src/alloy/alloy-syntax';
import { LogPipeline } from '../../src/alloy/log-pipeline';
import { type TracesSourceProps, tracesConfig } from '../../src/alloy/trace-collector';
import { Access } from '../../src/settings/access';
import { Endpoint, EndpointProtocol } from '../../src/settings/endpoint';
import { MonitoringContext } from '../../src/settings/monitoring-context';
import { expectEveryPropToMatter, manifestOf, synthesisError, synthesize } from '../support/constructs';

const GRPC = Endpoint.external({ host: 'tempo', port: 4317, protocol: EndpointProtocol.GRPC, namespace: 'traces' });
const HTTPS = Endpoint.external({
  host: 'otlp.example.com',
  port: 443,
  protocol: EndpointProtocol.HTTPS,
  cidrs: ['192.0.2.0/24'],
});

describe('traces', () => {
  it('go on over gRPC, with the attributes of their pods', () => {
    expect(toAlloySyntax(tracesConfig(GRPC, true))).toMatchInlineSnapshot(`
      "otelcol.receiver.otlp "traces" {
      	grpc {
      		endpoint = "0.0.0.0:4317"
      	}

      	http {
      		endpoint = "0.0.0.0:4318"
      	}

      	output {
      		traces = [otelcol.processor.memory_limiter.traces.input]
      	}
      }

      otelcol.processor.memory_limiter "traces" {
      	check_interval         = "1s"
      	limit_percentage       = 75
      	spike_limit_percentage = 15

      	output {
      		traces = [otelcol.processor.k8sattributes.traces.input]
      	}
      }

      otelcol.processor.k8sattributes "traces" {
      	extract {
      		metadata = ["k8s.namespace.name", "k8s.pod.name", "k8s.node.name"]
      	}

      	pod_association {
      		source {
      			from = "resource_attribute"
      			name = "k8s.pod.uid"
      		}
      	}

      	pod_association {
      		source {
      			from = "resource_attribute"
      			name = "k8s.pod.ip"
      		}
      	}

      	pod_association {
      		source {
      			from = "connection"
      		}
      	}

      	output {
      		traces = [otelcol.processor.batch.traces.input]
      	}
      }

      otelcol.processor.batch "traces" {
      	output {
      		traces = [otelcol.exporter.otlp.traces.input]
      	}
      }

      otelcol.exporter.otlp "traces" {
      	client {
      		endpoint = "tempo:4317"

      		tls {
      			insecure = true
      		}
      	}
      }
      "
    `);
  });

  it('go on over HTTP, as they come', () => {
    const blocks = tracesConfig(HTTPS, false);
    expect(blocks.map(({ name }) => name)).toEqual([
      'otelcol.receiver.otlp',
      'otelcol.processor.memory_limiter',
      'otelcol.processor.batch',
      'otelcol.exporter.otlphttp',
    ]);
    const config = toAlloySyntax(blocks);
    expect(config).toContain('traces = [otelcol.processor.batch.traces.input]');
    expect(config).toContain('traces = [otelcol.exporter.otlphttp.traces.input]');
    expect(config).toContain('client {\n\t\tendpoint = "https://otlp.example.com:443"\n\t}');
  });

  it('are received by an Alloy that may see pods', () => {
    const manifests = synthesize((chart) => {
      const source = AlloySource.traces({ push: GRPC });
      new AlloyDeployment(chart, 'alloy', { sources: [source] });
      expect(source.otlpGrpc?.hostAndPort).toBe('monitoring-alloy-cluster-traces.monitoring.svc.cluster.local:4317');
      expect(source.otlpHttp?.url).toBe('http://monitoring-alloy-cluster-traces.monitoring.svc.cluster.local:4318');
    });
    expect(manifestOf(manifests, 'ClusterRole').rules).toEqual([
      { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] },
    ]);
    expect(manifestOf(manifests, 'NetworkPolicy').spec).toMatchSnapshot();
  });

  it('are received from libraries of Zipkin, where they are asked for', () => {
    const config = toAlloySyntax(tracesConfig(GRPC, false, true));
    expect(config).toContain('otelcol.receiver.zipkin "traces" {\n\tendpoint = "0.0.0.0:9411"');
    const ports = (zipkin: boolean) => {
      const manifests = synthesize((chart) => {
        const source = AlloySource.traces({ push: GRPC, zipkin });
        new AlloyDeployment(chart, 'alloy', { sources: [source] });
        expect(source.zipkin?.port).toBe(zipkin ? 9411 : undefined);
      });
      const { ingress } = manifestOf(manifests, 'NetworkPolicy').spec;
      return JSON.stringify([ingress, manifestOf(manifests, 'Service', 'monitoring-alloy-cluster-traces').spec.ports]);
    };
    expect(ports(true).match(/9411/g)).toHaveLength(2);
    expect(ports(false)).not.toContain('9411');
  });

  it('ask for rights where the stack gives none', () => {
    synthesize(
      (chart) => {
        new AlloyDeployment(chart, 'alloy', { sources: [AlloySource.traces({ push: GRPC })] });
        expect(
          MonitoringContext.of(chart)
            ._plan.prerequisites.map(({ name }) => name)
            .join(),
        ).toContain('list and watch on the pods of all namespaces for ServiceAccount monitoring/monitoring-alloy-cluster');
      },
      { access: Access.existing() },
    );
  });

  it('has no dead property', () => {
    const every: Required<TracesSourceProps> = { push: HTTPS, senders: ['shop'], kubernetesAttributes: false, zipkin: true };
    expectEveryPropToMatter(
      (chart, props: TracesSourceProps) => new AlloyDeployment(chart, 'alloy', { sources: [AlloySource.traces(props)] }),
      { push: GRPC },
      every,
    );
  });

  it('names all that is wrong', () => {
    const push = Endpoint.external({ host: 'x', port: 1, protocol: EndpointProtocol.TCP, namespace: 'x' });
    const logs = AlloySource.logs({ push: HTTPS, pipelines: [LogPipeline.otlp({ name: 'otlp' })] });
    const error = synthesisError(
      (chart) => new AlloyDeployment(chart, 'alloy', { sources: [logs, AlloySource.traces({ push, senders: [] })] }),
    );
    expect(error).toContain('push is x:1, where tcp is spoken');
    expect(error).toContain('senders is []');
    expect(error).toContain('sources listen on port 4317 twice');
  });
});
