import { Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { clusterRights, namespaceRights, serviceAccount } from '../../src/kubernetes/access';
import { Component } from '../../src/kubernetes/component';
import { configFiles } from '../../src/kubernetes/config-files';
import { quantity } from '../../src/kubernetes/container';
import { ingress } from '../../src/kubernetes/ingress';
import type { IngressOptions } from '../../src/kubernetes/ingress-options';
import { inApplyOrder } from '../../src/kubernetes/objects';
import { service } from '../../src/kubernetes/service';
import { offeredSize, volumeProblems } from '../../src/kubernetes/volumes';
import { daemonSet, deployment, statefulSet } from '../../src/kubernetes/workload';
import { Access } from '../../src/settings/access';
import { Cluster } from '../../src/settings/cluster';
import { Cpu } from '../../src/settings/cpu';
import { Images } from '../../src/settings/images';
import type { MonitoringContext } from '../../src/settings/monitoring-context';
import { Placement, TaintEffect } from '../../src/settings/placement';
import type { WorkloadOptions } from '../../src/settings/workload-options';
import { manifestOf, synthesisError, synthesize } from '../support/constructs';

const HTTP = { name: 'http', port: 8080 };

interface SampleProps extends WorkloadOptions {
  readonly kind?: 'StatefulSet' | 'Deployment' | 'DaemonSet';
  readonly ingress?: IngressOptions;
  readonly files?: Record<string, string>;
  readonly recreate?: boolean;
}

class Sample extends Component {
  constructor(scope: Construct, id: string, props: SampleProps = {}) {
    super(scope, id, { app: 'sample', component: 'sample', options: props });
    const account = serviceAccount(this);
    const files = configFiles(this, 'config', () => props.files ?? { 'a.yml': 'a: 1' });
    service(this, { ports: [{ target: HTTP }] });
    if (props.ingress) {
      ingress(this, HTTP, 'http', props.ingress);
    }
    const pod = () => ({
      serviceAccountName: account,
      checksum: files.checksum(),
      volumes: [files.volume('config')],
      containers: [
        {
          name: 'sample',
          image: 'loki' as const,
          args: ['--flag=1', '-target', 'all'],
          ports: [HTTP],
          resources: { memoryLimit: Size.mebibytes(100) },
        },
      ],
    });
    if (props.kind === 'DaemonSet') {
      daemonSet(this, { pod });
    } else if (props.kind === 'StatefulSet') {
      statefulSet(this, { pod, replicas: 1, serviceName: 'x', claims: [{ name: 'data', size: Size.gibibytes(1) }] });
    } else {
      deployment(this, { pod, replicas: 1, strategy: props.recreate ? 'Recreate' : undefined });
    }
  }
}

const podOf = (props: SampleProps, context = {}) =>
  manifestOf(
    synthesize((chart) => new Sample(chart, 'sample', props), context),
    props.kind ?? 'Deployment',
  ).spec.template;

describe('placement', () => {
  const placement = Placement.dedicated({ taint: { key: 'role', value: 'monitoring' } });

  it('tolerates and requires dedicated nodes', () => {
    const { spec } = podOf({}, { placement });
    expect(spec.tolerations).toEqual([{ key: 'role', operator: 'Equal', value: 'monitoring', effect: 'NoSchedule' }]);
    expect(spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms).toEqual([
      { matchExpressions: [{ key: 'role', operator: 'In', values: ['monitoring'] }] },
    ]);
    expect(spec.nodeSelector).toEqual({ 'kubernetes.io/os': 'linux' });
  });

  it('sends agents to every node', () => {
    const { spec } = podOf({ kind: 'DaemonSet' }, { placement });
    expect(spec.tolerations).toEqual([{ operator: 'Exists' }]);
    expect(spec.affinity).toBeUndefined();
  });

  it('can be overridden by a component, an agent too', () => {
    const own = Placement.dedicated({ taint: { key: 'gpu', value: 'yes', effect: TaintEffect.NO_EXECUTE } });
    expect(podOf({ placement: own }, { placement }).spec.tolerations[0]).toMatchObject({ key: 'gpu', effect: 'NoExecute' });
    expect(podOf({ kind: 'DaemonSet', placement: own }).spec.tolerations[0].key).toBe('gpu');
  });
});

describe('security', () => {
  it('is what PodSecurity calls restricted, with a read-only root', () => {
    const { spec } = podOf({});
    expect(spec.securityContext).toEqual({
      runAsUser: 10001,
      runAsGroup: 10001,
      runAsNonRoot: true,
      fsGroup: 10001,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(spec.containers[0].securityContext).toMatchObject({ readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } });
    expect(spec.automountServiceAccountToken).toBe(false);
  });
});

describe('options', () => {
  it('pass fields through that the typed classes do not know', () => {
    const { spec } = podOf({
      extraVolumes: [{ name: 'new', image: { reference: 'x', futureField: true } }],
      extraContainers: [
        { name: 'second', image: 'x', env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } }] },
      ],
    });
    expect(spec.volumes[1]).toEqual({ name: 'new', image: { reference: 'x', futureField: true } });
    expect(spec.containers[1].env).toHaveLength(1);
  });

  it('roll the pods when a configuration changes', () => {
    const checksum = (files: Record<string, string>) => podOf({ files }).metadata.annotations['checksum/config'];
    expect(checksum({ 'a.yml': 'a: 1' })).toBe(checksum({ 'a.yml': 'a: 1' }));
    expect(checksum({ 'a.yml': 'a: 2' })).not.toBe(checksum({ 'a.yml': 'a: 1' }));
  });

  it('of the context reach every pod', () => {
    const context = {
      priorityClassName: 'high',
      images: new Images({ pullSecrets: ['registry'], pullPolicy: 'Always' }),
      commonLabels: { team: 'platform' },
    };
    const { metadata, spec } = podOf({}, context);
    expect(spec).toMatchObject({ priorityClassName: 'high', imagePullSecrets: [{ name: 'registry' }] });
    expect(spec.containers[0].imagePullPolicy).toBe('Always');
    expect(metadata.labels.team).toBe('platform');
  });

  it('are refused where they cannot work', () => {
    const error = synthesisError(
      (chart) =>
        new Sample(chart, 'sample', {
          namespace: 'Not Valid',
          podLabels: { 'app.kubernetes.io/name': 'other' },
          extraArgs: ['--flag=2', '-target=read', '--new'],
          extraVolumes: [{ emptyDir: {} }],
          resources: { memoryRequest: Size.gibibytes(1), cpuRequest: Cpu.cores(2), cpuLimit: Cpu.cores(1) },
        }),
    );
    expect(error).toContain('namespace is "Not Valid"');
    expect(error).toContain('podLabels has app.kubernetes.io/name');
    expect(error).toContain('extraArgs has "--flag=2"');
    expect(error).toContain('extraArgs has "-target=read"');
    expect(error).not.toContain('--new');
    expect(error).toContain('extraVolumes has {"emptyDir":{}}');
    expect(error).toContain('resources.memoryRequest is 1Gi; allowed is at most memoryLimit, 100Mi');
    expect(error).toContain('resources.cpuRequest is 2; allowed is at most cpuLimit, 1');
  });

  it('may ask for as much as they may use, down to parts of a Ki', () => {
    const resources = {
      cpuRequest: Cpu.cores(1),
      cpuLimit: Cpu.cores(1),
      memoryRequest: Size.mebibytes(0.3),
      memoryLimit: Size.mebibytes(0.3),
    };
    expect(podOf({ resources }).spec.containers[0].resources).toEqual({
      requests: { cpu: '1', memory: '307Ki' },
      limits: { cpu: '1', memory: '307Ki' },
    });
  });

  it('recreate where two pods must not meet', () => {
    const manifests = synthesize((chart) => new Sample(chart, 'sample', { recreate: true }));
    expect(manifestOf(manifests, 'Deployment').spec.strategy).toEqual({ type: 'Recreate' });
  });
});

