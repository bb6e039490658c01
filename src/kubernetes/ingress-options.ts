/** How people outside the cluster reach a component. */
export interface IngressOptions {
  /** Host name. */
  readonly host: string;
  /** Ingress class. @default - the cluster profile's, else the cluster's default class */
  readonly className?: string;
  /** Path that leads to the component. @default '/' */
  readonly path?: string;
  /** Secret with certificate and key, in the component's namespace. @default - no TLS */
  readonly tlsSecretName?: string;
  /** Annotations for the ingress controller or cert-manager. @default - none */
  readonly annotations?: { [key: string]: string };
}
