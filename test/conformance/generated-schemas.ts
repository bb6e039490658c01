import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../support/constructs';
import { type ApiServer, until } from './api-server';

/** Where kubeconform finds the schema of a kind. */
export const SCHEMA_LOCATION = '{{ .Group }}/{{ .ResourceAPIVersion }}/{{ .ResourceKind }}.json';

/**
 * An OpenAPI schema as JSON schema that allows nothing but what it names. What it refers to is made the same once for all, as
 * `definitions`.
 */
function strict(schema: Manifest): Manifest {
  if (Array.isArray(schema)) {
    return schema.map(strict);
  }
  if (schema === null || typeof schema !== 'object') {
    return schema;
  }
  const copy: Manifest = {};
  for (const [key, value] of Object.entries(schema)) {
    copy[key] = key === '$ref' ? String(value).replace('#/components/schemas/', '#/definitions/') : strict(value);
  }
  const isClosed = schema.properties !== undefined && typeof schema.properties === 'object' && schema.type === 'object';
  if (isClosed && schema.additionalProperties === undefined && schema['x-kubernetes-preserve-unknown-fields'] !== true) {
    copy.additionalProperties = false;
  }
  return copy;
}

/** What a schema refers to, directly or not. */
function reachable(schema: Manifest, definitions: Record<string, Manifest>): Record<string, Manifest> {
  const found: Record<string, Manifest> = {};
  const open = [schema];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const [, name = ''] of JSON.stringify(next).matchAll(/"#\/definitions\/([^"]+)"/g)) {
      if (found[name] === undefined) {
        found[name] = definitions[name];
        open.push(definitions[name]);
      }
    }
  }
  return found;
}

/** Writes a schema for every kind that the API server serves, custom resources included, as it publishes them itself. */
export async function writeSchemas(server: ApiServer, folder: string): Promise<void> {
  const read = async (path: string): Promise<Manifest> => {
    let body: Manifest = '';
    // Of definitions that came just now, the first answer may be empty.
    await until(
      async () => {
        body = (await server.send('GET', path)).body;
        return body !== '';
      },
      30_000,
      `${path} stays empty`,
    );
    // It is JSON, whatever the server calls it.
    return typeof body === 'string' ? JSON.parse(body) : body;
  };
  const { paths } = await read('/openapi/v3');
  const published = Object.entries<Manifest>(paths).filter(([path]) => /^apis?\/.*v\d/.test(path));
  for (const [, { serverRelativeURL }] of published) {
    const document = await read(serverRelativeURL);
    const definitions: Record<string, Manifest> = strict(document.components?.schemas ?? {});
    for (const schema of Object.values(definitions)) {
      const kinds: Manifest[] = schema['x-kubernetes-group-version-kind'] ?? [];
      // Options of requests carry every group there is; objects have one.
      for (const { group, version, kind } of kinds.length === 1 ? kinds : []) {
        // kubeconform takes the version for the group where there is none.
        const place = join(folder, group === '' ? version : group, version);
        mkdirSync(place, { recursive: true });
        writeFileSync(
          join(place, `${kind.toLowerCase()}.json`),
          JSON.stringify({ ...schema, definitions: reachable(schema, definitions) }),
        );
      }
    }
  }
}
