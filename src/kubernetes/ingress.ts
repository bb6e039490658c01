import type { Component } from './component';
import type { ContainerPort } from './container';
import type { IngressOptions } from './ingress-options';
import { KINDS } from './kubernetes-api';
import { componentObject } from './objects';
import { expose } from './service';

/** Emits an Ingress before a port of the component's main Service, and lets the ingress controller in. */
export function ingress(component: Component, port: ContainerPort, servicePort: string, options: IngressOptions): void {
  expose(component, port);
  component._check(() => [
    ...(/^(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(options.host)
      ? []
      : [`ingress.host is ${JSON.stringify(options.host)}; allowed is a host name in lower case: remove scheme, port and path`]),
    ...((options.path ?? '/').startsWith('/')
      ? []
      : [`ingress.path is ${JSON.stringify(options.path)}; allowed are paths that start with "/": add it`]),
  ]);
  componentObject(
    component,
    'ingress',
    KINDS.Ingress,
    ['spec'],
    () => ({
      spec: {
        ingressClassName: options.className ?? component._context.cluster.ingressClassName,
        ...(options.tlsSecretName !== undefined && { tls: [{ hosts: [options.host], secretName: options.tlsSecretName }] }),
        rules: [
          {
            host: options.host,
            http: {
              paths: [
                {
                  path: options.path ?? '/',
                  pathType: 'Prefix',
                  backend: { service: { name: component._identity.name, port: { name: servicePort } } },
                },
              ],
            },
          },
        ],
      },
    }),
    { annotations: options.annotations },
  );
}
