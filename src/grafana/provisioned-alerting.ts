import type { Duration } from 'cdk8s';
import type { DataLabels } from '../settings/data-labels';
import type { Endpoint } from '../settings/endpoint';
import type { SecretKey } from '../settings/secret-key';
import type { DataSourceKind } from './data-source-config';
import type { ProvisioningValue } from './provisioning-yaml';

/** A data source of the Grafana that evaluates. */
export interface AlertingDataSource {
  readonly uid: string;
  readonly kind: DataSourceKind;
  readonly endpoint: Endpoint;
}

/** What alerting is told about the Grafana that it is given to. */
export interface AlertingSurroundings {
  readonly dataSources: readonly AlertingDataSource[];
  readonly labels: DataLabels;
  readonly scrapeInterval: Duration;
}

/** What Grafana reads of it. */
export interface AlertingProvision {
  /** The file below `provisioning/alerting`. */
  readonly file: { readonly [key: string]: ProvisioningValue };
  /** Settings of the server that it needs, `section.key`. */
  readonly settings: { readonly [name: string]: string };
  /** The password of the mail server that the settings name, if it has one. */
  readonly mailPassword?: SecretKey;
}

/** Environment variable with a secret of alerting. */
export interface AlertingVariable {
  readonly variable: string;
  readonly secret: SecretKey;
}

/** What Grafana evaluates by itself and whom it tells, as files: `GrafanaAlerting` is one. */
export abstract class ProvisionedAlerting {
  /**
   * Where notifications go.
   * @internal
   */
  public abstract get _endpoints(): readonly Endpoint[];

  /**
   * Secrets that the file names.
   * @internal
   */
  public abstract _variables(surroundings: AlertingSurroundings): readonly AlertingVariable[];

  /**
   * What Grafana reads.
   * @internal
   */
  public abstract _provision(surroundings: AlertingSurroundings): AlertingProvision;

  /**
   * What is wrong with it.
   * @internal
   */
  public abstract _problems(surroundings: AlertingSurroundings): string[];
}

/** What is wrong with it in a Grafana that has these settings of the user. */
export function alertingProblems(
  alerting: ProvisionedAlerting,
  surroundings: AlertingSurroundings,
  settings: { readonly [name: string]: string } = {},
): string[] {
  const own = alerting._provision(surroundings).settings;
  return [
    ...alerting._problems(surroundings),
    ...Object.keys(own)
      .filter((name) => name in settings)
      .map((name) => `settings has ${name}; allowed are settings that the receivers of \`alerting\` do not make: leave it out`),
  ];
}
