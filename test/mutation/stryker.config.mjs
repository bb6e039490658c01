// Mutants of what decides the content of manifests and configuration files; docs/mutation.md says what came of them.

/** Files whose functions only turn settings into configuration. Constructs are held by their snapshots. */
const PURE = [
  'src/*/*-config.ts',
  'src/*/*-arguments.ts',
  'src/alloy/{alloy-syntax,log-pipeline-stages}.ts',
  'src/grafana/{grafana-ini,provisioning-yaml}.ts',
  'src/kubernetes/{container,identity,network-policy,pod-discovery,storage-access,text,volumes}.ts',
  'src/loki/nginx-*.ts',
  'src/prometheus/{kubernetes-metrics,relabel}.ts',
];

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  mutate: PURE,
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'test/mutation/vitest.config.mts', related: true },
  coverageAnalysis: 'perTest',
  concurrency: 2,
  // Values of modules, such as ports and units, are what this is about, although each needs the tests of its whole file.
  ignoreStatic: false,
  tempDirName: '.stryker-tmp',
  // What the tests do not read is not copied.
  ignorePatterns: ['/.cache', '/.ci', '/.jsii', '/coverage', '/dist', '/docs', '/lib', '/reports', '/test/conformance'],
  reporters: ['clear-text', 'json', 'progress-append-only'],
  clearTextReporter: { logTests: false, reportTests: false, reportMutants: false, allowColor: false },
  jsonReporter: { fileName: 'reports/mutation/mutation.json' },
  // Where it ends in an error is decided by scripts/mutation-report.ts, after it has written the table.
  thresholds: { high: 90, low: 80, break: null },
};
