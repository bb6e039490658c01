import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { alias: { 'cdk8s-monitoring-stack': fileURLToPath(new URL('../../src/index.ts', import.meta.url)) } },
  test: {
    include: ['test/conformance/**/*.test.ts'],
    root: fileURLToPath(new URL('../..', import.meta.url)),
    // promtool alone takes half a minute for the cases of all alerts where nothing else runs.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
  },
});
