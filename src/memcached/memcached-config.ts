import { Size } from 'cdk8s';

/** Settings of Memcached with nothing left open. */
export interface MemcachedSettings {
  readonly itemMemory: Size;
  readonly maxItemSize: Size;
  readonly connections: number;
}

/** Arguments of memcached. Item sizes are in bytes, because `-I` rounds units of its own. */
export function memcachedArguments({ itemMemory, maxItemSize, connections }: MemcachedSettings): string[] {
  return [
    '-m',
    `${itemMemory.toMebibytes()}`,
    '-I',
    `${maxItemSize.toKibibytes() * 1024}`,
    '-c',
    `${connections}`,
    '--extended=modern,track_sizes',
  ];
}

/** Memory of the container: connections, hash table and slab pages come on top of the items (Loki's chart: 1.2 times). */
export function memcachedContainerMemory(itemMemory: Size): Size {
  return Size.mebibytes(Math.ceil(itemMemory.toMebibytes() * 1.2));
}
