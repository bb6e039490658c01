import type { Rules } from '../../src/rules/definition';
import { GENERAL_RULES } from '../../src/rules/general-rules';
import { LOKI_CANARY_RULES } from '../../src/rules/loki-canary-rules';
import { LOKI_RULER_RULES } from '../../src/rules/loki-ruler-rules';
import { LOKI_RULES } from '../../src/rules/loki-rules';
import { LOKI_STORAGE_RULES } from '../../src/rules/loki-storage-rules';
import { PROMETHEUS_RULES } from '../../src/rules/prometheus-rules';
import { THANOS_COMPACTOR_RULES } from '../../src/rules/thanos-compactor-rules';
import { THANOS_QUERY_FRONTEND_RULES } from '../../src/rules/thanos-query-frontend-rules';
import { THANOS_QUERY_RULES } from '../../src/rules/thanos-query-rules';
import { THANOS_SIDECAR_RULES } from '../../src/rules/thanos-sidecar-rules';
import { THANOS_STORE_RULES } from '../../src/rules/thanos-store-rules';
import type { Cases } from './cases';
import { GENERAL_CASES } from './general-cases';
import { LOKI_CANARY_CASES } from './loki-canary-cases';
import { LOKI_CASES } from './loki-cases';
import { LOKI_RULER_CASES } from './loki-ruler-cases';
import { LOKI_STORAGE_CASES } from './loki-storage-cases';
import { PROMETHEUS_CASES } from './prometheus-cases';
import { THANOS_COMPACTOR_CASES } from './thanos-compactor-cases';
import { THANOS_QUERY_CASES } from './thanos-query-cases';
import { THANOS_QUERY_FRONTEND_CASES } from './thanos-query-frontend-cases';
import { THANOS_SIDECAR_CASES } from './thanos-sidecar-cases';
import { THANOS_STORE_CASES } from './thanos-store-cases';

/** The rules of each file with the cases beside them. */
export const ALL_CASES: readonly { readonly rules: Rules; readonly cases: Cases }[] = [
  { rules: GENERAL_RULES, cases: GENERAL_CASES },
  { rules: PROMETHEUS_RULES, cases: PROMETHEUS_CASES },
  { rules: THANOS_QUERY_RULES, cases: THANOS_QUERY_CASES },
  { rules: THANOS_QUERY_FRONTEND_RULES, cases: THANOS_QUERY_FRONTEND_CASES },
  { rules: THANOS_SIDECAR_RULES, cases: THANOS_SIDECAR_CASES },
  { rules: THANOS_STORE_RULES, cases: THANOS_STORE_CASES },
  { rules: THANOS_COMPACTOR_RULES, cases: THANOS_COMPACTOR_CASES },
  { rules: LOKI_RULES, cases: LOKI_CASES },
  { rules: LOKI_STORAGE_RULES, cases: LOKI_STORAGE_CASES },
  { rules: LOKI_RULER_RULES, cases: LOKI_RULER_CASES },
  { rules: LOKI_CANARY_RULES, cases: LOKI_CANARY_CASES },
];
