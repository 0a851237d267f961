import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/**
 * Who may import what, from the code itself: the lint rules say the same while one writes, this says it of everything,
 * third-party packages included. docs/architecture.md tells why.
 */
const src = fileURLToPath(new URL('../src', import.meta.url));

const siblings = [
  'config',
  'sources',
  'templates',
  'destinations',
  'state',
  'hyper',
  'plan',
  'apply',
  'render',
];

const rooms: Record<string, readonly string[]> = {
  model: [],
  disk: ['model'],
  network: [],
  ...Object.fromEntries(siblings.map((room) => [room, ['model', 'disk']])),
  aws: ['model', 'network'],
  postgres: ['model'],
  destinations: ['model', 'disk', 'network'],
  sources: ['model', 'disk', 'aws', 'postgres'],
  state: ['model', 'disk', 'aws', 'postgres'],
  plan: ['model'],
  render: ['model'],
  run: [...siblings, 'model', 'disk'],
  import: [...siblings, 'run', 'model', 'disk', 'postgres'],
  install: ['hyper', 'templates', 'model', 'disk'],
  cli: [...siblings, 'run', 'import', 'install', 'model', 'disk'],
  library: ['config', 'plan', 'apply', 'run', 'model'],
  'index.ts': ['library', 'run', 'model'],
  'main.ts': ['cli', 'model'],
};

/** Where a third-party package may be known: folders or files. */
const borders: Record<string, readonly string[]> = {
  yaml: ['config', 'import/write'],
  ajv: ['config'],
  pg: ['postgres', 'sources/postgres', 'state/postgres', 'hyper'],
  pgpass: ['postgres'],
  '@aws-sdk/client-s3': ['aws'],
  '@aws-sdk/credential-providers': ['aws'],
  '@smithy/core/config': ['aws'],
  execa: ['hyper/process.ts', 'install/download.ts'],
  listr2: ['cli/output/draw-progress.ts'],
  commander: ['cli'],
  micromatch: ['sources'],
  picocolors: ['render'],
  yauzl: ['templates', 'sources/zip', 'disk/zip-entry-names.ts'],
  'tar-stream': ['install/archive'],
  saxes: ['templates', 'destinations/tableau', 'sources/workbook'],
};

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.split(path.sep).join('/'));

const importsOf = (file: string) =>
  [
    ...readFileSync(path.join(src, file), 'utf8').matchAll(
      /^(?:import|export) [^;]*?from '([^']+)'|\bimport\('([^']+)'\)/gm,
    ),
  ].map(([, written, lazy]) => written ?? lazy ?? '');

const roomOf = (file: string) => file.split('/')[0] ?? file;

test.each(files)('%s imports only what its room may', (file) => {
  for (const name of importsOf(file)) {
    if (name.startsWith('node:')) {
      expect(roomOf(file), `plan/ and model/ are pure, but ${file} imports ${name}`).not.toBe('plan');
      continue;
    }
    if (name === '../../package.json') continue;
    if (name.startsWith('.')) {
      const target = roomOf(path.posix.join(path.posix.dirname(file), name));
      if (target !== roomOf(file)) expect(rooms[roomOf(file)], `${file} imports ${name}`).toContain(target);
      continue;
    }
    const allowed = borders[name] ?? [];
    const stands = allowed.some((place) => file === place || file.startsWith(`${place}/`));
    expect(stands, `${file} imports ${name}, which may be known in: ${allowed.join(', ') || 'no room'}`).toBe(
      true,
    );
  }
});

test('no file but main, cli and the defaults of the library touches the process or the console', () => {
  const mayTouch = (file: string) =>
    ['cli', 'main.ts'].includes(roomOf(file)) || file === 'library/options.ts';
  for (const file of files.filter((one) => !mayTouch(one))) {
    const text = readFileSync(path.join(src, file), 'utf8');
    expect(text, file).not.toMatch(/\bprocess\.(stdout|stderr|stdin|env|argv|exit|exitCode)\b|\bconsole\./);
  }
});

test('run/ knows no process and no terminal', () => {
  for (const file of files.filter((one) => roomOf(one) === 'run')) {
    const text = readFileSync(path.join(src, file), 'utf8');
    expect(text, file).not.toMatch(/\bprocess\.|'node:(?:process|tty|readline)/);
  }
});

/** Everything that is loaded with a file, before any of it runs. */
function loadedWith(file: string, seen = new Set<string>()): Set<string> {
  const text = readFileSync(path.join(src, file), 'utf8');
  for (const [, name = ''] of text.matchAll(/^(?:import|export) (?!type )[^;]*?from '([^']+)'/gm)) {
    const next = name.startsWith('.') ? path.posix.join(path.posix.dirname(file), name) : name;
    if (seen.has(next)) continue;
    seen.add(next);
    if (files.includes(next)) loadedWith(next, seen);
  }
  return seen;
}

test.each([
  ['plan', ['execa', '@aws-sdk/client-s3', '@aws-sdk/credential-providers', '@smithy/core/config', 'listr2']],
  [
    'apply',
    ['execa', '@aws-sdk/client-s3', '@aws-sdk/credential-providers', '@smithy/core/config', 'listr2'],
  ],
  ['validate', ['execa', '@aws-sdk/client-s3', 'listr2', 'tar-stream']],
])('%s starts without packages that it seldom needs', (command, unneeded) => {
  const loaded = loadedWith(`cli/commands/${command}.ts`);
  expect(loaded).toContain('yaml');
  expect(unneeded.filter((name) => loaded.has(name))).toEqual([]);
});
