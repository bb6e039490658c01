import type { AlertMatcher } from '../alertmanager/alert-matcher';
import type { AlertGrouping, AlertRootRoute, AlertRoute } from '../alertmanager/alert-route';
import type { AlertTimeInterval } from '../alertmanager/alert-time-interval';
import { AsWritten, type ProvisioningValue } from '../grafana/provisioning-yaml';
import { goDuration } from '../kubernetes/text';

const grouping = ({ groupBy, groupWait, groupInterval, repeatInterval }: AlertGrouping) => ({
  ...(groupBy && { group_by: groupBy }),
  ...(groupWait && { group_wait: goDuration(groupWait) }),
  ...(groupInterval && { group_interval: goDuration(groupInterval) }),
  ...(repeatInterval && { repeat_interval: goDuration(repeatInterval) }),
});

/** Grafana's own form, which allows any text. */
const conditions = (matchers: readonly AlertMatcher[]) => matchers.map(({ label, operator, value }) => [label, operator, value]);

const names = (intervals: readonly AlertTimeInterval[]) => intervals.map(({ name }) => name);

function policy(route: AlertRoute): { readonly [key: string]: ProvisioningValue } {
  const { matchers, receiver, muteTimeIntervals, activeTimeIntervals, routes } = route;
  return {
    ...(receiver && { receiver: receiver.name }),
    object_matchers: conditions(matchers),
    ...grouping(route),
    ...(route.continue && { continue: true }),
    ...(muteTimeIntervals && { mute_time_intervals: names(muteTimeIntervals) }),
    ...(activeTimeIntervals && { active_time_intervals: names(activeTimeIntervals) }),
    ...(routes && { routes: routes.map(policy) }),
  };
}

/** The tree of routes as Grafana has it. */
export const notificationPolicy = (root: AlertRootRoute): { readonly [key: string]: ProvisioningValue } => ({
  orgId: 1,
  receiver: root.receiver.name,
  ...grouping(root),
  ...(root.routes && { routes: root.routes.map(policy) }),
});

/** Times of silence, whose texts Grafana does not expand. */
export const muteTiming = (interval: AlertTimeInterval): ProvisioningValue => {
  const { name, time_intervals: intervals } = interval._config();
  return { orgId: 1, name: new AsWritten(name), time_intervals: intervals };
};
