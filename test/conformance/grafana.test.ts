import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { interpolated } from '../grafana-alerting/alerting';
import type { Manifest } from '../support/constructs';
import { until } from './api-server';
import { EXAMPLES, exampleManifests } from './examples';
import { GrafanaServer, grafanaOf } from './grafana-server';
import { findProgram } from './programs';

const program = findProgram('grafana');

/** What this Grafana complains of that nothing of ours can mend. */
const COMPLAINTS = [
  // Its module holds no web page.
  /public\/build/,
  /user_profile\.png/,
  // Its own start, with SQLite.
  /database is locked/,
];

/** Address of a Secret, where a value must be one. */
const ADDRESS = 'http://127.0.0.1:1/';

/** The file of that name that the manifests have, read as YAML; empty if none has. */
const configured = (manifests: Manifest[], file: string): Manifest => {
  const [text = '{}'] = manifests.flatMap(({ kind, data }) => (kind === 'ConfigMap' ? (data[file] ?? []) : []));
  return load(text) as Manifest;
};

/** Each board of the manifests, with the title of its folder. */
function boardsOf(manifests: Manifest[]) {
  const { providers } = configured(manifests, 'dashboards.yaml');
  const { volumes, containers } = grafanaOf(manifests)?.spec.template.spec ?? {};
  return (providers as Manifest[]).flatMap(({ folder = '', options }) => {
    const { name } = containers[0].volumeMounts.find(({ mountPath }: Manifest) => mountPath === options.path);
    const { projected, configMap } = volumes.find((volume: Manifest) => volume.name === name);
    const names = configMap ? [configMap.name] : projected.sources.map((source: Manifest) => source.configMap.name);
    return manifests
      .filter(({ kind, metadata }) => kind === 'ConfigMap' && names.includes(metadata.name))
      .flatMap(({ data }) => Object.values<string>(data))
      .map((text) => ({ folder, board: JSON.parse(text) as Manifest }));
  });
}

const byUid = (left: Manifest, right: Manifest) => (left.uid < right.uid ? -1 : 1);

const examples = EXAMPLES.filter((example) => grafanaOf(exampleManifests(example)) !== undefined);

describe.skipIf(program === undefined).each(examples)('a real Grafana with %s', (example) => {
  const folder = mkdtempSync(join(tmpdir(), 'grafana-'));
  const manifests = exampleManifests(example);
  const alerting = configured(manifests, 'alerting.yaml');
  let grafana: GrafanaServer;

  beforeAll(async () => {
    grafana = await GrafanaServer.start(`${program}`, folder, manifests, { ALERTING_SLACK_WEBHOOK_URL: ADDRESS });
  });
  afterAll(() => {
    grafana?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('logs no error', () => {
    const errors = grafana.output.split('\n').filter((line) => /level=(error|crit)/.test(line));
    expect(errors.filter((line) => !COMPLAINTS.some((complaint) => complaint.test(line)))).toEqual([]);
  });

  it('has the data sources, with their settings as they are meant', async () => {
    const { datasources } = configured(manifests, 'datasources.yaml');
    const wanted = (datasources as Manifest[]).map(({ uid, name, type, url, user = '', database = '', isDefault, jsonData }) => ({
      uid,
      name,
      type,
      url,
      user,
      database,
      isDefault,
      jsonData: interpolated(jsonData ?? {}),
      readOnly: true,
    }));
    const had = ((await grafana.ask('/api/datasources')) as Manifest[]).map((source) =>
      Object.fromEntries(Object.keys(wanted[0]).map((key) => [key, source[key]])),
    );
    expect(had.sort(byUid)).toEqual(wanted.sort(byUid));
  });

  it('has the links between them', async () => {
    const wanted = (configured(manifests, 'datasources.yaml').datasources as Manifest[]).flatMap(({ uid, correlations = [] }) =>
      correlations.map(({ targetUID, label, config }: Manifest) => ({
        sourceUID: uid,
        targetUID,
        label,
        ...interpolatedTarget(config),
      })),
    );
    const sources = [...new Set(wanted.map(({ sourceUID }) => sourceUID))];
    const had = await Promise.all(sources.map((uid) => grafana.ask(`/api/datasources/uid/${uid}/correlations`)));
    expect(
      had.flat().map(({ sourceUID, targetUID, label, config }) => ({
        sourceUID,
        targetUID,
        label,
        field: config.field,
        target: config.target,
      })),
    ).toEqual(wanted);
  });

  it('has every board in its folder, with all its panels and queries', async () => {
    const wanted = boardsOf(manifests);
    const there = async () => (await grafana.ask('/api/search?type=dash-db&limit=5000')).length >= wanted.length;
    await until(there, 60_000, 'boards are missing');
    const had = await Promise.all(wanted.map(({ board }) => grafana.ask(`/api/dashboards/uid/${board.uid}`)));
    expect(
      had.map(({ dashboard, meta }) => ({
        folder: meta.folderTitle === 'General' ? '' : meta.folderTitle,
        provisioned: meta.provisioned,
        board: { ...dashboard, id: undefined, version: undefined },
      })),
    ).toEqual(
      wanted.map(({ folder: title, board }) => ({
        folder: title,
        provisioned: true,
        board: { ...board, id: undefined, version: undefined },
      })),
    );
  });

  it('has the alerts, the contact points and the policies', async () => {
    const rules = (await grafana.ask('/api/v1/provisioning/alert-rules')) as Manifest[];
    const wantedRules = ((alerting.groups ?? []) as Manifest[]).flatMap((group) => group.rules as Manifest[]);
    const essence = ({
      uid,
      title,
      condition,
      labels,
      annotations,
      data,
      noDataState,
      execErrState,
      for: duration,
    }: Manifest) => ({
      ...{ uid, title, condition, labels, annotations, noDataState, execErrState, duration },
      expressions: data.map(({ refId, datasourceUid, model }: Manifest) => [
        refId,
        datasourceUid,
        model.expr ?? model.expression,
      ]),
    });
    // Grafana reads variables in labels, and leaves templates and expressions alone.
    const meant = wantedRules.map((rule) => ({ ...rule, labels: interpolated(rule.labels) }));
    expect(rules.map(essence)).toEqual(meant.map(essence));
    const points = (await grafana.ask('/api/v1/provisioning/contact-points')) as Manifest[];
    expect(points.map(({ uid }) => uid)).toEqual(
      expect.arrayContaining(
        ((alerting.contactPoints ?? []) as Manifest[]).flatMap((point) => point.receivers.map(({ uid }: Manifest) => uid)),
      ),
    );
    if (alerting.policies) {
      const [{ orgId: _, ...wanted }] = alerting.policies;
      expect(await grafana.ask('/api/v1/provisioning/policies')).toMatchObject(wanted);
    }
  });
});

const interpolatedTarget = ({ field, target }: Manifest) => ({ field, target: interpolated(target) });
