import type { Component } from './component';
import type { GatewayReference, IngressOptions } from './ingress-options';
import { type Kind, kind } from './kubernetes-api';
import { componentObject } from './objects';

/** An object beside the route that a filter of the Gateway's implementation reads. */
export interface RouteExtension {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
}

/** An HTTPRoute: what is used of it. Source: gateway-api, config/crd/standard, v1. */
export interface HttpRouteObject {
  readonly spec: {
    readonly parentRefs: { readonly name: string; readonly namespace?: string; readonly sectionName?: string }[];
    readonly hostnames: string[];
    readonly rules: {
      readonly matches: { readonly path: { readonly type: 'PathPrefix'; readonly value: string } }[];
      readonly filters?: { readonly type: 'ExtensionRef'; readonly extensionRef: RouteExtension }[];
      readonly backendRefs: { readonly name: string; readonly port: number }[];
    }[];
  };
}

const HTTP_ROUTE: Kind<HttpRouteObject> = kind('gateway.networking.k8s.io/v1', 'HTTPRoute');

/** Emits an HTTPRoute to a port of the component's main Service. */
export function gatewayRoute(
  component: Component,
  servicePort: string,
  options: IngressOptions,
  gateway: GatewayReference,
  extensions: readonly RouteExtension[],
): void {
  const { namespace } = component._identity;
  component._require({ kind: 'CustomResourceDefinition', name: 'httproutes.gateway.networking.k8s.io' });
  component._require({ kind: 'CustomObject', namespace: gateway.namespace ?? namespace, name: `Gateway ${gateway.name}` });
  component._check(() => routeProblems(options));
  componentObject(
    component,
    'http-route',
    HTTP_ROUTE,
    ['spec'],
    () => ({
      spec: {
        parentRefs: [{ name: gateway.name, namespace: gateway.namespace, sectionName: gateway.listener }],
        hostnames: [options.host],
        rules: [
          {
            matches: [{ path: { type: 'PathPrefix' as const, value: options.path ?? '/' } }],
            ...(extensions.length > 0 && {
              filters: extensions.map((extensionRef) => ({ type: 'ExtensionRef' as const, extensionRef })),
            }),
            backendRefs: [{ name: component._identity.name, port: component._servicePorts.get(servicePort) ?? 0 }],
          },
        ],
      },
    }),
    { annotations: options.annotations },
  );
}

/** A route has no class and no certificate: both are the Gateway's. */
function routeProblems({ className, tlsSecretName, certificate }: IngressOptions): string[] {
  return Object.entries({ className, tlsSecretName, certificate })
    .filter(([, value]) => value !== undefined)
    .map(
      ([property]) =>
        `ingress.${property} is given beside ingress.gateway; allowed is it with an Ingress, because class and certificate belong to the Gateway: leave it out`,
    );
}
