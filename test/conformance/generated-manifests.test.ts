import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiServer } from './api-server';
import { DIST, EXAMPLES, exampleManifests } from './examples';
import { SCHEMA_LOCATION, writeSchemas } from './generated-schemas';
import { criticals, EXCEPTIONS } from './generated-score';
import { STACKS } from './generated-stacks';
import { findProgram } from './programs';
import { applyAll, defineResources, makeForeignNamespaces } from './stack-on-server';

const folder = mkdtempSync(join(tmpdir(), 'generated-manifests-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const missing = (...programs: string[]) => programs.some((program) => findProgram(program) === undefined);

const files = STACKS.map(({ manifests, name }) => {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, manifests.map((manifest) => dump(manifest)).join('---\n'));
  return file;
});

describe.skipIf(missing('kube-score'))('kube-score', () => {
  const used = new Set<(typeof EXCEPTIONS)[number]>();

  it.each(EXAMPLES)('finds nothing critical in %s', (example) => {
    const manifests = exampleManifests(example);
    const prefix = `${manifests[0].metadata.labels?.['app.kubernetes.io/part-of']}-`;
    expect(criticals(manifests, join(DIST, example), prefix, used)).toEqual([]);
  });

  it.each(STACKS)('finds nothing critical in $name', ({ manifests, name, props }) => {
    expect(criticals(manifests, join(folder, `${name}.yaml`), `${props.name}-`, used)).toEqual([]);
  });

  it('needs each of the exceptions', () => {
    expect(EXCEPTIONS.filter((exception) => !used.has(exception))).toEqual([]);
  });
});

describe.skipIf(missing('etcd', 'kube-apiserver'))('with a real API server', () => {
  let server: ApiServer;

  beforeAll(async () => {
    server = await ApiServer.start({ etcd: String(findProgram('etcd')), apiServer: String(findProgram('kube-apiserver')) });
    await defineResources(server);
  });
  afterAll(() => server?.stop());

  it.each(STACKS)('takes every object of $name, strictly and without a warning', async ({ manifests }) => {
    // A dry run makes no namespace that the next object could be put into.
    await makeForeignNamespaces(
      server,
      manifests.filter(({ kind }) => kind !== 'Namespace'),
    );
    expect(await applyAll(server, manifests, { dryRun: true })).toEqual([]);
  });

  describe.skipIf(missing('kubeconform'))('kubeconform', () => {
    const schemas = join(folder, 'schemas');
    const kubeconform = (checked: string[]): string => {
      const location = `-schema-location=${schemas}/${SCHEMA_LOCATION}`;
      const command = [location, '-strict', '-output=text', ...checked];
      try {
        return execFileSync(String(findProgram('kubeconform')), command, { encoding: 'utf8', maxBuffer: 1 << 26 });
      } catch (error) {
        return error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error);
      }
    };

    beforeAll(async () => {
      mkdirSync(schemas);
      await writeSchemas(server, schemas);
    });

    it('has nothing against the examples', () => {
      expect(kubeconform(EXAMPLES.map((example) => join(DIST, example)))).toBe('');
    });

    it('has nothing against the generated stacks', () => {
      expect(kubeconform(files)).toBe('');
    });

    it('objects to a field that does not exist and to a wrong type', () => {
      const file = join(folder, 'wrong.yaml');
      const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'x' } };
      const ports = [{ port: 'http' }];
      writeFileSync(
        file,
        [
          { ...service, spec: { clusterIp: 'None' } },
          { ...service, spec: { ports } },
        ]
          .map((one) => dump(one))
          .join('---\n'),
      );
      const answer = kubeconform([file]);
      expect(answer).toContain('clusterIp');
      expect(answer).toContain('/spec/ports/0/port');
    });
  });
});
