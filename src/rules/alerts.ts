import type { Duration } from 'cdk8s';
import { goDuration } from '../kubernetes/text';
import { nearest } from '../settings/nearest';
import { type AlertLabels, joinedLabels, libraryLabels, objectiveLabels, ownLabels, usualLabels } from './alert-labels';
import { everythingRuns, ownGroups } from './content';
import { type AlertDefinition, type GroupDefinition, type Threshold, thresholdText } from './definition';
import type { Objective } from './objective';
import { objectivesProblems } from './objective-checks';
import { objectiveAlerts, objectiveRecords } from './objective-rules';
import type { ObjectiveSettings } from './objective-settings';

import type { AlertRule, AlertSeverity, RuleGroup } from './rule';
import { alertProblems, groupProblems, labelProblems, repeatedRules } from './rule-checks';
import { RuleContext, type RuleSettings } from './rule-context';
import { type AlertConfig, alertConfig, annotations, type GroupConfig, groupConfig } from './rule-file';

/** What is changed about an alert of the library. */
export interface AlertOverride {
  /** Which rule is meant, where the alert has one for each severity. @default - all of them */
  readonly ofSeverity?: AlertSeverity;
  /** How long the trouble must last before the alert fires. @default - as in its runbook */
  readonly forDuration?: Duration;
  /** How long the alert goes on after the trouble has ended. @default - as in its runbook */
  readonly keepFiringFor?: Duration;
  /** How urgent it is. @default - as in its runbook */
  readonly severity?: AlertSeverity;
  /** The limit, in the unit that its runbook names: a ratio of 90 % is 0.9. @default - as in its runbook */
  readonly threshold?: number;
  /** Further labels, by which it is routed. @default - none */
  readonly labels?: { [name: string]: string };
  /** Page with meaning, impact, diagnosis and mitigation. @default - the library's, see `AlertsProps.runbookBaseUrl` */
  readonly runbookUrl?: string;
}

/** Properties of `Alerts`. */
export interface AlertsProps {
  /**
   * Whether the library's rules are there: those for Kubernetes and for each component whose metrics are collected.
   * @default true
   */
  readonly library?: boolean;
  /**
   * Where the runbooks are; an alert's page is `<base>/<name>.md`. They come with the package, in `docs/runbooks`, so that they can be
   * kept where the people on call reach them.
   * @default - the library's repository
   */
  readonly runbookBaseUrl?: string;
}

const REPOSITORY = 'https://github.com/cdk8s-monitoring-stack/cdk8s-monitoring-stack/blob/main/docs/runbooks';

/**
 * Which rules are evaluated: those of the library for what runs, changed, left out or replaced one by one, and a user's own.
 * Names of the alerts and their defaults: `docs/runbooks`.
 */
export class Alerts {
  private readonly overrides: { readonly name: string; readonly override: AlertOverride }[] = [];
  private readonly left = new Set<string>();
  private readonly replaced = new Map<string, AlertRule>();
  private readonly added: RuleGroup[] = [];
  private readonly listeners: ((group: RuleGroup) => void)[] = [];
  private readonly objectives: Objective[] = [];
  private readonly objectiveListeners: ((objective: Objective) => void)[] = [];

  constructor(private readonly props: AlertsProps = {}) {}

  /** Changes an alert of the library. An unknown name is an error at synth, which offers the nearest. */
  public override(name: string, override: AlertOverride): Alerts {
    this.overrides.push({ name, override });
    return this;
  }

  /** Leaves alerts of the library out. An unknown name is an error at synth, which offers the nearest. */
  public without(...names: string[]): Alerts {
    for (const name of names) {
      this.left.add(name);
    }
    return this;
  }

  /** Puts a rule in the place of the library's alert of the same name. */
  public replace(rule: AlertRule): Alerts {
    this.replaced.set(rule.name, rule);
    return this;
  }

  /** Adds groups of rules. */
  public add(...groups: RuleGroup[]): Alerts {
    for (const group of groups) {
      this.added.push(group);
      for (const listener of this.listeners) {
        listener(group);
      }
    }
    return this;
  }

  /** Adds service level objectives, with their records, alerts and place on the dashboard, whether `library` is false or not. */
  public addObjectives(...objectives: Objective[]): Alerts {
    for (const objective of objectives) {
      this.objectives.push(objective);
      for (const listener of this.objectiveListeners) {
        listener(objective);
      }
    }
    return this;
  }

  /**
   * Whether the library's rules are there.
   * @internal
   */
  public get _library(): boolean {
    return this.props.library ?? true;
  }

  /**
   * Tells of all added groups: those that are there already and those to come.
   * @internal
   */
  public _onGroup(listener: (group: RuleGroup) => void): void {
    this.added.forEach(listener);
    this.listeners.push(listener);
  }

