import { join } from 'node:path';
import { AlertMatcher } from '../../src/alertmanager/alert-matcher';
import { Alertmanager, type AlertmanagerProps } from '../../src/alertmanager/alertmanager';
import type { AlertLabels } from '../../src/alertmanager/routing';
import type { MonitoringContextProps } from '../../src/settings/monitoring-context';
import { manifestOf, synthesize } from '../support/constructs';
import { type ContainerRoot, containerRoot, type Outcome, PROGRAMS, runInRoot } from './container-root';
import { addTimeZones } from './questions';

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
export async function askRoute(root: ContainerRoot, labels: AlertLabels): Promise<string[]> {
  const words = Object.entries(labels).map(([label, value]) => AlertMatcher.equal(label, value).toString());
  const test = ['config', 'routes', 'test', `--config.file=${CONFIG_FILE}`, '--', ...words];
  const { code, output } = await runInRoot(root, [`${PROGRAMS}/amtool`, ...test]);
  if (code !== 0) {
    throw new Error(output);
  }
  return output.trim().split(',');
}

/**
 * The same for many alerts, a few at a time: for each its labels and who is told. Give it the labels of every alert that is
 * shipped.
 */
export async function askRoutes(
  root: ContainerRoot,
  alerts: readonly AlertLabels[],
): Promise<{ readonly labels: AlertLabels; readonly receivers: string[] }[]> {
  const answers: { readonly labels: AlertLabels; readonly receivers: string[] }[] = [];
  const atOnce = 4;
  for (let at = 0; at < alerts.length; at += atOnce) {
    const some = alerts.slice(at, at + atOnce);
    answers.push(...(await Promise.all(some.map(async (labels) => ({ labels, receivers: await askRoute(root, labels) })))));
  }
  return answers;
}
