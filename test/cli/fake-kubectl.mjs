#!/usr/bin/env node
// Stands for kubectl: hands bytes on to the servers of a test, and writes down what it was started with.
import { appendFileSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
const { api, pods, failure } = JSON.parse(readFileSync(join(folder, 'cluster.json'), 'utf8'));
const args = process.argv.slice(2);
appendFileSync(join(folder, 'calls.jsonl'), `${JSON.stringify(args)}\n`);

function pass(port) {
  return createServer((client) => {
    const server = connect(port, '127.0.0.1');
    client.pipe(server).pipe(client);
    client.on('error', () => server.destroy());
    server.on('error', () => client.destroy());
  });
}

if (failure !== undefined) {
  process.stderr.write(`${failure}\n`);
  process.exit(1);
} else if (args[0] === 'proxy') {
  const path = args.find((arg) => arg.startsWith('--unix-socket=')).slice('--unix-socket='.length);
  pass(api).listen(path, () => process.stdout.write(`Starting to serve on ${path}\n`));
} else {
  const server = pass(pods);
  server.listen(0, '127.0.0.1', () => process.stdout.write(`Forwarding from 127.0.0.1:${server.address().port} -> 1\n`));
}
