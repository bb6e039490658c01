import { ISSUER_ANNOTATIONS } from './certificate';
import type { Component } from './component';
import type { ContainerPort } from './container';
import { gatewayRoute, type RouteExtension } from './gateway-route';
import type { IngressOptions } from './ingress-options';
import { KINDS } from './kubernetes-api';
import { componentObject } from './objects';
import { expose } from './service';

/** What asks people who they are on their way in. */
export interface IngressLogin {
  readonly annotations: { readonly [key: string]: string };
  readonly extensions: readonly RouteExtension[];
}

/** Emits an Ingress, or an HTTPRoute, before a port of the component's main Service, and lets the controller in. */
export function ingress(
  component: Component,
  port: ContainerPort,
  servicePort: string,
  options: IngressOptions,
  login?: IngressLogin,
): void {
  expose(component, port);
  component._check(() => problemsOf(options));
  const given = { ...options, annotations: annotationsOf(options, login) };
  if (options.gateway) {
    gatewayRoute(component, servicePort, given, options.gateway, login?.extensions ?? []);
    return;
  }
  const secretName = tlsSecretOf(component, options);
  componentObject(
    component,
    'ingress',
    KINDS.Ingress,
    ['spec'],
    () => ({
      spec: {
        ingressClassName: options.className ?? component._context.cluster.ingressClassName,
        ...(secretName !== undefined && { tls: [{ hosts: [options.host], secretName }] }),
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
    { annotations: given.annotations },
  );
}

/** Where people find it, without a slash at the end. */
export function ingressUrl(options: IngressOptions): string {
  const tls = options.gateway ? (options.gateway.https ?? true) : (options.tlsSecretName ?? options.certificate) !== undefined;
  return `${tls ? 'https' : 'http'}://${options.host}${(options.path ?? '').replace(/\/+$/, '')}`;
}

function annotationsOf({ annotations, certificate }: IngressOptions, login: IngressLogin | undefined) {
  const all = { ...certificate?._annotations, ...login?.annotations, ...annotations };
  return Object.keys(all).length > 0 ? all : undefined;
}

/** The Secret with the certificate; says what makes it, or that it must exist. */
function tlsSecretOf(component: Component, { host, tlsSecretName, certificate, annotations = {} }: IngressOptions) {
  if (certificate) {
    const secretName = tlsSecretName ?? `${component._identity.name}-tls`;
    certificate._apply(component, host, secretName);
    return secretName;
  }
  if (tlsSecretName !== undefined && !ISSUER_ANNOTATIONS.some((name) => name in annotations)) {
    component._require({
      kind: 'Secret',
      namespace: component._identity.namespace,
      name: tlsSecretName,
      keys: ['tls.crt', 'tls.key'],
    });
  }
  return tlsSecretName;
}

function problemsOf({ host, path = '/' }: IngressOptions): string[] {
  return [
    ...(/^(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(host)
      ? []
      : [`ingress.host is ${JSON.stringify(host)}; allowed is a host name in lower case: remove scheme, port and path`]),
    ...(path.startsWith('/') ? [] : [`ingress.path is ${JSON.stringify(path)}; allowed are paths that start with "/": add it`]),
  ];
}
