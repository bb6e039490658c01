import type { Size } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import { clusterRights } from '../kubernetes/access';
import type { Component } from '../kubernetes/component';
import type { ConfigFiles } from '../kubernetes/config-files';
import { type ContainerDescription, quantity, secretVariable } from '../kubernetes/container';
import { daemonSet } from '../kubernetes/workload';
import type { WorkloadOptions } from '../settings/workload-options';
import { secretFiles } from './elastic-security';
import type { Elasticsearch } from './elasticsearch';
import { WRITER } from './elasticsearch-config';

/** Options of agents that read log files on the nodes and write to Elasticsearch. */
export interface LogShipperOptions extends WorkloadOptions {
  /**
   * Directory of the node that keeps positions and lines that wait. With another one all files are read from the start.
   * @default - `/var/lib/<stack>-<agent>`
   */
  readonly storagePath?: string;
  /**
   * Room for lines that wait while Elasticsearch is away. When it is full, reading stops; what is then rotated away from the node
   * unread is lost. @default Size.gibibytes(5)
   */
  readonly bufferLimit?: Size;
}

/** Properties of agents that read log files on the nodes and write to Elasticsearch. */
export interface LogShipperProps extends LogShipperOptions {
  /** Where lines go. */
  readonly elasticsearch: Elasticsearch;
}

/** What a configuration says about Elasticsearch. */
export interface DestinationSettings {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly indexPrefix: string;
}

/** Where an agent finds its configuration. */
export const CONFIG_DIRECTORY = '/mnt/config';
export const STORAGE_DIRECTORY = '/data';
export const CERTIFICATE_AUTHORITY = '/mnt/certs/ca.crt';
export const PASSWORD_VARIABLE = 'ELASTICSEARCH_PASSWORD';

/** Where the kubelet links the log files of all containers, by names that have namespace, pod and container. */
export const LOG_FILES = '/var/log/containers';

/** What both agents need of their surroundings: rights, the way to Elasticsearch, volumes. */
export interface LogShipper {
  readonly destination: DestinationSettings;
  readonly environment: k8s.EnvVar[];
  readonly volumes: k8s.Volume[];
  readonly mounts: k8s.VolumeMount[];
}

/** Prepares an agent; the first part of both constructors. */
export function logShipper(component: Component, { elasticsearch, storagePath, bufferLimit }: LogShipperProps): LogShipper {
  const { http, indexPrefix, _access: access } = elasticsearch;
  const path = storagePath ?? `/var/lib/${component._identity.clusterName}`;
  component._check(() => [
    ...(/^(\/(?!\.{1,2}(\/|$))[^/\0:]+)+$/.test(path)
      ? []
      : [`storagePath is ${JSON.stringify(storagePath)}; allowed is an absolute path without "..": correct it`]),
    ...(bufferLimit !== undefined && bufferLimit.toMebibytes({ rounding: 1 }) < 64
      ? [`bufferLimit is ${quantity(bufferLimit)}; allowed is 64Mi or more, eight chunks: raise it`]
      : []),
  ]);
  component._connect(http);
  component._reachKubernetesApi();
  if (component._context.access._mode === 'existing') {
    const { name, namespace } = component._identity;
    component._require({
      kind: 'Access',
      name: `get, list and watch on the pods and namespaces of the cluster for ServiceAccount ${namespace}/${name}`,
    });
  } else {
    clusterRights(component, 'metadata', [
      { apiGroups: [''], resources: ['pods', 'namespaces'], verbs: ['get', 'list', 'watch'] },
    ]);
  }
  component._requireSecret(access.certificate.certificateAuthority);
  return {
    destination: { host: http.host, port: http.port, user: WRITER, indexPrefix },
    environment: [secretVariable(component, PASSWORD_VARIABLE, access.passwords.writer)],
    volumes: [
      secretFiles('certs', { 'ca.crt': access.certificate.certificateAuthority }),
      { name: 'storage', hostPath: { path, type: 'DirectoryOrCreate' } },
      { name: 'container-logs', hostPath: { path: LOG_FILES, type: 'Directory' } },
      { name: 'pod-logs', hostPath: { path: '/var/log/pods', type: 'Directory' } },
      { name: 'tmp', emptyDir: {} },
    ],
    mounts: [
      { name: 'certs', mountPath: '/mnt/certs', readOnly: true },
      { name: 'storage', mountPath: STORAGE_DIRECTORY },
      { name: 'container-logs', mountPath: LOG_FILES, readOnly: true },
      // The links lead there.
      { name: 'pod-logs', mountPath: '/var/log/pods', readOnly: true },
      { name: 'tmp', mountPath: '/tmp' },
    ],
  };
}

/** What runs on every node, besides what all agents need. */
export interface AgentPod {
  readonly serviceAccountName: string;
  readonly config: ConfigFiles;
  readonly terminationGracePeriodSeconds: number;
  /** Without the volumes and variables of `LogShipper`. */
  readonly container: ContainerDescription;
}

/** Runs an agent on every node; the last part of both constructors. */
export function runLogShipper(component: Component, { environment, mounts, volumes }: LogShipper, pod: AgentPod): void {
  const { config, container, ...others } = pod;
  daemonSet(component, {
    pod: () => ({
      ...others,
      mountsToken: true,
      checksum: config.checksum(),
      volumes: [config.volume('config'), ...volumes],
      containers: [
        {
          ...container,
          environment: [...(container.environment ?? []), ...environment],
          mounts: [{ name: 'config', mountPath: CONFIG_DIRECTORY, readOnly: true }, ...mounts],
        },
      ],
    }),
  });
}
