import type { StandardBoard } from '../../standard-board';
import { apiServer } from './api-server';
import { computeCluster } from './compute-cluster';
import { computeNamespacePods, computeNamespaceWorkloads } from './compute-namespace';
import { computeNodePods } from './compute-node';
import { computePod, computeWorkload } from './compute-pod';
import { horizontalPodAutoscaler } from './horizontal-pod-autoscaler';
import { kubeStateMetrics } from './kube-state-metrics';
import { kubelet } from './kubelet';
import { networkingCluster, networkingNamespacePods, networkingPod } from './networking';
import { clusterOverview } from './overview';
import { persistentVolumes } from './persistent-volumes';
import { pods } from './pods';

/** Boards about Kubernetes. */
export const KUBERNETES_BOARDS: readonly StandardBoard[] = [
  clusterOverview,
  computeCluster,
  computeNamespacePods,
  computeNamespaceWorkloads,
  computeNodePods,
  computePod,
  computeWorkload,
  networkingCluster,
  networkingNamespacePods,
  networkingPod,
  persistentVolumes,
  apiServer,
  kubelet,
  pods,
  horizontalPodAutoscaler,
  kubeStateMetrics,
];
