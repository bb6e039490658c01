import type { Duration, Size } from 'cdk8s';
import { httpProbe, quantity } from '../kubernetes/container';
import { goDuration } from '../kubernetes/text';
import { type Endpoint, EndpointProtocol } from '../settings/endpoint';

/** Ports of every Thanos process: API, metrics and probes; StoreAPI. */
export const HTTP = { name: 'http', port: 10902 };
export const GRPC = { name: 'grpc', port: 10901 };

/** Where configuration files and the volume are mounted. */
export const CONFIG_PATH = '/etc/thanos';
export const DATA_PATH = '/data';

/** Running requests get two minutes when a process stops (`--http-grace-period`, `--grpc-grace-period`). */
export const STOP_SECONDS = 130;

export const PROBES = { readiness: httpProbe('/-/ready', HTTP.name), liveness: httpProbe('/-/healthy', HTTP.name) };

/**
 * What every Thanos process is started with. The memory limit of the container becomes the Go runtime's (0.9 of it), so that
 * it collects garbage harder before it is killed. Without a host the ports are open to IPv4 and IPv6.
 */
export function commonArguments(command: string, ports: { readonly grpc: boolean }): string[] {
  return [
    command,
    '--log.format=json',
    '--enable-auto-gomemlimit',
    `--http-address=:${HTTP.port}`,
    ...(ports.grpc ? [`--grpc-address=:${GRPC.port}`] : []),
  ];
}

/** A size as Thanos reads it: `250MiB`. */
export function binarySize(size: Size): string {
  return `${quantity(size)}B`;
}

const inMilliseconds = (duration: Duration) => duration.toMilliseconds({ integral: false });

const isAddress = (host: string) => /^\d+(\.\d+){3}$/.test(host);

/**
 * Address of an endpoint with the prefix by which Thanos keeps looking it up: SRV records lead to each pod; other names are
 * resolved again when they change.
 * @param srvPrefix `dnssrv+` answers with addresses, `dnssrvnoa+` with the names of the pods
 */
export function lookupAddress(endpoint: Endpoint, srvPrefix: 'dnssrv+' | 'dnssrvnoa+'): string {
  if (endpoint.hasSrvRecords) {
    return `${srvPrefix}${endpoint.srvName}`;
  }
  return isAddress(endpoint.host) ? endpoint.hostAndPort : `dns+${endpoint.hostAndPort}`;
}

/** What is wrong with an endpoint that a component is given. */
export function endpointProblems(property: string, endpoint: Endpoint, allowed: readonly EndpointProtocol[]): string[] {
  const problems: string[] = [];
  if (!allowed.includes(endpoint.protocol)) {
    const hint = allowed.includes(EndpointProtocol.GRPC)
      ? ': give the endpoint named `grpc` of the component'
      : ': give another endpoint';
    problems.push(
      `${property} is ${endpoint.hostAndPort}, which speaks ${endpoint.protocol}; allowed is ${allowed.join(' or ')}${hint}`,
    );
  }
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i.test(endpoint.host)) {
    problems.push(
      `${property} has the host ${JSON.stringify(endpoint.host)}; allowed is a host name or an IPv4 address: remove scheme, port and path`,
    );
  }
  if (!isCount(endpoint.port) || endpoint.port > 65535) {
    problems.push(`${property} has the port ${endpoint.port}; allowed are 1 to 65535: correct it`);
  }
  return problems;
}

const isCount = (value: number) => Number.isInteger(value) && value >= 1;

/** What is wrong with numbers of which there must be at least one. */
export function countProblems(values: { readonly [property: string]: number }): string[] {
  return Object.entries(values)
    .filter(([, value]) => !isCount(value))
    .map(([property, value]) => `${property} is ${value}; allowed are whole numbers from 1: correct it`);
}

const TEN_YEARS = 10 * 365 * 24 * 3_600_000;

/** What is wrong with durations that must not be zero. */
export function durationProblems(values: { readonly [property: string]: Duration }): string[] {
  return Object.entries(values)
    .filter(([, value]) => !isCount(inMilliseconds(value)) || inMilliseconds(value) > TEN_YEARS)
    .map(
      ([property, value]) =>
        `${property} is ${goDuration(value)}; allowed are whole milliseconds, from 1 to 10 years: correct it`,
    );
}
