import type { Construct } from 'constructs';
import { Component } from '../kubernetes/component';
import { kind } from '../kubernetes/kubernetes-api';
import { emitObject, objectLabels } from '../kubernetes/objects';
import { goDuration } from '../kubernetes/text';
import type { MetricsEndpoint } from '../settings/plan';
import { constant, type Place, type RelabelRule } from './relabel';
import { componentScrapeConfig } from './scrape-config';

/** Properties of `ComponentMonitors`. */
export interface ComponentMonitorsProps {
  /** Namespace of the objects; the operator must look there. @default - that of the stack */
  readonly namespace?: string;
  /** Labels of the objects, by which the operator's Prometheus selects its monitors: often `release: prometheus`. @default - none */
  readonly labels?: { [key: string]: string };
  /** Namespaces of that Prometheus, which the NetworkPolicies let in; `[]` if it is one of the stack. @default - that of the objects */
  readonly prometheusNamespaces?: string[];
}

/** A rule as the operator's objects have it. */
interface Relabeling {
  readonly sourceLabels?: readonly string[];
  readonly regex?: string;
  readonly targetLabel?: string;
  readonly replacement?: string;
  readonly action?: string;
}

interface PodMonitor {
  readonly spec: {
    readonly selector: { readonly matchLabels: { readonly [key: string]: string } };
    readonly namespaceSelector: { readonly matchNames: readonly string[] };
    readonly podMetricsEndpoints: readonly {
      readonly port: string;
      readonly path: string;
      readonly interval: string;
      readonly scheme?: string;
      readonly tlsConfig?: { readonly insecureSkipVerify?: boolean };
      readonly honorLabels?: boolean;
      readonly relabelings: readonly Relabeling[];
      readonly metricRelabelings?: readonly Relabeling[];
    }[];
  };
}

/** Source: prometheus-operator, pkg/apis/monitoring/v1. */
const POD_MONITOR = kind<PodMonitor>('monitoring.coreos.com/v1', 'PodMonitor');

/** What the operator puts on every target by itself. */
const OPERATOR_LABELS: RelabelRule = { regex: 'namespace|pod|container|endpoint', action: 'labeldrop' };

const relabeling = ({ source_labels, target_label, ...rule }: RelabelRule): Relabeling => ({
  ...(source_labels && { sourceLabels: source_labels }),
  ...(target_label && { targetLabel: target_label }),
  ...rule,
});

/**
 * The components of the stack as `PodMonitor` objects, for a Prometheus that an operator runs in place of the stack's own; series then
 * have the labels that rules and boards go by. Their definition (CRD) must exist. Not together with `monitors` of a stack, which would
 * scrape them a second time.
 */
export class ComponentMonitors extends Component {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: ComponentMonitorsProps = {},
  ) {
    super(scope, id, { app: 'component-monitors', component: 'component-monitors', options: { namespace: props.namespace } });
    const { _plan: plan } = this._context;
    this._require({ kind: 'CustomResourceDefinition', name: 'podmonitors.monitoring.coreos.com' });
    const logins: MetricsEndpoint[] = [];
    plan.onMetrics((endpoint) => {
      this.monitor(endpoint);
      const { prometheusNamespaces = [this._identity.namespace] } = props;
      if (prometheusNamespaces.length > 0) {
        plan.admissions.push({
          identity: endpoint.identity,
          containerPort: endpoint.containerPort,
          namespaces: prometheusNamespaces,
        });
      }
      if (endpoint.login) {
        logins.push(endpoint);
      }
    });
    this._check(() =>
      logins.map(
        ({ job }) =>
          `${job} asks for user and password; allowed are components without, because a PodMonitor takes the user from a Secret: give that component no \`authentication\` of its own`,
      ),
    );
  }

  private monitor(endpoint: MetricsEndpoint): void {
    const { job, identity } = endpoint;
    const { namePrefix } = this._context;
    const metadata = {
      name: `${namePrefix}${job}`,
      namespace: this._identity.namespace,
      labels: { ...objectLabels(this), ...this.props.labels },
    };
    emitObject(this, job, POD_MONITOR, metadata, ['spec'], () => ({
      spec: {
        selector: { matchLabels: identity.selector },
        namespaceSelector: { matchNames: [identity.namespace] },
        podMetricsEndpoints: [this.endpoint(endpoint)],
      },
    }));
  }

  private endpoint(endpoint: MetricsEndpoint): PodMonitor['spec']['podMetricsEndpoints'][0] {
    const { dataLabels, cluster, scrapeInterval } = this._context;
    const place: Place = { labels: dataLabels, cluster: cluster.name, environment: cluster.environment };
    const config = componentScrapeConfig(endpoint, place);
    const rules = [OPERATOR_LABELS, constant('job', endpoint.job), ...config.relabel_configs];
    return {
      port: endpoint.portName,
      path: endpoint.path,
      // Windows of rules and boards are made for it.
      interval: goDuration(scrapeInterval),
      ...(config.scheme && { scheme: config.scheme, tlsConfig: { insecureSkipVerify: config.tls_config?.insecure_skip_verify } }),
      ...(config.honor_labels && { honorLabels: true }),
      relabelings: rules.map(relabeling),
      ...(config.metric_relabel_configs && { metricRelabelings: config.metric_relabel_configs.map(relabeling) }),
    };
  }
}
