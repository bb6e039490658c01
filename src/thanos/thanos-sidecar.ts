import { Size } from 'cdk8s';
import type { Component } from '../kubernetes/component';
import { type ConfigFiles, configFiles } from '../kubernetes/config-files';
import { httpProbe, mergeResources, resourceProblems } from '../kubernetes/container';
import { type PodAddition, PodExtension, type PodHost } from '../kubernetes/pod-extension';
import { offerMetrics, type ServicePortDescription } from '../kubernetes/service';
import { Cpu } from '../settings/cpu';
import { type Endpoint, EndpointProtocol } from '../settings/endpoint';
import type { ObjectStorage } from '../settings/object-storage';
import type { ContainerResources } from '../settings/workload-options';
import { type BucketAccess, bucketAccess } from './objstore';
import { CONFIG_PATH, GRPC } from './thanos-process';
import { extraArgsProblems, sidecarArguments } from './thanos-sidecar-config';

/** Options of `ThanosSidecar`: all of its properties but those that connect it. */
export interface ThanosSidecarOptions {
  /** Resources of the container. @default - 20m and 64Mi, at most 512Mi */
  readonly resources?: ContainerResources;
  /** Further arguments of `thanos sidecar`; a flag that is set already is refused. @default - none */
  readonly extraArgs?: string[];
  /** Environment variables of the container. Values are not secret. @default - none */
  readonly environment?: { [name: string]: string };
  /** Prometheus in the same pod; give its path if it has a route prefix. @default 'http://localhost:9090' */
  readonly prometheusUrl?: string;
}

/** Properties of `ThanosSidecar`. */
export interface ThanosSidecarProps extends ThanosSidecarOptions {
  /** Where blocks are uploaded to, once they are cut. @default - nothing is uploaded, Prometheus' own data is served to Thanos Query */
  readonly objectStorage?: ObjectStorage;
}

/** Prometheus has a port named `http` in the same pod. */
const SIDECAR_HTTP = { name: 'sidecar-http', port: 10902 };
const CONFIG_VOLUME = 'thanos-sidecar-config';

/** 33Mi were measured at 32,000 series; every query adds the frames that it streams. */
const RESOURCES: ContainerResources = {
  cpuRequest: Cpu.millis(20),
  memoryRequest: Size.mebibytes(64),
  memoryLimit: Size.mebibytes(512),
};

interface Attachment {
  readonly host: Component;
  readonly grpc: Endpoint;
  readonly bucket: BucketAccess | undefined;
  readonly files: ConfigFiles | undefined;
}

/**
 * Runs beside Prometheus in its pod: answers Thanos Query from Prometheus' data and uploads its blocks. It is a value given to
 * one Prometheus, which then becomes its host.
 */
export class ThanosSidecar extends PodExtension {
  private attachment: Attachment | undefined;

  constructor(private readonly props: ThanosSidecarProps = {}) {
    super();
  }

  /**
   * StoreAPI, for Thanos Query: each replica of Prometheus is found by SRV records.
   * @throws if no Prometheus has been given this sidecar yet
   */
  public get grpc(): Endpoint {
    if (this.attachment === undefined) {
      throw new Error(
        'ThanosSidecar.grpc is asked for before the sidecar belongs to a Prometheus: construct the Prometheus with it first',
      );
    }
    return this.attachment.grpc;
  }

  /**
   * Ports that the host's headless Service offers.
   * @internal
   */
  public get _ports(): readonly ServicePortDescription[] {
    return [{ target: GRPC, protocol: EndpointProtocol.GRPC }];
  }

  /**
   * Whether blocks are uploaded.
   * @internal
   */
  public get _uploadsBlocks(): boolean {
    return this.props.objectStorage !== undefined;
  }

  /**
   * Annotations that the host's service account needs.
   * @internal
   */
  public get _serviceAccountAnnotations(): { readonly [key: string]: string } {
    return this.props.objectStorage?.identity.serviceAccountAnnotations ?? {};
  }

  /**
   * Joins the host.
   * @internal
   */
  public _attach(host: Component, endpoints: readonly Endpoint[]): void {
    if (this.attachment) {
      const first = this.attachment.host.node.path;
      host._check(() => [
        `extensions has a ThanosSidecar that belongs to ${first}; allowed is one host for each sidecar, and ${host.node.path} is another: give it a new ThanosSidecar`,
      ]);
      return;
    }
    const { objectStorage } = this.props;
    const bucket = objectStorage && bucketAccess(host, objectStorage);
    this.attachment = {
      host,
      grpc: endpoints[0],
      bucket,
      files: bucket && configFiles(host, 'thanos-sidecar', bucket.files),
    };
    host._check(() => this.problems());
    offerMetrics(host, SIDECAR_HTTP, {
      job: `${host._identity.name.slice(host._context.namePrefix.length)}-thanos-sidecar`,
      source: 'thanos-sidecar',
    });
  }

  /**
   * What joins the pod.
   * @internal
   */
  public _addition(host: PodHost): PodAddition {
    const { bucket, files } = this.attachment ?? {};
    const environment = [
      ...(bucket?.environment ?? []),
      ...Object.entries(this.props.environment ?? {}).map(([name, value]) => ({ name, value })),
      // Read once, at the start: a change must restart the pod, and the pod's annotation is Prometheus' own.
      ...(files ? [{ name: 'OBJSTORE_CONFIG_CHECKSUM', value: files.checksum() }] : []),
    ];
    return {
      containers: [
        {
          name: 'thanos-sidecar',
          image: 'thanos',
          args: sidecarArguments(this.settings(host.dataPath, host.httpClient?.file)),
          environment: environment.length > 0 ? environment : undefined,
          ports: [GRPC, SIDECAR_HTTP],
          // Hard links of blocks can be made by the owner of the files only, so that another user would upload nothing.
          user: host.user,
          mounts: [
            { name: host.dataVolume, mountPath: host.dataPath },
            ...(files ? [{ name: CONFIG_VOLUME, mountPath: CONFIG_PATH, readOnly: true }] : []),
            ...(bucket?.mounts ?? []),
            ...(host.httpClient?.mounts ?? []),
          ],
          resources: mergeResources(RESOURCES, this.props.resources),
          readiness: httpProbe('/-/ready', SIDECAR_HTTP.name),
          liveness: httpProbe('/-/healthy', SIDECAR_HTTP.name),
        },
      ],
      volumes: [...(files ? [files.volume(CONFIG_VOLUME)] : []), ...(bucket?.volumes ?? [])],
      podLabels: bucket?.podLabels ?? {},
    };
  }

  private settings(dataPath: string, httpClientFile?: string) {
    const { prometheusUrl = 'http://localhost:9090', extraArgs = [] } = this.props;
    return { prometheusUrl, dataPath, uploads: this._uploadsBlocks, httpClientFile, extraArgs };
  }

  private problems(): string[] {
    const settings = this.settings('');
    return [
      ...(/^http:\/\/(localhost|127\.0\.0\.1|\[::1\]):\d{1,5}(\/[\w./-]*)?$/.test(settings.prometheusUrl)
        ? []
        : [
            `sidecar.prometheusUrl is ${JSON.stringify(settings.prometheusUrl)}; allowed is "http://localhost:<port>[/path]", the same pod: correct it`,
          ]),
      ...extraArgsProblems(settings),
      ...resourceProblems(mergeResources(RESOURCES, this.props.resources)).map((problem) => `sidecar.${problem}`),
    ];
  }
}
