import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How the cluster is found; all of it is kubectl's own business. */
export interface KubectlOptions {
  /** The program. */
  readonly program: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  /** How long an answer may take, in milliseconds. */
  readonly timeout: number;
}

/** An answer over HTTP. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** What stands between us and the cluster, in words for people. */
export class ClusterError extends Error {}

/** Where something listens: a socket's path, or a port of this machine. */
type Place = { readonly socketPath: string } | { readonly host: string; readonly port: number };

function get(place: Place, path: string, timeout: number, headers: { readonly [name: string]: string } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request({ ...place, path, headers: { host: 'localhost', ...headers }, timeout }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') }));
    });
    call.on('timeout', () => call.destroy(new Error(`no answer within ${timeout / 1000} s`)));
    call.on('error', reject);
    call.end();
  });
}

/** Asks for a path. */
export type Ask = (path: string, headers?: { readonly [name: string]: string }) => Promise<Answer>;

/** A cluster that can be asked. */
export interface ClusterAccess {
  /** Reads a path of the Kubernetes API. */
  get: Ask;
  /** Opens a way to a port of a Service that passes the kubelet, to which no NetworkPolicy applies. */
  forward(namespace: string, service: string, port: number): Promise<Ask>;
}

/**
 * The cluster as kubectl's configuration has it: whatever way of logging in that configuration knows works here, too, and no
 * credential passes through this program. Requests go through one `kubectl proxy`, which listens on a socket that only this user
 * can open and lets nothing but reading pass.
 */
export class Kubectl implements ClusterAccess {
  /** Starts the proxy. */
  static async start(options: KubectlOptions): Promise<Kubectl> {
    const folder = mkdtempSync(join(tmpdir(), 'monitoring-stack-'));
    const kubectl = new Kubectl(options, folder, join(folder, 'proxy'));
    try {
      const args = ['proxy', `--unix-socket=${kubectl.socketPath}`, '--reject-methods=^(POST|PUT|PATCH|DELETE)$'];
      await kubectl.listening(args, /Starting to serve/);
      return kubectl;
    } catch (error) {
      kubectl.stop();
      throw error;
    }
  }

  private readonly children: ChildProcess[] = [];

  private constructor(
    private readonly options: KubectlOptions,
    private readonly folder: string,
    private readonly socketPath: string,
  ) {}

  /** Ends all that was started. */
  stop(): void {
    for (const child of this.children) {
      child.kill();
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  get(path: string, headers?: { readonly [name: string]: string }): Promise<Answer> {
    return get({ socketPath: this.socketPath }, path, this.options.timeout, headers);
  }

  async forward(namespace: string, service: string, port: number): Promise<Ask> {
    const args = ['port-forward', `--namespace=${namespace}`, '--address=127.0.0.1', `service/${service}`, `:${port}`];
    const text = await this.listening(args, /Forwarding from 127\.0\.0\.1:(\d+)/);
    const place = { host: '127.0.0.1', port: Number(text[1]) };
    return (path, headers) => get(place, path, this.options.timeout, headers);
  }

  /** Starts kubectl and waits until it says that it listens. */
  private listening(args: readonly string[], sign: RegExp): Promise<RegExpExecArray> {
    const { program, kubeconfig, context, timeout } = this.options;
    const global = [
      ...(kubeconfig === undefined ? [] : [`--kubeconfig=${kubeconfig}`]),
      ...(context === undefined ? [] : [`--context=${context}`]),
    ];
    const child = spawn(program, [...args, ...global], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.children.push(child);
    return new Promise((resolve, reject) => {
      let said = '';
      let complained = '';
      const words = () => (complained.trim() || said.trim()).split('\n').slice(-3).join('; ');
      const late = setTimeout(
        () => reject(new ClusterError(`kubectl ${args[0]} does not start within ${timeout / 1000} s: ${words()}`)),
        timeout,
      );
      const fail = (message: string) => {
        clearTimeout(late);
        reject(new ClusterError(message));
      };
      child.on('error', (error) =>
        fail(`${program} cannot be started (${error.message}): install kubectl, or name it by --kubectl`),
      );
      child.on('exit', (code) => fail(`kubectl ${args[0]} ended with ${code}: ${words()}`));
      child.stderr.on('data', (part) => {
        complained += part;
      });
      child.stdout.on('data', (part) => {
        said += part;
        const found = sign.exec(said);
        if (found) {
          clearTimeout(late);
          resolve(found);
        }
      });
    });
  }
}
