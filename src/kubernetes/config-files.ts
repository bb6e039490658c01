import { createHash } from 'node:crypto';
import type { k8s } from 'cdk8s-plus-28';
import type { Component } from './component';
import { KINDS } from './kubernetes-api';
import { componentObject } from './objects';

/** Files of a ConfigMap. */
export interface ConfigFiles {
  readonly configMapName: string;
  /** Hash of the contents; changes when a file does. Worked out at synth. */
  checksum(): string;
  /** Volume that holds the files. */
  volume(name: string): k8s.Volume;
}

/** Largest ConfigMap that client-side apply can carry (an annotation of 262,144 bytes repeats it) with room for metadata. */
export const CONFIG_MAP_LIMIT = 250_000;

/**
 * Emits a ConfigMap whose files are worked out at synth.
 * @param suffix put behind the component's name
 */
export function configFiles(
  component: Component,
  suffix: string,
  produce: () => Record<string, string>,
  labels: Record<string, string> = {},
  annotations?: Record<string, string>,
): ConfigFiles {
  const configMapName = `${component._identity.name}-${suffix}`;
  let files: Record<string, string> | undefined;
  const contents = () => {
    files ??= produce();
    return files;
  };
  const object = componentObject(component, suffix, KINDS.ConfigMap, ['data'], () => ({ data: contents() }), {
    name: configMapName,
    annotations,
  });
  for (const [key, value] of Object.entries(labels)) {
    object.metadata.addLabel(key, value);
  }
  component._check(() => {
    try {
      const size = Object.entries(contents()).reduce(
        (sum, [name, text]) => sum + Buffer.byteLength(name) + Buffer.byteLength(text),
        0,
      );
      return size > CONFIG_MAP_LIMIT
        ? [
            `ConfigMap ${configMapName} is ${size} bytes; allowed are ${CONFIG_MAP_LIMIT}, because client-side apply stops at 262,144: split the content`,
          ]
        : [];
    } catch (error) {
      // What stands in the way is told beside all other problems instead of hiding them.
      return [`ConfigMap ${configMapName} cannot be written: ${error instanceof Error ? error.message : error}`];
    }
  });
  return {
    configMapName,
    checksum: () =>
      createHash('sha256')
        .update(JSON.stringify(Object.entries(contents()).sort()))
        .digest('hex')
        .slice(0, 16),
    volume: (name) => ({ name, configMap: { name: configMapName } }),
  };
}
