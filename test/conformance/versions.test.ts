import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { IMAGE_TABLE, type ImageName } from '../../src/settings/images';
import { findProgram } from './programs';
import { OTHER_VERSION, pinnedVersion, releaseOf, TESTED, UNTESTED } from './versions';

const imageVersion = (image: ImageName) => IMAGE_TABLE[image].tag.replace(/^v/, '').replace(/-alpine$/, '');

/** What a program says of itself, on whichever channel. */
const printed = (program: string, flag: string) =>
  execFileSync('sh', ['-c', '"$0" "$1" 2>&1', program, flag], { encoding: 'utf8' });

const images = Object.keys(IMAGE_TABLE) as ImageName[];

it('knows for each image what is tested in its place', () => {
  expect([...Object.keys(TESTED), ...Object.keys(UNTESTED)].sort()).toEqual([...images].sort());
});

describe.each(Object.entries(TESTED))('%s', (name, { command: [program, flag], folder }) => {
  const image = images.find((candidate) => candidate === name);
  const exception = image && OTHER_VERSION[image];
  const wanted = exception?.tested ?? (image && imageVersion(image)) ?? '';

  if (folder !== undefined) {
    it('is pinned in the version of the image table', () => {
      expect(releaseOf(folder, pinnedVersion(folder))).toBe(wanted);
    });
  }

  if (exception !== undefined) {
    it('is an exception that is still needed', () => {
      expect(image && imageVersion(image)).not.toBe(wanted);
    });
  }

  const path = findProgram(program);
  it.skipIf(path === undefined)('is here in that version', () => {
    expect(printed(String(path), flag)).toContain(wanted);
  });
});

describe('the Prometheus Operator', () => {
  // Nothing of the library has its image: the definitions, by which the objects are typed, say which one they are for.
  const definitions = resolve(__dirname, '../../imports/crds');
  const wanted = releaseOf('prometheus-operator', pinnedVersion('prometheus-operator'));

  it('is pinned in the version of its definitions', () => {
    const files = readdirSync(definitions).filter((file) => file.startsWith('monitoring.coreos.com_'));
    const versions = files.map((file) =>
      /operator\.prometheus\.io\/version: (\S+)/.exec(readFileSync(join(definitions, file), 'utf8')),
    );
    expect(new Set(versions.map((match) => match?.[1]))).toEqual(new Set([wanted]));
  });

  it('comes with the reloader of its own version in the cluster', () => {
    for (const file of ['images.tsv', 'operator.sh']) {
      const text = readFileSync(resolve(__dirname, 'cluster', file), 'utf8');
      expect(text).toContain(`prometheus-config-reloader:v${wanted}`);
    }
  });

  it.each(['prometheus-operator', 'prometheus-config-reloader'])('%s is here in that version', (program) => {
    const path = findProgram(program);
    expect(path === undefined ? wanted : printed(path, '--version')).toContain(wanted);
  });
});

it('runs the same versions in the cluster', () => {
  const table = readFileSync(resolve(__dirname, 'cluster/images.tsv'), 'utf8');
  const differing = images.flatMap((image) => {
    const tested = Object.entries(TESTED).find(([name]) => name === image)?.[1];
    const version = OTHER_VERSION[image]?.tested ?? imageVersion(image);
    const names = [...table.matchAll(new RegExp(`[\\w.]+/${IMAGE_TABLE[image].path}:v?([^\\s,]+)`, 'g'))].map(([, tag]) => tag);
    return tested === undefined ? [] : names.filter((tag) => tag !== version).map((tag) => `${image}: ${tag}, not ${version}`);
  });
  expect(differing).toEqual([]);
});
