import type { Duration } from 'cdk8s';
import type { Component } from './component';
import { type Kind, kind } from './kubernetes-api';
import { componentObject } from './objects';
import { goDuration } from './text';

/** Whose certificates an issuer of cert-manager signs. */
export enum CertificateIssuerKind {
  /** Those of the whole cluster. */
  CLUSTER_ISSUER = 'ClusterIssuer',
  /** Those of its own namespace. */
  ISSUER = 'Issuer',
}

/** Who signs. */
export interface CertificateIssuer {
  /** Name of the issuer. It must exist: in the component's namespace if its kind is `ISSUER`. */
  readonly issuer: string;
  /** Its kind. @default CertificateIssuerKind.CLUSTER_ISSUER */
  readonly issuerKind?: CertificateIssuerKind;
}

/** Options of `IngressCertificate.object`. */
export interface CertificateOptions extends CertificateIssuer {
  /** Further host names of the certificate. @default - that of the Ingress alone */
  readonly dnsNames?: string[];
  /** How long it holds; at least an hour. @default - cert-manager's own, 90 days */
  readonly duration?: Duration;
  /** How long before its end it is renewed; at least five minutes, and shorter than `duration`. @default - cert-manager's own, a third of the duration */
  readonly renewBefore?: Duration;
}

/**
 * A Certificate of cert-manager: what is used of it. Source: cert-manager, deploy/crds, v1.
 */
export interface CertificateObject {
  readonly spec: {
    readonly secretName: string;
    readonly dnsNames: string[];
    readonly issuerRef: { readonly group: string; readonly kind: string; readonly name: string };
    readonly duration?: string;
    readonly renewBefore?: string;
  };
}

const CERTIFICATE: Kind<CertificateObject> = kind('cert-manager.io/v1', 'Certificate');

const ANNOTATIONS: Record<CertificateIssuerKind, string> = {
  [CertificateIssuerKind.CLUSTER_ISSUER]: 'cert-manager.io/cluster-issuer',
  [CertificateIssuerKind.ISSUER]: 'cert-manager.io/issuer',
};

/** Annotations by which cert-manager makes the Secret of an Ingress itself. */
export const ISSUER_ANNOTATIONS: readonly string[] = Object.values(ANNOTATIONS);

/** How cert-manager comes to make the certificate of an Ingress. */
export class IngressCertificate {
  /** An annotation of the Ingress names the issuer; cert-manager makes the Certificate. Its ingress-shim must be on, as it is by default. */
  public static annotation(issuer: CertificateIssuer): IngressCertificate {
    return new IngressCertificate(issuer, undefined);
  }

  /** A Certificate object, with all that it can say; needs cert-manager's definitions (CRDs) when it is applied. */
  public static object(options: CertificateOptions): IngressCertificate {
    return new IngressCertificate(options, options);
  }

  private constructor(
    private readonly issuer: CertificateIssuer,
    private readonly options: CertificateOptions | undefined,
  ) {}

  /**
   * Annotations of the Ingress.
   * @internal
   */
  public get _annotations(): { [key: string]: string } {
    return this.options ? {} : { [ANNOTATIONS[this.issuerKind]]: this.issuer.issuer };
  }

  /**
   * Emits what belongs to the component, and says what must exist.
   * @internal
   */
  public _apply(component: Component, host: string, secretName: string): void {
    const { issuer, issuerKind, options } = this;
    component._require({
      kind: 'CustomObject',
      name: `${issuerKind} ${issuer.issuer}`,
      ...(issuerKind === CertificateIssuerKind.ISSUER && { namespace: component._identity.namespace }),
    });
    if (options === undefined) {
      return;
    }
    component._require({ kind: 'CustomResourceDefinition', name: 'certificates.cert-manager.io' });
    component._check(() => durationProblems(options));
    componentObject(component, 'certificate', CERTIFICATE, ['spec'], () => ({
      spec: {
        secretName,
        dnsNames: [...new Set([host, ...(options.dnsNames ?? [])])],
        issuerRef: { group: 'cert-manager.io', kind: issuerKind, name: issuer.issuer },
        duration: options.duration && goDuration(options.duration),
        renewBefore: options.renewBefore && goDuration(options.renewBefore),
      },
    }));
  }

  private get issuerKind(): CertificateIssuerKind {
    return this.issuer.issuerKind ?? CertificateIssuerKind.CLUSTER_ISSUER;
  }
}

const MINUTE = 60_000;

/** Source of the limits: cert-manager's validation of Certificates. */
function durationProblems({ duration, renewBefore }: CertificateOptions): string[] {
  const whole = duration?.toMilliseconds() ?? 90 * 24 * 60 * MINUTE;
  return [
    ...(duration !== undefined && whole < 60 * MINUTE
      ? [`ingress.certificate.duration is ${goDuration(duration)}; allowed is at least 1h: lengthen it`]
      : []),
    ...(renewBefore !== undefined && (renewBefore.toMilliseconds() < 5 * MINUTE || renewBefore.toMilliseconds() >= whole)
      ? [
          `ingress.certificate.renewBefore is ${goDuration(renewBefore)}; allowed are at least 5m and less than the duration: correct it`,
        ]
      : []),
  ];
}
