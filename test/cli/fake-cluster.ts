import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer, Ask, ClusterAccess, KubectlOptions } from '../../src/cli/kubectl';
import type { Manifest } from '../support/constructs';

/** An answer: a body, or one with a status that is not 200. */
export interface FakeAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** What is asked for, decoded. */
export interface FakeRequest {
  /** `api` for the API server itself, else the Service as `namespace/name:port`, `forward` where a port was forwarded. */
  readonly place: string;
  /** Path without query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

export type Handler = (request: FakeRequest) => FakeAnswer;

const PROXY = /^\/api\/v1\/namespaces\/([^/]+)\/services\/([^/]+)\/proxy(.*)$/;

function requestOf(url: string, headers: IncomingHttpHeaders, isForwarded: boolean): FakeRequest {
  const { pathname, searchParams: query } = new URL(url, 'http://localhost');
  const [, namespace, service, rest] = PROXY.exec(pathname) ?? [];
  const place = isForwarded ? 'forward' : service === undefined ? 'api' : `${namespace}/${service}`;
  return { place, path: service === undefined ? pathname : rest, query, headers };
}

const textOf = (body: unknown) => (typeof body === 'string' ? body : JSON.stringify(body));

function serve(handler: Handler, isForwarded: boolean): Server {
  return createServer(({ url = '', headers }, response) => {
    const { status, body } = handler(requestOf(url, headers, isForwarded));
    response.writeHead(status).end(textOf(body));
  });
}

/** A cluster that is asked without kubectl. */
export class DirectAccess implements ClusterAccess {
  /** Services whose ports were forwarded. */
  readonly forwarded: string[] = [];

  constructor(private readonly handler: Handler) {}

  get(path: string, headers?: IncomingHttpHeaders): Promise<Answer> {
    return this.ask(path, headers, false);
  }

  async forward(namespace: string, service: string, port: number): Promise<Ask> {
    this.forwarded.push(`${namespace}/${service}:${port}`);
    return (path, headers) => this.ask(path, headers, true);
  }

  private async ask(path: string, headers: IncomingHttpHeaders = {}, isForwarded: boolean): Promise<Answer> {
    const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    const { status, body } = this.handler(requestOf(path, lower, isForwarded));
    return { status, text: textOf(body) };
  }
}

const listen = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });

/** A cluster behind a kubectl that is none. */
export class FakeCluster {
  static async start(handler: Handler): Promise<FakeCluster> {
    const folder = mkdtempSync(join(tmpdir(), 'fake-kubectl-'));
    const servers = [false, true].map((isForwarded) => serve(handler, isForwarded));
    const [api, pods] = await Promise.all(servers.map(listen));
    writeFileSync(join(folder, 'cluster.json'), JSON.stringify({ api, pods }));
    copyFileSync(join(__dirname, 'fake-kubectl.mjs'), join(folder, 'kubectl.mjs'));
    chmodSync(join(folder, 'kubectl.mjs'), 0o755);
    return new FakeCluster(folder, servers);
  }

  private constructor(
    private readonly folder: string,
    private readonly servers: readonly Server[],
  ) {}

  stop(): void {
    for (const server of this.servers) {
      server.closeAllConnections();
      server.close();
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** kubectl ends with a complaint from now on. */
  fail(failure: string): void {
    writeFileSync(join(this.folder, 'cluster.json'), JSON.stringify({ failure }));
  }

  get kubectl(): KubectlOptions {
    return { program: join(this.folder, 'kubectl.mjs'), timeout: 5000 };
  }

  /** Arguments of all starts of kubectl. */
  get calls(): string[][] {
    const lines = readFileSync(join(this.folder, 'calls.jsonl'), 'utf8').trim().split('\n');
    return lines.map((line) => JSON.parse(line));
  }
}

export const answer = (body: unknown, status = 200): FakeAnswer => ({ status, body });

/** A stack as the API server and its programs tell of it; tests change what they are about. */
export interface FakeStack {
  /** Objects by their collection: `services`, `daemonsets`, … */
  objects: Record<string, Manifest[]>;
  /** Results of Prometheus by what their expression contains, the first that fits; a number is one sample without labels. */
  samples: [part: string, result: number | Manifest[]][];
  /** `data` of other paths of Prometheus. */
  prometheus: Record<string, unknown>;
  /** Bodies of paths of Loki. */
  loki: Record<string, unknown>;
  grafana: Record<string, unknown>;
}

function notFound(): FakeAnswer {
  return answer({ message: 'not found' }, 404);
}

function prometheusAnswer({ samples, prometheus }: FakeStack, path: string, expression: string): FakeAnswer {
  if (path !== '/api/v1/query') {
    const data = prometheus[path.replace('/api/v1/', '')];
    return data === undefined ? notFound() : answer({ status: 'success', data });
  }
  const result = samples.find(([part]) => expression.includes(part))?.[1] ?? [];
  const vector = typeof result === 'number' ? [{ metric: {}, value: [0, String(result)] }] : result;
  return answer({ status: 'success', data: { resultType: 'vector', result: vector } });
}

const plain = (bodies: Record<string, unknown>, path: string): FakeAnswer => {
  const body = bodies[path];
  return body === undefined ? notFound() : answer(body);
};

/** Answers as the cluster does, wherever the Service is asked. */
export function answersOf(stack: FakeStack, service: string, path: string, query: URLSearchParams): FakeAnswer {
  if (/^prometheus/.test(service)) {
    return prometheusAnswer(stack, path, query.get('query') ?? '');
  }
  return plain(/^loki/.test(service) ? stack.loki : stack.grafana, path);
}

/** The handler of a whole cluster. */
export const clusterOf =
  (stack: FakeStack): Handler =>
  ({ place, path, query }) => {
    if (place !== 'api') {
      return answersOf(stack, place.split('/')[1], path, query);
    }
    const secret = /\/secrets\/(.+)$/.exec(path);
    if (secret) {
      const found = stack.objects.secrets?.find(({ metadata }) => metadata.name === secret[1]);
      return found ? answer(found) : answer({ message: 'secrets is forbidden' }, 403);
    }
    return answer({ items: stack.objects[path.split('/').at(-1) ?? ''] ?? [] });
  };