  /**
   * Tells of all objectives that are added: those that are there already and those to come.
   * @internal
   */
  public _onObjective(listener: (objective: Objective) => void): void {
    this.objectives.forEach(listener);
    this.objectiveListeners.push(listener);
  }

  /**
   * Groups of some objectives, and those with the alerts about all of them.
   * @internal
   */
  public _objectiveGroups(settings: RuleSettings, objectives: readonly ObjectiveSettings[], withAlerts: boolean): GroupConfig[] {
    const context = new RuleContext({ ...settings, objectives });
    return [...objectiveRecords(context), ...(withAlerts ? [objectiveAlerts(context)] : [])]
      .map((group) => this.resolve(group))
      .filter(({ rules }) => rules.length > 0);
  }

  /**
   * The library's groups for what is there, with all changes. A group of which nothing is left is gone.
   * @internal
   */
  public _libraryGroups(settings: RuleSettings): GroupConfig[] {
    return ownGroups(settings)
      .map((group) => this.resolve(group))
      .filter(({ rules }) => rules.length > 0);
  }

  /**
   * Everything that is evaluated.
   * @param given objectives beside those that are added
   * @internal
   */
  public _allGroups(settings: RuleSettings, given: readonly Objective[]): GroupConfig[] {
    const objectives = [...given, ...this.objectives].map(({ _settings }) => _settings);
    return [
      ...(this._library ? this._libraryGroups(settings) : []),
      ...(objectives.length > 0 ? this._objectiveGroups(settings, objectives, true) : []),
      ...this.added.map(groupConfig),
    ];
  }

  /**
   * Labels that its alerts may have.
   * @param given objectives beside those that are added
   * @internal
   */
  public _alertLabels(settings: RuleSettings, given: readonly Objective[]): AlertLabels {
    const own = [...this.replaced.values(), ...this.added.flatMap(({ alerts = [] }) => alerts)];
    const names = [
      ...usualLabels(settings.labels),
      ...(this._library ? libraryLabels(this._libraryGroups(settings)) : []),
      ...objectiveLabels([...given, ...this.objectives].map(({ _settings }) => _settings)),
    ];
    return joinedLabels([{ names, complete: true }, ownLabels(own.map(alertConfig), settings.loggedMetrics ?? [])]);
  }

  /**
   * What is wrong. Reads queries, but never those of the library.
   * @internal
   */
  public _problems(settings: RuleSettings): string[] {
    const surroundings = { language: 'promql' as const, scrapeInterval: settings.shortestInterval ?? settings.scrapeInterval };
    const rules = [...this.replaced.values()];
    return [
      ...this.nameProblems(),
      ...this.overrides.flatMap(({ name, override }) => overrideProblems(name, override)),
      ...rules.flatMap((rule) => alertProblems(`alerts.replace(${JSON.stringify(rule.name)})`, rule, surroundings)),
      ...this.added.flatMap((group) => groupProblems('alerts', group, surroundings)),
      ...repeatedRules('alerts', this.added, this._library ? this.keptNames() : new Set()),
      ...objectivesProblems(settings),
      ...urlProblems(this.props.runbookBaseUrl),
    ];
  }

  private nameProblems(): string[] {
    const names: [string, string][] = [
      ...this.overrides.map(({ name }): [string, string] => ['override', name]),
      ...[...this.left].map((name): [string, string] => ['without', name]),
      ...[...this.replaced.keys()].map((name): [string, string] => ['replace', name]),
    ];
    if (names.length === 0) {
      return [];
    }
    const known = [...libraryAlerts().keys()];
    return names.flatMap(([method, name]) => {
      const call = `alerts.${method}(${JSON.stringify(name)})`;
      if (!this._library) {
        return [`${call} is given while library is false; allowed is it with the library's alerts: leave one of both out`];
      }
      return known.includes(name)
        ? []
        : [
            `${call} is no alert of the library; allowed are those in docs/runbooks: did you mean ${JSON.stringify(nearest(name, known))}?`,
          ];
    });
  }

  private keptNames(): Set<string> {
    return this.added.some(({ alerts = [] }) => alerts.length > 0)
      ? new Set([...libraryAlerts().keys()].filter((name) => !this.left.has(name)))
      : new Set();
  }

  private resolve({ name, interval, records = [], alerts = [] }: GroupDefinition): GroupConfig {
    // The replacement of an alert that has a rule for each severity stands for all of them.
    const first = (alert: AlertDefinition) => alerts.find((other) => other.name === alert.name) === alert;
    return {
      name,
      interval,
      rules: [
        ...records,
        ...alerts
          .filter((alert) => !this.left.has(alert.name))
          .flatMap((alert) => {
            const replacement = this.replaced.get(alert.name);
            if (replacement === undefined) {
              return [this.alert(alert)];
            }
            return first(alert) ? [alertConfig({ runbookUrl: this.runbookUrl(alert.name), ...replacement })] : [];
          }),
      ],
    };
  }

