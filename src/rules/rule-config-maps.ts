import type { Component } from '../kubernetes/component';
import { CONFIG_MAP_LIMIT, type ConfigFiles, configFiles } from '../kubernetes/config-files';
import type { Alerts } from './alerts';
import type { Objective } from './objective';
import type { ObjectiveSettings } from './objective-settings';
import type { RuleGroup } from './rule';
import type { RuleSettings } from './rule-context';
import { type GroupConfig, groupConfig, ruleFiles } from './rule-file';

/**
 * Puts a user's groups into portions that fit into an object each, as they come.
 * @param begin is told of each new portion, to which more groups may come until synth
 */
export function portions(begin: (groups: readonly GroupConfig[], index: number) => void): (group: RuleGroup) => void {
  let current: GroupConfig[] = [];
  let room = 0;
  let count = 0;
  return (group) => {
    const config = groupConfig(group);
    const size = Object.entries(ruleFiles([config])).reduce((sum, entry) => sum + Buffer.byteLength(entry.join('')), 0);
    if (count === 0 || size > room) {
      current = [];
      room = CONFIG_MAP_LIMIT;
      begin(current, count++);
    }
    current.push(config);
    room -= size;
  };
}

/** Objectives in an object; each has some 8 kB of rules. */
const OBJECTIVES_IN_PORTION = 20;

/**
 * Gathers a user's objectives: those that are given and those that are added, now or later. They are sources of boards, too.
 * @param begin is told of each new portion that fits into an object, to which more may come until synth
 */
export function gatherObjectives(
  component: Component,
  alerts: Alerts,
  given: readonly Objective[],
  begin: (portion: readonly ObjectiveSettings[], index: number) => void,
): readonly ObjectiveSettings[] {
  const all: ObjectiveSettings[] = [];
  let portion: ObjectiveSettings[] = [];
  const take = ({ _settings: settings }: Objective) => {
    if (all.length % OBJECTIVES_IN_PORTION === 0) {
      portion = [];
      begin(portion, all.length / OBJECTIVES_IN_PORTION);
      component._context._plan.addSources('objectives');
    }
    portion.push(settings);
    all.push(settings);
  };
  given.forEach(take);
  alerts._onObjective(take);
  return all;
}

/**
 * Emits ConfigMaps with rule files: one with the library's, and as many as it takes for objectives and for groups that are added,
 * now or later. The list that comes back grows.
 */
export function ruleConfigMaps(
  component: Component,
  alerts: Alerts,
  given: readonly Objective[],
  settings: () => RuleSettings,
): readonly ConfigFiles[] {
  const maps: ConfigFiles[] = [];
  const numbered = (name: string, index: number) => (index === 0 ? name : `${name}-${index + 1}`);
  if (alerts._library) {
    maps.push(configFiles(component, 'rules', () => ruleFiles(alerts._libraryGroups(settings()))));
  }
  const objectives = gatherObjectives(component, alerts, given, (portion, index) => {
    const groups = () => alerts._objectiveGroups(settings(), portion, index === 0);
    maps.push(configFiles(component, numbered('objectives', index), () => ruleFiles(groups())));
  });
  alerts._onGroup(
    portions((groups, index) => {
      maps.push(configFiles(component, numbered('added-rules', index), () => ruleFiles(groups)));
    }),
  );
  component._check(() => alerts._problems({ ...settings(), objectives }));
  return maps;
}
