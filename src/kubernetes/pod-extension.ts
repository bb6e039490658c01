import type { k8s } from 'cdk8s-plus-28';
import type { Endpoint } from '../settings/endpoint';
import type { Component } from './component';
import type { ContainerDescription } from './container';
import type { ServicePortDescription } from './service';

/** What an extension adds to the pod it is given to. */
export interface PodAddition {
  readonly containers: readonly ContainerDescription[];
  readonly volumes: readonly k8s.Volume[];
  readonly podLabels: { readonly [key: string]: string };
}

/** What an extension is told about the pod. */
export interface PodHost {
  readonly component: Component;
  /** Name and mount path of the volume with the data of the main container. */
  readonly dataVolume: string;
  readonly dataPath: string;
  /** User of the main container; whoever shares its files runs as the same. */
  readonly user: number;
  /** How the extension logs in at the main container over HTTP, where that asks for it: a file and what it needs. */
  readonly httpClient?: { readonly file: string; readonly mounts: readonly k8s.VolumeMount[] };
}

/**
 * Something that runs beside a program in its pod, such as the Thanos sidecar beside Prometheus. It is given to the
 * component whose pod it joins.
 */
export abstract class PodExtension {
  /**
   * Ports that the component's headless Service offers for the extension.
   * @internal
   */
  public abstract get _ports(): readonly ServicePortDescription[];

  /**
   * Whether the extension uploads blocks of metrics. The host then leaves them as they are cut and labels them uniquely.
   * @internal
   */
  public abstract get _uploadsBlocks(): boolean;

  /**
   * Annotations that the host's service account needs.
   * @internal
   */
  public abstract get _serviceAccountAnnotations(): { readonly [key: string]: string };

  /**
   * Called once by the host's constructor, with the endpoints of `_ports`: says to the plan what the extension reaches.
   * @internal
   */
  public abstract _attach(host: Component, endpoints: readonly Endpoint[]): void;

  /**
   * What joins the pod; called at synth.
   * @internal
   */
  public abstract _addition(host: PodHost): PodAddition;
}
