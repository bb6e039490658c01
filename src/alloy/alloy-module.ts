import type { k8s } from 'cdk8s-plus-28';
import type { ContainerPort } from '../kubernetes/container';
import type { AlloyBlock } from './alloy-syntax';

/** What a source brings to the Alloy that runs it. Asked at synth, but for the variables. */
export interface AlloyModule {
  readonly environment: readonly k8s.EnvVar[];
  readonly isReadable: boolean;
  readonly usesKubernetesApi: boolean;
  readonly ports: readonly ContainerPort[];
  config(): AlloyBlock[];
}

/** What an Alloy tells its sources. */
export interface AlloyPlace {
  /** Whether several replicas share the work. */
  readonly clustering: boolean;
}
