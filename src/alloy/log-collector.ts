import type { k8s } from 'cdk8s-plus-28';
import { clusterRights, namespaceRights } from '../kubernetes/access';
import type { Component } from '../kubernetes/component';
import { secretVariable } from '../kubernetes/container';
import type { Endpoint } from '../settings/endpoint';
import type { LoggedMetric } from '../settings/plan';
import type { SecretKey } from '../settings/secret-key';
import { commonLabels, type LogsSettings, logsConfig, type PodLogAccess } from './alloy-config';
import type { AlloyBlock } from './alloy-syntax';
import { logPipelineProblems } from './log-pipeline-checks';
import type { LogPipelineSettings, LogSource } from './log-pipeline-settings';
import { tenantProblems } from './log-tenant';

/** User and password of a Loki that asks for them (basic authentication). */
export interface LogCredentials {
  /** The user's name. */
  readonly username: SecretKey;
  /** The password. */
  readonly password: SecretKey;
}

/** What an agent is told about the lines it sends. */
export interface LogCollectorDescription {
  readonly push: Endpoint;
  readonly tenant: string | undefined;
  readonly credentials: LogCredentials | undefined;
  /** How the lines of pods are read. */
  readonly access: () => PodLogAccess;
  /** What this agent can read. */
  readonly kinds: readonly LogSource['kind'][];
  /** Who reads the others. */
  readonly otherwise: string;
}

const CREDENTIAL_VARIABLES = { username: 'LOKI_USERNAME', password: 'LOKI_PASSWORD' };

const READ = ['get', 'list', 'watch'];

/** Discovery of pods never gets a single one (seen in the API server's log); reading logs through the API does. */
const FOUND_PODS: k8s.PolicyRule = { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] };
const PODS: k8s.PolicyRule = { apiGroups: [''], resources: ['pods'], verbs: READ };
const POD_LOGS: k8s.PolicyRule = { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] };
const EVENTS: k8s.PolicyRule = { apiGroups: [''], resources: ['events'], verbs: READ };

/** Rights that a kind of source needs. */
interface Rights {
  readonly id: string;
  /** In words, for the list of prerequisites. */
  readonly what: string;
  readonly rules: readonly k8s.PolicyRule[];
  /** Undefined stands for all. */
  readonly namespaces: readonly string[] | undefined;
}

/** Reads lines, sends them to Loki, and gets the rights for it: the part of an Alloy that is about logs. */
export class LogCollector {
  /** Variables that the container needs. */
  readonly environment: k8s.EnvVar[];
  private readonly given: LogPipelineSettings[] = [];
  private readonly added: LogPipelineSettings[] = [];
  private readonly bindings = new Map<string, (namespace: string) => void>();
  private readonly clusterWide = new Set<string>();

  constructor(
    private readonly component: Component,
    private readonly description: LogCollectorDescription,
    given: readonly LogPipelineSettings[],
  ) {
    const { push, credentials } = description;
    component._check(() => this.problems());
    component._connect(push);
    component._context._plan.loggedMetricsFrom(() => this.loggedMetrics());
    this.given.push(...given);
    this.grant(given);
    this.environment = credentials
      ? [
          secretVariable(component, CREDENTIAL_VARIABLES.username, credentials.username),
          secretVariable(component, CREDENTIAL_VARIABLES.password, credentials.password),
        ]
      : [];
  }

  /** All pipelines. Those that were added come first: what is everybody's else would leave them nothing. */
  get pipelines(): readonly LogPipelineSettings[] {
    return [...this.added, ...this.given];
  }

  /** Reads a further pipeline, before those that were given. */
  add(pipeline: LogPipelineSettings): void {
    this.added.push(pipeline);
    this.grant([pipeline]);
  }

  /** Whether the API server is asked for anything. */
  get usesKubernetesApi(): boolean {
    return this.bindings.size + this.clusterWide.size > 0;
  }

  /** Whether the configuration can be written. Names that Alloy cannot read have no text. */
  get isReadable(): boolean {
    return this.pipelineProblems().length + this.component._context.dataLabels._problems().length === 0;
  }

  /** The configuration. */
  config(): AlloyBlock[] {
    return logsConfig(this.settings());
  }

