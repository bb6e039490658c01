import type { Duration, Size } from 'cdk8s';
import { credentialProblems, keyProblems, kindProblems } from '../kubernetes/extra-config';
import { volumeProblems } from '../kubernetes/volumes';
import type { AlertLabels } from '../rules/alert-labels';
import type { Cluster } from '../settings/cluster';
import { misspelt, nearest } from '../settings/nearest';
import type { Retention } from '../settings/retention';
import type { AlertMatcher } from './alert-matcher';
import type { AlertReceiver } from './alert-receiver';
import type { AlertTimeInterval } from './alert-time-interval';
import {
  type AlertmanagerSettings,
  ownConfig,
  receiversIn,
  routesBelow,
  routeTree,
  timeIntervalsIn,
} from './alertmanager-config';
import { CONFIG_KEYS, CREDENTIALS, CREDENTIALS_OF_KIND, GLOBAL_KEYS } from './config-keys';
import { MESSAGE_TEMPLATES_FILE } from './message-templates';
import {
  durationProblems,
  groupingProblems,
  inhibitProblems,
  type PlacedRoute,
  placedRoutes,
  routeProblems,
} from './route-checks';

/** What is checked: the properties and what became of them. */
export interface CheckedAlertmanager {
  readonly settings: AlertmanagerSettings;
  readonly cluster: Cluster;
  readonly replicas: number;
  readonly retention: Retention;
  readonly volume: Size | undefined;
  readonly externalUrl: string | undefined;
  readonly ingressPath: string | undefined;
}

const quoted = (value: unknown) => JSON.stringify(value);

