import type { k8s } from 'cdk8s-plus-28';
import type { SecretKey } from '../settings/secret-key';
import type { AgentInjectorOptions } from '../settings/secret-source';
import type { ContainerResources } from '../settings/workload-options';
import type { Component } from './component';
import { quantity } from './container';
import { goDuration } from './text';

/** The injector of OpenBao takes these too: it rewrites them to its own (`openbao.org/`) unless it is told not to. Tried at openbao-k8s 833d341. */
const ANNOTATION = 'vault.hashicorp.com';

/** The token with which the agent logs in; only the containers that the injector adds mount it. */
const TOKEN_VOLUME = 'secrets-agent-token';

/** Where the injector mounts `tls-secret`; the same in both. */
const AUTHORITY_PATH = '/vault/tls';

/**
 * How an S3 client reads its keys from one file, when no variable has them (minio-go, credentials/file_aws_credentials.go). The files of
 * the volume are lines of it.
 */
export const AWS_LOGIN = {
  mount: { name: 'object-storage-login', mountPath: '/etc/object-storage-login', readOnly: true },
  file: 'credentials',
  variable: { name: 'AWS_SHARED_CREDENTIALS_FILE', value: '/etc/object-storage-login/credentials' },
};

/** Whether the agent writes both keys of object storage. */
export const writtenByAgent = ({ _context: { secrets } }: Component, ...keys: readonly SecretKey[]): boolean =>
  secrets._description.kind === 'agent' && !keys.some(({ secretName }) => secrets._isExisting(secretName));

/** The keys of object storage as the agent writes them. */
export function awsLoginVolume(component: Component, accessKey: SecretKey, secretKey: SecretKey): k8s.Volume {
  const line = (secret: SecretKey, path: string) => {
    component._requireSecret(secret);
    return { secret: { name: secret.secretName, items: [{ key: secret.key, path }] } };
  };
  return {
    name: AWS_LOGIN.mount.name,
    projected: { sources: [line(accessKey, 'aws_access_key_id'), line(secretKey, 'aws_secret_access_key')] },
  };
}

interface SecretName {
  readonly secretName: string;
  readonly key: string;
}

/** A file that the agent writes. */
interface InjectedFile extends SecretName {
  readonly mountPath: string;
  readonly path: string;
}

/** What the injector makes of a pod. */
export interface InjectedPod {
  readonly annotations: { readonly [key: string]: string };
  readonly containers: k8s.Container[];
  readonly volumes: k8s.Volume[];
}

type Pod = Pick<k8s.PodSpec, 'containers'> & { readonly volumes: readonly k8s.Volume[] };

const agentOf = ({ _context: { secrets } }: Component): AgentInjectorOptions | undefined =>
  secrets._description.kind === 'agent' ? secrets._description : undefined;

/** Notes what the agent needs, once for each component that reads a Secret. */
export function provideByAgent(component: Component, { secretName, key }: SecretKey, options: AgentInjectorOptions): void {
  const { namespace } = component._identity;
  const { certificateAuthority } = options;
  component._require({
    kind: 'AgentRole',
    namespace,
    name: options.role,
    keys: [`${pathOf(options, secretName)}#${key}`],
  });
  const [first] = component._secrets;
  if (first?.secretName === secretName && first.key === key) {
    component._connect(options.server);
    if (certificateAuthority) {
      component._require({ kind: 'Secret', namespace, name: certificateAuthority.secretName, keys: [certificateAuthority.key] });
    }
  }
}

const pathOf = (
  { mount = 'secret', keyValueVersion = 2, pathPrefix = '', paths = {} }: AgentInjectorOptions,
  secretName: string,
) => `${mount}/${keyValueVersion === 2 ? 'data/' : ''}${paths[secretName] ?? `${pathPrefix}${secretName}`}`;

/** Files of Secrets in a volume: those that the agent writes, and whether others are among them. */
function filesOf(
  component: Component,
  volume: k8s.Volume,
): { readonly files: Omit<InjectedFile, 'mountPath'>[]; readonly mixed: boolean } {
  const sources = [
    ...(volume.secret ? [{ name: volume.secret.secretName, items: volume.secret.items }] : []),
    ...(volume.projected?.sources ?? []).map(({ secret }) => secret),
  ];
  const files = sources.flatMap((source) =>
    (source?.items ?? []).map(({ key, path }) => ({ secretName: source?.name ?? '', key, path })),
  );
  const injected = files.filter(({ secretName, key }) =>
    component._secrets.some((known) => known.secretName === secretName && known.key === key),
  );
  return { files: injected, mixed: injected.length > 0 && (injected.length < files.length || sources.some((source) => !source)) };
}

/** A pod without the volumes whose files the agent writes to the same places; as it is where no agent does. */
export function injectedPod(component: Component, pod: Pod): InjectedPod {
  const options = agentOf(component);
  const replaced = new Map(options ? pod.volumes.map((volume) => [volume.name, filesOf(component, volume).files]) : []);
  const filesAt = ({ name, mountPath }: k8s.VolumeMount): InjectedFile[] =>
    (replaced.get(name) ?? []).map((file) => ({ ...file, mountPath }));
  const readers = pod.containers.filter(({ volumeMounts = [] }) => volumeMounts.some((mount) => filesAt(mount).length > 0));
  const files = readers.flatMap(({ volumeMounts = [] }) => volumeMounts.flatMap(filesAt));
  if (options === undefined || files.length === 0) {
    return { annotations: {}, containers: pod.containers, volumes: [...pod.volumes] };
  }
  return {
    annotations: annotations(
      options,
      readers.map(({ name }) => name),
      files,
    ),
    containers: pod.containers.map(({ volumeMounts = [], ...container }) => ({
      ...container,
      volumeMounts: volumeMounts.filter((mount) => filesAt(mount).length === 0),
    })),
    volumes: [
      ...pod.volumes.filter(({ name }) => (replaced.get(name) ?? []).length === 0),
      {
        name: TOKEN_VOLUME,
        projected: {
          sources: [{ serviceAccountToken: { path: 'token', audience: options.tokenAudience, expirationSeconds: 7200 } }],
        },
      },
    ],
  };
}

