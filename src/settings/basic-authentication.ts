import type { SecretKey } from './secret-key';

/** How a program logs in by HTTP. */
export interface BasicAuthentication {
  /** Name of the user. */
  readonly user: string;
  /** Its password. */
  readonly password: SecretKey;
}
