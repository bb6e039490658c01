import { Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { serviceAccount } from '../../src/kubernetes/access';
import { Component } from '../../src/kubernetes/component';
import type { PodExtension } from '../../src/kubernetes/pod-extension';
import { service } from '../../src/kubernetes/service';
import { statefulSet } from '../../src/kubernetes/workload';
import { MonitoringContext } from '../../src/settings/monitoring-context';
import { ObjectStorage } from '../../src/settings/object-storage';
import { StorageIdentity } from '../../src/settings/storage-identity';
import { ThanosQuery } from '../../src/thanos/thanos-query';
import { ThanosSidecar, type ThanosSidecarProps } from '../../src/thanos/thanos-sidecar';
import { sidecarArguments } from '../../src/thanos/thanos-sidecar-config';
import { EVERY_WORKLOAD_OPTION, expectEveryPropToMatter, manifestOf, synthesisError, synthesize } from '../support/constructs';
import { BUCKET, SHARED_BUCKET } from './bucket';

const WEB = { name: 'http', port: 9090 };

/** A pod with a data volume that takes extensions, as Prometheus' does. */
class Host extends Component {
  constructor(scope: Construct, id: string, extension: PodExtension, instance?: string) {
    super(scope, id, { app: 'prometheus', component: 'prometheus', instance, options: {} });
    const account = serviceAccount(this, extension._serviceAccountAnnotations);
    const [, ...endpoints] = service(this, { headless: true, ports: [{ target: WEB }, ...extension._ports] });
    extension._attach(this, endpoints);
    statefulSet(this, {
      replicas: 2,
      serviceName: this._identity.name,
      claims: [{ name: 'storage', size: Size.gibibytes(50) }],
      pod: () => {
        const joined = extension._addition({ component: this, dataVolume: 'storage', dataPath: '/prometheus', user: 65534 });
        return {
          serviceAccountName: account,
          labels: joined.podLabels,
          volumes: joined.volumes,
          containers: [{ name: 'prometheus', image: 'prometheus', args: [], ports: [WEB], resources: {} }, ...joined.containers],
        };
      },
    });
  }
}

const EVERY_PROP: Required<ThanosSidecarProps> = {
  objectStorage: SHARED_BUCKET,
  resources: EVERY_WORKLOAD_OPTION.resources,
  extraArgs: ['--min-time=-3d', '--shipper.upload-concurrency=4'],
  environment: { GODEBUG: 'madvdontneed=1' },
  prometheusUrl: 'http://localhost:9090/prometheus',
};

const make = (props: ThanosSidecarProps) => synthesize((chart) => new Host(chart, 'prometheus', new ThanosSidecar(props)));

const podOf = (props: ThanosSidecarProps) => manifestOf(make(props), 'StatefulSet').spec.template;

describe('sidecar configuration', () => {
  it('turns settings into arguments', () => {
    const settings = {
      prometheusUrl: 'http://localhost:9090',
      dataPath: '/prometheus',
      uploads: true,
      httpClientFile: '/etc/prometheus/config/http-client.yml',
      extraArgs: ['--min-time=-3d'],
    };
    expect(sidecarArguments(settings)).toEqual([
      'sidecar',
      '--log.format=json',
      '--enable-auto-gomemlimit',
      '--http-address=:10902',
      '--grpc-address=:10901',
      '--prometheus.url=http://localhost:9090',
      '--tsdb.path=/prometheus',
      '--prometheus.http-client-file=/etc/prometheus/config/http-client.yml',
      '--objstore.config-file=/etc/thanos/objstore.yaml',
      '--min-time=-3d',
    ]);
    expect(sidecarArguments({ ...settings, uploads: false, httpClientFile: undefined, extraArgs: [] })).toHaveLength(7);
  });
});

describe('ThanosSidecar', () => {
  it('serves the StoreAPI with minimal properties', () => {
    const { spec } = podOf({});
    expect(spec.containers[1]).toMatchSnapshot();
    expect(spec.volumes).toBeUndefined();
    expect(new ThanosSidecar()._uploadsBlocks).toBe(false);
  });

  it('uploads with every property', () => {
    const manifests = make(EVERY_PROP);
    const { spec } = manifestOf(manifests, 'StatefulSet').spec.template;
    expect(spec.containers[1]).toMatchSnapshot();
    expect(spec.volumes).toMatchSnapshot();
    expect(manifestOf(manifests, 'ConfigMap', 'monitoring-prometheus-thanos-sidecar').data).toMatchSnapshot();
    expect(new ThanosSidecar(EVERY_PROP)._uploadsBlocks).toBe(true);
  });

  it('has no dead property', () => {
    expectEveryPropToMatter(
      (chart, props: ThanosSidecarProps) => new Host(chart, 'prometheus', new ThanosSidecar(props)),
      {},
      EVERY_PROP,
    );
  });

  it('shares user and path with the host, which must be able to write', () => {
    const [, sidecar] = podOf({ objectStorage: BUCKET }).spec.containers;
    expect(sidecar.securityContext.runAsUser).toBe(65534);
    expect(sidecar.volumeMounts[0]).toEqual({ name: 'storage', mountPath: '/prometheus' });
    expect(sidecar.args).toContain('--tsdb.path=/prometheus');
  });

  it('is found by Thanos Query through SRV records, one for each replica', () => {
    const manifests = synthesize((chart) => {
      const sidecar = new ThanosSidecar();
      new Host(chart, 'prometheus', sidecar);
      expect(sidecar.grpc.srvName).toBe('_grpc._tcp.monitoring-prometheus.monitoring.svc.cluster.local');
      new ThanosQuery(chart, 'query', { endpoints: [sidecar.grpc] });
    });
    expect(manifestOf(manifests, 'Service', 'monitoring-prometheus').spec).toMatchObject({
      clusterIP: 'None',
      ports: [{ name: 'http' }, { name: 'grpc', port: 10901, targetPort: 'grpc' }],
    });
    const { ingress } = manifestOf(manifests, 'NetworkPolicy', 'monitoring-prometheus').spec;
    expect(ingress).toEqual([{ from: [expect.anything()], ports: [{ port: 10901 }] }]);
  });

  it('offers its own metrics', () => {
    synthesize((chart) => {
      new Host(chart, 'prometheus', new ThanosSidecar());
      expect(MonitoringContext.of(chart)._plan.metrics).toMatchObject([
        { job: 'prometheus-thanos-sidecar', containerPort: 10902, portName: 'sidecar-http', path: '/metrics' },
      ]);
    });
  });

  it('brings the identity of the workload to the host', () => {
    const identity = StorageIdentity.workloadIdentity({ 'example.com/role': 'thanos' }, { 'example.com/use': 'true' });
    const objectStorage = ObjectStorage.amazonS3({ region: 'eu-west-1', bucketPrefix: 'shop', identity });
    const manifests = make({ objectStorage });
    expect(manifestOf(manifests, 'ServiceAccount').metadata.annotations).toEqual({ 'example.com/role': 'thanos' });
    expect(manifestOf(manifests, 'StatefulSet').spec.template.metadata.labels['example.com/use']).toBe('true');
  });

  it('restarts the pod when the storage changes', () => {
    const checksum = (objectStorage: ObjectStorage) =>
      podOf({ objectStorage }).spec.containers[1].env.find(({ name }: { name: string }) => name === 'OBJSTORE_CONFIG_CHECKSUM');
    expect(checksum(BUCKET).value).toMatch(/^[0-9a-f]{16}$/);
    expect(checksum(BUCKET)).not.toEqual(checksum(SHARED_BUCKET));
  });

  it('belongs to one host', () => {
    const error = synthesisError((chart) => {
      const sidecar = new ThanosSidecar({ objectStorage: BUCKET });
      new Host(chart, 'one', sidecar);
      new Host(chart, 'two', sidecar, 'two');
    });
    expect(error).toContain(
      '[test/two] extensions has a ThanosSidecar that belongs to test/one; allowed is one host for each sidecar, and test/two is another',
    );
  });

  it('has no endpoint before it has a host', () => {
    expect(() => new ThanosSidecar().grpc).toThrow('construct the Prometheus with it first');
  });

  it('names all that is wrong at once', () => {
    const error = synthesisError(
      (chart) =>
        new Host(
          chart,
          'prometheus',
          new ThanosSidecar({
            objectStorage: ObjectStorage.naverCloud({ bucketPrefix: 'S', identity: BUCKET.identity }),
            prometheusUrl: 'prometheus:9090',
            extraArgs: ['--tsdb.path=/other', '--min-time=-1d'],
            resources: { memoryRequest: Size.gibibytes(1) },
          }),
        ),
    );
    expect(error).toContain('objectStorage.bucketPrefix is "S"');
    expect(error).toContain('[test/prometheus] sidecar.prometheusUrl is "prometheus:9090"');
    expect(error).toContain('sidecar.extraArgs has "--tsdb.path=/other"');
    expect(error).not.toContain('--min-time');
    expect(error).toContain('sidecar.resources.memoryRequest is 1Gi; allowed is at most memoryLimit, 512Mi');
  });
});
