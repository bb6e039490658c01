import type { Duration } from 'cdk8s';
import { credentialProblems, keyProblems, kindProblems } from '../kubernetes/extra-config';
import { EndpointProtocol } from '../settings/endpoint';
import { CREDENTIALS, SCRAPE_KEYS } from './config-keys';
import type { Place } from './relabel';
import { ownScrapeConfig } from './scrape-config';
import type { EndpointScrapeOptions, PodScrapeOptions, ScrapeJob, ScrapeOptions } from './scrape-job';

/** What jobs are checked against. */
export interface ScrapeSurroundings {
  readonly place: Place;
  readonly scrapeInterval: Duration;
}

const quoted = (value: unknown) => JSON.stringify(value);

/** Whether a text can be the name of a label, by the rules that all tools share. */
const isLabelName = (name: string) => /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) && !name.startsWith('__');

/** What is wrong with names and values of labels that a user gives. */
export function labelProblems(
  property: string,
  labels: { readonly [name: string]: string },
  reserved: readonly string[],
): string[] {
  return Object.entries(labels).flatMap(([name, value]) => [
    ...(isLabelName(name)
      ? []
      : [
          `${property} has the name ${quoted(name)}; allowed are letters, digits and "_", not starting with a digit or "__": rename the label`,
        ]),
    ...(reserved.includes(name)
      ? [
          `${property} has the name "${name}"; allowed are names that the library does not set itself (${reserved.join(', ')}): rename the label`,
        ]
      : []),
    ...(value === ''
      ? [`${property}.${name} is ""; allowed is a value, because an empty label is none: give one or remove it`]
      : []),
  ]);
}

/** What is wrong with the names of namespaces. */
export function namespaceProblems(property: string, namespaces: readonly string[]): string[] {
  return [
    ...(namespaces.length === 0
      ? [`${property} is []; allowed is at least one namespace: name it, or leave the property out`]
      : []),
    ...namespaces
      .filter((name) => !/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name))
      .map((name) => `${property} has ${quoted(name)}; allowed are 1 to 63 lower-case letters, digits and "-": correct the name`),
    ...repeated(namespaces).map((name) => `${property} has ${quoted(name)} twice; allowed is once: remove one`),
  ];
}

/** Values that occur more than once. */
export const repeated = (values: readonly string[]) => [
  ...new Set(values.filter((value, index) => values.indexOf(value) < index)),
];

/** What is wrong with an interval. */
export function intervalProblems(property: string, interval: Duration): string[] {
  const length = interval.toMilliseconds();
  return length < 1000 || !Number.isInteger(length)
    ? [`${property} is ${length} ms; allowed are whole milliseconds from 1000: lengthen it`]
    : [];
}

/** What is wrong with a timeout within an interval. */
export function timeoutProblems(property: string, timeout: Duration, interval: Duration): string[] {
  const [wait, length] = [timeout.toMilliseconds(), interval.toMilliseconds()];
  return wait < 1 || wait > length || !Number.isInteger(wait)
    ? [
        `${property} is ${wait} ms; allowed are 1 ms up to the interval, ${length} ms: shorten the timeout or lengthen the interval`,
      ]
    : [];
}

/** What is wrong with a job. */
export function scrapeJobProblems(job: ScrapeJob, index: number, surroundings: ScrapeSurroundings): string[] {
  const { _description: description, jobName } = job;
  const property = `scrape[${index}]`;
  return [
    ...(jobName.trim() === '' ? [`${property}.jobName is ${quoted(jobName)}; allowed is any other text: name the job`] : []),
    ...commonProblems(property, description, surroundings),
    ...kindProblems(`${property}.extraConfig`, ownScrapeConfig(job, surroundings.place), description.extraConfig),
    ...(description.kind === 'pods' ? podProblems(property, description) : endpointProblems(property, description)),
  ];
}

