import type { Component } from '../kubernetes/component';
import { tcpProbe } from '../kubernetes/container';
import type { WebAuthentication } from '../kubernetes/web-authentication';
import { stackLogin, WEB_CONFIG_FILE, type WebExposure, webConfig, webExposure } from '../kubernetes/web-exposure';
import { HTTP, PROBES } from './thanos-process';

/** Opens the way to a component that serves at the root of its host and asks nobody who they are. */
export function webInterface(component: Component, exposure: WebExposure): void {
  const { path = '/' } = exposure.ingress ?? {};
  webExposure(
    component,
    HTTP,
    exposure,
    'thanos-without-login',
    'whoever comes reads all metrics; put an authenticating proxy before it',
  );
  component._check(() =>
    path === '/'
      ? []
      : [`ingress.path is ${JSON.stringify(path)}; allowed is "/", where Thanos serves: give it a host of its own`],
  );
}

/** What a process has for asking for passwords itself, and what it has otherwise. */
export function webLogin(authentication: WebAuthentication | undefined) {
  const login = stackLogin(authentication);
  return {
    login,
    ...webConfig(authentication),
    args: login ? [`--http.config=${WEB_CONFIG_FILE}`] : [],
    // A probe over HTTP would have the password in the manifest.
    probes: login ? { readiness: tcpProbe(HTTP.name), liveness: tcpProbe(HTTP.name) } : PROBES,
  };
}