  private alert(definition: AlertDefinition): AlertConfig {
    const { name, summary } = definition;
    const override: AlertOverride = Object.assign(
      {},
      ...this.overrides
        .filter((candidate) => candidate.name === name && concerns(candidate.override, definition))
        .map((found) => found.override),
    );
    const { expr, description } = withThreshold(definition, override.threshold);
    return {
      alert: name,
      expr,
      for: override.forDuration ? goDuration(override.forDuration) : definition.for,
      keep_firing_for: override.keepFiringFor ? goDuration(override.keepFiringFor) : definition.keepFiringFor,
      labels: { severity: override.severity ?? definition.severity, ...override.labels },
      annotations: annotations({ summary, description, runbookUrl: override.runbookUrl ?? this.runbookUrl(name) }),
    };
  }

  private runbookUrl(name: string): string {
    return `${(this.props.runbookBaseUrl ?? REPOSITORY).replace(/\/$/, '')}/${name}.md`;
  }
}

const concerns = ({ ofSeverity }: AlertOverride, { severity }: AlertDefinition) =>
  ofSeverity === undefined || ofSeverity === severity;

function withThreshold(definition: AlertDefinition, value: number | undefined): { expr: string; description: string } {
  if (definition.threshold === undefined) {
    return definition;
  }
  const threshold: Threshold = { ...definition.threshold, ...(value !== undefined && { value }) };
  return { expr: definition.expr(threshold.value), description: definition.description(thresholdText(threshold)) };
}

/** All alerts of the library by name, whatever runs. */
export function libraryAlerts(): Map<string, AlertDefinition[]> {
  const found = new Map<string, AlertDefinition[]>();
  for (const { alerts = [] } of ownGroups(everythingRuns())) {
    for (const alert of alerts) {
      found.set(alert.name, [...(found.get(alert.name) ?? []), alert]);
    }
  }
  return found;
}

function overrideProblems(name: string, override: AlertOverride): string[] {
  const call = `alerts.override(${JSON.stringify(name)})`;
  const rules = libraryAlerts().get(name);
  if (rules === undefined) {
    return [];
  }
  const meant = rules.filter((rule) => concerns(override, rule));
  if (meant.length === 0) {
    return [
      `${call}.ofSeverity is ${JSON.stringify(override.ofSeverity)}; allowed are ${rules.map(({ severity }) => JSON.stringify(severity)).join(' and ')}: choose one, or leave it out`,
    ];
  }
  return [
    ...thresholdProblems(call, meant, override.threshold),
    ...durationProblems(`${call}.forDuration`, override.forDuration),
    ...durationProblems(`${call}.keepFiringFor`, override.keepFiringFor),
    ...labelProblems(`${call}.labels`, override.labels ?? {}),
    ...urlProblems(override.runbookUrl, `${call}.runbookUrl`),
    ...(meant.length > 1 && override.severity !== undefined
      ? [`${call}.severity is given for ${meant.length} rules of that name; allowed is one rule: say which by ofSeverity`]
      : []),
  ];
}

function thresholdProblems(call: string, meant: readonly AlertDefinition[], value: number | undefined): string[] {
  if (value === undefined) {
    return [];
  }
  const [{ threshold }] = meant;
  if (threshold === undefined) {
    return [`${call}.threshold is ${value}; allowed is none, because this alert has no limit: leave it out, or use replace`];
  }
  if (meant.length > 1) {
    return [`${call}.threshold is given for ${meant.length} rules of that name; allowed is one rule: say which by ofSeverity`];
  }
  // 90 for 90 %. Some shares go beyond 1, such as requests of memory.
  const most = threshold.unit === 'ratio' ? Math.max(1, threshold.value * 10) : Number.POSITIVE_INFINITY;
  return Number.isFinite(value) && value >= 0 && value <= most
    ? []
    : [
        `${call}.threshold is ${value}; allowed are numbers from 0${Number.isFinite(most) ? ` to ${most}, because it is a ratio` : ''}: correct it (default: ${threshold.value})`,
      ];
}

const durationProblems = (property: string, duration: Duration | undefined) =>
  duration !== undefined && !Number.isInteger(duration.toMilliseconds({ integral: false }))
    ? [`${property} is ${duration.toHumanString()}; allowed are whole milliseconds: round it`]
    : [];

const urlProblems = (url: string | undefined, property = 'alerts.runbookBaseUrl') =>
  url === undefined || /^https?:\/\/[^\s"{}]+$/.test(url)
    ? []
    : [`${property} is ${JSON.stringify(url)}; allowed are addresses that start with "http://" or "https://": correct it`];
