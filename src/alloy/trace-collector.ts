import type { k8s } from 'cdk8s-plus-28';
import { clusterRights } from '../kubernetes/access';
import type { Component } from '../kubernetes/component';
import type { ContainerPort } from '../kubernetes/container';
import { admit, service } from '../kubernetes/service';
import { type Endpoint, EndpointProtocol } from '../settings/endpoint';
import type { AlloyModule } from './alloy-module';
import { type AlloyBlock, AlloyReference } from './alloy-syntax';

/** Which traces are received. */
export interface TraceOptions {
  /** Namespaces whose pods may push. @default - those of the whole cluster */
  readonly senders?: string[];
  /**
   * Whether namespace, pod and node are looked up by the address that sends, for applications that do not tell. Needs the right
   * to see the pods of the whole cluster; links from spans to logs and metrics need the answer.
   * @default true
   */
  readonly kubernetesAttributes?: boolean;
  /** Whether spans are received from libraries of Zipkin, too: over HTTP on port 9411, below `/api/v2/spans`. @default false */
  readonly zipkin?: boolean;
}

/** Traces that are received once for the cluster. */
export interface TracesSourceProps extends TraceOptions {
  /** Who gets the spans: `tempo.otlpGrpc`, `jaeger.otlpGrpc`, or another endpoint of OTLP, over gRPC or HTTP. */
  readonly push: Endpoint;
}

const LABEL = 'traces';
const GRPC: ContainerPort = { name: 'traces-grpc', port: 4317 };
const HTTP: ContainerPort = { name: 'traces-http', port: 4318 };
const ZIPKIN: ContainerPort = { name: 'traces-zipkin', port: 9411 };

const PODS: k8s.PolicyRule = { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] };

const SENT_OVER = [EndpointProtocol.GRPC, EndpointProtocol.HTTP, EndpointProtocol.HTTPS];

/** Receives spans and sends them on: the part of an Alloy that is about traces. */
export class TraceCollector implements AlloyModule {
  readonly environment = [];
  readonly isReadable = true;
  readonly usesKubernetesApi: boolean;
  readonly ports: readonly ContainerPort[];
  readonly endpoints: { readonly grpc: Endpoint; readonly http: Endpoint; readonly zipkin?: Endpoint };

  constructor(
    private readonly component: Component,
    private readonly props: TracesSourceProps,
  ) {
    this.usesKubernetesApi = props.kubernetesAttributes ?? true;
    this.ports = props.zipkin ? [GRPC, HTTP, ZIPKIN] : [GRPC, HTTP];
    const [grpc, http, zipkin] = service(component, {
      suffix: 'traces',
      ports: [
        { target: GRPC, name: 'otlp-grpc', protocol: EndpointProtocol.GRPC },
        { target: HTTP, name: 'otlp-http' },
        ...(props.zipkin ? [{ target: ZIPKIN, name: 'zipkin' }] : []),
      ],
    });
    this.endpoints = { grpc, http, zipkin };
    for (const port of this.ports) {
      admit(component, port, props.senders);
    }
    component._connect(props.push);
    component._check(() => this.problems());
    if (this.usesKubernetesApi) {
      this.grantRights();
    }
  }

  config(): AlloyBlock[] {
    return tracesConfig(this.props.push, this.usesKubernetesApi, this.props.zipkin);
  }

  private grantRights(): void {
    const { component } = this;
    component._reachKubernetesApi();
    if (component._context.access._mode !== 'existing') {
      clusterRights(component, 'trace-senders', [PODS]);
    } else {
      const { name, namespace } = component._identity;
      component._require({
        kind: 'Access',
        name: `list and watch on the pods of all namespaces for ServiceAccount ${namespace}/${name}`,
      });
    }
  }

  private problems(): string[] {
    const { push, senders } = this.props;
    return [
      ...(SENT_OVER.includes(push.protocol)
        ? []
        : [
            `push is ${push.hostAndPort}, where ${push.protocol} is spoken; allowed are gRPC, HTTP and HTTPS: take otlpGrpc of Tempo or Jaeger`,
          ]),
      ...(senders?.length === 0
        ? ['senders is []; allowed is at least one namespace: name those that push, or leave the property out for all']
        : []),
    ];
  }
}

const output = (kind: string, name: string): AlloyBlock => ({
  name: 'output',
  attributes: { traces: [new AlloyReference(['otelcol', kind, name, LABEL, 'input'])] },
});

/** Senders wait while the destination does: the memory limiter refuses what would not fit, and clients of OTLP try again. */
export function tracesConfig(push: Endpoint, kubernetesAttributes: boolean, zipkin = false): AlloyBlock[] {
  const exporter = push.protocol === EndpointProtocol.GRPC ? 'otlp' : 'otlphttp';
  return [
    {
      name: 'otelcol.receiver.otlp',
      label: LABEL,
      blocks: [
        { name: 'grpc', attributes: { endpoint: `0.0.0.0:${GRPC.port}` } },
        { name: 'http', attributes: { endpoint: `0.0.0.0:${HTTP.port}` } },
        output('processor', 'memory_limiter'),
      ],
    },
    ...(zipkin
      ? [
          {
            name: 'otelcol.receiver.zipkin',
            label: LABEL,
            attributes: { endpoint: `0.0.0.0:${ZIPKIN.port}` },
            blocks: [output('processor', 'memory_limiter')],
          },
        ]
      : []),
    {
      name: 'otelcol.processor.memory_limiter',
      label: LABEL,
      attributes: { check_interval: '1s', limit_percentage: 75, spike_limit_percentage: 15 },
      blocks: [output('processor', kubernetesAttributes ? 'k8sattributes' : 'batch')],
    },
    ...(kubernetesAttributes ? [kubernetesProcessor()] : []),
    { name: 'otelcol.processor.batch', label: LABEL, blocks: [output('exporter', exporter)] },
    {
      name: `otelcol.exporter.${exporter}`,
      label: LABEL,
      blocks: [
        exporter === 'otlp'
          ? {
              name: 'client',
              attributes: { endpoint: push.hostAndPort },
              blocks: [{ name: 'tls', attributes: { insecure: true } }],
            }
          : { name: 'client', attributes: { endpoint: push.url } },
      ],
    },
  ];
}

/** What an application tells about itself comes first, then the address it sends from. */
function kubernetesProcessor(): AlloyBlock {
  const association = (attributes: { readonly from: string; readonly name?: string }): AlloyBlock => ({
    name: 'pod_association',
    blocks: [{ name: 'source', attributes }],
  });
  return {
    name: 'otelcol.processor.k8sattributes',
    label: LABEL,
    blocks: [
      { name: 'extract', attributes: { metadata: ['k8s.namespace.name', 'k8s.pod.name', 'k8s.node.name'] } },
      association({ from: 'resource_attribute', name: 'k8s.pod.uid' }),
      association({ from: 'resource_attribute', name: 'k8s.pod.ip' }),
      association({ from: 'connection' }),
      output('processor', 'batch'),
    ],
  };
}
