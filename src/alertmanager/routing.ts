import type { AlertMatcher } from './alert-matcher';
import type { AlertRootRoute, AlertRoute } from './alert-route';

/** Labels of an alert. */
export interface AlertLabels {
  readonly [label: string]: string;
}

const matchesAll = (matchers: readonly AlertMatcher[], labels: AlertLabels): boolean =>
  matchers.every((matcher) => {
    const accepted = matcher._accepts(Object.hasOwn(labels, matcher.label) ? labels[matcher.label] : '');
    if (accepted === undefined) {
      throw new Error(`${matcher} is ${JSON.stringify(matcher.value)}; allowed is what JavaScript reads as RE2 does: ask amtool`);
    }
    return accepted;
  });

function receiversBelow(routes: readonly AlertRoute[], inherited: string, labels: AlertLabels): string[] {
  const receivers: string[] = [];
  for (const route of routes) {
    if (!matchesAll(route.matchers, labels)) {
      continue;
    }
    const own = route.receiver?.name ?? inherited;
    const below = receiversBelow(route.routes ?? [], own, labels);
    receivers.push(...(below.length > 0 ? below : [own]));
    if (!route.continue) {
      break;
    }
  }
  return receivers;
}

/** Names of the receivers that an alert goes to, in the order of the tree; what `amtool config routes test` answers. */
export function receiversOf(root: AlertRootRoute, labels: AlertLabels): string[] {
  const below = receiversBelow(root.routes ?? [], root.receiver.name, labels);
  return below.length > 0 ? below : [root.receiver.name];
}
