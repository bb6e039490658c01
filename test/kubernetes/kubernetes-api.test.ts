import { readFileSync } from 'node:fs';
import { k8s } from 'cdk8s-plus-28';
import { describe, expect, it } from 'vitest';
import { apiValue, KINDS, portOrCount, quantityOf, RENAMED_FIELDS } from '../../src/kubernetes/kubernetes-api';

describe('the Kubernetes API, typed by cdk8s-plus and written without its code', () => {
  it.each(Object.entries(KINDS))('knows %s as cdk8s-plus does', (name, { apiVersion, kind }) => {
    const typed = Object.entries(k8s).find(([exported]) => exported === `Kube${name}`)?.[1];
    expect(typed).toHaveProperty('GVK', { apiVersion, kind });
  });

  it('renames every field that cdk8s-plus renames, but those of schemas', () => {
    const code = readFileSync(require.resolve('cdk8s-plus-28/lib/imports/k8s'), 'utf8');
    const renamed = [...code.matchAll(/'([^']+)': (?:\(\(|toJson_\w+\()?obj\.(\w+)/g)].filter(
      ([, name, field]) => name !== field,
    );
    const ofSchemas = /^(\$|x-kubernetes|openAPIV3Schema)/;
    expect([...RENAMED_FIELDS]).toEqual(
      [...new Map(renamed.filter(([, name]) => !ofSchemas.test(name ?? '')).map(([, name, field]) => [field, name]))].sort(),
    );
  });

  it('writes what cdk8s-plus writes', () => {
    const props = {
      metadata: { labels: { clusterIp: 'a label', hostIp: 'another' } },
      spec: {
        clusterIp: 'None',
        selector: { nodeId: 'a label' },
        ports: [{ port: 80, targetPort: k8s.IntOrString.fromString('http') }],
        externalName: undefined,
      },
    };
    const ours = { ...props, spec: { ...props.spec, ports: [{ port: 80, targetPort: portOrCount('http') }] } };
    const { apiVersion, kind, ...fields } = k8s.KubeService.manifest(props);
    expect(apiValue(ours)).toEqual(fields);
  });

  it('keeps what is still to be resolved', () => {
    class Token {
      resolve = () => 'later';
    }
    const token = new Token();
    expect(apiValue({ data: { key: token, 'a.b': quantityOf('1Gi') } })).toEqual({ data: { key: token, 'a.b': '1Gi' } });
  });
});
