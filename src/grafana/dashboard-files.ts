import type { k8s } from 'cdk8s-plus-28';
import type { Dashboard } from '../dashboards/dashboard';
import type { DashboardContext, DashboardDataSources } from '../dashboards/dashboard-context';
import type { StandardDashboards } from '../dashboards/standard-dashboards';
import type { Component } from '../kubernetes/component';
import { type ConfigFiles, configFiles } from '../kubernetes/config-files';
import { DASHBOARDS_PATH, type DashboardFolder, dashboardFolders, folderUid } from './grafana-config';

/** A ConfigMap with dashboards that somebody else owns: each key that ends in `.json` is one. */
export interface DashboardConfigMap {
  /** Its name, in the namespace of Grafana. It must exist before the pod starts; what changes in it shows within two minutes. */
  readonly name: string;
  /** Folder. @default - the top level */
  readonly folder?: string;
}

/** Dashboards of the same ConfigMap. */
interface Bundle {
  readonly files: ConfigFiles;
  readonly dashboards: () => readonly Dashboard[];
}

/** What the files of dashboards are made of. */
export interface DashboardFilesSettings {
  readonly dashboards: readonly Dashboard[];
  readonly standard: StandardDashboards;
  readonly dataSources: DashboardDataSources;
  /** ConfigMaps with dashboards that others own. @default - none */
  readonly configMaps?: readonly DashboardConfigMap[];
  /** What the dashboards are rendered with, once nothing is missing any more. */
  readonly context: () => DashboardContext;
  /** How ConfigMaps are found by a sidecar; each then holds boards of one folder. @default - they are mounted by name */
  readonly published?: {
    readonly labels: { readonly [key: string]: string };
    /** Annotation that names the folder. */
    readonly folderAnnotation: string;
  };
}

/**
 * The dashboards of a Grafana as ConfigMaps: one for each that a user gives, so that each may be as large as it can be, and one
 * for several of the library's. Which of the latter there are may grow while components are constructed: a ConfigMap
 * appears with its first board, and its contents are worked out at synth.
 */
export class DashboardFiles {
  private readonly given: readonly Dashboard[];
  private readonly bundles: Bundle[] = [];
  private readonly standardBundles = new Set<string>();

  constructor(
    private readonly component: Component,
    private readonly settings: DashboardFilesSettings,
  ) {
    this.given = [...settings.dashboards, ...settings.standard._replacements];
    for (const [index, dashboard] of this.given.entries()) {
      if (firstAlike(this.given, dashboard.uid) === index) {
        this.bundle(configMapSuffix(dashboard.uid), () => [dashboard], dashboard.folder);
      }
    }
    const { _plan: plan } = component._context;
    plan.onSources(() => {
      for (const [name, dashboards] of this.served()) {
        for (const { folder } of settings.published ? dashboards : []) {
          this.standardBundle(`dashboards-${name}${folder === undefined ? '' : `-${slug(folderUid(folder))}`}`, name, folder);
        }
        if (!settings.published) {
          this.standardBundle(`dashboards-${name}`, name, undefined);
        }
      }
    });
  }

  /** All dashboards: a user's first. */
  get all(): readonly Dashboard[] {
    return [...this.given, ...[...this.standard()].flatMap(([, dashboards]) => dashboards)];
  }

  /** Those that a user gives. */
  get ofUser(): readonly Dashboard[] {
    return this.given;
  }

  /** Folders that hold them. */
  get folders(): DashboardFolder[] {
    const { configMaps = [] } = this.settings;
    return dashboardFolders([...this.all, ...configMaps].map(({ folder }) => folder));
  }

  /** Mounts, one for each folder. */
  get mounts(): k8s.VolumeMount[] {
    return this.folders.map(({ uid }, index) => ({
      name: volumeName(index),
      mountPath: `${DASHBOARDS_PATH}/${uid}`,
      readOnly: true,
    }));
  }

  /** Volumes of these mounts. */
  get volumes(): k8s.Volume[] {
    return this.folders.map(({ title }, index) => ({
      name: volumeName(index),
      projected: { sources: [...this.bundles.flatMap((bundle) => projection(bundle, title)), ...this.foreign(title)] },
    }));
  }

  private foreign(title: string | undefined): k8s.VolumeProjection[] {
    const { configMaps = [] } = this.settings;
    return configMaps.filter(({ folder }) => folder === title).map(({ name }) => ({ configMap: { name } }));
  }

  private standardBundle(suffix: string, name: string, folder: string | undefined): void {
    if (!this.standardBundles.has(suffix)) {
      this.standardBundles.add(suffix);
      const inFolder = (dashboard: Dashboard) => !this.settings.published || dashboard.folder === folder;
      this.bundle(suffix, () => this.standardOf(name).filter(inFolder), folder);
    }
  }

  private bundle(suffix: string, dashboards: Bundle['dashboards'], folder: string | undefined): void {
    const { published, context } = this.settings;
    const files = configFiles(
      this.component,
      suffix,
      () => Object.fromEntries(dashboards().map((dashboard) => [fileName(dashboard), dashboard._json(context())])),
      { ...published?.labels },
      published && folder !== undefined ? { [published.folderAnnotation]: folder } : undefined,
    );
    this.bundles.push({ files, dashboards });
  }

  private served(): Map<string, Dashboard[]> {
    const { standard, dataSources } = this.settings;
    return standard._served(dataSources, this.component._context._plan.sources);
  }

  private settled: { readonly sources: number; readonly served: Map<string, Dashboard[]> } | undefined;

  /** The library's dashboards, made once for what is scraped. */
  private standard(): Map<string, Dashboard[]> {
    const { size } = this.component._context._plan.sources;
    if (this.settled?.sources !== size) {
      this.settled = { sources: size, served: this.served() };
    }
    return this.settled.served;
  }

  private standardOf(name: string): readonly Dashboard[] {
    return this.standard().get(name) ?? [];
  }
}

const volumeName = (index: number) => `dashboards-${index}`;

const fileName = ({ uid }: Dashboard) => `${uid}.json`;

/** Those of a ConfigMap that belong to a folder; all of it where all do. */
function projection({ files, dashboards }: Bundle, folder: string | undefined): k8s.VolumeProjection[] {
  const all = dashboards();
  const wanted = all.filter((dashboard) => dashboard.folder === folder);
  if (wanted.length === 0) {
    return [];
  }
  const items = wanted.map((dashboard) => ({ key: fileName(dashboard), path: fileName(dashboard) }));
  return [{ configMap: { name: files.configMapName, ...(wanted.length < all.length && { items }) } }];
}

/** What the ConfigMap of a board has behind the component's name. */
const configMapSuffix = (uid: string) => `dashboard-${slug(uid)}`;

/** A text as part of a name. */
const slug = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

/** Index of the first board whose ConfigMap has the name that this uid gives. */
export function firstAlike(dashboards: readonly Dashboard[], uid: string): number {
  const suffix = configMapSuffix(uid);
  return dashboards.findIndex((other) => configMapSuffix(other.uid) === suffix);
}
