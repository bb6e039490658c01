import type { Construct } from 'constructs';
import { Component } from '../kubernetes/component';
import type { Kind } from '../kubernetes/kubernetes-api';
import { emitObject, objectLabels } from '../kubernetes/objects';
import { nearest } from '../settings/nearest';
import type { Retention } from '../settings/retention';
import { Alerts } from './alerts';
import type { Objective } from './objective';
import { gatherObjectives, portions } from './rule-config-maps';
import { jobsBySource, type RuleSettings, SOURCES } from './rule-context';
import type { GroupConfig } from './rule-file';

/** Properties of `PrometheusRules`. */
export interface PrometheusRulesProps {
  /** Which rules. @default new Alerts() */
  readonly alerts?: Alerts;
  /** Namespace of the objects; the operator must look there. @default - that of the stack */
  readonly namespace?: string;
  /** Labels of the objects, by which the operator's Prometheus selects its rules: often `release: prometheus`. @default - none */
  readonly labels?: { [key: string]: string };
  /**
   * What that Prometheus scrapes under which job (the label `job`): `kubelet: 'kubelet'`, `'thanos-query': 'monitoring-thanos-query'`.
   * There are rules only for what stands here or is a component of the stack.
   * @default - the components of the stack, under the names that the library's Prometheus gives them
   */
  readonly jobs?: { [source: string]: string };
  /** Whether that Prometheus has an Alertmanager. @default true */
  readonly sendsAlerts?: boolean;
  /** Service level objectives. @default - none but those that `alerts` are given */
  readonly objectives?: Objective[];
  /** How long that Prometheus keeps samples. Windows of objectives that are longer are errors. @default - not known, and not checked */
  readonly retention?: Retention;
}

interface RuleObject {
  readonly spec: { readonly groups: readonly GroupConfig[] };
}

/** A kind of the Prometheus operator. Source: prometheus-operator, pkg/apis/monitoring/v1. */
const PROMETHEUS_RULE: Kind<RuleObject> = { apiVersion: 'monitoring.coreos.com/v1', kind: 'PrometheusRule' };

/**
 * Rules as `PrometheusRule` objects, for a Prometheus that an operator runs: one object with the library's, further ones for those
 * that are added. Their definition (CRD) must exist. Rules in the library's own Prometheus need none of this.
 */
export class PrometheusRules extends Component {
  /** Which rules. They may be changed until synth. */
  public readonly alerts: Alerts;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: PrometheusRulesProps = {},
  ) {
    super(scope, id, { app: 'prometheus-rules', component: 'prometheus-rules', options: { namespace: props.namespace } });
    this.alerts = props.alerts ?? new Alerts();
    this._require({ kind: 'CustomResourceDefinition', name: 'prometheusrules.monitoring.coreos.com' });
    if (this.alerts._library) {
      this.object('library', () => this.alerts._libraryGroups(this.settings()));
    }
    const numbered = (name: string, index: number) => (index === 0 ? name : `${name}-${index + 1}`);
    const objectives = gatherObjectives(this, this.alerts, props.objectives ?? [], (portion, index) =>
      this.object(numbered('objectives', index), () => this.alerts._objectiveGroups(this.settings(), portion, index === 0)),
    );
    this.alerts._onGroup(portions((groups, index) => this.object(numbered('added', index), () => groups)));
    this._check(() => [...this.alerts._problems({ ...this.settings(), objectives }), ...this.problems()]);
  }

  private object(suffix: string, groups: () => readonly GroupConfig[]): void {
    const metadata = {
      name: `${this._identity.name}-${suffix}`,
      namespace: this._identity.namespace,
      labels: { ...objectLabels(this), ...this.props.labels },
    };
    emitObject(this, suffix, PROMETHEUS_RULE, metadata, ['spec'], () => ({ spec: { groups: groups() } }));
  }

  private settings(): RuleSettings {
    const { _context: context, props } = this;
    const jobs = new Map<string, readonly string[]>(jobsBySource(context._plan.metrics, []));
    for (const [source, job] of Object.entries(props.jobs ?? {})) {
      jobs.set(source, [job]);
    }
    return {
      labels: context.dataLabels,
      scrapeInterval: context.scrapeInterval,
      jobs,
      sendsAlerts: props.sendsAlerts ?? true,
      retention: props.retention,
      loggedMetrics: context._plan.loggedMetrics,
    };
  }

  private problems(): string[] {
    const known: readonly string[] = SOURCES;
    return Object.keys(this.props.jobs ?? {})
      .filter((source) => !known.includes(source))
      .map(
        (source) =>
          `jobs has ${JSON.stringify(source)}; allowed are ${known.join(', ')}: did you mean ${JSON.stringify(nearest(source, known))}?`,
      );
  }
}
