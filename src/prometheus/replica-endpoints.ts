import type { Identity } from '../kubernetes/identity';
import { Endpoint } from '../settings/endpoint';

/** Each replica of a Prometheus by itself, as its headless Service names it; the only one by the main Service. */
export function replicaEndpoints(
  http: Endpoint,
  identity: Identity,
  replicas: number,
  domain: string,
  podHost: (replica: number) => string,
): Endpoint[] {
  const owner = http._owner;
  if (replicas === 1 || owner === undefined) {
    return [http];
  }
  const { namespace } = identity;
  return Array.from({ length: replicas }, (_, replica) => {
    const host = `${podHost(replica)}.${namespace}.svc.${domain}`;
    return Endpoint._of(owner, host, http.port, http.protocol, http._login);
  });
}
