import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['test/{alloy,exporters,grafana,kubernetes,loki,memcached,prometheus,thanos}/**/*.test.ts'] },
});
