import { Size } from 'cdk8s';
import { quantity } from '../kubernetes/container';
import { type Endpoint, EndpointProtocol } from '../settings/endpoint';
import { binarySize, endpointProblems, lookupAddress } from './thanos-process';

/** Options of a cache in memcached. */
export interface MemcachedCacheOptions {
  /** Larger items are not cached; at most what memcached keeps (its `-I`). @default Size.mebibytes(1) */
  readonly maxItemSize?: Size;
}

/** Configuration of a cache; thanos.io/tip/components/store.md, query-frontend.md. */
interface CacheConfig {
  readonly type: 'IN-MEMORY' | 'MEMCACHED';
  readonly config: { readonly addresses?: string[]; readonly max_size?: string; readonly max_item_size?: string };
}

/** Where a Thanos component keeps what it has read or answered before. */
export class ThanosCache {
  /**
   * In the memory of each pod; gone when the pod restarts. The memory of the container grows with it.
   * @param size largest size
   */
  public static inMemory(size: Size): ThanosCache {
    return new ThanosCache(size, undefined, Size.mebibytes(1));
  }

  /**
   * In memcached, shared by all pods.
   * @param client the endpoint named `client` of a `Memcached`, or one outside
   */
  public static memcached(client: Endpoint, options: MemcachedCacheOptions = {}): ThanosCache {
    return new ThanosCache(undefined, client, options.maxItemSize ?? Size.mebibytes(1));
  }

  private constructor(
    private readonly size: Size | undefined,
    /**
     * The memcached.
     * @internal
     */
    public readonly _client: Endpoint | undefined,
    private readonly maxItemSize: Size,
  ) {}

  /**
   * Mebibytes it takes in the memory of the pod.
   * @internal
   */
  public get _mebibytes(): number {
    return this.size?.toMebibytes({ rounding: 1 }) ?? 0;
  }

  /**
   * The configuration. A response cache in memory knows no largest item.
   * @internal
   */
  public _config(use: 'bucket' | 'responses'): CacheConfig {
    const max_item_size = binarySize(this.maxItemSize);
    if (this._client) {
      // Names instead of addresses: keys are spread by name, and stay where they are when a pod gets another address.
      return { type: 'MEMCACHED', config: { addresses: [lookupAddress(this._client, 'dnssrvnoa+')], max_item_size } };
    }
    const max_size = binarySize(this.size ?? this.maxItemSize);
    return { type: 'IN-MEMORY', config: use === 'bucket' ? { max_size, max_item_size } : { max_size } };
  }

  /**
   * What is wrong with it.
   * @internal
   */
  public _problems(property: string): string[] {
    const problems = this._client ? endpointProblems(`${property}.client`, this._client, [EndpointProtocol.TCP]) : [];
    if (this.maxItemSize.toKibibytes({ rounding: 1 }) < 1) {
      problems.push(`${property}.maxItemSize is ${quantity(this.maxItemSize)}; allowed is at least 1Ki: raise it`);
    }
    if (this.size && this.size.toKibibytes({ rounding: 1 }) < this.maxItemSize.toKibibytes({ rounding: 1 })) {
      problems.push(`${property}.size is ${quantity(this.size)}; allowed is at least ${quantity(this.maxItemSize)}: raise it`);
    }
    return problems;
  }
}
