import { join } from 'node:path';
import { App } from 'cdk8s';
import { MonitoringStack } from './monitoring-stack';
import type { MonitoringStackProps } from './stack-options';

/** Options of `MonitoringFleet`. */
export interface MonitoringFleetProps {
  /** Folder that receives a folder for each cluster. @default - the output folder of `cdk8s synth`, else `dist` */
  readonly outdir?: string;
}

/**
 * Stacks of many clusters in one program. Each has an app of its own, because the time that an app takes grows with the
 * square of its charts; here it grows with their number.
 */
export class MonitoringFleet {
  private readonly apps = new Map<string, App>();
  private readonly outdir: string;

  constructor(props: MonitoringFleetProps = {}) {
    this.outdir = props.outdir ?? process.env.CDK8S_OUTDIR ?? 'dist';
  }

  /**
   * Adds the stack of a cluster. Throws if the fleet has one of that name: its files would replace the other's.
   * @param folder name of the folder and of the file in it
   */
  public add(folder: string, props: MonitoringStackProps): MonitoringStack {
    if (this.apps.has(folder) || !/^[a-z0-9][a-z0-9.-]*$/.test(folder)) {
      throw new Error(
        `folder is ${JSON.stringify(folder)}; allowed are lower-case letters, digits, "-" and ".", each name once: choose another name`,
      );
    }
    const app = new App({ outdir: join(this.outdir, folder) });
    this.apps.set(folder, app);
    return new MonitoringStack(app, folder, props);
  }

  /** Writes the manifests of all clusters. Throws with the problems of all of them if there are any. */
  public synth(): void {
    const failures: string[] = [];
    for (const [folder, app] of this.apps) {
      try {
        app.synth();
      } catch (error) {
        failures.push(`${folder}: ${error instanceof Error ? error.message : error}`);
      }
    }
    if (failures.length > 0) {
      throw new Error(failures.join('\n'));
    }
  }
}