describe('a ConfigMap', () => {
  it('may not outgrow client-side apply', () => {
    expect(synthesisError((chart) => new Sample(chart, 'sample', { files: { big: 'x'.repeat(260_000) } }))).toContain(
      'is 260003 bytes; allowed are 250000',
    );
  });
});

describe('volumes', () => {
  const cluster = Cluster.naverCloud({ name: 'c' });

  it('are rounded up to what the cluster offers when chosen by a component', () => {
    expect(offeredSize(cluster, Size.gibibytes(1)).toGibibytes()).toBe(10);
    expect(offeredSize(cluster, Size.gibibytes(20)).toGibibytes()).toBe(20);
    expect(offeredSize(Cluster.generic({ name: 'c' }), Size.gibibytes(3)).toGibibytes()).toBe(3);
  });

  it('are refused when the user chose what the cluster has not', () => {
    expect(volumeProblems(cluster, 'volume', Size.gibibytes(15))).toEqual([
      'volume is 15Gi; allowed are multiples of 10Gi on this cluster: use 20Gi',
    ]);
    expect(volumeProblems(cluster, 'volume', Size.gibibytes(20))).toEqual([]);
    expect(volumeProblems(cluster, 'volume', Size.gibibytes(0))).toHaveLength(1);
    expect(volumeProblems(cluster, 'volume', undefined)).toEqual([]);
  });

  it('have the storage class of the cluster', () => {
    const manifests = synthesize((chart) => new Sample(chart, 'sample', { kind: 'StatefulSet' }), { cluster });
    expect(manifestOf(manifests, 'StatefulSet').spec.volumeClaimTemplates[0].spec).toEqual({
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'nks-block-storage',
      resources: { requests: { storage: '1Gi' } },
    });
  });

  it('are written in the largest whole unit', () => {
    expect([Size.gibibytes(2), Size.mebibytes(1536), Size.kibibytes(3)].map(quantity)).toEqual(['2Gi', '1536Mi', '3Ki']);
  });
});

