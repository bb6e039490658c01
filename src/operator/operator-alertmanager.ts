import { Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { Alertmanager, type AlertmanagerProps } from '../alertmanager/alertmanager';
import type { ConfigFiles } from '../kubernetes/config-files';
import type { ContainerPort } from '../kubernetes/container';
import { KINDS, kind } from '../kubernetes/kubernetes-api';
import { componentObject } from '../kubernetes/objects';
import { operatedStatefulSet } from '../kubernetes/workload';
import { Cpu } from '../settings/cpu';
import { type FinishedTemplate, type OperatedPodFields, operatedPodFields } from './operated-pod';

interface AlertmanagerObject {
  readonly spec: OperatedPodFields & {
    readonly version: string;
    readonly replicas: number;
    readonly retention: string;
    readonly configSecret: string;
    readonly secrets: readonly string[] | undefined;
    readonly storage: { readonly volumeClaimTemplate: unknown };
    readonly externalUrl: string | undefined;
    readonly portName: string;
    readonly serviceAccountName: string;
    readonly logFormat: string;
  };
}

/** Source: prometheus-operator, pkg/apis/monitoring/v1, v0.93. */
const ALERTMANAGER = kind<AlertmanagerObject>('monitoring.coreos.com/v1', 'Alertmanager');

/** As the operator names them. */
const MESH: ContainerPort[] = [
  { name: 'mesh-tcp', port: 9094 },
  { name: 'mesh-udp', port: 9094, protocol: 'UDP' },
];

/**
 * An Alertmanager that the Prometheus Operator runs: the same properties, written as an `Alertmanager` object and a Secret with its
 * configuration, in which credentials are files out of other Secrets. The object has the name of the stack, because the operator labels
 * pods by it. What the operator has no setting for is an error.
 */
export class OperatorAlertmanager extends Alertmanager {
  constructor(scope: Construct, id: string, props: AlertmanagerProps = {}) {
    super(scope, id, props);
    const { _context: context, _identity: identity, _intent: intent } = this;
    this._require({ kind: 'CustomResourceDefinition', name: 'alertmanagers.monitoring.coreos.com' });
    this._check(() => [
      ...(props.authentication?._description.basic
        ? [
            'authentication is one of Alertmanager itself; allowed is one before the Ingress, because the operator has no setting for it: choose another',
          ]
        : []),
      ...(props.instance === undefined
        ? []
        : [
            `instance is ${JSON.stringify(props.instance)}; allowed is none under an operator, whose object has the name of the stack: use a second stack`,
          ]),
    ]);
    const configSecret = `${identity.name}-config`;
    componentObject(this, 'config', KINDS.Secret, ['stringData'], () => ({ stringData: intent.files() }), { name: configSecret });
    const { template, claims } = operatedStatefulSet(this, {
      replicas: intent.replicas,
      claims: intent.claims,
      pod: () => ({
        serviceAccountName: identity.name,
        containers: [
          {
            name: 'alertmanager',
            image: 'alertmanager',
            args: [],
            ports: [],
            // As without an operator.
            resources: { cpuRequest: Cpu.millis(10), memoryRequest: Size.mebibytes(64), memoryLimit: Size.mebibytes(256) },
          },
        ],
      }),
    });
    componentObject(
      this,
      'alertmanager',
      ALERTMANAGER,
      ['spec'],
      () => {
        const [volumeClaimTemplate] = claims() as unknown[];
        const names = [...new Set(intent.secrets.map(({ secretName }) => secretName))];
        return {
          spec: {
            version: context.images._version('alertmanager', context.cluster),
            replicas: intent.replicas,
            retention: `${intent.retention.toHours()}h`,
            configSecret,
            secrets: names.length > 0 ? names : undefined,
            storage: { volumeClaimTemplate },
            externalUrl: intent.externalUrl,
            portName: 'http',
            serviceAccountName: identity.name,
            logFormat: 'json',
            ...operatedPodFields(template() as FinishedTemplate),
          },
        };
      },
      { name: context.name },
    );
  }

  /**
   * As the operator names them.
   * @internal
   */
  protected override get _gossip(): readonly ContainerPort[] {
    return MESH;
  }

  /**
   * The operator reads a Secret.
   * @internal
   */
  protected override _configure(): ConfigFiles | undefined {
    return undefined;
  }

  /**
   * The operator makes the StatefulSet.
   * @internal
   */
  protected override _run(): void {}
}
