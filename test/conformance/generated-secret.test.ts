import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GeneratedSecret } from '../../src';
import { type Manifest, manifestOf, synthesize } from '../support/constructs';
import { ApiServer } from './api-server';
import { findProgram } from './programs';
import { applyAll, makeForeignNamespaces } from './stack-on-server';

const programs = { etcd: findProgram('etcd'), apiServer: findProgram('kube-apiserver') };
const tools = { busybox: findProgram('busybox'), curl: findProgram('curl') };

const manifests = synthesize((chart) => {
  new GeneratedSecret(chart, 'secret', {
    secretName: 'grafana-admin',
    generatedKeys: ['admin-password', 'key'],
    values: { 'admin-user': 'admin', hostile: `a "b" 'c' $(d) \\` },
  });
});

const ACCOUNT = 'monitoring-generated-secret-grafana-admin';

describe.skipIf([...Object.values(programs), ...Object.values(tools)].includes(undefined))('a generated Secret', () => {
  const folder = mkdtempSync(join(tmpdir(), 'generated-secret-'));
  let server: ApiServer;

  beforeAll(async () => {
    server = await ApiServer.start({ etcd: String(programs.etcd), apiServer: String(programs.apiServer) });
    await makeForeignNamespaces(server, manifests);
    expect(await applyAll(server, manifests)).toEqual([]);
    // Nothing but what the image has: curl, and the applets of busybox.
    mkdirSync(join(folder, 'bin'));
    for (const applet of ['sh', 'cat', 'head', 'base64', 'sed']) {
      symlinkSync(String(tools.busybox), join(folder, 'bin', applet));
    }
    symlinkSync(String(tools.curl), join(folder, 'bin/curl'));
    writeFileSync(join(folder, 'ca.crt'), server.certificate);
    writeFileSync(join(folder, 'token'), await server.tokenOf('monitoring', ACCOUNT));
  });
  afterAll(() => {
    server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs the Job's container with the token of its ServiceAccount, as the kubelet would. */
  const run = (overlay: Record<string, string> = {}) => {
    const [container] = manifestOf(manifests, 'Job').spec.template.spec.containers;
    const environment = Object.fromEntries(
      container.env.map(({ name, value }: Manifest) => [name, String(value).replaceAll('$$', '$')]),
    );
    const [shell, ...flags] = container.command;
    const { status, stdout, stderr } = spawnSync(join(folder, 'bin', shell.replace('/bin/', '')), [...flags, ...container.args], {
      encoding: 'utf8',
      env: {
        PATH: join(folder, 'bin'),
        ...environment,
        KUBERNETES_SERVICE_HOST: '127.0.0.1',
        KUBERNETES_SERVICE_PORT: String(server.port),
        ACCOUNT_DIRECTORY: folder,
        ...overlay,
      },
    });
    return { status, stdout, stderr };
  };

  const read = async () => {
    const { status, body } = await server.send('GET', '/api/v1/namespaces/monitoring/secrets/grafana-admin');
    const data: Record<string, string> = Object.fromEntries(
      Object.entries<string>(body.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
    );
    return { status, data };
  };

  it('is made once, with random values', async () => {
    expect((await read()).status).toBe(404);
    expect(run()).toEqual({ status: 0, stdout: 'grafana-admin is made\n', stderr: '' });
    const { data } = await read();
    const { 'admin-password': password, key, ...others } = data;
    expect(others).toEqual({ 'admin-user': 'admin', hostile: `a "b" 'c' $(d) \\` });
    expect([password, key]).toEqual([expect.stringMatching(/^[\w+/]{32}$/), expect.stringMatching(/^[\w+/]{32}$/)]);
    expect(password).not.toBe(key);
    expect(run()).toEqual({ status: 0, stdout: 'grafana-admin is there already\n', stderr: '' });
    expect((await read()).data).toEqual(data);
  });

  it('is the only one that the Job may see or make', () => {
    const other = run({ SECRET_NAME: 'other' });
    expect(other).toMatchObject({ status: 1, stderr: 'asking for other was answered with 403\n' });
    const elsewhere = run({ SECRET_NAMESPACE: 'default' });
    expect(elsewhere).toMatchObject({ status: 1 });
  });

  it('is not made up again where the API server does not answer', () => {
    expect(run({ KUBERNETES_SERVICE_PORT: '1' }).status).not.toBe(0);
  });

  it('is made again after somebody deleted it', async () => {
    const before = (await read()).data;
    await server.send('DELETE', '/api/v1/namespaces/monitoring/secrets/grafana-admin');
    expect(run().status).toBe(0);
    expect((await read()).data['admin-password']).not.toBe(before['admin-password']);
  });
});
