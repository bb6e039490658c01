import { join } from 'node:path';
import { AlertMatcher } from '../../src/alertmanager/alert-matcher';
import { Alertmanager, type AlertmanagerProps } from '../../src/alertmanager/alertmanager';
import type { AlertLabels } from '../../src/alertmanager/routing';
import type { MonitoringContextProps } from '../../src/settings/monitoring-context';
import { manifestOf, synthesize } from '../support/constructs';
import { type ContainerRoot, containerRoot, type Outcome, PROGRAMS, run, runInRoot } from './container-root';
import { addTimeZones } from './questions';

/** Texts that a configuration must carry unchanged. */
export const HOSTILE = [
  'say "hello"',
  "it's",
  'back\\slash and \\n',
  'line\nbreak\ttab\r',
  '{{ .NotATemplate',
  'a, b} , {c="d"',
  ' spaces around ',
  '# no comment: ["x"]',
  '&anchor *alias !tag | > %',
  '2026:59:59',
  'yes',
  '한국어 😀',
  '$HOME ${HOME} $(HOME)',
  '.*',
];

const CONFIG_FILE = '/etc/alertmanager/config/alertmanager.yaml';

/** The file system of an Alertmanager's container, with a program in it. */
export function alertmanagerRoot(
  folder: string,
  name: string,
  props: AlertmanagerProps,
  program: string,
  certificate: string,
  context?: MonitoringContextProps,
): ContainerRoot {
  const manifests = synthesize((chart) => new Alertmanager(chart, 'alertmanager', props), context);
  const workload = manifestOf(manifests, 'StatefulSet');
  const [container] = workload.spec.template.spec.containers;
  return containerRoot(join(folder, name), manifests, workload, container, program, certificate);
}

/** What amtool says about the configuration of a root that was made with it. */
export function checkConfig(root: ContainerRoot): Promise<Outcome> {
  addTimeZones(root);
  return runInRoot(root, [`${PROGRAMS}/amtool`, 'check-config', CONFIG_FILE]);
}

/** Names of the receivers to which amtool routes an alert, in its order. */
async function receiversOf(labels: AlertLabels, ask: (words: string[]) => Promise<Outcome>): Promise<string[]> {
  const words = Object.entries(labels).map(([label, value]) => AlertMatcher.equal(label, value).toString());
  const { code, output } = await ask(['--', ...words]);
  if (code !== 0) {
    throw new Error(output);
  }
  return output.trim().split(',');
}

/** For each alert its labels and who is told; a few are asked at a time. */
async function askAll(alerts: readonly AlertLabels[], ask: (words: string[]) => Promise<Outcome>): Promise<RoutedAlert[]> {
  const answers: RoutedAlert[] = [];
  const atOnce = 4;
  for (let at = 0; at < alerts.length; at += atOnce) {
    const some = alerts.slice(at, at + atOnce);
    answers.push(...(await Promise.all(some.map(async (labels) => ({ labels, receivers: await receiversOf(labels, ask) })))));
  }
  return answers;
}

/** Who is told of an alert. */
export interface RoutedAlert {
  readonly labels: AlertLabels;
  readonly receivers: string[];
}

const routesTest = (file: string) => ['config', 'routes', 'test', `--config.file=${file}`];

/** Asks amtool, which sees what its container would see. */
export const askRoutes = (root: ContainerRoot, alerts: readonly AlertLabels[]): Promise<RoutedAlert[]> =>
  askAll(alerts, (words) => runInRoot(root, [`${PROGRAMS}/amtool`, ...routesTest(CONFIG_FILE), ...words]));

/** Asks amtool about a file, which takes half the time: routes need nothing beside it. */
export const askRoutesOf = (amtool: string, file: string, alerts: readonly AlertLabels[]): Promise<RoutedAlert[]> =>
  askAll(alerts, (words) => run(amtool, [...routesTest(file), ...words], {}));
