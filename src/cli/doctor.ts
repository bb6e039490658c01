import type { Check, CheckOptions, Outcome, Status } from './check';
import { GRAFANA_CHECKS } from './grafana-checks';
import { type ClusterAccess, Kubectl, type KubectlOptions } from './kubectl';
import { LiveStack, type StackSelection } from './live-stack';
import { LOG_CHECKS } from './log-checks';
import { METRIC_CHECKS } from './metric-checks';
import { WORKLOAD_CHECKS } from './workload-checks';

/** In the order in which one thing needs another. */
export const CHECKS: readonly Check[] = [...WORKLOAD_CHECKS, ...METRIC_CHECKS, ...LOG_CHECKS, ...GRAFANA_CHECKS];

/** What a check found, by its name. */
export interface Finding extends Outcome {
  readonly id: string;
  readonly title: string;
}

/** All that was found about a stack. */
export interface Report {
  readonly stack: string;
  /** Whether nothing failed. */
  readonly healthy: boolean;
  readonly checks: readonly Finding[];
}

/** All that the doctor is told. */
export interface DoctorOptions extends StackSelection, CheckOptions {
  readonly kubectl: KubectlOptions;
}

/** Looks at a stack in a cluster. Throws if the stack cannot be found. */
export async function examine(options: DoctorOptions): Promise<Report> {
  const kubectl = await Kubectl.start(options.kubectl);
  try {
    return await examineThrough(kubectl, options);
  } finally {
    kubectl.stop();
  }
}

/** Looks at a stack in a cluster that can be asked. */
export async function examineThrough(kubectl: ClusterAccess, options: StackSelection & CheckOptions): Promise<Report> {
  const stack = await LiveStack.find(kubectl, options);
  const findings = CHECKS.map(async ({ id, title, look }): Promise<Finding> => {
    const outcome = await look(stack, options).catch(
      (error: unknown): Outcome => ({ status: 'failed', detail: error instanceof Error ? error.message : String(error) }),
    );
    return { id, title, ...outcome };
  });
  const checks = await Promise.all(findings);
  return { stack: stack.name, healthy: checks.every(({ status }) => status !== 'failed'), checks };
}

const WORDS: { readonly [status in Status]: string } = {
  ok: 'ok',
  warning: 'WARNING',
  failed: 'FAILED',
  skipped: 'skipped',
};

/** The report as a table for people. */
export function reportTable({ stack, healthy, checks }: Report): string {
  const rows = checks.map(({ title, status, detail }) => [title, WORDS[status], detail]);
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map(([title, status, detail]) => `${title.padEnd(widths[0])}  ${status.padEnd(widths[1])}  ${detail}`);
  const remedies = checks.flatMap(({ title, remedy }) => (remedy === undefined ? [] : [`${title}: ${remedy}`]));
  const number = checks.filter(({ status }) => status === 'failed').length;
  return [
    `Stack ${stack}`,
    '',
    ...lines,
    ...(remedies.length === 0 ? [] : ['', 'What to do', ...remedies.map((remedy) => `- ${remedy}`)]),
    '',
    healthy ? 'Nothing failed.' : `${number} of ${checks.length} checks failed.`,
    '',
  ].join('\n');
}
