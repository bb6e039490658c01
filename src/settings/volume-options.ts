import type { ExistingVolume } from './existing-volume';

/** Options of components that keep something on a volume. They are decided once: a claim cannot be changed later. */
export interface VolumeOptions {
  /** Storage class of the volume. @default - the cluster's */
  readonly storageClassName?: string;
  /** A volume that exists, to be taken over with its contents; of the same storage class. @default - a new one */
  readonly existingVolume?: ExistingVolume;
}
