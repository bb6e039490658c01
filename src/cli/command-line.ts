import { type ParseArgsConfig, parseArgs } from 'node:util';
import type { DoctorOptions } from './doctor';

/** What is asked for. */
export type Command =
  | { readonly name: 'help' | 'version' }
  | { readonly name: 'doctor'; readonly options: DoctorOptions; readonly json: boolean }
  | { readonly name: 'mistake'; readonly message: string };

export const HELP = `monitoring-stack: looks after a monitoring stack in a cluster

Usage:
  monitoring-stack doctor [options]   look whether a running stack works
  monitoring-stack --help             this text
  monitoring-stack --version          version of the library

Options of doctor:
  --stack <name>               name of the stack; needed where there are several
  -n, --namespace <namespace>  namespace to search, may be repeated; else all
  --expect-namespace <name>    namespace whose lines must be in Loki, may be repeated
  --namespace-label <label>    label of log lines that holds the namespace (namespace)
  --tenant <tenant>            tenant of the logs, where Loki has several
  --login                      log in with what the stack's Secrets hold: Grafana then tests its data
                               sources, and a Prometheus that asks for a login answers
  --json                       print the report as JSON
  --kubeconfig <file>          as of kubectl
  --context <name>             as of kubectl
  --kubectl <program>          the kubectl that is used (kubectl)
  --timeout <seconds>          how long an answer may take (10)

The cluster is the one that kubectl talks to. Exit status: 0 if nothing failed, 1 if a check failed, 2 if the stack could not be
looked at. Nothing in the cluster is changed.
`;

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
  stack: { type: 'string' },
  namespace: { type: 'string', short: 'n', multiple: true },
  'expect-namespace': { type: 'string', multiple: true },
  'namespace-label': { type: 'string', default: 'namespace' },
  tenant: { type: 'string' },
  login: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  kubeconfig: { type: 'string' },
  context: { type: 'string' },
  kubectl: { type: 'string', default: 'kubectl' },
  timeout: { type: 'string', default: '10' },
} as const satisfies ParseArgsConfig['options'];

const mistake = (message: string): Command => ({ name: 'mistake', message });

/** Reads the command line. */
export function readCommand(args: readonly string[]): Command {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
    const [name, ...others] = positionals;
    if (values.version) {
      return { name: 'version' };
    }
    if (values.help || name === 'help' || args.length === 0) {
      return { name: 'help' };
    }
    if (name !== 'doctor' || others.length > 0) {
      return mistake(`the command is ${JSON.stringify(positionals.join(' '))}; allowed is doctor: see --help`);
    }
    const timeout = Number(values.timeout) * 1000;
    if (!(timeout > 0)) {
      return mistake(`--timeout is ${JSON.stringify(values.timeout)}; allowed are seconds above 0: correct it`);
    }
    const label = values['namespace-label'];
    if (!/^[a-zA-Z_]\w*$/.test(label)) {
      return mistake(`--namespace-label is ${JSON.stringify(label)}; allowed is the name of a label: correct it`);
    }
    const { stack, kubeconfig, context, tenant } = values;
    return {
      name: 'doctor',
      json: values.json,
      options: {
        stack,
        namespaces: values.namespace ?? [],
        expectedNamespaces: values['expect-namespace'] ?? [],
        namespaceLabel: label,
        tenant,
        login: values.login,
        kubectl: { program: values.kubectl, kubeconfig, context, timeout },
      },
    };
  } catch (error) {
    return mistake(error instanceof Error ? error.message : String(error));
  }
}
