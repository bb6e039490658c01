import { Endpoint, EndpointProtocol, type ExternalEndpointProps } from '../settings/endpoint';

/** A text as URL of HTTP; undefined if it is none. */
export const httpUrl = (text: string): URL | undefined =>
  /^https?:\/\/[^\s/]+/.test(text) && URL.canParse(text) ? new URL(text) : undefined;

/** What Grafana reaches when it asks these URLs, each place once. What is no URL is told elsewhere. */
export function endpointsOfUrls(
  texts: readonly string[],
  where: Pick<ExternalEndpointProps, 'cidrs' | 'namespace'> = {},
): Endpoint[] {
  const urls = texts.flatMap((text) => httpUrl(text) ?? []);
  return [...new Map(urls.map((url) => [url.origin, url])).values()].map((url) => {
    const tls = url.protocol === 'https:';
    return Endpoint.external({
      ...where,
      host: url.hostname,
      port: Number(url.port) || (tls ? 443 : 80),
      protocol: tls ? EndpointProtocol.HTTPS : EndpointProtocol.HTTP,
    });
  });
}
