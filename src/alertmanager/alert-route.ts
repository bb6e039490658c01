import type { Duration } from 'cdk8s';
import type { AlertMatcher } from './alert-matcher';
import type { AlertReceiver } from './alert-receiver';
import type { AlertTimeInterval } from './alert-time-interval';

/** How alerts become notifications. What a route leaves out it has from the route above it. */
export interface AlertGrouping {
  /** Labels that alerts of one notification share; `['...']` notifies of each alert by itself. @default - alert name, cluster and namespace */
  readonly groupBy?: string[];
  /** Time to gather a new group before its first notification. @default - Alertmanager's own: 30 s */
  readonly groupWait?: Duration;
  /** Time before a notification about alerts that joined or left a group. @default - Alertmanager's own: 5 min */
  readonly groupInterval?: Duration;
  /**
   * Time before an unchanged group is told again; more than `groupInterval`, at whose end it is looked at, and less than
   * `retention`. @default - Alertmanager's own: 4 h
   */
  readonly repeatInterval?: Duration;
}

/** A route: which alerts go to whom. The first one that matches takes an alert, unless it says `continue`. */
export interface AlertRoute extends AlertGrouping {
  /** Conditions that must all hold; none matches every alert. */
  readonly matchers: AlertMatcher[];
  /** Who is told. @default - as the route above */
  readonly receiver?: AlertReceiver;
  /** Whether routes behind this one see the alert, too. @default false */
  readonly continue?: boolean;
  /** Times without notifications. @default - none */
  readonly muteTimeIntervals?: AlertTimeInterval[];
  /** The only times with notifications. @default - always */
  readonly activeTimeIntervals?: AlertTimeInterval[];
  /** Routes for some of these alerts, asked before this one. @default - none */
  readonly routes?: AlertRoute[];
}

/** The route of every alert that no other route takes. */
export interface AlertRootRoute extends AlertGrouping {
  /** Who is told. */
  readonly receiver: AlertReceiver;
  /** Routes for some of the alerts, asked before this one. @default - none */
  readonly routes?: AlertRoute[];
}

/** While an alert fires, others are kept silent. */
export interface InhibitRule {
  /** Name, for people who read the configuration. @default - none */
  readonly name?: string;
  /** The alert that keeps others silent. */
  readonly sourceMatchers: AlertMatcher[];
  /** The alerts that are kept silent. */
  readonly targetMatchers: AlertMatcher[];
  /** Labels whose values both must share; one that neither has counts as shared. @default - none */
  readonly equal?: string[];
}
