/** Prints two Alertmanagers that know each other, as a second stack in the namespace `peers` beside the one under test. */
import { App, Chart, Testing } from 'cdk8s';
import { Alertmanager, Cluster, MonitoringContext, Namespaces } from 'cdk8s-monitoring-stack';

const chart = new Chart(new App(), 'peers');
new MonitoringContext(chart, {
  name: 'peers',
  namespaces: Namespaces.single('peers'),
  cluster: Cluster.generic({ name: 'peers', storageClassName: 'standard' }),
});
new Alertmanager(chart, 'alertmanager', { replicas: 2 });
for (const manifest of Testing.synth(chart)) {
  console.log(`---\n${JSON.stringify(manifest)}`);
}
