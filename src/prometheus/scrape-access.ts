import type { Duration } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import { clusterRights, namespaceRights } from '../kubernetes/access';
import type { Component } from '../kubernetes/component';
import { API_SERVER_NAMESPACE, controlPlaneNamespace, controlPlanePort } from './control-plane-metrics';
import { KUBELET_PORT } from './kubernetes-metrics';
import type { PrometheusProps } from './prometheus-props';
import { namespacesOf } from './scrape-config';

/** What a Prometheus collects and whom it tells, whoever runs it. */
type Targets = Pick<PrometheusProps, 'scrape' | 'kubernetes' | 'alertmanagers'>;

const controlPlaneOf = ({ kubernetes }: Targets) => kubernetes?.controlPlane ?? [];

function scrapesKubelets({ kubernetes = {} }: Targets): boolean {
  const { kubelet = true, cadvisor = true } = kubernetes;
  return kubelet || cadvisor;
}

/** Names of all jobs but those of the stack's components. */
export function scrapedJobs(targets: Targets): string[] {
  const { kubelet = true, cadvisor = true } = targets.kubernetes ?? {};
  const own = [...(kubelet ? ['kubelet'] : []), ...(cadvisor ? ['cadvisor'] : [])];
  return [...own, ...controlPlaneOf(targets), ...(targets.scrape ?? []).map(({ jobName }) => jobName)];
}

/** How often the targets are scraped that are scraped most often. */
export function shortestInterval({ scrape = [] }: Targets, usual: Duration): Duration {
  const intervals = scrape.flatMap(({ _description: { interval } }) => (interval ? [interval] : []));
  return [usual, ...intervals].reduce((shortest, interval) =>
    interval.toMilliseconds() < shortest.toMilliseconds() ? interval : shortest,
  );
}

/** Rights on pods wherever they are discovered, on nodes where kubelets are scraped, and nothing else. */
export function grantScrapeRights(component: Component, targets: Targets): void {
  const pods: k8s.PolicyRule = { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] };
  const bind = namespaceRights(component, 'pods', [pods], (targets.scrape ?? []).flatMap(namespacesOf));
  component._context._plan.onMetrics(({ identity }) => bind(identity.namespace));
  grantControlPlaneRights(component, targets, bind);
  if (scrapesKubelets(targets)) {
    clusterRights(component, 'nodes', [
      { apiGroups: [''], resources: ['nodes'], verbs: ['list', 'watch'] },
      { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
    ]);
  }
}

/** The programs ask the API server whether Prometheus may read their metrics. */
function grantControlPlaneRights(component: Component, targets: Targets, discoverPods: (namespace: string) => void): void {
  const controlPlane = controlPlaneOf(targets);
  for (const part of controlPlane) {
    const namespace = controlPlaneNamespace(part, component._context.cluster);
    if (namespace !== undefined) {
      discoverPods(namespace);
      continue;
    }
    const follow = (group: string, resources: string[]) => ({ apiGroups: [group], resources, verbs: ['list', 'watch'] });
    const rules = [follow('', ['pods', 'services']), follow('discovery.k8s.io', ['endpointslices'])];
    namespaceRights(component, 'api-servers', rules, [API_SERVER_NAMESPACE]);
  }
  if (controlPlane.length > 0) {
    clusterRights(component, 'control-plane', [{ nonResourceUrLs: ['/metrics'], verbs: ['get'] }]);
  }
}

/** Says to the plan what is scraped and who is told. */
export function reachTargets(component: Component, targets: Targets): void {
  const { _context: context, _identity: identity } = component;
  const { _plan } = context;
  const { scrape = [], alertmanagers = [] } = targets;
  _plan.scrapers.push(identity);
  _plan.addSources(...scrapedJobs(targets));
  component._reachKubernetesApi();
  if (scrapesKubelets(targets)) {
    component._reachNodes(KUBELET_PORT);
  }
  _plan.onMetrics(({ onNodeAddress, containerPort, login }) => {
    if (login) {
      component._requireSecret(login.password);
    }
    if (onNodeAddress) {
      component._reachNodes(containerPort);
    }
  });
  for (const part of controlPlaneOf(targets)) {
    const target = controlPlanePort(part);
    const namespace = controlPlaneNamespace(part, context.cluster);
    if (target?.onNodeAddress) {
      component._reachNodes(target.port);
    } else if (target && namespace !== undefined) {
      _plan.namespaceReaches.push({ from: identity, namespace, ports: [target.port] });
    }
  }
  for (const endpoint of alertmanagers) {
    component._connect(endpoint, true);
    if (endpoint._login) {
      component._requireSecret(endpoint._login.password);
    }
  }
  for (const { _description: description } of scrape) {
    if (description.kind === 'endpoints') {
      for (const endpoint of description.endpoints) {
        component._connect(endpoint);
      }
      continue;
    }
    for (const namespace of description.namespaces) {
      const ports = description.portNumber === undefined ? [] : [description.portNumber];
      _plan.namespaceReaches.push({ from: identity, namespace, ports });
    }
  }
}
