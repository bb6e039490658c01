import { describe, expect, it } from 'vitest';
import { KubeStateMetrics, type KubeStateMetricsProps } from '../../src/exporters/kube-state-metrics';
import {
  DEFAULT_RESOURCES,
  followRules,
  kubeStateMetricsArguments,
  RESOURCE_KINDS,
} from '../../src/exporters/kube-state-metrics-config';
import { MonitoringContext } from '../../src/settings/monitoring-context';
import {
  EVERY_SERVICE_OPTION,
  EVERY_WORKLOAD_OPTION,
  expectEveryPropToMatter,
  type Manifest,
  manifestOf,
  synthesisError,
  synthesize,
} from '../support/constructs';

const EVERY_PROP: Required<KubeStateMetricsProps> = {
  ...EVERY_WORKLOAD_OPTION,
  ...EVERY_SERVICE_OPTION,
  resourceKinds: ['pods', 'nodes', 'deployments'],
  namespaces: ['shop', 'billing'],
  metricLabelsAllowlist: { pods: ['app.kubernetes.io/name', 'tier'] },
  metricAnnotationsAllowlist: { pods: ['example.com/*'] },
};

const make = (props: KubeStateMetricsProps = {}) => synthesize((chart) => new KubeStateMetrics(chart, 'ksm', props));

describe('arguments of kube-state-metrics', () => {
  const settings = {
    resourceKinds: ['pods', 'nodes'],
    namespaces: undefined,
    metricLabelsAllowlist: {},
    metricAnnotationsAllowlist: {},
  };

  it('name ports and kinds', () => {
    expect(kubeStateMetricsArguments(settings)).toEqual(['--port=8080', '--telemetry-port=8081', '--resources=nodes,pods']);
  });

  it('name namespaces and lists, sorted', () => {
    expect(
      kubeStateMetricsArguments({
        ...settings,
        namespaces: ['shop', 'billing'],
        metricLabelsAllowlist: { nodes: ['*'], pods: ['tier', 'app'], jobs: ['app*name'] },
        metricAnnotationsAllowlist: { pods: ['a/b'] },
      }).slice(3),
    ).toEqual([
      '--namespaces=billing,shop',
      '--metric-labels-allowlist=jobs=[app*name],nodes=[*],pods=[tier,app]',
      '--metric-annotations-allowlist=pods=[a/b]',
    ]);
  });
});

describe('rights of kube-state-metrics', () => {
  it('are made from the kinds', () => {
    expect(followRules(['pods', 'deployments', 'nodes', 'replicasets'])).toEqual([
      { apiGroups: [''], resources: ['nodes', 'pods'], verbs: ['list', 'watch'] },
      { apiGroups: ['apps'], resources: ['deployments', 'replicasets'], verbs: ['list', 'watch'] },
    ]);
  });

  it('name the API group of every kind', () => {
    const groups = followRules(Object.keys(RESOURCE_KINDS)).map(({ apiGroups, resources }) => [apiGroups?.join(), resources]);
    expect(Object.fromEntries(groups)).toEqual({
      '': [
        'limitranges',
        'namespaces',
        'nodes',
        'persistentvolumeclaims',
        'persistentvolumes',
        'pods',
        'replicationcontrollers',
        'resourcequotas',
        'services',
      ],
      'admissionregistration.k8s.io': ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
      apps: ['daemonsets', 'deployments', 'replicasets', 'statefulsets'],
      autoscaling: ['horizontalpodautoscalers'],
      batch: ['cronjobs', 'jobs'],
      'certificates.k8s.io': ['certificatesigningrequests'],
      'coordination.k8s.io': ['leases'],
      'discovery.k8s.io': ['endpointslices'],
      'networking.k8s.io': ['ingresses', 'networkpolicies'],
      policy: ['poddisruptionbudgets'],
      'storage.k8s.io': ['storageclasses', 'volumeattachments'],
    });
  });

  it('are granted on the cluster for kinds without a namespace, and for no other', () => {
    const manifests = make({ namespaces: ['shop'], resourceKinds: Object.keys(RESOURCE_KINDS) });
    const { rules } = manifestOf(manifests, 'ClusterRole', 'monitoring-kube-state-metrics-cluster-objects');
    expect(rules.flatMap(({ resources }: Manifest) => resources).sort()).toEqual([
      'certificatesigningrequests',
      'mutatingwebhookconfigurations',
      'namespaces',
      'nodes',
      'persistentvolumes',
      'storageclasses',
      'validatingwebhookconfigurations',
      'volumeattachments',
    ]);
  });

  it('never reach Secrets or ConfigMaps', () => {
    expect(Object.keys(RESOURCE_KINDS)).toHaveLength(26);
    expect(Object.keys(RESOURCE_KINDS).filter((kind) => /secret|configmap/.test(kind))).toEqual([]);
    expect(DEFAULT_RESOURCES.filter((kind) => !(kind in RESOURCE_KINDS))).toEqual([]);
  });

  it('stay in the namespaces that are described', () => {
    const manifests = make({ namespaces: ['shop', 'billing'], resourceKinds: ['pods', 'nodes'] });
    expect(manifests.filter(({ kind }) => kind === 'RoleBinding').map(({ metadata }) => metadata.namespace)).toEqual([
      'shop',
      'billing',
    ]);
    expect(manifestOf(manifests, 'ClusterRole', 'monitoring-kube-state-metrics-objects').rules).toEqual(followRules(['pods']));
    expect(manifestOf(manifests, 'ClusterRole', 'monitoring-kube-state-metrics-cluster-objects').rules).toEqual(
      followRules(['nodes']),
    );
    expect(manifests.filter(({ kind }) => kind === 'ClusterRoleBinding').map(({ metadata }) => metadata.name)).toEqual([
      'monitoring-kube-state-metrics-cluster-objects',
    ]);
  });

  it('leave out roles that would be empty', () => {
    const roles = (resourceKinds: string[]) =>
      make({ namespaces: ['shop'], resourceKinds })
        .filter(({ kind }) => kind === 'ClusterRole')
        .map(({ metadata }) => metadata.name);
    expect(roles(['pods'])).toEqual(['monitoring-kube-state-metrics-objects']);
    expect(roles(['nodes'])).toEqual(['monitoring-kube-state-metrics-cluster-objects']);
  });
});

