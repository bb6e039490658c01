import { join } from 'node:path';
import { App } from 'cdk8s';
import { OrderService } from './order-service';

const app = new App({ outdir: join(process.env.CDK8S_OUTDIR ?? 'dist', 'application') });
new OrderService(app, 'order-service');
app.synth();
