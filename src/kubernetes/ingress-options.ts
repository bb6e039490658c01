import type { IngressCertificate } from './certificate';

/** A Gateway (Gateway API) that exists, and whose listeners take routes of the component's namespace. */
export interface GatewayReference {
  /** Its name. */
  readonly name: string;
  /** Its namespace. @default - the component's */
  readonly namespace?: string;
  /** Its listener. @default - every listener that takes the host name */
  readonly listener?: string;
  /** Whether people come by TLS, which ends at the listener with the Gateway's own certificate; links depend on it. @default true */
  readonly https?: boolean;
}

/** How people outside the cluster reach a component. */
export interface IngressOptions {
  /** Host name. */
  readonly host: string;
  /** Ingress class. @default - the cluster profile's, else the cluster's default class */
  readonly className?: string;
  /** Path that leads to the component. @default '/' */
  readonly path?: string;
  /**
   * Secret with certificate and key, in the component's namespace. It must exist, unless `certificate` or an annotation for
   * cert-manager has it made.
   * @default - no TLS, or `<component>-tls` if `certificate` is given
   */
  readonly tlsSecretName?: string;
  /** The certificate that cert-manager makes and renews. @default - none: that of `tlsSecretName` counts */
  readonly certificate?: IngressCertificate;
  /** Annotations for the ingress controller or cert-manager. @default - none */
  readonly annotations?: { [key: string]: string };
  /** Gateway that takes the requests in: an HTTPRoute is then made in place of an Ingress. @default - an Ingress */
  readonly gateway?: GatewayReference;
}
