import { Size } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import { namespaceRights } from '../kubernetes/access';
import type { Component } from '../kubernetes/component';
import { type ContainerDescription, httpProbe, mergeResources, resourceProblems } from '../kubernetes/container';
import { Cpu } from '../settings/cpu';
import type { ContainerResources } from '../settings/workload-options';

/**
 * What looks for ConfigMaps with dashboards, wherever somebody puts them, and hands their files to Grafana: kiwigrid/k8s-sidecar. The
 * pod gets a token of the API server for it.
 */
export interface DashboardSidecarOptions {
  /** Namespaces that it looks into; it may read all ConfigMaps there. @default - that of Grafana */
  readonly namespaces?: string[];
  /** Label by which it knows them. @default 'grafana_dashboard' */
  readonly label?: string;
  /** Value of that label. @default - any */
  readonly labelValue?: string;
  /** Annotation of a ConfigMap that names the folder. @default 'grafana_folder' */
  readonly folderAnnotation?: string;
  /** Resources of its container. @default - 10m and 96Mi, at most 256Mi */
  readonly resources?: ContainerResources;
}

/** Where it writes and Grafana reads. */
export const SIDECAR_DASHBOARDS_PATH = '/etc/grafana/found-dashboards';

const VOLUME = 'found-dashboards';
const HEALTH = { name: 'sidecar-health', port: 8081 };

/** Python with the client of Kubernetes is some 70 MiB, and every ConfigMap that it looks at passes through it. */
const RESOURCES: ContainerResources = {
  cpuRequest: Cpu.millis(10),
  memoryRequest: Size.mebibytes(96),
  memoryLimit: Size.mebibytes(256),
};

/** Its mount in Grafana's container, and its volumes. */
export const SIDECAR_MOUNT: k8s.VolumeMount = { name: VOLUME, mountPath: SIDECAR_DASHBOARDS_PATH, readOnly: true };
export const SIDECAR_VOLUMES: k8s.Volume[] = [{ name: VOLUME, emptyDir: {} }];

/** Gives it its rights, says what it reaches, and answers with its container. */
export function dashboardSidecar(component: Component, options: DashboardSidecarOptions): ContainerDescription {
  const { label = 'grafana_dashboard', labelValue, folderAnnotation = 'grafana_folder' } = options;
  const namespaces = options.namespaces ?? [component._identity.namespace];
  namespaceRights(
    component,
    'dashboards',
    [{ apiGroups: [''], resources: ['configmaps'], verbs: ['list', 'watch'] }],
    namespaces,
  );
  component._reachKubernetesApi();
  const resources = mergeResources(RESOURCES, options.resources);
  component._check(() => [
    ...(namespaces.length === 0
      ? ['dashboardSidecar.namespaces is []; allowed is at least one: name those with dashboards, or leave the property out']
      : []),
    ...resourceProblems(resources).map((problem) => `dashboardSidecar.${problem}`),
  ]);
  const environment = {
    METHOD: 'WATCH',
    RESOURCE: 'configmap',
    NAMESPACE: namespaces.join(','),
    LABEL: label,
    ...(labelValue !== undefined && { LABEL_VALUE: labelValue }),
    FOLDER: SIDECAR_DASHBOARDS_PATH,
    FOLDER_ANNOTATION: folderAnnotation,
    // Files of two ConfigMaps may have the same name.
    UNIQUE_FILENAMES: 'true',
    HEALTH_PORT: `${HEALTH.port}`,
  };
  return {
    name: 'dashboard-sidecar',
    image: 'k8sSidecar',
    args: [],
    environment: Object.entries(environment).map(([name, value]) => ({ name, value })),
    ports: [HEALTH],
    mounts: [{ name: VOLUME, mountPath: SIDECAR_DASHBOARDS_PATH }],
    resources,
    // It answers once all ConfigMaps that were there at the start are written.
    readiness: httpProbe('/healthz', HEALTH.name),
    liveness: httpProbe('/healthz', HEALTH.name, { periodSeconds: 30, failureThreshold: 6 }),
  };
}

/** How Grafana finds what it wrote: a folder for each directory. */
export const SIDECAR_PROVIDER = {
  name: 'found',
  type: 'file',
  disableDeletion: false,
  allowUiUpdates: false,
  updateIntervalSeconds: 30,
  options: { path: SIDECAR_DASHBOARDS_PATH, foldersFromFilesStructure: true },
};
