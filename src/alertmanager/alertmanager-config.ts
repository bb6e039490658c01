import { Duration } from 'cdk8s';
import { mergeConfig } from '../kubernetes/extra-config';
import { goDuration, toYaml } from '../kubernetes/text';
import { WEB_CONFIG_FILE } from '../kubernetes/web-exposure';
import type { DataLabels } from '../settings/data-labels';
import type { Retention } from '../settings/retention';
import { AlertMatcher } from './alert-matcher';
import { AlertReceiver } from './alert-receiver';
import type { DeadMansSwitchOptions } from './alert-receiver-options';
import type { AlertGrouping, AlertRootRoute, AlertRoute, InhibitRule } from './alert-route';
import type { AlertTimeInterval } from './alert-time-interval';
import { MESSAGE_TEMPLATES, MESSAGE_TEMPLATES_FILE } from './message-templates';

/** Where configuration and data are mounted; the Prometheus Operator has the configuration in the same place. */
export const CONFIG_PATH = '/etc/alertmanager/config';
export const CONFIG_FILE = 'alertmanager.yaml';
export const DATA_PATH = '/alertmanager';

/** The receiver of alerts that nobody is told about. */
const NOBODY = 'nobody';
const DEAD_MANS_SWITCH = 'dead-mans-switch';

/** What the configuration is made from. */
export interface AlertmanagerSettings {
  readonly labels: DataLabels;
  /** Undefined = nobody is told. */
  readonly route: AlertRootRoute | undefined;
  /** Undefined = its alert is told to nobody. */
  readonly deadMansSwitch: DeadMansSwitchOptions | undefined;
  readonly inhibitRules: readonly InhibitRule[];
  readonly defaultInhibitRules: boolean;
  readonly resolveTimeout: Duration | undefined;
  /** By the name of the file. */
  readonly templates: { readonly [file: string]: string };
  readonly extraConfig: { readonly [key: string]: unknown };
}

/** The configuration file. */
export interface AlertmanagerConfig {
  readonly global?: { readonly resolve_timeout?: string };
  readonly route: object;
  readonly inhibit_rules?: readonly object[];
  readonly receivers: readonly { readonly name: string }[];
  readonly time_intervals?: readonly object[];
  readonly templates: readonly string[];
}

/**
 * The whole tree: what the user gives, and before it the route of the alert that always fires, so that no other route takes
 * it for a failure.
 */
export function routeTree({ labels, route, deadMansSwitch }: AlertmanagerSettings): AlertRootRoute {
  const { receiver, routes = [], ...grouping } = route ?? { receiver: AlertReceiver.nobody(NOBODY) };
  return {
    receiver,
    groupBy: ['alertname', labels.cluster, labels.namespace],
    ...grouping,
    routes: [heartbeatRoute(deadMansSwitch), ...routes],
  };
}

function heartbeatRoute(deadMansSwitch: DeadMansSwitchOptions | undefined): AlertRoute {
  const { alertName = 'Watchdog', interval = Duration.minutes(1), ...target } = deadMansSwitch ?? {};
  const matchers = [AlertMatcher.equal('alertname', alertName)];
  return deadMansSwitch === undefined
    ? { matchers, receiver: AlertReceiver.nobody(NOBODY) }
    : {
        matchers,
        receiver: AlertReceiver._heartbeat(DEAD_MANS_SWITCH, target),
        groupBy: ['alertname'],
        groupWait: Duration.seconds(0),
        groupInterval: interval,
        // A group is looked at when its interval ends, and told again if the repeat interval is over by then: were both equal,
        // it would miss by the time that sending took, and every other heartbeat would fail to come. Much less than the interval
        // would let the other members of a cluster, which look later, send a second one.
        repeatInterval: Duration.millis(Math.ceil((interval.toMilliseconds({ integral: false }) * 5) / 6)),
      };
}

/** All routes of a tree below its root, in their order. */
export const routesBelow = (routes: readonly AlertRoute[] = []): AlertRoute[] =>
  routes.flatMap((route) => [route, ...routesBelow(route.routes)]);

/** All receivers of a tree, the root's first; one that several routes lead to comes several times. */
export const receiversIn = (root: AlertRootRoute): AlertReceiver[] => [
  root.receiver,
  ...routesBelow(root.routes).flatMap(({ receiver }) => (receiver ? [receiver] : [])),
];

/** All time intervals of a tree; one that several routes name comes several times. */
export const timeIntervalsIn = (root: AlertRootRoute): AlertTimeInterval[] =>
  routesBelow(root.routes).flatMap(({ muteTimeIntervals = [], activeTimeIntervals = [] }) => [
    ...muteTimeIntervals,
    ...activeTimeIntervals,
  ]);

/** The first of each name. */
const named = <Item extends { readonly name: string }>(items: readonly Item[]): Item[] =>
  items.filter(({ name }, index) => items.findIndex((item) => item.name === name) === index);

const grouping = ({ groupBy, groupWait, groupInterval, repeatInterval }: AlertGrouping) => ({
  ...(groupBy && { group_by: groupBy }),
  ...(groupWait && { group_wait: goDuration(groupWait) }),
  ...(groupInterval && { group_interval: goDuration(groupInterval) }),
  ...(repeatInterval && { repeat_interval: goDuration(repeatInterval) }),
});

const texts = (matchers: readonly AlertMatcher[]) => matchers.map((matcher) => matcher.toString());
const names = (intervals: readonly AlertTimeInterval[]) => intervals.map(({ name }) => name);

