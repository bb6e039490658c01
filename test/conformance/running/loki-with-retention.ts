/**
 * Prints a Loki that keeps lines for three days, as a second stack beside the one under test: the reference stack keeps them for
 * ever. The timing overlay of ../cluster/overlay.json is its `extraConfig`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Chart, Testing } from 'cdk8s';
import {
  Cluster,
  Loki,
  MonitoringContext,
  Namespaces,
  ObjectStorage,
  Placement,
  Retention,
  StorageIdentity,
} from 'cdk8s-monitoring-stack';

const { loki } = JSON.parse(readFileSync(join(__dirname, '../cluster/overlay.json'), 'utf8'));
const chart = new Chart(new App(), 'retention');
new MonitoringContext(chart, {
  name: 'retention',
  namespaces: Namespaces.single('retention'),
  placement: Placement.dedicated({ taint: { key: 'role', value: 'monitoring' } }),
  cluster: Cluster.naverCloud({ name: 'retention', environment: 'test', kubernetesVersion: '1.33' }),
});
new Loki(chart, 'loki', {
  objectStorage: ObjectStorage.naverCloud({ bucketPrefix: 'retention', identity: StorageIdentity.accessKeys('object-storage') }),
  retention: Retention.days(3),
  extraConfig: loki.configuration,
});
for (const manifest of Testing.synth(chart)) {
  console.log(`---\n${JSON.stringify(manifest)}`);
}
