import { execa } from 'execa';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { assemblePackage, filesIn } from '../../packaging/assemble.ts';
import { findHyperd } from '../../src/hyper/binary.ts';
import { writeTgz } from '../support/engine/packages.ts';

/** The folder is outside of this repository: the program finds no package but what it has in itself. */
let folder: string;
let files: string[];
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'package-'));
  await assemblePackage(folder);
  files = await filesIn(folder);
});
afterAll(() => rm(folder, { recursive: true }));

const read = (file: string) => readFile(path.join(folder, file), 'utf8');
const extracts = (...args: string[]) =>
  execa('node', [path.join(folder, 'dist/main.js'), ...args], { cwd: folder, reject: false });

describe('the published package', () => {
  test('depends on nothing but the engine, which is optional', async () => {
    expect(JSON.parse(await read('package.json'))).toEqual({
      name: 'extracts',
      version: manifest.version,
      description: manifest.description,
      license: 'MIT',
      type: 'module',
      engines: { node: '>=20.19' },
      bin: { extracts: 'dist/main.js' },
      exports: {
        ...(files.includes('dist/index.js') && { '.': expect.anything() as unknown }),
        './schemas/*': './schemas/*',
        './package.json': './package.json',
      },
      optionalDependencies: { '@tableau/hyperdb-api': manifest.dependencies['@tableau/hyperdb-api'] },
    });
  });

  test('runs where no other package is', async () => {
    expect(await extracts('--version')).toMatchObject({ stdout: manifest.version, exitCode: 0 });
    expect(await extracts('validate', 'pipelines/superstore_files.yaml')).toMatchObject({
      stdout: '1 pipeline valid.',
      exitCode: 0,
    });
    const { stdout } = await extracts('schema');
    expect(JSON.parse(stdout)).toMatchObject({ title: expect.any(String) as string });
  });

  test('needs one command where the engine is missing', async () => {
    const own = await mkdtemp(path.join(tmpdir(), 'without-engine-'));
    try {
      await writeFile(path.join(own, 'p.csv'), 'a\n1\n');
      await writeFile(
        path.join(own, 'p.yaml'),
        'version: 1\nname: p\nsources: { s: { type: file, path: p.csv } }\n' +
          'tables: { t: { from: { source: s }, columns: { a: int } } }\ndestinations: [{ type: file, path: p.hyper }]\n',
      );
      const main = path.join(folder, 'dist/main.js');
      const env = { HYPERD_PATH: '', VIRTUAL_ENV: '', XDG_CACHE_HOME: path.join(own, 'cache') };
      const run = (...args: string[]) => execa('node', [main, ...args], { cwd: own, env, reject: false });
      const remedy = "Tableau's engine hyperd is not installed  [EXT3001]\n  = run: extracts engine install";
      const before = await run('apply', '--yes', 'p.yaml');
      for (const line of remedy.split('\n')) expect(before.stderr).toContain(line);
      expect(before.exitCode).toBe(1);
      expect(await run('engine', 'path')).toMatchObject({ stderr: `error  ${remedy}`, exitCode: 1 });
      expect((await run('doctor', 'p.yaml')).stdout).toMatch(
        /^fail .*\[EXT3001\] {2}= run: extracts engine install$/m,
      );

      // As the package of npm, but not as large.
      const engine = await findHyperd({ HYPERD_PATH: process.env.HYPERD_PATH });
      await writeTgz(path.join(own, 'engine.tgz'), `#!/bin/sh\nexec '${engine}' "$@"\n`);
      expect(await run('engine', 'install', '--from', 'engine.tgz')).toMatchObject({ exitCode: 0 });
      expect(await run('apply', '--yes', 'p.yaml')).toMatchObject({ exitCode: 0 });
    } finally {
      await rm(own, { recursive: true });
    }
  });

  test('has no source maps, no sample data, and is small', async () => {
    expect(files.filter((file) => file.endsWith('.map'))).toEqual([]);
    expect(files.filter((file) => file.startsWith('pipelines/data'))).toEqual([]);
    const sizes = await Promise.all(files.map(async (file) => (await stat(path.join(folder, file))).size));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(8_000_000);
  });

  test('has every page that a hint or another page names', async () => {
    const named = new Set<string>();
    for (const file of files.filter((one) => one.startsWith('dist/')))
      for (const [, page = ''] of (await read(file)).matchAll(/\b(docs\/[a-z-]+\.md)\b/g)) named.add(page);
    for (const file of files.filter((one) => one.endsWith('.md')))
      for (const [, target = ''] of (await read(file)).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g))
        named.add(path.posix.normalize(path.posix.join(path.posix.dirname(file), target)));
    // It is about this repository, and of no use to those who only use the package.
    named.delete('CONTRIBUTING.md');
    const folders = files.flatMap((file) => path.posix.dirname(file));
    const missing = [...named].filter(
      (one) => !files.includes(one) && !folders.includes(one.replace(/\/$/, '')),
    );
    expect(missing).toEqual([]);
    expect(named.size).toBeGreaterThan(15);
  });

  test('has the licence of everything that is bundled', async () => {
    const text = await read('THIRD_PARTY_LICENSES');
    for (const name of ['execa', 'saxes', 'pgpass', '@aws-sdk/client-s3', '@aws-sdk/nested-clients'])
      expect(text).toMatch(new RegExp(String.raw`^${name} \d+\.\d+\.\d+ \((?:MIT|ISC|Apache-2\.0)\)$`, 'm'));
    for (const one of ['Louis-Dominique Dubeau', 'Hannes Hörl', 'Version 2.0, January 2004'])
      expect(text).toContain(one);
  });
});