function routeConfig(route: AlertRoute): object {
  const { matchers, receiver, muteTimeIntervals, activeTimeIntervals, routes } = route;
  return {
    ...(receiver && { receiver: receiver.name }),
    matchers: texts(matchers),
    ...grouping(route),
    ...(route.continue && { continue: true }),
    ...(muteTimeIntervals && { mute_time_intervals: names(muteTimeIntervals) }),
    ...(activeTimeIntervals && { active_time_intervals: names(activeTimeIntervals) }),
    ...(routes && { routes: routes.map(routeConfig) }),
  };
}

/**
 * Labels that tell what an alert is about. Two alerts of one name that differ in any of them are two failures, and the worse
 * one must not hide the other.
 */
const identifying = ({ cluster, environment, namespace, pod, container, node, app }: DataLabels) => [
  'alertname',
  cluster,
  environment,
  namespace,
  pod,
  container,
  node,
  app,
  'job',
  'instance',
  'persistentvolumeclaim',
  'device',
  'mountpoint',
  'objective',
];

/**
 * What is kept silent: the milder alert of the same name about the same thing, and what is mild on a node that is gone.
 * Nothing critical is ever silent.
 */
export const defaultInhibitRules = (labels: DataLabels): InhibitRule[] => [
  {
    name: 'critical-over-milder',
    sourceMatchers: [AlertMatcher.equal('severity', 'critical')],
    targetMatchers: [AlertMatcher.oneOf('severity', ['warning', 'info'])],
    equal: identifying(labels),
  },
  {
    name: 'warning-over-info',
    sourceMatchers: [AlertMatcher.equal('severity', 'warning')],
    targetMatchers: [AlertMatcher.equal('severity', 'info')],
    equal: identifying(labels),
  },
  {
    name: 'node-gone',
    sourceMatchers: [AlertMatcher.oneOf('alertname', ['KubeNodeNotReady', 'KubeNodeUnreachable'])],
    targetMatchers: [
      AlertMatcher.oneOf('severity', ['warning', 'info']),
      // One that has no node would share "none" with a node alert that has none either.
      AlertMatcher.notEqual(labels.node, ''),
    ],
    equal: [labels.cluster, labels.node],
  },
];

const inhibitConfig = ({ name, sourceMatchers, targetMatchers, equal }: InhibitRule) => ({
  ...(name !== undefined && { name }),
  source_matchers: texts(sourceMatchers),
  target_matchers: texts(targetMatchers),
  ...(equal && { equal }),
});

/** The configuration file without what a user adds to it. */
export function ownConfig(settings: AlertmanagerSettings): AlertmanagerConfig {
  const { labels, resolveTimeout } = settings;
  const root = routeTree(settings);
  const inhibitRules = [...(settings.defaultInhibitRules ? defaultInhibitRules(labels) : []), ...settings.inhibitRules];
  const timeIntervals = named(timeIntervalsIn(root));
  return {
    ...(resolveTimeout && { global: { resolve_timeout: goDuration(resolveTimeout) } }),
    route: { receiver: root.receiver.name, ...grouping(root), routes: (root.routes ?? []).map(routeConfig) },
    ...(inhibitRules.length > 0 && { inhibit_rules: inhibitRules.map(inhibitConfig) }),
    receivers: named(receiversIn(root).filter(({ _isNamed }) => !_isNamed)).map((receiver) => receiver._config()),
    ...(timeIntervals.length > 0 && { time_intervals: timeIntervals.map((interval) => interval._config()) }),
    templates: [`${CONFIG_PATH}/*.tmpl`],
  };
}

/** The configuration file. */
export const alertmanagerConfig = (settings: AlertmanagerSettings): AlertmanagerConfig =>
  mergeConfig(ownConfig(settings), settings.extraConfig);

/** All files of the configuration, by name: what a ConfigMap or a Secret holds. */
export const alertmanagerFiles = (settings: AlertmanagerSettings): Record<string, string> => ({
  [CONFIG_FILE]: toYaml(alertmanagerConfig(settings)),
  [MESSAGE_TEMPLATES_FILE]: MESSAGE_TEMPLATES,
  ...settings.templates,
});

/** What the arguments are made from. */
export interface AlertmanagerProcess {
  readonly retention: Retention;
  readonly externalUrl: string | undefined;
  /** Whether it asks for passwords itself. */
  readonly asksForLogin: boolean;
  /** The members, `host:port` each; none without a cluster. */
  readonly peers: readonly string[];
  readonly clusterLabel: string;
  /** Whether pods have IPv6 addresses. */
  readonly ipv6: boolean;
}

export const GOSSIP_PORT = 9094;

/** Arguments of the server. */
export function alertmanagerArguments(process: AlertmanagerProcess): string[] {
  const { retention, externalUrl, asksForLogin, peers, clusterLabel, ipv6 } = process;
  return [
    `--config.file=${CONFIG_PATH}/${CONFIG_FILE}`,
    `--storage.path=${DATA_PATH}`,
    '--log.format=json',
    // Go's durations know no days.
    `--data.retention=${retention.toHours()}h`,
    ...(externalUrl === undefined ? [] : [`--web.external-url=${externalUrl}`]),
    ...(asksForLogin ? [`--web.config.file=${WEB_CONFIG_FILE}`] : []),
    ...(peers.length === 0
      ? ['--cluster.listen-address=']
      : [
          `--cluster.listen-address=${ipv6 ? '[::]' : '0.0.0.0'}:${GOSSIP_PORT}`,
          // Found out by itself it must be a private address, which those of pods need not be.
          `--cluster.advertise-address=${ipv6 ? '[$(POD_IP)]' : '$(POD_IP)'}:${GOSSIP_PORT}`,
          // Who inherits the address of a pod that is gone does not become a member.
          `--cluster.label=${clusterLabel}`,
          ...peers.map((peer) => `--cluster.peer=${peer}`),
        ]),
  ];
}
