import type { Duration, Size } from 'cdk8s';
import { quantity } from '../kubernetes/container';
import { checkLogQl } from '../query/logql';
import { parseQuery } from '../query/syntax';
import { groupProblems, repeatedRules } from '../rules/rule-checks';
import { type Endpoint, EndpointProtocol } from '../settings/endpoint';
import type { Retention } from '../settings/retention';
import { extraConfigProblems } from './extra-config';
import { LONGEST_CONNECTION_SECONDS, type LokiSettings, SINGLE_TENANT } from './loki-config';
import type { LokiCache, LokiLimits, LokiRetentionStream, LokiRuler, LokiSchemaPeriod } from './loki-options';

/** What a tenant may be called. Source: grafana/dskit, tenant/tenant.go. */
export const TENANT_RULE = 'allowed are 1 to 150 letters, digits and any of !-_.*\'(), but not "." and "..": rename the tenant';

/** Whether Loki takes a text as a tenant's name. */
export function isTenant(text: string): boolean {
  return /^[a-zA-Z0-9!\-_.*'()]{1,150}$/.test(text) && text !== '.' && text !== '..';
}

/** What is wrong with the settings of a Loki. */
export function lokiProblems(settings: LokiSettings): string[] {
  const { replicas, bucket, retention, retentionStreams, schemaPeriods, caches, limits, ruler, authEnabled } = settings;
  return [
    ...replicaProblems(replicas, bucket !== undefined),
    ...(bucket !== undefined && bucket.endpoint.split('.')[0] === bucket.bucket
      ? [
          `objectStorage.endpoint is ${JSON.stringify(bucket.endpoint)}; allowed is a host that does not begin with the bucket, ${JSON.stringify(bucket.bucket)}: leave the bucket out`,
        ]
      : []),
    ...(retention.isForever ? [] : periodProblems('retention', retention)),
    ...retentionStreams.flatMap(retentionStreamProblems),
    ...schemaPeriodProblems(schemaPeriods),
    ...cacheProblems('caches.chunks', caches.chunks, LARGEST_CHUNK),
    ...cacheProblems('caches.results', caches.results, 64),
    ...limitProblems(limits),
    ...rulerProblems(ruler, authEnabled),
    ...extraConfigProblems(settings.extraConfig),
  ];
}

function replicaProblems(replicas: number, shared: boolean): string[] {
  if (!Number.isInteger(replicas) || replicas < 1) {
    return [`replicas is ${replicas}; allowed are whole numbers from 1: correct it`];
  }
  return replicas > 1 && !shared
    ? [`replicas is ${replicas}; allowed is 1 without objectStorage, because replicas share no volume: give objectStorage`]
    : [];
}

/** Loki starts with less, and then deletes by whole days of its index all the same. */
function periodProblems(property: string, period: Retention): string[] {
  const hours = period.toHours();
  return hours < 24 || !Number.isInteger(hours)
    ? [`${property} is ${period}; allowed are whole hours from 24, because Loki deletes by the day: keep for longer`]
    : [];
}

function retentionStreamProblems({ selector, period, priority = 1 }: LokiRetentionStream, index: number): string[] {
  const property = `retentionStreams[${index}]`;
  const problems = period.isForever
    ? [`${property}.period is forever; allowed is an end: give a long one, or leave the streams to \`retention\``]
    : periodProblems(`${property}.period`, period);
  if (!Number.isInteger(priority)) {
    problems.push(`${property}.priority is ${priority}; allowed are whole numbers: correct it`);
  }
  const problem = selectorProblem(selector);
  if (problem !== undefined) {
    problems.push(
      `${property}.selector is ${JSON.stringify(selector)}; allowed are label matchers in braces, such as {namespace="dev"}: ${problem}`,
    );
  }
  return problems;
}

function selectorProblem(selector: string): string | undefined {
  const [problem] = checkLogQl(selector);
  if (problem !== undefined) {
    return `${problem.message}, at ${problem.position}`;
  }
  const { nodes, substituted } = parseQuery('logql', selector);
  const text = substituted.text.trim();
  const whole = nodes.find(({ name }) => name === 'Selector');
  // Grafana's variables mean nothing to Loki; inside a quoted value their text is only text.
  const unquoted = selector.replace(/"(?:[^"\\]|\\.)*"|`[^`]*`/gs, '');
  return whole === undefined || whole.to - whole.from !== text.length || /[$[]/.test(unquoted)
    ? 'leave everything else out'
    : undefined;
}

function schemaPeriodProblems(periods: readonly LokiSchemaPeriod[]): string[] {
  const last = periods.at(-1);
  if (last === undefined) {
    return ['schemaPeriods is empty; allowed is at least one period: add one, or leave the property out'];
  }
  const problems = periods.flatMap(({ from, schema = 'v13', indexPrefix = 'index_' }, index) => {
    const property = `schemaPeriods[${index}]`;
    const before = periods[index - 1];
    return [
      ...(isDay(from)
        ? []
        : [`${property}.from is ${JSON.stringify(from)}; allowed is a day as YYYY-MM-DD, such as 2024-04-01: correct the date`]),
      ...(before !== undefined && before.from >= from
        ? [`${property}.from is ${from}; allowed is a day after that of the period before, ${before.from}: put them in order`]
        : []),
      ...(['v11', 'v12', 'v13'].includes(schema)
        ? []
        : [`${property}.schema is ${JSON.stringify(schema)}; allowed are v11, v12 and v13: choose one`]),
      ...(/^[\w.-]+$/.test(indexPrefix)
        ? []
        : [
            `${property}.indexPrefix is ${JSON.stringify(indexPrefix)}; allowed are letters, digits, "_", "-" and ".": correct it`,
          ]),
    ];
  });
  if ((last.schema ?? 'v13') !== 'v13') {
    problems.push(
      `schemaPeriods ends with schema ${JSON.stringify(last.schema)}; allowed is v13, which structured metadata needs: append a period`,
    );
  }
  return problems;
}

function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** In KiB. Loki fills chunks up to 1.5 MB and a little over. */
const LARGEST_CHUNK = 2048;

function cacheProblems(property: string, cache: LokiCache | undefined, leastKibibytes: number): string[] {
  if (cache === undefined) {
    return [];
  }
  const { endpoint, maxItemSize, timeout } = cache;
  const problems: string[] = [];
  if (endpoint.protocol !== EndpointProtocol.TCP) {
    problems.push(
      `${property}.endpoint speaks ${endpoint.protocol}; allowed is plain TCP: give the client endpoint of a Memcached, or say EndpointProtocol.TCP`,
    );
  }
  if (endpoint._owner !== undefined && !endpoint.hasSrvRecords) {
    problems.push(
      `${property}.endpoint is ${endpoint.hostAndPort}, a Service with one address; allowed are endpoints with SRV records: use the headless Service`,
    );
  }
  problems.push(...hostProblems(`${property}.endpoint`, endpoint));
  if (maxItemSize !== undefined && maxItemSize.toKibibytes({ rounding: 1 }) < leastKibibytes) {
    problems.push(
      `${property}.maxItemSize is ${quantity(maxItemSize)}; allowed is at least ${leastKibibytes}Ki, or next to nothing is ever cached: raise it, and memcached's -I`,
    );
  }
  return [...problems, ...durationProblems(`${property}.timeout`, timeout)];
}

function hostProblems(property: string, endpoint: Endpoint): string[] {
  return /^[\w.-]+$/.test(endpoint.host)
    ? []
    : [
        `${property} has the host ${JSON.stringify(endpoint.host)}; allowed is a name or an address: remove scheme, port and path`,
      ];
}

function durationProblems(property: string, duration: Duration | undefined): string[] {
  return duration !== undefined && duration.toMilliseconds() < 1
    ? [`${property} is ${duration.toHumanString()}; allowed is at least a millisecond: raise it`]
    : [];
}

function countProblems(property: string, count: number | undefined): string[] {
  return count !== undefined && (!Number.isInteger(count) || count < 1)
    ? [`${property} is ${count}; allowed are whole numbers from 1: correct it`]
    : [];
}

function sizeProblems(property: string, size: Size | undefined): string[] {
  return size !== undefined && size.toKibibytes({ rounding: 1 }) < 1
    ? [`${property} is ${quantity(size)}; allowed is at least 1Ki: raise it`]
    : [];
}

function limitProblems(limits: LokiLimits): string[] {
  const { ingestionRate, ingestionBurstSize, perStreamRateLimit, perStreamRateLimitBurst, maxLineSize } = limits;
  const { maxLabelNamesPerSeries, maxGlobalStreamsPerUser, maxEntriesLimitPerQuery, maxQuerySeries } = limits;
  const { rejectOldSamplesMaxAge, maxQueryLength, queryTimeout } = limits;
  const sizes = { ingestionRate, ingestionBurstSize, perStreamRateLimit, perStreamRateLimitBurst, maxLineSize };
  const counts = { maxLabelNamesPerSeries, maxGlobalStreamsPerUser, maxEntriesLimitPerQuery, maxQuerySeries };
  const durations = { rejectOldSamplesMaxAge, maxQueryLength, queryTimeout };
  return [
    ...Object.entries(sizes).flatMap(([name, size]) => sizeProblems(`limits.${name}`, size)),
    ...Object.entries(counts).flatMap(([name, count]) => countProblems(`limits.${name}`, count)),
    ...Object.entries(durations).flatMap(([name, duration]) => durationProblems(`limits.${name}`, duration)),
    ...(queryTimeout !== undefined && queryTimeout.toMilliseconds() > LONGEST_CONNECTION_SECONDS * 1000
      ? [
          `limits.queryTimeout is ${queryTimeout.toHumanString()}; allowed are at most 10 minutes, when connections are cut: lower it`,
        ]
      : []),
  ];
}

function rulerProblems(ruler: LokiRuler, tenants: boolean): string[] {
  const { ruleFiles = [], ruleGroups = [], alertmanager, remoteWrite, evaluationInterval } = ruler;
  const targets = { alertmanager, remoteWrite };
  return [
    ...ruleGroups.flatMap(({ groups, tenant }, index) => {
      const property = `ruler.ruleGroups[${index}]`;
      return [
        ...groups.flatMap((group) => groupProblems(property, group, { language: 'logql' })),
        ...tenantProblems(`${property}.tenant`, tenant, tenants),
      ];
    }),
    ...[...new Set(ruleGroups.map(({ tenant }) => tenant))].flatMap((tenant) =>
      repeatedRules(
        'ruler.ruleGroups',
        ruleGroups.filter((entry) => entry.tenant === tenant).flatMap(({ groups }) => groups),
      ),
    ),
    ...ruleFiles.flatMap(({ configMapName, tenant }, index) => {
      const property = `ruler.ruleFiles[${index}]`;
      return [
        ...(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(configMapName)
          ? []
          : [
              `${property}.configMapName is ${JSON.stringify(configMapName)}; allowed are 1 to 253 lower-case letters, digits, "-" and ".": correct it`,
            ]),
        ...tenantProblems(`${property}.tenant`, tenant, tenants),
      ];
    }),
    ...Object.entries(targets).flatMap(([name, endpoint]) =>
      endpoint === undefined
        ? []
        : [
            ...hostProblems(`ruler.${name}`, endpoint),
            ...([EndpointProtocol.HTTP, EndpointProtocol.HTTPS].includes(endpoint.protocol)
              ? []
              : [`ruler.${name} speaks ${endpoint.protocol}; allowed are http and https: give its HTTP endpoint`]),
          ],
    ),
    ...durationProblems('ruler.evaluationInterval', evaluationInterval),
  ];
}

function tenantProblems(property: string, tenant: string | undefined, tenants: boolean): string[] {
  if (!tenants) {
    return tenant === undefined || tenant === SINGLE_TENANT
      ? []
      : [
          `${property} is ${JSON.stringify(tenant)}; allowed is none without authEnabled, because all lines are one tenant's: leave it out`,
        ];
  }
  if (tenant === undefined) {
    return [`${property} is missing; allowed is the tenant whose lines the rules ask for, as authEnabled is true: add it`];
  }
  return isTenant(tenant) ? [] : [`${property} is ${JSON.stringify(tenant)}; ${TENANT_RULE}`];
}
