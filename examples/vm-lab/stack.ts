import { Duration, Size } from 'cdk8s';
import {
  Cluster,
  CpuArchitecture,
  LogPipeline,
  MonitoringStack,
  Namespaces,
  NodeAddressType,
  PodSecurityLevel,
  Profile,
  Retention,
  ServiceType,
} from 'cdk8s-monitoring-stack';
import type { Construct } from 'constructs';

const LOGGING = 'myloki';

/** A cluster of three VMs with kubeadm, 8 GB each: what its document chooses, and nothing else. */
export class LabStack extends MonitoringStack {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      profile: Profile.light(),
      cluster: Cluster.kubeadm({
        name: 'myserver',
        environment: 'lab',
        kubernetesVersion: '1.29',
        architectures: [CpuArchitecture.ARM64],
        podCidrs: ['192.168.0.0/16'],
      }),
      // Its commands look for node-exporter in `mymonitoring` and for the log agent in `myloki`, so both take pods that read the node.
      namespaces: Namespaces.single('mymonitoring').and(LOGGING, PodSecurityLevel.PRIVILEGED),
      namePrefix: '',
      // Prometheus stands open on a port of every VM.
      acknowledgedWarnings: ['prometheus-without-login'],
      metricsServer: {
        kubeletInsecureTls: true,
        kubeletPreferredAddressTypes: [NodeAddressType.INTERNAL_IP],
        metricResolution: Duration.seconds(15),
      },
      prometheus: {
        serviceType: ServiceType.NODE_PORT,
        nodePort: 30090,
        retention: Retention.days(10),
        retentionSize: Size.gibibytes(1),
      },
      monitors: {},
      alertmanager: {},
      nodeExporter: {},
      grafana: { serviceType: ServiceType.LOAD_BALANCER, generateAdmin: true },
      loki: { namespace: LOGGING, canary: { namespace: LOGGING } },
      alloy: { namespace: LOGGING },
      logs: [LogPipeline.plain({ name: 'pods', podAsLabel: true })],
    });
  }
}