describe('KubeStateMetrics', () => {
  it('synthesizes with minimal properties', () => {
    expect(make()).toMatchSnapshot();
  });

  it('synthesizes with every property', () => {
    expect(manifestOf(make(EVERY_PROP), 'Deployment').spec).toMatchSnapshot();
  });

  it('has no dead property', () => {
    expectEveryPropToMatter((chart, props: KubeStateMetricsProps) => new KubeStateMetrics(chart, 'ksm', props), {}, EVERY_PROP);
  });

  it('offers both kinds of metrics', () => {
    synthesize((chart) => {
      const { http, telemetry } = new KubeStateMetrics(chart, 'ksm');
      expect([http.hostAndPort, telemetry.hostAndPort]).toEqual([
        'monitoring-kube-state-metrics.monitoring.svc.cluster.local:8080',
        'monitoring-kube-state-metrics.monitoring.svc.cluster.local:8081',
      ]);
      expect(
        MonitoringContext.of(chart)._plan.metrics.map(({ job, containerPort, honorLabels, kubernetesNames }) => ({
          job,
          containerPort,
          honorLabels,
          kubernetesNames,
        })),
      ).toEqual([
        { job: 'kube-state-metrics', containerPort: 8080, honorLabels: true, kubernetesNames: true },
        { job: 'kube-state-metrics-telemetry', containerPort: 8081, honorLabels: false, kubernetesNames: false },
      ]);
    });
  });

  it('is probed on paths that do not ask the API server', () => {
    const [container] = manifestOf(make(), 'Deployment').spec.template.spec.containers;
    const probe = ({ httpGet }: Manifest) => `${httpGet.port}${httpGet.path}`;
    expect([probe(container.livenessProbe), probe(container.readinessProbe)]).toEqual([
      'http-metrics/healthz',
      'telemetry/readyz',
    ]);
  });

  it('names all that is wrong at once', () => {
    const error = synthesisError(
      (chart) =>
        new KubeStateMetrics(chart, 'ksm', {
          resourceKinds: ['pods', 'pods', 'secrets', 'toString'],
          namespaces: ['Shop', 'a!', 'a', 'a'],
          metricLabelsAllowlist: { nodes: ['x'], pods: [] },
          metricAnnotationsAllowlist: { pods: ['a,b]', '*a*', 'ok.io/*', 'ok*name'] },
        }),
    );
    expect(
      error
        .split('\n')
        .slice(1)
        .map((line) => line.trim()),
    ).toEqual([
      expect.stringMatching(
        /^\[test\/ksm\] resourceKinds has "secrets"; allowed are certificatesigningrequests, .*left out on purpose\)$/,
      ),
      expect.stringMatching(/^\[test\/ksm\] resourceKinds has "toString"; /),
      '[test/ksm] resourceKinds has "pods" twice; allowed is once: remove one',
      '[test/ksm] namespaces has "Shop"; allowed are 1 to 63 lower-case letters, digits and "-": correct the name',
      '[test/ksm] namespaces has "a!"; allowed are 1 to 63 lower-case letters, digits and "-": correct the name',
      '[test/ksm] namespaces has "a" twice; allowed is once: remove one',
      '[test/ksm] metricLabelsAllowlist has "nodes"; allowed are the kinds of `resourceKinds`, pods, pods, secrets, toString: add it there',
      '[test/ksm] metricLabelsAllowlist.pods is []; allowed is at least one key: name it, or remove the kind',
      '[test/ksm] metricAnnotationsAllowlist.pods has "a,b]"; allowed are keys as Kubernetes has them, with at most one "*": correct it',
      '[test/ksm] metricAnnotationsAllowlist.pods has "*a*"; allowed are keys as Kubernetes has them, with at most one "*": correct it',
    ]);
    const empty = synthesisError((chart) => new KubeStateMetrics(chart, 'ksm', { resourceKinds: [], namespaces: [] }));
    expect(empty).toContain('resourceKinds is []; allowed is at least one kind');
    expect(empty).toContain('namespaces is []; allowed is at least one namespace');
  });
});
