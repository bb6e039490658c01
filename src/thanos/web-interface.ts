import type { Component } from '../kubernetes/component';
import { ingress } from '../kubernetes/ingress';
import type { IngressOptions } from '../kubernetes/ingress-options';
import { HTTP } from './thanos-process';

/** Puts an Ingress before a component that serves at the root of its host and asks nobody who they are. */
export function webInterface(component: Component, options: IngressOptions | undefined): void {
  if (options === undefined) {
    return;
  }
  ingress(component, HTTP, HTTP.name, options);
  component._check(() =>
    (options.path ?? '/') === '/'
      ? []
      : [`ingress.path is ${JSON.stringify(options.path)}; allowed is "/", where Thanos serves: give it a host of its own`],
  );
  component._warn('thanos-without-login', () => [
    `${options.host} shows all metrics to whoever reaches it, because Thanos has no login; let the ingress controller ask for one`,
  ]);
}
