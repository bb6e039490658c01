import { SecretKey } from './secret-key';

/** Keys of a Secret that holds an access key pair. */
export interface AccessKeyNames {
  /** Key that holds the access key id. @default 'access-key' */
  readonly accessKey?: string;
  /** Key that holds the secret key. @default 'secret-key' */
  readonly secretKey?: string;
}

/** As whom a component talks to object storage. */
export class StorageIdentity {
  /**
   * An access key pair from a Secret, which must exist in the namespace of every component that uses the storage.
   * @param secretName name of the Secret
   */
  public static accessKeys(secretName: string, keys: AccessKeyNames = {}): StorageIdentity {
    return new StorageIdentity(
      SecretKey.of(secretName, keys.accessKey ?? 'access-key'),
      SecretKey.of(secretName, keys.secretKey ?? 'secret-key'),
      {},
      {},
    );
  }

  /** IAM role for service accounts on Amazon EKS: the service account carries the role, no key exists. */
  public static iamRole(roleArn: string): StorageIdentity {
    return new StorageIdentity(undefined, undefined, { 'eks.amazonaws.com/role-arn': roleArn }, {});
  }

  /**
   * Any other workload identity: annotations of the service account and labels of the pod that the cloud's webhook reads.
   */
  public static workloadIdentity(
    serviceAccountAnnotations: { [key: string]: string },
    podLabels: { [key: string]: string } = {},
  ): StorageIdentity {
    return new StorageIdentity(undefined, undefined, serviceAccountAnnotations, podLabels);
  }

  private constructor(
    /** Where the access key id is kept; undefined with workload identity. */
    public readonly accessKey: SecretKey | undefined,
    /** Where the secret key is kept; undefined with workload identity. */
    public readonly secretKey: SecretKey | undefined,
    /** Annotations of the service account. */
    public readonly serviceAccountAnnotations: { [key: string]: string },
    /** Labels of the pods. */
    public readonly podLabels: { [key: string]: string },
  ) {}
}