describe('rights', () => {
  const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }];
  const objects = (access: Access) =>
    synthesize((chart) => namespaceRights(new Sample(chart, 'sample'), 'discovery', rules, ['apps', 'apps', 'monitoring']), {
      access,
    })
      .filter(({ kind }) => kind.includes('Role'))
      .map(({ kind, metadata }) => [kind, metadata.namespace, metadata.name].filter(Boolean).join(' '));

  it('are bound once in each namespace', () => {
    expect(objects(Access.perNamespace())).toEqual([
      'ClusterRole monitoring-sample-discovery',
      'RoleBinding apps monitoring-sample-discovery',
      'RoleBinding monitoring monitoring-sample-discovery',
    ]);
  });

  it('can be cluster-wide, or granted by others', () => {
    expect(objects(Access.clusterWide())).toEqual([
      'ClusterRole monitoring-sample-discovery',
      'ClusterRoleBinding monitoring-sample-discovery',
    ]);
    expect(objects(Access.existing())).toEqual([
      'ClusterRole monitoring-sample-discovery',
      'RoleBinding monitoring monitoring-sample-discovery',
    ]);
  });

  it('on the cluster have no namespace', () => {
    const manifests = synthesize((chart) => clusterRights(new Sample(chart, 'sample'), 'nodes', rules));
    expect(manifestOf(manifests, 'ClusterRoleBinding')).toMatchObject({
      metadata: { name: 'monitoring-sample-nodes' },
      subjects: [{ kind: 'ServiceAccount', name: 'monitoring-sample', namespace: 'monitoring' }],
    });
    expect(manifestOf(manifests, 'ClusterRole').metadata.namespace).toBeUndefined();
  });
});

describe('ingress', () => {
  it('leads to the Service and opens the policy', () => {
    const manifests = synthesize(
      (chart) =>
        new Sample(chart, 'sample', {
          ingress: { host: 'a.example.com', className: 'nginx', path: '/x', tlsSecretName: 'tls', annotations: { a: 'b' } },
        }),
    );
    expect(manifestOf(manifests, 'Ingress')).toMatchObject({
      metadata: { annotations: { a: 'b' } },
      spec: {
        ingressClassName: 'nginx',
        tls: [{ hosts: ['a.example.com'], secretName: 'tls' }],
        rules: [{ host: 'a.example.com', http: { paths: [{ path: '/x', pathType: 'Prefix' }] } }],
      },
    });
    expect(manifestOf(manifests, 'NetworkPolicy').spec.ingress).toEqual([{ ports: [{ port: 8080 }] }]);
  });

  it('refuses what is no host', () => {
    const error = synthesisError(
      (chart) => new Sample(chart, 'sample', { ingress: { host: 'https://a.example.com', path: 'x' } }),
    );
    expect(error).toContain('ingress.host is "https://a.example.com"');
    expect(error).toContain('ingress.path is "x"');
  });
});

describe('order', () => {
  it('puts first what others need, and keeps the rest as it is', () => {
    const kinds = ['Deployment', 'ConfigMap', 'StatefulSet', 'ServiceAccount', 'Namespace', 'ClusterRole'];
    expect(inApplyOrder(kinds.map((kind) => ({ kind }))).map(({ kind }) => kind)).toEqual([
      'Namespace',
      'ServiceAccount',
      'ClusterRole',
      'ConfigMap',
      'Deployment',
      'StatefulSet',
    ]);
  });
});

describe('MonitoringContext', () => {
  it('refuses what names cannot be made of, all at once', () => {
    const error = synthesisError((chart) => new Sample(chart, 'sample'), {
      name: 'Not Valid',
      namePrefix: 'no-dash-at-end',
      commonLabels: { 'app.kubernetes.io/name': 'x', 'not valid': 'x' },
    });
    expect(error).toContain('[test] name is "Not Valid"');
    expect(error).toContain('namePrefix is "no-dash-at-end"');
    expect(error).toContain('commonLabels has "app.kubernetes.io/name"');
    expect(error).toContain('commonLabels has "not valid"');
  });

  it('keeps warnings until they are acknowledged', () => {
    const warnings = (acknowledgedWarnings: string[]) => {
      let context: MonitoringContext | undefined;
      synthesize(
        (chart) => {
          const sample = new Sample(chart, 'sample');
          sample._reachKubernetesApi();
          context = sample._context;
        },
        { acknowledgedWarnings },
      );
      return context?.warnings;
    };
    expect(warnings([])).toEqual([
      '[test/sample] egress-to-anywhere: the NetworkPolicy lets monitoring-sample reach the API server at any address; give cluster.apiServerCidrs to narrow it',
    ]);
    expect(warnings(['egress-to-anywhere'])).toEqual([]);
  });
});
