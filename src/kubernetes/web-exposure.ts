import type { k8s } from 'cdk8s-plus-28';
import type { BasicAuthentication } from '../settings/basic-authentication';
import { type ServiceOptions, ServiceType } from '../settings/workload-options';
import type { Component } from './component';
import type { ContainerPort } from './container';
import { ingress } from './ingress';
import type { IngressOptions } from './ingress-options';
import type { WebAuthentication } from './web-authentication';

/** How a program without accounts of its own is reached. */
export interface WebExposure extends ServiceOptions {
  readonly ingress?: IngressOptions;
  readonly authentication?: WebAuthentication;
}

/** Where the web configuration is mounted, if the program asks for passwords itself. */
export const WEB_CONFIG_FILE = '/etc/web/web.yml';

const WEB_CONFIG_VOLUME = 'web-config';

/**
 * Opens the way to a program that asks nobody who they are. An Ingress needs a choice: `authentication`, or that the warning is
 * acknowledged.
 * @param warning id of the warning that everybody gets in
 * @param consequence what everybody may do then
 */
export function webExposure(
  component: Component,
  port: ContainerPort,
  { ingress: options, authentication, serviceType }: WebExposure,
  warning: string,
  consequence: string,
): void {
  const { basic, annotations, extensions, needs } = authentication?._description ?? {};
  if (options) {
    ingress(component, port, port.name, options, {
      annotations: options.gateway ? {} : (annotations?.(component) ?? {}),
      extensions: extensions ?? [],
    });
  }
  if (basic) {
    component._requireSecret(basic.webConfig);
  }
  if (needs) {
    component._require({
      kind: 'CustomObject',
      namespace: needs.namespace ?? component._identity.namespace,
      name: `${needs.kind} ${needs.name}`,
    });
  }
  const ways = [
    ...(options && !authentication ? [`the ${options.gateway ? 'HTTPRoute' : 'Ingress'} ${options.host}`] : []),
    // An Ingress asks only those who come through it.
    ...(basic === undefined && (serviceType ?? ServiceType.CLUSTER_IP) !== ServiceType.CLUSTER_IP
      ? [`a Service of type ${serviceType}`]
      : []),
  ];
  component._check(() => problemsOf(component, options, authentication, warning));
  component._warn(warning, () =>
    ways.length === 0
      ? []
      : [`${component._identity.name} is reachable through ${ways.join(' and ')} and has no login: ${consequence}`],
  );
}

function problemsOf(
  { _context: context }: Component,
  options: IngressOptions | undefined,
  authentication: WebAuthentication | undefined,
  warning: string,
): string[] {
  if (authentication === undefined) {
    return options && !context.acknowledgedWarnings.includes(warning)
      ? [
          `ingress is ${options.host} without a login; allowed is an explicit choice: give \`authentication\`, or put ${JSON.stringify(warning)} into acknowledgedWarnings`,
        ]
      : [];
  }
  const { basic, only, problems = [] } = authentication._description;
  const way = options?.gateway ? 'HTTPRoute' : 'Ingress';
  return [
    ...problems,
    ...(basic === undefined && options === undefined
      ? ['authentication is one before the Ingress; allowed is it beside `ingress`: give both, or take `WebAuthentication.basic`']
      : []),
    ...(options && only !== undefined && only !== way
      ? [`authentication is one of an ${only}; allowed is one of an ${way} beside ingress.gateway: choose another`]
      : []),
  ];
}

/** How the stack's own programs log in at a program that asks for passwords itself. */
export const stackLogin = (authentication: WebAuthentication | undefined): BasicAuthentication | undefined =>
  authentication?._description.basic?.stackUser;

/** The file by which the program asks for passwords, as mount and volume; nothing where it does not. */
export function webConfig(authentication: WebAuthentication | undefined): {
  readonly mounts: k8s.VolumeMount[];
  readonly volumes: k8s.Volume[];
} {
  const secret = authentication?._description.basic?.webConfig;
  // A whole directory: a file mounted by subPath never changes.
  return secret
    ? {
        mounts: [{ name: WEB_CONFIG_VOLUME, mountPath: '/etc/web', readOnly: true }],
        volumes: [
          {
            name: WEB_CONFIG_VOLUME,
            secret: { secretName: secret.secretName, items: [{ key: secret.key, path: 'web.yml' }] },
          },
        ],
      }
    : { mounts: [], volumes: [] };
}