  private settings(): LogsSettings {
    const { dataLabels, cluster } = this.component._context;
    const { push, tenant, credentials, access } = this.description;
    return {
      dataLabels,
      cluster: cluster.name,
      environment: cluster.environment,
      pipelines: this.pipelines,
      destination: {
        url: `${push.url}/loki/api/v1/push`,
        tenant,
        credentials: credentials && CREDENTIAL_VARIABLES,
      },
      access: access(),
    };
  }

  private loggedMetrics(): LoggedMetric[] {
    const settings = this.settings();
    return settings.pipelines.flatMap((pipeline) => {
      const { target, fixed } = commonLabels(settings, pipeline);
      const common = [...target, ...Object.keys(fixed), ...Object.keys(pipeline.staticLabels)];
      return pipeline.metrics.map(({ name, labels, buckets }) => ({
        name,
        labels: [...common, ...labels.map((label) => label.name)],
        buckets,
      }));
    });
  }

  private pipelineProblems(): string[] {
    const settings = this.settings();
    return logPipelineProblems(settings.pipelines, (pipeline) => commonLabels(settings, pipeline));
  }

  private problems(): string[] {
    const { tenant, kinds, otherwise } = this.description;
    return [
      ...this.pipelineProblems(),
      ...this.pipelines
        .filter(({ source }) => !kinds.includes(source.kind))
        .map(
          ({ name, source }) =>
            `logs[${JSON.stringify(name)}].source is ${source.kind}; allowed are ${kinds.join(' and ')} in this agent: ${otherwise}`,
        ),
      ...(tenant === undefined ? [] : tenantProblems('tenant', tenant)),
    ];
  }

  /** Rights are joined, so that namespaces of several pipelines are one list, and all of them are one right. */
  private grant(pipelines: readonly LogPipelineSettings[]): void {
    const wanted = new Map<string, Rights>();
    for (const rights of pipelines.flatMap((pipeline) => this.rightsOf(pipeline))) {
      const other = wanted.get(rights.id);
      const everywhere = rights.namespaces === undefined || (other !== undefined && other.namespaces === undefined);
      wanted.set(rights.id, {
        ...rights,
        namespaces: everywhere ? undefined : [...new Set([...(other?.namespaces ?? []), ...(rights.namespaces ?? [])])],
      });
    }
    if (wanted.size > 0 && !this.usesKubernetesApi) {
      this.component._reachKubernetesApi();
    }
    for (const rights of wanted.values()) {
      this.grantOne(rights);
    }
  }

  private rightsOf({ source }: LogPipelineSettings): Rights[] {
    switch (source.kind) {
      case 'pods': {
        const isFiles = this.description.access().kind === 'files';
        return [
          {
            id: 'pods',
            what: isFiles
              ? 'list and watch on the pods of all namespaces'
              : 'get, list and watch on the pods of all namespaces, and get on their logs',
            rules: isFiles ? [FOUND_PODS] : [PODS, POD_LOGS],
            namespaces: source.namespaces,
          },
        ];
      }
      case 'kubernetesEvents':
        return [
          {
            id: 'events',
            what: 'get, list and watch on the events of all namespaces',
            rules: [EVENTS],
            namespaces: source.namespaces,
          },
        ];
      case 'otlp':
        return source.kubernetesAttributes
          ? [{ id: 'senders', what: 'get, list and watch on the pods of all namespaces', rules: [PODS], namespaces: undefined }]
          : [];
      case 'journal':
        return [];
    }
  }

  private grantOne({ id, what, rules, namespaces }: Rights): void {
    const { component } = this;
    if (this.clusterWide.has(id)) {
      return;
    }
    const bind = this.bindings.get(id);
    if (namespaces !== undefined) {
      if (bind) {
        namespaces.forEach(bind);
      } else {
        this.bindings.set(id, namespaceRights(component, id, rules, namespaces));
      }
      return;
    }
    this.clusterWide.add(id);
    if (component._context.access._mode !== 'existing') {
      clusterRights(component, bind ? `all-${id}` : id, rules);
    } else {
      const { name, namespace } = component._identity;
      component._require({ kind: 'Access', name: `${what} for ServiceAccount ${namespace}/${name}` });
    }
  }
}
