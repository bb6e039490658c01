import { load } from 'js-yaml';
import { aggregate, call, matches, over, selector } from '../query/expressions';
import { type Check, type CheckOptions, count, failed, type Outcome, ok, skipped, some, warning } from './check';
import { durationSeconds, durationText } from './durations';
import type { LiveStack } from './live-stack';
import { LokiApi, metricIn } from './programs';

const NO_LOKI = skipped('the stack has no Loki');

async function namespaceLabel(stack: LiveStack, options: CheckOptions): Promise<Outcome> {
  const loki = LokiApi.of(stack, options);
  if (!loki) {
    return NO_LOKI;
  }
  const { namespaceLabel: label, expectedNamespaces } = options;
  const values = await loki.labelValues(label);
  if (values.length === 0) {
    return failed(
      `no line in Loki has the label ${label}`,
      'look whether agents ship lines; another name of the label is given by --namespace-label',
    );
  }
  const missing = expectedNamespaces.filter((namespace) => !values.includes(namespace));
  return missing.length === 0
    ? ok(`lines of ${count(values.length, 'namespace')}: ${some(values, ', ')}`)
    : failed(
        `no lines of ${missing.join(', ')}; there are lines of ${some(values, ', ')}`,
        'look whether their pods write lines and whether a log pipeline selects them',
      );
}

async function linesArrive(stack: LiveStack, options: CheckOptions): Promise<Outcome> {
  const loki = LokiApi.of(stack, options);
  if (!loki) {
    return NO_LOKI;
  }
  const lines = await loki.number(
    aggregate('sum', [], call('count_over_time', over(selector('', [matches(options.namespaceLabel, '.+')]), '5m'))),
  );
  return lines === undefined
    ? failed('no line of the last 5m is in Loki', 'look whether agents ship lines and what the logs of Loki say')
    : ok(`${count(lines, 'line')} of the last 5m`);
}

/** The part of Loki's configuration that is looked at; the rest are thousands of lines. */
interface LokiConfiguration {
  readonly compactor?: { readonly retention_enabled?: boolean; readonly compaction_interval?: string };
  readonly limits_config?: { readonly retention_period?: string };
  readonly schema_config?: { readonly configs?: readonly { readonly object_store?: string }[] };
}

/** Loki applies retention with each compaction; three of them may go by before something is wrong. */
const MISSED_ROUNDS = 3;

async function retention(stack: LiveStack, options: CheckOptions): Promise<Outcome> {
  const loki = LokiApi.of(stack, options);
  if (!loki) {
    return NO_LOKI;
  }
  const { compactor = {}, limits_config = {}, schema_config = {} } = load(await loki.text('/config')) as LokiConfiguration;
  const period = durationSeconds(limits_config.retention_period ?? '0s');
  if (!compactor.retention_enabled || period === 0) {
    return schema_config.configs?.at(-1)?.object_store === 'filesystem'
      ? warning('Loki keeps lines forever, on its volume', 'give loki.retention, or watch the volume')
      : ok('Loki keeps lines forever, as nothing else is asked for');
  }
  const detail = `Loki deletes lines after ${durationText(period)}`;
  const metrics = await loki.text('/metrics');
  const latest = metricIn(metrics, 'loki_compactor_apply_retention_last_successful_run_timestamp_seconds') ?? 0;
  const patience = MISSED_ROUNDS * durationSeconds(compactor.compaction_interval ?? '10m');
  const now = Date.now() / 1000;
  const running = now - (metricIn(metrics, 'process_start_time_seconds') ?? now);
  if (latest === 0 && running <= patience) {
    return ok(`${detail}; it started ${durationText(running)} ago and has not looked yet`);
  }
  return latest === 0 || now - latest > patience
    ? failed(
        `${detail}, but ${latest === 0 ? 'has never looked' : `looked ${durationText(now - latest)} ago last`}`,
        'look for "retention" and "compactor" in the logs of Loki',
      )
    : ok(`${detail}; it looked ${durationText(now - latest)} ago`);
}

/** Checks of logs. */
export const LOG_CHECKS: readonly Check[] = [
  { id: 'namespace-label', title: 'Loki has lines by namespace', look: namespaceLabel },
  { id: 'log-lines', title: 'Lines arrive in Loki', look: linesArrive },
  { id: 'log-retention', title: 'Retention of logs is active', look: retention },
];
