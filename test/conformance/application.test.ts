import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort, until } from './api-server';
import { findProgram } from './programs';

const program = findProgram('application');

describe.skipIf(program === undefined)('the application that stacks watch', () => {
  let process: ChildProcess;
  let output: string;
  let address: string;

  const start = async (...flags: string[]) => {
    const port = await freePort();
    address = `http://127.0.0.1:${port}`;
    output = '';
    process = spawn(String(program), [`-port=${port}`, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
    process.stdout?.on('data', (chunk) => {
      output += chunk;
    });
    await until(async () => (await fetch(`${address}/lines`)).ok, 10_000, 'it does not answer');
  };
  const ask = async (path: string, method = 'GET', body?: string) => (await fetch(`${address}/${path}`, { method, body })).text();
  const lines = () => output.trimEnd().split('\n');

  afterEach(() => {
    process.kill('SIGKILL');
  });

  it('writes as many lines as it is told, with errors among them and what it is given behind them', async () => {
    await start('-lines=500', '-error-share=0.125', '-length=300', 'not JSON');
    await until(async () => output.endsWith('not JSON\n'), 10_000, 'the last line is missing');
    const numbered = lines()
      .slice(0, -1)
      .map((line) => JSON.parse(line));
    expect(numbered.map(({ seq }) => seq)).toEqual(Array.from({ length: 500 }, (_, index) => index + 1));
    expect(numbered.filter(({ level, statusCode }) => level === 'ERROR' && statusCode === 503)).toHaveLength(62);
    expect(new Set(lines().map((line) => line.length))).toEqual(new Set([300, 'not JSON'.length]));
    expect(await ask('lines')).toBe('500\n');
  });

  it('writes at a rate until it is stopped, says how many, and writes what it is handed', async () => {
    await start('-rate=200', '-error-share=0');
    await until(async () => Number(await ask('lines')) >= 100, 10_000, 'no lines');
    const written = Number(await ask('stop', 'POST'));
    expect(written).toBeLessThan(200);
    await ask('lines', 'POST', 'a line\n');
    await until(async () => output.endsWith('a line\n'), 10_000, 'the line is missing');
    expect(lines()).toHaveLength(written + 1);
    expect(output).not.toContain('ERROR');
  });

  it("exposes the document's metrics", async () => {
    await start('-lines=1', '-events-rate=1000', '-error-share=0.25');
    await until(async () => !(await ask('metrics')).includes('"failure"} 0'), 10_000, 'no event fails');
    const [success, failure] = [...(await ask('metrics')).matchAll(/^qgx_events_total\{.*\} (\d+)$/gm)].map(([, value]) =>
      Number(value),
    );
    expect(failure).toBe(Math.floor((success + failure) / 4));
  });
});
