import { Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { Cpu } from '../settings/cpu';
import type { Placement } from '../settings/placement';
import type { ContainerResources } from '../settings/workload-options';
import { serviceAccount, subject } from './access';
import { Component } from './component';
import { KINDS } from './kubernetes-api';
import { componentObject } from './objects';
import { type PodDescription, podTemplate } from './pod';
import { prepare } from './workload';

/** Properties of `GeneratedSecret`. */
export interface GeneratedSecretProps {
  /** Name of the Secret. */
  readonly secretName: string;
  /** Keys whose values are made up in the cluster: 32 random characters each. */
  readonly generatedKeys: string[];
  /** Other keys with their values, which stand in the manifests: names of users, never anything secret. @default - none */
  readonly values?: { [key: string]: string };
  /** Namespace of the Secret. @default - that of the stack */
  readonly namespace?: string;
  /** Where the pod runs. @default - the context's placement */
  readonly placement?: Placement;
  /** Resources of the pod, which lives for a second. @default - 10m, 16Mi, at most 64Mi */
  readonly resources?: ContainerResources;
}

const ACCOUNT_DIRECTORY = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Stands for the value of a key until it is made up. */
const placeholder = (index: number) => `@generated-${index}@`;

/**
 * Makes the Secret unless it is there. It is applied, not posted: of a POST the API server does not know the name when it asks
 * whether it is allowed, of an apply that makes an object it does. The value passes through pipes only.
 */
const SCRIPT = `
case "$KUBERNETES_SERVICE_HOST" in
  *:*) host="[$KUBERNETES_SERVICE_HOST]" ;;
  *) host="$KUBERNETES_SERVICE_HOST" ;;
esac
secret="https://$host:$KUBERNETES_SERVICE_PORT/api/v1/namespaces/$SECRET_NAMESPACE/secrets/$SECRET_NAME"
ask() {
  curl --silent --show-error --cacert "$ACCOUNT_DIRECTORY/ca.crt" \\
    --header "Authorization: Bearer $(cat "$ACCOUNT_DIRECTORY/token")" "$@"
}
status=$(ask --output /dev/null --write-out '%{http_code}' "$secret")
case "$status" in
  200) echo "$SECRET_NAME is there already"; exit 0 ;;
  404) ;;
  *) echo "asking for $SECRET_NAME was answered with $status" >&2; exit 1 ;;
esac
body=$SECRET_BODY
index=0
while [ "$index" -lt "$GENERATED_KEYS" ]; do
  value=$(head -c 24 /dev/urandom | base64)
  body=$(printf '%s' "$body" | sed "s|@generated-$index@|$value|")
  index=$((index + 1))
done
printf '%s' "$body" | ask --fail --output /dev/null --request PATCH \\
  --header 'Content-Type: application/apply-patch+yaml' --data-binary @- "$secret?fieldManager=generated-secret"
echo "$SECRET_NAME is made"
`;

/**
 * A Secret with made-up values that stand in no manifest and are known to nobody before somebody reads them in the cluster: a Job makes
 * it once, and leaves one that is there already alone. To have another value, delete the Secret and apply again. The Job is gone five
 * minutes after its end; a changed one cannot be applied until then.
 *
 * The Job may read and make this one Secret. It runs in the image of nginx, which has a shell and curl, under the PodSecurity level
 * `restricted`.
 */
export class GeneratedSecret extends Component {
  constructor(scope: Construct, id: string, props: GeneratedSecretProps) {
    const { secretName, generatedKeys, values = {}, namespace, placement, resources } = props;
    super(scope, id, {
      app: 'generated-secret',
      component: 'generated-secret',
      instance: secretName,
      options: { namespace, placement, resources },
    });
    this._check(() => problemsOf(props));
    const account = serviceAccount(this);
    componentObject(this, 'role', KINDS.Role, ['rules'], () => ({
      rules: [{ apiGroups: [''], resources: ['secrets'], resourceNames: [secretName], verbs: ['get', 'create', 'patch'] }],
    }));
    componentObject(this, 'role-binding', KINDS.RoleBinding, ['roleRef', 'subjects'], () => ({
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: this._identity.name },
      subjects: [subject(this)],
    }));
    this._reachKubernetesApi();
    const body = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: secretName, namespace: this._identity.namespace },
      type: 'Opaque',
      stringData: { ...values, ...Object.fromEntries(generatedKeys.map((key, index) => [key, placeholder(index)])) },
    };
    const environment = {
      ACCOUNT_DIRECTORY,
      GENERATED_KEYS: `${generatedKeys.length}`,
      SECRET_BODY: JSON.stringify(body),
      SECRET_NAME: secretName,
      SECRET_NAMESPACE: this._identity.namespace,
    };
    const pod: PodDescription = {
      serviceAccountName: account,
      mountsToken: true,
      containers: [
        {
          name: 'generate',
          image: 'nginx',
          command: ['/bin/sh', '-euc'],
          args: [SCRIPT],
          // Dollars in values are none of Kubernetes' references.
          environment: Object.entries(environment).map(([name, value]) => ({ name, value: value.replaceAll('$', '$$$$') })),
          ports: [],
          resources: { cpuRequest: Cpu.millis(10), memoryRequest: Size.mebibytes(16), memoryLimit: Size.mebibytes(64) },
        },
      ],
    };
    prepare(this, () => pod);
    componentObject(this, 'job', KINDS.Job, ['spec'], () => {
      const template = podTemplate(this, pod, {});
      return {
        spec: {
          ttlSecondsAfterFinished: 300,
          template: { ...template, ...(template.spec && { spec: { ...template.spec, restartPolicy: 'OnFailure' } }) },
        },
      };
    });
  }
}

const KEY = /^[-._a-zA-Z0-9]{1,253}$/;

function problemsOf({ secretName, generatedKeys, values = {} }: GeneratedSecretProps): string[] {
  const keys = [...generatedKeys, ...Object.keys(values)];
  return [
    ...(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(secretName)
      ? []
      : [`secretName is ${JSON.stringify(secretName)}; allowed are lower-case letters, digits and "-": rename the Secret`]),
    ...(generatedKeys.length === 0 ? ['generatedKeys is []; allowed is at least one key: name it'] : []),
    ...keys
      .filter((key) => !KEY.test(key))
      .map((key) => `keys have ${JSON.stringify(key)}; allowed are letters, digits, "-", "_" and ".": rename the key`),
    ...keys
      .filter((key, index) => keys.indexOf(key) < index)
      .map((key) => `keys have ${JSON.stringify(key)} twice; allowed is once: remove one`),
  ];
}
