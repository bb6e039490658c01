import type { Identity } from '../kubernetes/identity';
import type { BasicAuthentication } from './basic-authentication';

/** What is spoken at an endpoint. */
export enum EndpointProtocol {
  /** HTTP. */
  HTTP = 'http',
  /** HTTP over TLS. */
  HTTPS = 'https',
  /** gRPC without TLS. */
  GRPC = 'grpc',
  /** Any other protocol over TCP. */
  TCP = 'tcp',
}

/** An endpoint of something that the stack does not run. */
export interface ExternalEndpointProps {
  /** Host name or address. */
  readonly host: string;
  /** Port. */
  readonly port: number;
  /** What is spoken. @default EndpointProtocol.HTTP */
  readonly protocol?: EndpointProtocol;
  /** Path that URLs start with, e.g. `/prometheus`. @default - none */
  readonly path?: string;
  /** Address ranges of the host, for the NetworkPolicies. @default - every address, with the warning `egress-to-anywhere` */
  readonly cidrs?: string[];
  /** Namespace of the host if it runs in this cluster; egress is then allowed to that namespace. @default - outside the cluster */
  readonly namespace?: string;
}

/** Where an endpoint of ours leads; what NetworkPolicies are made of. */
export interface EndpointOwner {
  readonly identity: Identity;
  /** Port of the container, which differs from the Service's where that one is fixed by convention. */
  readonly containerPort: number;
  /** Name of the Service's port, part of SRV names. */
  readonly portName: string;
  readonly headless: boolean;
  /** @default 'TCP' */
  readonly transport?: 'TCP' | 'UDP';
}

/**
 * A place where a component can be reached. Components take endpoints instead of URLs, so that address, NetworkPolicy and
 * data source come from the same object.
 */
export class Endpoint {
  /** Something that runs elsewhere. */
  public static external(props: ExternalEndpointProps): Endpoint {
    return new Endpoint(props.host, props.port, props.protocol ?? EndpointProtocol.HTTP, props.path ?? '', undefined, props);
  }

  /**
   * A port of a component's Service.
   * @internal
   */
  public static _of(
    owner: EndpointOwner,
    host: string,
    port: number,
    protocol: EndpointProtocol,
    login?: BasicAuthentication,
  ): Endpoint {
    return new Endpoint(host, port, protocol, '', owner, undefined, login);
  }

  private constructor(
    /** Host name, fully qualified for the stack's own components. */
    public readonly host: string,
    /** Port. */
    public readonly port: number,
    /** What is spoken. */
    public readonly protocol: EndpointProtocol,
    /** Path that URLs start with. */
    public readonly path: string,
    /**
     * The component behind it, if it is one of ours.
     * @internal
     */
    public readonly _owner: EndpointOwner | undefined,
    /**
     * How it was described, if it is not ours.
     * @internal
     */
    public readonly _external: ExternalEndpointProps | undefined,
    /**
     * How the stack's own programs log in there, if it asks for that.
     * @internal
     */
    public readonly _login?: BasicAuthentication,
  ) {}

  /** `scheme://host:port/path`. */
  public get url(): string {
    return `${this.protocol === EndpointProtocol.HTTPS ? 'https' : 'http'}://${this.hostAndPort}${this.path}`;
  }

  /** `host:port`. */
  public get hostAndPort(): string {
    return `${this.host}:${this.port}`;
  }

  /**
   * Name of the SRV records, `_<port name>._tcp.<host>` (or `_udp`), one for each ready pod. Only headless Services of the stack have
   * them; anything else answers with `host:port`.
   */
  public get srvName(): string {
    const owner = this._owner;
    return owner?.headless ? `_${owner.portName}._${owner.transport === 'UDP' ? 'udp' : 'tcp'}.${this.host}` : this.hostAndPort;
  }

  /**
   * Whether SRV records exist.
   */
  public get hasSrvRecords(): boolean {
    return this._owner?.headless ?? false;
  }
}