const entriesOf = (value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : [];

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const nameOf = (value: unknown) => entriesOf(value).find(([key]) => key === 'name')?.[1];

/** The routes that the user gives; the one of the dead man's switch stands before them. */
function userRoutes(settings: AlertmanagerSettings): PlacedRoute[] {
  const { route } = settings;
  const [heartbeat] = routeTree(settings).routes ?? [];
  return placedRoutes('route', route?.routes ?? [], {
    groupInterval: route?.groupInterval,
    repeatInterval: route?.repeatInterval,
    before: [{ property: 'the route of `deadMansSwitch`', matchers: heartbeat.matchers }],
  });
}

/** What is wrong with an Alertmanager. */
export function alertmanagerProblems(checked: CheckedAlertmanager): string[] {
  const { settings, replicas } = checked;
  const root = routeTree(settings);
  return [
    ...(Number.isInteger(replicas) && replicas >= 1
      ? []
      : [`replicas is ${replicas}; allowed are whole numbers from 1: correct it`]),
    ...volumeProblems(checked.cluster, 'volume', checked.volume),
    ...retentionProblems(checked.retention),
    ...urlProblems(checked),
    ...durationProblems('resolveTimeout', settings.resolveTimeout, 1000),
    ...durationProblems('deadMansSwitch.interval', settings.deadMansSwitch?.interval, 15_000),
    ...(settings.route ? groupingProblems('route', settings.route) : []),
    ...routeProblems(userRoutes(settings)),
    ...repeatProblems(checked),
    ...receiverProblems(settings, receiversIn(root)),
    ...timeIntervalProblems(timeIntervalsIn(root)),
    ...inhibitProblems(settings.inhibitRules),
    ...templateProblems(settings.templates),
    ...extraConfigProblems(settings),
  ];
}

function retentionProblems(retention: Retention): string[] {
  const hours = retention.toHours();
  return Number.isInteger(hours) && hours >= 1
    ? []
    : [`retention is ${retention.isForever ? 'forever' : retention}; allowed are whole hours from 1: correct it`];
}

function urlProblems({ externalUrl, ingressPath }: CheckedAlertmanager): string[] {
  return [
    ...(externalUrl === undefined || /^https?:\/\/[a-z0-9.-]+(:\d+)?\/?$/i.test(externalUrl)
      ? []
      : [
          `externalUrl is ${quoted(externalUrl)}; allowed is "http[s]://host[:port]": a path would move the API and the probes too`,
        ]),
    ...(ingressPath === undefined || ingressPath === '/'
      ? []
      : [
          `ingress.path is ${quoted(ingressPath)}; allowed is "/", because a path would move the API and the probes too: give Alertmanager a host of its own`,
        ]),
  ];
}

/** Alertmanager's own, where no route says otherwise. */
const GROUP_INTERVAL_MILLISECONDS = 5 * 60_000;
const REPEAT_INTERVAL_MILLISECONDS = 4 * 3_600_000;

const lengthOr = (duration: Duration | undefined, otherwise: number) =>
  duration?.toMilliseconds({ integral: false }) ?? otherwise;

/** The intervals of the root and of each route that the user gives. */
const timings = (settings: AlertmanagerSettings) =>
  [{ property: 'route', ...settings.route }, ...userRoutes(settings)].map(({ property, groupInterval, repeatInterval }) => ({
    property,
    group: lengthOr(groupInterval, GROUP_INTERVAL_MILLISECONDS),
    repeat: lengthOr(repeatInterval, REPEAT_INTERVAL_MILLISECONDS),
  }));

/** What has been forgotten when it is to be repeated counts as new. */
function repeatProblems({ settings, retention }: CheckedAlertmanager): string[] {
  const kept = retention.toHours() * 3_600_000;
  return timings(settings)
    .filter(({ repeat }) => repeat > kept)
    .map(
      ({ property, repeat }) =>
        `${property}.repeatInterval is ${repeat / 3_600_000}h; allowed is at most \`retention\`, ${retention}, because what was sent is forgotten then: lengthen the retention`,
    );
}

/** Routes whose repetition is decided by the interval of their groups. */
export function repeatWarnings(settings: AlertmanagerSettings): string[] {
  return timings(settings)
    .filter(({ group, repeat }) => repeat <= group)
    .map(
      ({ property, group, repeat }) =>
        `${property}.repeatInterval is ${repeat / 1000} s and groupInterval ${group / 1000} s: groups are looked at when ${group / 1000} s end, so ` +
        `${repeat === group ? 'sending, which takes time, makes every other repetition fail to come' : 'they repeat no sooner than that'}`,
    );
}

function receiverProblems(settings: AlertmanagerSettings, receivers: readonly AlertReceiver[]): string[] {
  const described = listOf(settings.extraConfig.receivers).map(nameOf);
  const unlike = (receiver: AlertReceiver, index: number) =>
    receivers.findIndex(({ name }) => name === receiver.name) < index &&
    receivers.some((other) => other.name === receiver.name && quoted(other._config()) !== quoted(receiver._config()));
  const own = receivers.filter(({ _isNamed }) => !_isNamed);
  return [
    ...[...new Set(receivers)].flatMap((receiver) => receiver._problems()),
    ...[...new Set(receivers.filter(unlike).map(({ name }) => name))].map(
      (name) => `receiver ${quoted(name)} is described in two ways; allowed is one description of a name: rename one`,
    ),
    ...[...new Set(own.map(({ name }) => name))]
      .filter((name) => described.includes(name))
      .map(
        (name) =>
          `extraConfig.receivers has ${quoted(name)}; allowed are names that no typed receiver has: rename it, or use AlertReceiver.named`,
      ),
    ...receivers
      .filter(({ _isNamed, name }) => _isNamed && !described.includes(name))
      .map(
        ({ name }) =>
          `receiver ${quoted(name)} is missing; allowed are those of extraConfig.receivers, ${described.map(quoted).join(', ') || 'which has none'}: describe it there`,
      ),
    ...receivers.flatMap(({ name, _extraConfigs }) =>
      _extraConfigs.flatMap(({ kind, extraConfig }) => credentialsOf(`receiver ${quoted(name)}: extraConfig`, kind, extraConfig)),
    ),
  ];
}

const credentialsOf = (property: string, kind: string, config: unknown) => [
  ...credentialProblems(property, config, CREDENTIALS),
  ...(Object.hasOwn(CREDENTIALS_OF_KIND, kind) ? credentialProblems(property, config, CREDENTIALS_OF_KIND[kind]) : []),
];

function timeIntervalProblems(intervals: readonly AlertTimeInterval[]): string[] {
  const names = intervals.map(({ name }) => name);
  return [
    ...[...new Set(intervals)].flatMap((interval) => interval._problems()),
    ...[
      ...new Set(
        intervals
          .filter(({ name }, index) => {
            const first = intervals[names.indexOf(name)];
            return quoted(first._config()) !== quoted(intervals[index]._config());
          })
          .map(({ name }) => name),
      ),
    ].map((name) => `time interval ${quoted(name)} is described in two ways; allowed is one description of a name: rename one`),
  ];
}

const templateProblems = (templates: { readonly [file: string]: string }) =>
  Object.keys(templates)
    .filter((name) => !/^[A-Za-z0-9_][A-Za-z0-9_.-]*\.tmpl$/.test(name) || name === MESSAGE_TEMPLATES_FILE)
    .map(
      (name) =>
        `templates has the file ${quoted(name)}; allowed are letters, digits, "_", "-" and ".", ending in ".tmpl", but not ${MESSAGE_TEMPLATES_FILE}: rename it`,
    );

function extraConfigProblems(settings: AlertmanagerSettings): string[] {
  const { extraConfig } = settings;
  const { global, receivers, ...others } = extraConfig;
  return [
    ...keyProblems('extraConfig', extraConfig, CONFIG_KEYS),
    ...(typeof global === 'object' && global !== null ? keyProblems('extraConfig.global', global, GLOBAL_KEYS) : []),
    ...kindProblems('extraConfig', ownConfig(settings), extraConfig),
    ...credentialProblems('extraConfig', { global, ...others }, CREDENTIALS),
    ...listOf(receivers).flatMap((receiver, index) =>
      entriesOf(receiver).flatMap(([kind, configs]) => credentialsOf(`extraConfig.receivers.${index}.${kind}`, kind, configs)),
    ),
  ];
}

/** Receivers of `extraConfig` to which no route leads. */
export function unusedReceivers(settings: AlertmanagerSettings): string[] {
  const used = new Set(receiversIn(routeTree(settings)).map(({ name }) => name));
  const routes = JSON.stringify(settings.extraConfig.route ?? {});
  return listOf(settings.extraConfig.receivers)
    .map(nameOf)
    .filter((name) => typeof name === 'string')
    .filter((name) => !used.has(name) && !routes.includes(`"receiver":${JSON.stringify(name)}`))
    .map(
      (name) =>
        `no route leads to the receiver ${quoted(name)} of extraConfig; lead one there with AlertReceiver.named, or remove it`,
    );
}

/** Labels that conditions, groups and inhibition name. */
export function namedLabels({ route, inhibitRules }: AlertmanagerSettings): string[] {
  const inMatchers = (matchers: readonly AlertMatcher[]) => matchers.map(({ label }) => label);
  const named = [
    ...(route?.groupBy ?? []),
    ...routesBelow(route?.routes).flatMap(({ matchers, groupBy = [] }) => [...inMatchers(matchers), ...groupBy]),
    ...inhibitRules.flatMap(({ sourceMatchers, targetMatchers, equal = [] }) => [
      ...inMatchers([...sourceMatchers, ...targetMatchers]),
      ...equal,
    ]),
  ];
  return [...new Set(named)].filter((label) => label !== '...' && label !== 'alertname');
}

/** Those of them that no alert has. Where alerts may have others than are known, only those that look like a slip of the pen. */
export function unknownLabels(named: readonly string[], { names, complete }: AlertLabels): string[] {
  return named
    .filter((label) => !names.includes(label))
    .map((label) => ({ label, meant: complete ? nearest(label, names) : misspelt(label, names) }))
    .filter(({ meant }) => complete || meant !== undefined)
    .map(
      ({ label, meant }) =>
        `no known alert has the label ${quoted(label)}, which routes or inhibition name; known are ${[...names].sort().join(', ')}: did you mean ${quoted(meant)}?`,
    );
}
