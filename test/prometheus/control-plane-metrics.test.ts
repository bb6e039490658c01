import { describe, expect, it } from 'vitest';
import { controlPlaneProblems, controlPlaneScrapeConfigs } from '../../src/prometheus/control-plane-metrics';
import { Prometheus } from '../../src/prometheus/prometheus';
import { Cluster } from '../../src/settings/cluster';
import { ControlPlaneComponent } from '../../src/settings/control-plane';
import { DataLabels } from '../../src/settings/data-labels';
import { type Manifest, manifestOf, synthesisError, synthesize } from '../support/constructs';

const place = { labels: new DataLabels(), cluster: 'c', environment: 'prod' };
const cluster = Cluster.kubeadm({ name: 'c', nodeCidrs: ['10.0.0.0/24'], apiServerCidrs: ['10.0.1.1/32'] });
const every = cluster.controlPlane;

const jobsOf = (wanted: readonly ControlPlaneComponent[], extraMetrics: readonly string[] = []) =>
  controlPlaneScrapeConfigs(wanted, place, cluster, extraMetrics);

const make = (controlPlane: ControlPlaneComponent[]) =>
  synthesize((chart) => new Prometheus(chart, 'prometheus', { kubernetes: { kubelet: false, cadvisor: false, controlPlane } }), {
    cluster,
  });

describe('jobs of the control plane', () => {
  it('are what they are', () => {
    const named = jobsOf(every).map(({ metric_relabel_configs, ...job }) => job);
    expect(named).toMatchSnapshot();
  });

  it('keep what boards and rules read, and what is asked for', () => {
    for (const job of jobsOf(every, ['own_metric'])) {
      const [rule] = job.metric_relabel_configs ?? [];
      const kept = new RegExp(`^(${rule?.regex})$`);
      expect(rule === undefined || kept.test('own_metric'), job.job_name).toBe(true);
      expect(
        rule === undefined || (kept.test('process_cpu_seconds_total') && !kept.test('etcd_debugging_store_reads_total')),
      ).toBe(true);
    }
    expect(jobsOf([ControlPlaneComponent.CORE_DNS])[0].metric_relabel_configs).toBeUndefined();
  });

  it('drop buckets that no objective needs', () => {
    const [, drop] = jobsOf([ControlPlaneComponent.API_SERVER])[0].metric_relabel_configs ?? [];
    const dropped = (le: string) => new RegExp(`^(${drop?.regex})$`).test(`apiserver_request_sli_duration_seconds_bucket;${le}`);
    expect(['1', '1.0', '5', '5.0', '30', '30.0', '0.05', '0.1', '0.4', '2', '10', '60', '+Inf'].filter(dropped)).toEqual([]);
    expect(['0.2', '1.25', '3', '3.0', '45.0'].filter((le) => !dropped(le))).toEqual([]);
  });

  it('are allowed where the profile offers them', () => {
    expect(controlPlaneProblems(every, cluster)).toEqual([]);
    const error = synthesisError(
      (chart) =>
        new Prometheus(chart, 'prometheus', {
          kubernetes: {
            controlPlane: [ControlPlaneComponent.ETCD, ControlPlaneComponent.CORE_DNS, ControlPlaneComponent.CORE_DNS],
          },
        }),
      { cluster: Cluster.k3d({ name: 'c' }) },
    );
    expect(error).toContain('kubernetes.controlPlane has "etcd"; allowed are "kube-apiserver", "coredns" on this cluster');
    expect(error).toContain('kubernetes.controlPlane has "coredns" twice');
  });

  it('come with the rights and the ways that they need, and no others', () => {
    const manifests = make([ControlPlaneComponent.API_SERVER, ControlPlaneComponent.CORE_DNS, ControlPlaneComponent.ETCD]);
    const bindings = manifests
      .filter(({ kind }) => kind === 'RoleBinding')
      .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
    expect(bindings.sort()).toEqual([
      'default/monitoring-prometheus-api-servers',
      'kube-system/monitoring-prometheus-pods',
      'monitoring/monitoring-prometheus-pods',
    ]);
    expect(manifestOf(manifests, 'ClusterRole', 'monitoring-prometheus-control-plane').rules).toEqual([
      { nonResourceURLs: ['/metrics'], verbs: ['get'] },
    ]);
    const ports = manifestOf(manifests, 'NetworkPolicy').spec.egress.flatMap((rule: Manifest) =>
      rule.ports.map(({ port }: Manifest) => port),
    );
    expect(ports).toEqual(expect.arrayContaining([9153, 2381, 6443]));
    expect(ports).not.toEqual(expect.arrayContaining([10257]));
    const none = make([]);
    expect(none.filter(({ metadata }) => /control-plane|api-servers/.test(metadata.name))).toEqual([]);
  });
});
