import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { dump } from 'js-yaml';
import { until } from './api-server';
import { findProgram } from './programs';

/** Where expositions lie between recording and writing the catalogue, as `<source>@<scene>.prom`. */
const RAW = resolve(__dirname, '../../.cache/catalogue');

/** The text of every exposition that was recorded of a source, from all scenes. */
export function recordedExpositions(source: string): string[] {
  mkdirSync(RAW, { recursive: true });
  return readdirSync(RAW)
    .filter((file) => file.startsWith(`${source}@`))
    .sort()
    .map((file) => readFileSync(join(RAW, file), 'utf8'));
}

/** Runs programs on loopback for one scene and keeps what they expose. Whatever it started and wrote goes with `stop`. */
export class Recorder {
  readonly folder = mkdtempSync(join(tmpdir(), 'catalogue-'));
  private readonly processes: ChildProcess[] = [];

  constructor(private readonly scene: string) {}

  /** Writes a configuration file; objects become YAML. */
  file(name: string, content: object | string): string {
    const path = join(this.folder, name);
    mkdirSync(resolve(path, '..'), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : dump(content));
    return path;
  }

  directory(name: string): string {
    const path = join(this.folder, name);
    mkdirSync(path, { recursive: true });
    return path;
  }

  start(program: string, args: string[], environment: Record<string, string> = {}): void {
    const path = findProgram(program);
    if (path === undefined) {
      throw new Error(`${program} is not on this machine: run test/conformance/programs/build ${program}`);
    }
    const log = openSync(join(this.folder, `${program}-${this.processes.length}.log`), 'a');
    const child = spawn(path, args, { stdio: ['ignore', log, log], env: { ...process.env, ...environment }, cwd: this.folder });
    child.on('error', (error) => console.error(`${program}: ${error.message}`));
    this.processes.push(child);
  }

  /** Waits until an address answers. */
  async answers(url: string, limit = 60_000): Promise<void> {
    await until(async () => (await fetch(url)).ok, limit, `${url} does not answer`);
  }

  /** Waits until an exposition holds a text. */
  async shows(url: string, text: RegExp, limit = 60_000): Promise<void> {
    await until(async () => text.test(await (await fetch(url)).text()), limit, `${url} does not show ${text}`);
  }

  keep(source: string, exposition: string): void {
    if (!exposition.includes('# TYPE')) {
      throw new Error(`${source} exposes no metrics: ${exposition.slice(0, 200)}`);
    }
    mkdirSync(RAW, { recursive: true });
    writeFileSync(join(RAW, `${source}@${this.scene}.prom`), exposition);
    console.log(`${this.scene}: ${source}, ${exposition.split('\n').filter((line) => line.startsWith('# TYPE')).length} metrics`);
  }

  async scrape(source: string, url: string): Promise<void> {
    await this.answers(url);
    this.keep(source, await (await fetch(url)).text());
  }

  /** What a program has said, for an error. */
  logs(): string {
    return readdirSync(this.folder)
      .filter((file) => file.endsWith('.log'))
      .map((file) => `== ${file}\n${readFileSync(join(this.folder, file), 'utf8').split('\n').slice(-6).join('\n')}`)
      .join('\n');
  }

  stop(): void {
    for (const child of this.processes) {
      child.kill('SIGKILL');
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
