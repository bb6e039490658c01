import { Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { namespaceRights } from '../kubernetes/access';
import type { ConfigFiles } from '../kubernetes/config-files';
import { KINDS } from '../kubernetes/kubernetes-api';
import { componentObject } from '../kubernetes/objects';
import type { PodDescription } from '../kubernetes/pod';
import { toYaml } from '../kubernetes/text';
import { operatedStatefulSet } from '../kubernetes/workload';
import { ComponentMonitors } from '../prometheus/component-monitors';
import { loginFiles } from '../prometheus/login-files';
import { Prometheus } from '../prometheus/prometheus';
import { prometheusConfig } from '../prometheus/prometheus-config';
import type { PrometheusProps } from '../prometheus/prometheus-props';
import { scrapedJobs } from '../prometheus/scrape-access';
import { PrometheusRules } from '../rules/prometheus-rules-objects';
import { SOURCES } from '../rules/rule-context';
import { Cpu } from '../settings/cpu';
import { IMAGE_TABLE } from '../settings/images';
import type { FinishedTemplate } from './operated-pod';
import type { OperatorOptions } from './operator-options';
import { ADDITIONAL, PROMETHEUS, prometheusSpec } from './operator-prometheus-spec';

/** Properties of `OperatorPrometheus`. */
export interface OperatorPrometheusProps extends PrometheusProps {
  /** What else the operator makes it honour. @default - only monitors and rules of the stack */
  readonly operator?: OperatorOptions;
}

const DEFINITIONS = ['prometheuses', 'podmonitors', 'prometheusrules'];

/** What the programs of applications are found by. */
const DISCOVERY = [
  { apiGroups: [''], resources: ['pods', 'services'], verbs: ['list', 'watch'] },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
];

/**
 * A Prometheus that the Prometheus Operator runs: the same properties, written as a `Prometheus` object with `PrometheusRule` and
 * `PodMonitor` objects, and a Secret with the scrape jobs that these cannot say. The object has the name of the stack, because the
 * operator labels pods by it. What the operator has no setting for is an error.
 */
export class OperatorPrometheus extends Prometheus {
  constructor(scope: Construct, id: string, props: OperatorPrometheusProps = {}) {
    super(scope, id, props);
    const { _context: context, _identity: identity, _intent: intent } = this;
    const { labels = { 'app.kubernetes.io/part-of': context.name }, namespaces = [] } = props.operator ?? {};
    for (const definition of DEFINITIONS) {
      this._require({ kind: 'CustomResourceDefinition', name: `${definition}.monitoring.coreos.com` });
    }
    if (namespaces.length > 0) {
      namespaceRights(this, 'monitors', DISCOVERY, namespaces);
    }
    for (const namespace of namespaces) {
      context._plan.namespaceReaches.push({ from: identity, namespace, ports: [] });
    }
    this._check(() => refusals(props));

    const known: readonly string[] = SOURCES;
    const jobs = scrapedJobs(props).filter((job) => known.includes(job));
    const { namespace } = identity;
    new PrometheusRules(this, 'rules', {
      alerts: this.alerts,
      namespace,
      labels,
      jobs: Object.fromEntries(jobs.map((job) => [job, job])),
      sendsAlerts: intent.sendsAlerts,
      objectives: props.objectives,
      retention: intent.retention,
    });
    // Its pods are a scraper of the stack, which policies let in by their labels.
    new ComponentMonitors(this, 'monitors', { namespace, labels, prometheusNamespaces: [] });

    const additional = `${identity.name}-additional`;
    componentObject(
      this,
      'additional',
      KINDS.Secret,
      ['stringData'],
      () => {
        const { scrape_configs, alerting } = prometheusConfig({ ...intent.settings(), components: [] });
        return {
          stringData: {
            [ADDITIONAL.scrapeConfigs]: toYaml(scrape_configs),
            [ADDITIONAL.alertmanagers]: toYaml(alerting?.alertmanagers ?? []),
          },
        };
      },
      { name: additional },
    );
    const { template, claims } = operatedStatefulSet(this, {
      replicas: intent.replicas,
      claims: intent.claims,
      pod: () => this.operatedPod(),
    });
    componentObject(
      this,
      'prometheus',
      PROMETHEUS,
      ['spec'],
      () => ({
        spec: prometheusSpec({
          intent,
          context,
          identity,
          additional,
          labels,
          namespaces,
          query: props.query ?? {},
          template: template() as FinishedTemplate,
          claims: claims() as unknown[],
        }),
      }),
      { name: context.name },
    );
  }

  private operatedPod(): PodDescription {
    const { _intent: intent, _identity: identity } = this;
    const [{ name: dataVolume }] = intent.claims;
    const logins = loginFiles(intent.logins());
    const additions = intent.additions({
      component: this,
      dataVolume,
      dataPath: '/prometheus',
      user: IMAGE_TABLE.prometheus.user,
    });
    return {
      serviceAccountName: identity.name,
      terminationGracePeriodSeconds: 300,
      labels: Object.fromEntries(additions.flatMap(({ podLabels }) => Object.entries(podLabels))),
      containers: [
        {
          name: 'prometheus',
          image: 'prometheus',
          args: [],
          ports: [],
          mounts: logins.mounts,
          // As without an operator.
          resources: { cpuRequest: Cpu.millis(250), memoryRequest: Size.gibibytes(1), memoryLimit: Size.gibibytes(4) },
        },
        ...additions.flatMap(({ containers }) => containers),
      ],
      volumes: [...logins.volumes, ...additions.flatMap(({ volumes }) => volumes)],
    };
  }

  /**
   * The operator puts its kind before them, behind a Service of its own: it refuses one whose selector has labels that it does not know.
   * @internal
   */
  protected override get _podHost(): (replica: number) => string {
    return (replica) => `prometheus-${this._context.name}-${replica}.prometheus-operated`;
  }

  /**
   * The operator writes configuration and rules.
   * @internal
   */
  protected override _configure(): ConfigFiles | undefined {
    return undefined;
  }

  /**
   * The operator makes the StatefulSet.
   * @internal
   */
  protected override _run(): void {}
}

/** What a `Prometheus` object has no setting for. */
function refusals({ authentication, extraConfig, ruleFiles, instance, operator = {} }: OperatorPrometheusProps): string[] {
  const refused: [string, unknown, string][] = [
    ['authentication', authentication?._description.basic, 'choose one before the Ingress'],
    ['extraConfig', extraConfig, 'give `scrape` jobs, or let a plain `Prometheus` run'],
    ['ruleFiles', ruleFiles, 'write PrometheusRule objects with the labels of `operator.labels`'],
    ['instance', instance, 'its object has the name of the stack: use a second stack'],
  ];
  return [
    ...refused
      .filter(([, value]) => value !== undefined)
      .map(([property, , remedy]) => `${property} is given; allowed is none for a Prometheus that an operator runs: ${remedy}`),
    ...(Object.keys(operator.labels ?? { any: '' }).length === 0
      ? ['operator.labels is {}; allowed is at least one label, because none would select the rules of everybody: name one']
      : []),
  ];
}
