import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Manifest } from '../support/constructs';
import { until } from './api-server';
import { workloadsOf } from './examples';
import { findProgram } from './programs';
import { containersOf, yamlFilesOf } from './references';

/** The first line that memcached answers to a `set` of so many bytes. */
const store = (socket: string, size: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const client = connect(socket, () => {
      client.write(`set item 0 0 ${size}\r\n`);
      client.write(Buffer.alloc(size, 'x'));
      client.write('\r\n');
    });
    client.on('error', reject);
    client.on('data', (answer) => {
      client.destroy();
      resolve(String(answer).split('\r\n')[0]);
    });
  });

interface CacheClient {
  readonly addresses: string;
  readonly max_item_size: number;
}

const clientsOf = (manifests: Manifest[]): CacheClient[] =>
  workloadsOf(manifests)
    .flatMap((workload) => yamlFilesOf(workload, manifests))
    .flatMap(({ content }) => [
      content?.chunk_store_config?.chunk_cache_config?.memcached_client,
      content?.query_range?.results_cache?.cache?.memcached_client,
    ])
    .filter((client) => client !== undefined);

/** Hands a real memcached, with the arguments of the manifests, an item of the size that Loki's client allows. */
export async function largestItemProblems(manifests: Manifest[], folder: string): Promise<string[]> {
  const problems: string[] = [];
  for (const { addresses, max_item_size: size } of clientsOf(manifests)) {
    const cache = workloadsOf(manifests).find(({ metadata }) => addresses.includes(`.${metadata.name}.${metadata.namespace}.`));
    const container = cache && containersOf(cache).find(({ image }) => image.includes('/library/memcached:'));
    if (!container) {
      problems.push(`no memcached answers to ${addresses}`);
      continue;
    }
    const socket = join(folder, `${cache.metadata.name}.socket`);
    const child = spawn(String(findProgram('memcached')), ['-u', 'root', '-s', socket, ...container.args], { stdio: 'ignore' });
    let answer = '';
    try {
      await until(
        async () => {
          answer = await store(socket, size);
          return true;
        },
        10_000,
        'memcached does not answer',
      );
    } finally {
      child.kill('SIGKILL');
    }
    if (answer !== 'STORED') {
      problems.push(`${cache.metadata.name} answers to an item of ${size} bytes: ${answer}`);
    }
  }
  return problems;
}
