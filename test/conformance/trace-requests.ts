import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect } from 'vitest';
import type { Manifest } from '../support/constructs';
import { until } from './api-server';

/** An identifier of so many hexadecimal digits; search leaves leading zeros out. */
const identifier = (text: string, digits: number) => `f${createHash('sha256').update(text).digest('hex').slice(1, digits)}`;
export const traceOf = (name: string) => identifier(name, 32);

const nanoseconds = (milliseconds: number) => `${Date.now() + milliseconds}000000`;

interface Span {
  readonly service: string;
  readonly name: string;
  readonly kind: number;
  readonly parent?: string;
}

/** A trace as OTLP over HTTP writes it. */
const otlp = (trace: string, spans: readonly Span[]) => ({
  resourceSpans: spans.map(({ service, name, kind, parent }) => ({
    resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
    scopeSpans: [
      {
        spans: [
          {
            traceId: traceOf(trace),
            spanId: identifier(`${trace} ${service}`, 16),
            parentSpanId: parent && identifier(`${trace} ${parent}`, 16),
            name,
            kind,
            startTimeUnixNano: nanoseconds(-200),
            endTimeUnixNano: nanoseconds(-100),
          },
        ],
      },
    ],
  })),
});

const [SERVER, CLIENT] = [2, 3];
const CALL: Span[] = [
  { service: 'shop', name: 'charge', kind: CLIENT },
  { service: 'payment', name: 'POST /charges', kind: SERVER, parent: 'shop' },
];

const zipkin = (trace: string, service: string) => [
  {
    traceId: traceOf(trace),
    id: identifier(`${trace} ${service}`, 16),
    name: 'get /cart',
    kind: 'SERVER',
    timestamp: (Date.now() - 200) * 1000,
    duration: 100_000,
    localEndpoint: { serviceName: service },
  },
];

const post = async (url: string, body: unknown) => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.ok, `${url}: ${response.status}`).toBe(true);
};

/** Metrics that come with what need not happen here (work on blocks, something refused), or that are newer than what is tested. */
const SELDOM =
  /compaction|backend_(scheduler|worker)|lifecycler_read_only|assigned_partitions|^otelcol_exporter_in_flight|^rpc_server_call/;

/** Metrics of the catalogue, recorded by hand from the version of the image, that a program does not expose. */
export async function missingMetrics(address: string, source: string): Promise<string[]> {
  const { recorded } = JSON.parse(readFileSync(resolve(__dirname, `../../src/catalogue/metrics/${source}.json`), 'utf8'));
  const exposition = await (await fetch(`http://${address}/metrics`)).text();
  const exposed = new Set([...exposition.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
  return Object.keys(recorded).filter((name) => !exposed.has(name) && !SELDOM.test(name));
}

export const answerOf = async (url: string): Promise<Manifest> => {
  const response = await fetch(url);
  return response.ok ? response.json() : undefined;
};

/** Sends `count` traces and answers their names. */
export async function send(receiver: string, word: string, count: number): Promise<string[]> {
  const names = Array.from({ length: count }, (_, index) => `${word} ${index}`);
  for (const name of names) {
    await post(`http://${receiver}/v1/traces`, otlp(name, CALL));
  }
  return names;
}

/** Ways to find traces in a storage. */
export interface Found {
  /** Services of the trace with that identifier. */
  readonly byId: (trace: string) => Promise<string[]>;
  /** Identifiers of the traces of a service. */
  readonly byService: (service: string) => Promise<string[]>;
}

export const inJaeger = (address: string): Found => ({
  byId: async (trace) => {
    const [found] = (await answerOf(`http://${address}/api/traces/${traceOf(trace)}`))?.data ?? [];
    return Object.values<Manifest>(found?.processes ?? {}).map(({ serviceName }) => serviceName);
  },
  byService: async (service) => {
    const parameters = new URLSearchParams({ service, lookback: '1h', limit: '100' });
    const { data } = await answerOf(`http://${address}/api/traces?${parameters}`);
    return data.map(({ traceID }: Manifest) => traceID);
  },
});

export const inTempo = (address: string): Found => ({
  byId: async (trace) => {
    const { batches = [] } = (await answerOf(`http://${address}/api/traces/${traceOf(trace)}`)) ?? {};
    return batches.flatMap(({ resource }: Manifest) =>
      resource.attributes.flatMap(({ key, value }: Manifest) => (key === 'service.name' ? [value.stringValue] : [])),
    );
  },
  byService: async (service) => {
    const parameters = new URLSearchParams({ q: `{ resource.service.name = "${service}" }`, limit: '100' });
    const { traces } = await answerOf(`http://${address}/api/search?${parameters}`);
    return traces.map(({ traceID }: Manifest) => traceID);
  },
});

const sampleOf = async (address: string, name: string): Promise<number> => {
  const metrics = await (await fetch(`http://${address}/metrics`)).text();
  return Number(new RegExp(`^${name}\\{.*\\} (\\S+)$`, 'm').exec(metrics)?.[1] ?? 0);
};

/** How many traces Tempo has written to its volume. */
export const writtenTraces = (address: string): Promise<number> => sampleOf(address, 'tempo_live_store_traces_created_total');

/** Waits until Tempo has written so many traces: a kill loses those of the last seconds (by itself 5, and 5 until it looks). */
export const liesOnVolume = (address: string, count: number): Promise<void> =>
  until(
    async () => (await writtenTraces(address)) >= count && (await sampleOf(address, 'tempo_live_store_live_traces')) === 0,
    30_000,
    'traces are still in memory',
  );

export const areFound = async (found: Found, traces: readonly string[]) => {
  const services = await Promise.all(traces.map((trace) => found.byId(trace)));
  return services.filter((names) => names.includes('shop') && names.includes('payment')).length;
};

export async function showsBoth(found: Found, receiver: string, zipkinReceiver: string): Promise<void> {
  await post(`http://${receiver}/v1/traces`, otlp('by OTLP', CALL));
  await post(`http://${zipkinReceiver}/api/v2/spans`, zipkin('by Zipkin', 'cart'));
  await until(async () => (await areFound(found, ['by OTLP'])) === 1, 15_000, 'the spans over OTLP are not found by id');
  await until(async () => (await found.byId('by Zipkin')).includes('cart'), 15_000, 'the span over Zipkin is not found by id');
  for (const [service, trace] of [
    ['payment', 'by OTLP'],
    ['cart', 'by Zipkin'],
  ]) {
    await until(
      async () => (await found.byService(service)).includes(traceOf(trace)),
      15_000,
      async () => `of ${service} there are ${await found.byService(service)}, not ${traceOf(trace)}`,
    );
  }
}
