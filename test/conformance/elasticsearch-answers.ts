import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { join, resolve } from 'node:path';

/**
 * Recorded answers of Elasticsearch by path, of the newest version each: files of the exporter's own module, below `fixtures`.
 */
const ANSWERS: Readonly<Record<string, string>> = {
  '/': 'clusterinfo/7.13.1.json',
  '/_alias': 'indices/alias/7.17.3.json',
  '/_all/_ilm/explain': 'ilm_indices/6.6.0.json',
  '/_all/_stats': 'indices/7.17.3.json',
  '/_cat/shards': 'shards/7.15.0.json',
  '/_cluster/health': 'clusterhealth/5.4.2.json',
  '/_cluster/settings': 'settings-8.9.1-watermark.json',
  '/_ilm/status': 'ilm_status/6.6.0.json',
  '/_nodes/stats': 'nodestats/7.13.1.json',
};

/** Where Go keeps the exporter's module, which `programs/build` has put there; undefined if it is not there. */
function fixtures(): string | undefined {
  const list = ['list', '-m', '-f', '{{.Dir}}', 'github.com/prometheus-community/elasticsearch_exporter'];
  try {
    const folder = execFileSync('go', list, {
      cwd: resolve(__dirname, 'programs/elasticsearch-exporter'),
      encoding: 'utf8',
      env: { ...process.env, GOWORK: 'off', GOFLAGS: '-mod=readonly' },
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    return folder === '' ? undefined : join(folder, 'fixtures');
  } catch {
    return undefined;
  }
}

/** Whether there are such answers on this machine. */
export const hasAnswers = (): boolean => fixtures() !== undefined;

/** How requests logged in, by path. */
export type SeenRequests = Map<string, string | undefined>;

/** A server that answers the exporter as an Elasticsearch does, with TLS if it has a key. Close it. */
export function startElasticsearchAnswers(seen: SeenRequests = new Map(), tls?: { key: string; cert: string }): Promise<Server> {
  const folder = String(fixtures());
  const answer: RequestListener = (request: IncomingMessage, response) => {
    const [path = ''] = String(request.url).split('?');
    seen.set(path, request.headers.authorization);
    const file = ANSWERS[path];
    response.writeHead(file === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(file === undefined ? '{}' : readFileSync(join(folder, file)));
  };
  const server = tls ? createTlsServer(tls, answer) : createServer(answer);
  return new Promise((started) => {
    server.listen(0, '127.0.0.1', () => started(server));
  });
}
