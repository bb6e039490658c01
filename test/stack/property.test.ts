import fc from 'fast-check';
import { loadAll } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { LogPipeline } from '../../src/alloy/log-pipeline';
import { Dashboard } from '../../src/dashboards/dashboard';
import { ScrapeJob } from '../../src/prometheus/scrape-job';
import { Namespaces } from '../../src/settings/namespaces';
import type { MonitoringStackProps } from '../../src/stack/stack-options';
import type { Manifest } from '../support/constructs';
import { expectInvariants } from '../support/invariants';
import { hostile, synthesizeStack, validProps } from '../support/stack-arbitrary';

const messageOf = (props: MonitoringStackProps): string => {
  try {
    synthesizeStack(props);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('any valid stack', () => {
  it('synthesizes, and holds what every stack must', () => {
    fc.assert(
      fc.property(validProps, (props) => {
        const manifests = synthesizeStack(props);
        expectInvariants(manifests);
        for (const { data } of manifests.filter(({ kind }) => kind === 'ConfigMap')) {
          for (const [file, text] of Object.entries<string>(data)) {
            if (/\.ya?ml$/.test(file)) {
              expect(loadAll(text)).toHaveLength(1);
            }
            if (file.endsWith('.json')) {
              JSON.parse(text);
            }
          }
        }
      }),
      { numRuns: 60, seed: 1 },
    );
  });
});

describe('hostile strings', () => {
  it('come out as data, or are refused with the place they were given', () => {
    fc.assert(
      fc.property(hostile, hostile, (one, other) => {
        const message = messageOf({
          name: 'shop',
          prometheus: { externalLabels: { team: one }, podAnnotations: { 'example.com/note': other } },
          loki: { podAnnotations: { 'example.com/note': one } },
          logs: [LogPipeline.json({ name: 'app', namespaces: ['shop'], staticLabels: { note: other } })],
          grafana: { dashboards: [Dashboard.logs({ uid: 'logs', title: one })], settings: { 'server.note': one } },
        });
        if (message !== '') {
          expect(message).toMatch(/^Validation failed with the following errors:\n {2}\[stack/);
        }
      }),
      { numRuns: 60, seed: 2 },
    );
  });

  it('reach the label they were given for unchanged', () => {
    fc.assert(
      fc.property(hostile, (value) => {
        const manifests = synthesizeStack({ name: 'shop', prometheus: { externalLabels: { team: value } } });
        const { data } = manifests.find(
          ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'shop-prometheus-config',
        );
        const [config] = loadAll(data['prometheus.yml']) as Manifest[];
        // Prometheus expands "$": a doubled one stands for itself.
        expect(config.global.external_labels.team.replaceAll('$$', '$')).toBe(value);
      }),
      { numRuns: 60, seed: 3 },
    );
  });
});

describe('bad names', () => {
  it('are an error that names the place, never a crash', () => {
    const bad = fc.oneof(
      hostile,
      fc.constant(''),
      fc.string({ minLength: 64, maxLength: 80 }),
      fc.stringMatching(/^[A-Z_]{1,5}$/),
    );
    fc.assert(
      fc.property(bad, (value) => {
        expect(messageOf({ name: value, loki: {} })).toMatch(/\[stack\] name is /);
        expect(messageOf({ name: 'shop', namespaces: Namespaces.single(value), loki: {} })).toMatch(/namespaces\.main is /);
        expect(messageOf({ name: 'shop', loki: {}, logs: [LogPipeline.json({ name: 'app', namespaces: [value] })] })).toMatch(
          /\[stack\/alloy\]/,
        );
        expect(messageOf({ name: 'shop', prometheus: { scrape: [ScrapeJob.pods({ namespaces: [value] })] } })).toMatch(
          /\[stack\/prometheus\]/,
        );
      }),
      { numRuns: 60, seed: 4 },
    );
  });
});