function commonProblems(
  property: string,
  options: ScrapeOptions,
  { place: { labels }, scrapeInterval }: ScrapeSurroundings,
): string[] {
  const { interval, timeout, path, sampleLimit, extraConfig } = options;
  return [
    ...(interval === undefined ? [] : intervalProblems(`${property}.interval`, interval)),
    ...(timeout === undefined ? [] : timeoutProblems(`${property}.timeout`, timeout, interval ?? scrapeInterval)),
    ...(path === undefined || path.startsWith('/')
      ? []
      : [`${property}.path is ${quoted(path)}; allowed are paths that start with "/": add it`]),
    ...(sampleLimit === undefined || (Number.isInteger(sampleLimit) && sampleLimit > 0)
      ? []
      : [
          `${property}.sampleLimit is ${sampleLimit}; allowed are whole numbers from 1: correct it, or leave it out for no limit`,
        ]),
    ...labelProblems(`${property}.labels`, options.labels ?? {}, [labels.cluster, labels.environment, labels.replica]),
    ...keyProblems(
      `${property}.extraConfig`,
      Object.fromEntries(Object.entries(extraConfig ?? {}).filter(([key]) => !/^\w+_sd_configs$|^static_configs$/.test(key))),
      SCRAPE_KEYS,
    ),
    ...credentialProblems(`${property}.extraConfig`, extraConfig, CREDENTIALS),
  ];
}

function podProblems(property: string, options: PodScrapeOptions): string[] {
  const { namespaces, podLabels = {}, portName, portNumber, protocol = EndpointProtocol.HTTP } = options;
  const problems = namespaceProblems(`${property}.namespaces`, namespaces);
  for (const [key, value] of Object.entries(podLabels)) {
    if (!/^([a-z0-9.-]+\/)?\w([\w.-]{0,61}\w)?$/i.test(key) || !/^(\w([\w.-]{0,61}\w)?)?$/.test(value)) {
      problems.push(
        `${property}.podLabels has ${quoted(key)}: ${quoted(value)}; allowed are labels as pods can carry them: correct key or value`,
      );
    }
  }
  if (portName !== undefined && portNumber !== undefined) {
    problems.push(
      `${property} has portName ${quoted(portName)} and portNumber ${portNumber}; allowed is one of them: remove the other`,
    );
  }
  if (portName !== undefined && !/^(?=.*[a-z])[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?$/.test(portName)) {
    problems.push(
      `${property}.portName is ${quoted(portName)}; allowed are 1 to 15 lower-case letters, digits and "-": use the name as the pod declares it`,
    );
  }
  if (portNumber !== undefined && !isPort(portNumber)) {
    problems.push(`${property}.portNumber is ${portNumber}; allowed are whole numbers from 1 to 65535: correct it`);
  }
  if (![EndpointProtocol.HTTP, EndpointProtocol.HTTPS].includes(protocol)) {
    problems.push(`${property}.protocol is "${protocol}"; allowed are "http" and "https": metrics are fetched by HTTP`);
  }
  return problems;
}

const isPort = (port: number) => Number.isInteger(port) && port >= 1 && port <= 65535;

function endpointProblems(property: string, { endpoints }: EndpointScrapeOptions): string[] {
  return [
    ...(endpoints.length === 0
      ? [`${property}.endpoints is []; allowed is at least one endpoint: add it, or remove the job`]
      : []),
    ...endpoints.flatMap((endpoint, index) => httpEndpointProblems(`${property}.endpoints[${index}]`, endpoint)),
    ...repeated(endpoints.map(({ hostAndPort, path }) => `${hostAndPort}${path}`)).map(
      (address) => `${property}.endpoints has ${address} twice; allowed is once: remove one`,
    ),
  ];
}

/** What is wrong with an endpoint that is spoken to by HTTP. */
export function httpEndpointProblems(
  property: string,
  {
    host,
    port,
    path,
    protocol,
  }: { readonly host: string; readonly port: number; readonly path: string; readonly protocol: EndpointProtocol },
): string[] {
  return [
    ...(/^([a-z0-9_]([a-z0-9_-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?\.?$/i.test(host) || /^\[[0-9a-f:.]+\]$/i.test(host)
      ? []
      : [
          `${property} has the host ${quoted(host)}; allowed is a host name, an IPv4 address or an IPv6 address in brackets: remove scheme, port and path`,
        ]),
    ...(isPort(port) ? [] : [`${property} has the port ${port}; allowed are whole numbers from 1 to 65535: correct it`]),
    ...(path === '' || path.startsWith('/')
      ? []
      : [`${property} has the path ${quoted(path)}; allowed are paths that start with "/": add it`]),
    ...([EndpointProtocol.HTTP, EndpointProtocol.HTTPS].includes(protocol)
      ? []
      : [`${property} speaks "${protocol}"; allowed are "http" and "https": give the endpoint of the HTTP port`]),
  ];
}
