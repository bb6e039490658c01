/**
 * Makes the files that are packed, of the sources: they load in less than half the time of the many that jsii writes.
 *   tsx scripts/bundle.ts <JavaScript to append to the library>
 * What many programs never ask for is in files of its own, each of which is loaded when it is asked for.
 */
import { basename, resolve } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';

/** File in lib/src → the module that it is made of. */
const LOADED_WHEN_ASKED: { readonly [file: string]: string } = {
  'boards.js': 'src/dashboards/standard/catalogue.ts',
  'rules.js': 'src/rules/content.ts',
};

const COMMON: BuildOptions = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
};
const SMALL: BuildOptions = { ...COMMON, minifyWhitespace: true, minifySyntax: true };

/** What stands in the library for such a module: its names, whose first use loads the file. */
async function standIn(file: string, module: string): Promise<string> {
  const { metafile } = await build({ ...COMMON, format: 'esm', entryPoints: [module], metafile: true, write: false });
  return Object.values(metafile.outputs)
    .flatMap((output) => output.exports)
    .map((name) => `Object.defineProperty(exports, '${name}', { enumerable: true, get: () => require('./${file}').${name} });`)
    .join('\n');
}

async function loadedWhenAsked(): Promise<Plugin> {
  const standIns = new Map<string, string>();
  for (const [file, module] of Object.entries(LOADED_WHEN_ASKED)) {
    standIns.set(resolve(module), await standIn(file, module));
  }
  return {
    name: 'loaded when asked',
    setup({ onLoad, onResolve }) {
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const contents = standIns.get(path);
        return contents === undefined ? undefined : { loader: 'js', contents };
      });
      onResolve({ filter: /\.js$/ }, ({ path }) => (basename(path) in LOADED_WHEN_ASKED ? { path, external: true } : undefined));
    },
  };
}

async function bundle(footer: string): Promise<void> {
  await build({
    ...SMALL,
    entryPoints: ['src/index.ts'],
    outfile: 'lib/src/index.js',
    footer: { js: footer },
    plugins: [await loadedWhenAsked()],
  });
  for (const [file, module] of Object.entries(LOADED_WHEN_ASKED)) {
    await build({ ...SMALL, entryPoints: [module], outfile: `lib/src/${file}` });
  }
  // The command is no part of the API, which jsii checks.
  await build({
    ...COMMON,
    entryPoints: ['src/cli/main.ts'],
    outfile: 'lib/src/cli/main.js',
    banner: { js: '#!/usr/bin/env node' },
  });
}

bundle(process.argv[2]);
