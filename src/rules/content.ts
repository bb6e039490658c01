import { Duration } from 'cdk8s';
import { DataLabels } from '../settings/data-labels';
import type { GroupDefinition, Rules } from './definition';
import { GENERAL_RULES } from './general-rules';
import { LOKI_CANARY_RULES } from './loki-canary-rules';
import { LOKI_RULER_RULES } from './loki-ruler-rules';
import { LOKI_RULES } from './loki-rules';
import { LOKI_STORAGE_RULES } from './loki-storage-rules';
import { PROMETHEUS_RULES } from './prometheus-rules';
import { RuleContext, type RuleSettings, SOURCES, type Source } from './rule-context';
import { THANOS_COMPACTOR_RULES } from './thanos-compactor-rules';
import { THANOS_QUERY_FRONTEND_RULES } from './thanos-query-frontend-rules';
import { THANOS_QUERY_RULES } from './thanos-query-rules';
import { THANOS_SIDECAR_RULES } from './thanos-sidecar-rules';
import { THANOS_STORE_RULES } from './thanos-store-rules';

/** All rules of the library, in the order of their files. */
export const CONTENT: readonly Rules[] = [
  GENERAL_RULES,
  PROMETHEUS_RULES,
  THANOS_QUERY_RULES,
  THANOS_QUERY_FRONTEND_RULES,
  THANOS_SIDECAR_RULES,
  THANOS_STORE_RULES,
  THANOS_COMPACTOR_RULES,
  LOKI_RULES,
  LOKI_STORAGE_RULES,
  LOKI_RULER_RULES,
  LOKI_CANARY_RULES,
];

/** The groups for what is there. */
export function ownGroups(settings: RuleSettings): GroupDefinition[] {
  const context = new RuleContext(settings);
  return CONTENT.filter(({ needs }) => needs.every((source) => context.has(source))).flatMap(({ groups }) => [
    ...groups(context),
  ]);
}

/** Settings of a stack where everything runs. */
export function everythingRuns(settings: Partial<RuleSettings> = {}): RuleSettings {
  return {
    labels: new DataLabels(),
    scrapeInterval: Duration.seconds(30),
    jobs: new Map<Source, string[]>(SOURCES.map((source) => [source, [source]])),
    sendsAlerts: true,
    ...settings,
  };
}