function annotations(
  options: AgentInjectorOptions,
  containers: readonly string[],
  files: readonly InjectedFile[],
): { [key: string]: string } {
  const { server, role, authPath, refreshInterval, certificateAuthority, resources = {} } = options;
  const all: { [key: string]: string | undefined } = {
    'agent-inject': 'true',
    'agent-inject-containers': containers.join(','),
    'agent-service-account-token-volume-name': TOKEN_VOLUME,
    service: server.url,
    role,
    'auth-path': authPath,
    'template-static-secret-render-interval': refreshInterval && goDuration(refreshInterval),
    ...(certificateAuthority && {
      'tls-secret': certificateAuthority.secretName,
      'ca-cert': `${AUTHORITY_PATH}/${certificateAuthority.key}`,
    }),
    ...resourceAnnotations(resources),
    // The numbers tie the annotations of a file together.
    ...Object.fromEntries(
      writtenFiles(options, files).flatMap(({ secretName, mountPath, path, template }, index) => [
        [`agent-inject-secret-${index + 1}`, pathOf(options, secretName)],
        [`agent-inject-template-${index + 1}`, template],
        [`secret-volume-path-${index + 1}`, mountPath],
        [`agent-inject-file-${index + 1}`, path],
      ]),
    ),
  };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[`${ANNOTATION}/${name}`, value]])),
  );
}

const resourceAnnotations = ({ cpuRequest, cpuLimit, memoryRequest, memoryLimit }: ContainerResources) => ({
  'agent-requests-cpu': cpuRequest?.toString(),
  'agent-limits-cpu': cpuLimit?.toString(),
  'agent-requests-mem': memoryRequest && quantity(memoryRequest),
  'agent-limits-mem': memoryLimit && quantity(memoryLimit),
});

/** Each file once, in the order of their paths, with its template. */
function writtenFiles(
  options: AgentInjectorOptions,
  files: readonly InjectedFile[],
): (Omit<InjectedFile, 'key'> & { readonly template: string })[] {
  const unique = new Map(files.map((file) => [`${file.mountPath}/${file.path}`, file]));
  const sorted = [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, file]) => file);
  const isLine = ({ mountPath }: InjectedFile) => mountPath === AWS_LOGIN.mount.mountPath;
  const lines = sorted.filter(isLine);
  const value = ({ secretName, key }: InjectedFile) => valueTemplate(options, secretName, key);
  return [
    ...sorted.filter((file) => !isLine(file)).map(({ key, ...file }) => ({ ...file, template: value({ ...file, key }) })),
    ...lines.slice(0, 1).map(({ secretName, mountPath }) => ({
      secretName,
      mountPath,
      path: AWS_LOGIN.file,
      template: ['[default]', ...lines.map((line) => `${line.path} = ${value(line)}`), ''].join('\n'),
    })),
  ];
}

/**
 * The value alone, without a line break after it: a template of Go, whose strings are written as those of JSON. A missing key would be
 * written as `<no value>`, whatever `error-on-missing-key` says.
 */
function valueTemplate(options: AgentInjectorOptions, secretName: string, key: string): string {
  const path = pathOf(options, secretName);
  const data = options.keyValueVersion === 1 ? '.Data' : '.Data.data';
  const failure = JSON.stringify(`${path} has no ${key}`);
  return `{{ with secret ${JSON.stringify(path)} }}{{ with index ${data} ${JSON.stringify(key)} }}{{ . }}{{ else }}{{ sprig_fail ${failure} }}{{ end }}{{ end }}`;
}

/** What the agent cannot do for a pod. */
export function injectionProblems(component: Component, volumes: readonly k8s.Volume[]): string[] {
  if (!agentOf(component)) {
    return [];
  }
  const read = volumes.map((volume) => ({ volume, ...filesOf(component, volume) }));
  const inFiles = new Set(read.flatMap(({ files }) => files.map(({ secretName, key }) => `${secretName}/${key}`)));
  const others = component._secrets.map(({ secretName, key }) => `${secretName}/${key}`).filter((name) => !inFiles.has(name));
  return [
    ...[...new Set(others)]
      .sort()
      .map(
        (name) =>
          `secrets is an agent that writes files; allowed is it for what ${component._identity.kind} reads from files, but it reads ${name} in another way: ` +
          'name that Secret in secrets.existing, or take another source',
      ),
    ...read
      .filter(({ mixed }) => mixed)
      .map(
        ({ volume, files }) =>
          `secrets.existing has some of the Secrets in the volume ${volume.name} of ${component._identity.kind}, beside ${files.map(({ secretName }) => secretName).join(', ')}; ` +
          'allowed are all or none of a volume, because the agent writes whole folders: name all of them, or none',
      ),
  ];
}
