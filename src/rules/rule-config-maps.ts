import type { Component } from '../kubernetes/component';
import { CONFIG_MAP_LIMIT, type ConfigFiles, configFiles } from '../kubernetes/config-files';
import type { Alerts } from './alerts';
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

/**
 * Emits ConfigMaps with rule files: one with the library's, and as many as it takes for those that are added, now or later. The
 * list that comes back grows.
 */
export function ruleConfigMaps(component: Component, alerts: Alerts, settings: () => RuleSettings): readonly ConfigFiles[] {
  const maps: ConfigFiles[] = [];
  if (alerts._library) {
    maps.push(configFiles(component, 'rules', () => ruleFiles(alerts._libraryGroups(settings()))));
  }
  alerts._onGroup(
    portions((groups, index) => {
      maps.push(configFiles(component, index === 0 ? 'added-rules' : `added-rules-${index + 1}`, () => ruleFiles(groups)));
    }),
  );
  component._check(() => alerts._problems(settings()));
  return maps;
}
