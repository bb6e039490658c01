import type { Chart } from 'cdk8s';
import { load } from 'js-yaml';
import { AlertReceiver } from '../../src/alertmanager/alert-receiver';
import type { AlertRootRoute } from '../../src/alertmanager/alert-route';
import { DataSource } from '../../src/grafana/data-source';
import { Grafana, type GrafanaProps } from '../../src/grafana/grafana';
import { AlertDelivery } from '../../src/grafana-alerting/alert-delivery';
import { GrafanaAlerting, type GrafanaAlertingProps } from '../../src/grafana-alerting/grafana-alerting';
import type { AlertRule, RuleGroup } from '../../src/rules/rule';
import { Endpoint, EndpointProtocol } from '../../src/settings/endpoint';
import { SecretKey } from '../../src/settings/secret-key';
import { type Manifest, manifestOf, synthesisError, synthesize } from '../support/constructs';

export const PROMETHEUS = DataSource.prometheus({ endpoint: Endpoint.external({ host: 'prometheus.example', port: 9090 }) });
export const LOKI = DataSource.loki({ endpoint: Endpoint.external({ host: 'loki.example', port: 3100 }) });
export const ALERTMANAGER = DataSource.alertmanager({
  endpoint: Endpoint.external({ host: 'alertmanager.example', port: 9093 }),
});

export const key = (name: string) => SecretKey.of('notifications', name);
export const slack = AlertReceiver.slack('slack', { apiUrl: key('slack-url'), channel: '#alerts' });
export const MAIL = {
  from: 'Alerts <alerts@example.com>',
  smarthost: Endpoint.external({ host: 'mail.example.com', port: 587, protocol: EndpointProtocol.TCP }),
};
export const HOOK = Endpoint.external({ host: 'hook.example.com', port: 443, protocol: EndpointProtocol.HTTPS, path: '/alerts' });

export const DOWN: AlertRule = { name: 'Down', expr: 'up == 0', summary: 'Down' };
export const GROUP: RuleGroup = { name: 'shop', alerts: [DOWN] };

export const grafana =
  (alerting: GrafanaAlertingProps, props: GrafanaProps = {}) =>
  (chart: Chart) => {
    new Grafana(chart, 'grafana', {
      dataSources: [PROMETHEUS, LOKI, ALERTMANAGER],
      ...props,
      alerting: new GrafanaAlerting(alerting),
    });
  };

export const withRoute = (route: AlertRootRoute, alerting: Partial<GrafanaAlertingProps> = {}) => ({
  groups: [GROUP],
  delivery: AlertDelivery.grafana(route),
  ...alerting,
});

/** As Grafana does with most values: pkg/services/provisioning/values, `interpolateValue`, in an environment in which all is `secret`. */
export const interpolated = (value: unknown): unknown => {
  if (typeof value === 'string') {
    return value
      .split('$$')
      .map((part) => part.replace(/\$(\w+|\{[^}]*\})/g, (_, name) => `<${name}>`))
      .join('$');
  }
  if (Array.isArray(value)) {
    return value.map(interpolated);
  }
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, interpolated(entry)]))
    : value;
};

export const synthesized = (props: GrafanaAlertingProps, grafanaProps?: GrafanaProps) => {
  const manifests = synthesize(grafana(props, grafanaProps));
  const config: Manifest = manifests.find(({ kind, data }) => kind === 'ConfigMap' && data['alerting.yaml']);
  return { manifests, ini: config.data['grafana.ini'] as string, file: load(config.data['alerting.yaml']) as Manifest };
};

export const ruleOf = (rule: AlertRule, props: Partial<GrafanaAlertingProps> = {}) =>
  synthesized(withRoute({ receiver: slack }, { groups: [{ name: 'shop', alerts: [rule] }], ...props })).file.groups[0].rules[0];

export const contactPointOf = (receiver: AlertReceiver) => {
  const { file, manifests } = synthesized(withRoute({ receiver }));
  const [{ receivers }] = file.contactPoints;
  return { point: interpolated(receivers[0]) as Manifest, env: manifestOf(manifests, 'StatefulSet').spec.template.spec };
};

export const problemsOf = (props: GrafanaAlertingProps, grafanaProps?: GrafanaProps) =>
  synthesisError(grafana(props, grafanaProps));
