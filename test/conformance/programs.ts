import { accessSync, constants } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

const BUILT = resolve(__dirname, '../../.cache/programs');

const executable = (path: string) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/**
 * Path of a real program: from the folder `MONITORING_PROGRAMS`, from `.cache/programs` (made by
 * `test/conformance/programs/build`) or from `PATH`; undefined if it is nowhere, and its tests are then skipped.
 */
export function findProgram(name: string): string | undefined {
  const folders = [process.env.MONITORING_PROGRAMS, BUILT, ...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'];
  return folders
    .filter((folder) => folder !== undefined && folder !== '')
    .map((folder) => join(String(folder), name))
    .find(executable);
}
