import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Size } from 'cdk8s';
import { Cluster, LogPipeline, MonitoringStack, Retention, ScrapeJob } from 'cdk8s-monitoring-stack';

const APPLICATIONS = 'shop';

/** Traces as the third pillar: Jaeger beside metrics and logs, with links between all three. Libraries of Zipkin push there, too. */
const app = new App({ outdir: join(process.env.CDK8S_OUTDIR ?? 'dist', 'tracing') });
const stack = new MonitoringStack(app, 'tracing', {
  cluster: Cluster.generic({ name: 'course', environment: 'dev' }),
  prometheus: { scrape: [ScrapeJob.pods({ namespaces: [APPLICATIONS] })] },
  loki: { retention: Retention.days(30) },
  logs: [LogPipeline.json({ name: 'shop', namespaces: [APPLICATIONS] })],
  jaeger: { volume: Size.gibibytes(10) },
  traces: { senders: [APPLICATIONS], zipkin: true },
  grafana: {},
});
app.synth();
writeFileSync(join(app.outdir, 'prerequisites.md'), stack.prerequisites.toMarkdown());
for (const warning of stack.warnings) {
  process.stderr.write(`warning: ${warning}\n`);
}
