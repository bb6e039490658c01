import type { Size } from 'cdk8s';
import type { PodAddition, PodExtension, PodHost } from '../kubernetes/pod-extension';
import type { Claim } from '../kubernetes/volumes';
import type { BasicAuthentication } from '../settings/basic-authentication';
import type { Retention } from '../settings/retention';
import type { PrometheusSettings } from './prometheus-config';

/** Properties with their defaults, which hang on each other. */
export interface SettledPrometheus {
  readonly volume: Size;
  readonly retention: Retention;
  readonly retentionSize: Size;
  readonly replicas: number;
  readonly extensions: readonly PodExtension[];
  readonly uploadsBlocks: boolean;
}

/** What a Prometheus is to do, whoever runs it. Functions are asked at synth, when the whole graph is known. */
export interface PrometheusIntent extends SettledPrometheus {
  readonly claims: readonly Claim[];
  settings(): PrometheusSettings;
  /** What joins the pods. */
  additions(host: PodHost): PodAddition[];
  /** Of whatever is told alerts or scraped. */
  logins(): BasicAuthentication[];
  receivesWrites(): boolean;
  keepsExemplars(): boolean;
  readonly externalUrl: string | undefined;
  readonly sendsAlerts: boolean;
}
