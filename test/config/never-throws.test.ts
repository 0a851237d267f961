import fc from 'fast-check';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { readPipelines } from '../../src/config/index.ts';
import { renderDiagnostics } from '../../src/render/diagnostics.ts';
import { configFolder } from '../support/config-folder.ts';

/** Something of everything, so that every rule and resolver has a value to stumble over. */
const pipeline = {
  version: 1,
  name: 'p',
  tags: ['a'],
  sources: {
    shop: { connection: 'shop' },
    own: { type: 'postgres', host: 'db', port: '${env.PORT}', ssl: { mode: 'verify-ca', ca: 'ca.pem' } },
    files: {
      type: 'file',
      path: ['a.csv'],
      exclude: 'b',
      format: { type: 'csv', delimiter: ';', null: ['x'] },
    },
  },
  tables: {
    t: {
      from: {
        source: 'shop',
        query: 'select 1',
        params: ['${secret.S}', 1],
        change_detection: { sql: 'select 1' },
      },
      primary_key: ['a'],
      columns: { a: 'int not null', b: { type: 'text', from: 'c', on_infinite: null } },
      load: {
        mode: 'upsert',
        cursor: ['a', 'b'],
        lag: 5,
        deletes: { query: 'select 1' },
        full_refresh: { every: '7d' },
      },
    },
    u: { from: { source: 'files' }, columns: { a: 'numeric(18,2)' }, add: { f: '${file.path}' } },
  },
  relationships: [
    { from: 't.a', to: 'u.a' },
    { from: { table: 't', columns: ['a'] }, to: 'u.a' },
  ],
  extract: { schema: 'x', version: 2, file: 'build/p.hyper' },
  destinations: [
    { use: 'share', path: 'x.hyper' },
    { type: 'file', path: '${env.OUT:-y}.hyper' },
  ],
  defaults: {
    tables: { on_infinite: 'null' },
    sources: { file: { format: 'csv' }, postgres: { ssl: 'require' } },
  },
};
const project = {
  version: 1,
  connections: { shop: { type: 'postgres', url: '${secret.URL}' } },
  destinations: { share: { type: 'file', path: 'share.hyper' } },
  defaults: { extract: { schema: 'y' } },
  state: { type: 'file', path: 'state' },
  limits: { parallel: 2, memory: '1GiB' },
};

const odd = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1.5,
    '',
    'x',
    '${',
    '${env.X}',
    '${secret.S}',
    '\\',
    [],
    [null],
    {},
    { type: 'file' },
  ),
  fc.constantFrom<unknown>({ connection: 5 }, { use: null }, { constructor: 1 }, ['a', ['b']], 'toString', {
    type: {},
  }),
  fc.jsonValue({ maxDepth: 2 }),
);

test('nothing is thrown for any value at any place, and every diagnostic can be drawn', async () => {
  const cwd = configFolder({});
  let round = 0;
  const changed = (value: unknown) => fc.tuple(fc.constantFrom(...placesIn(value)), odd, fc.boolean());
  await fc.assert(
    fc.asyncProperty(
      fc.array(changed(pipeline), { minLength: 1, maxLength: 3 }),
      fc.option(changed(project)),
      async (wrong, alsoWrong) => {
        const folder = join(cwd, String(round++));
        mkdirSync(folder);
        writeFileSync(join(folder, 'p.yaml'), stringify(wrong.reduce<unknown>(change, pipeline)));
        writeFileSync(
          join(folder, 'extracts.yaml'),
          stringify(alsoWrong === null ? project : change(project, alsoWrong)),
        );
        const { diagnostics, pipelines, locate, lineOf } = await readPipelines([folder], {
          cwd,
          env: { URL: 'postgres://db', S: 'hush', PORT: '1' },
          registerSecret: () => undefined,
          unsetVariables: 'error',
        });
        const text = renderDiagnostics(diagnostics, { locate, lineOf, color: false });
        expect(text).not.toContain('undefined');
        expect(pipelines.length > 0 || diagnostics.some(({ severity }) => severity === 'error')).toBe(true);
      },
    ),
    { numRuns: 200 },
  );
});

type Change = [path: readonly string[], value: unknown, rename: boolean];

/** Puts another value in a place, or another key. */
function change(value: unknown, [path, odd, rename]: Change): unknown {
  const [key, ...rest] = path;
  if (key === undefined || typeof value !== 'object' || value === null) return odd;
  if (Array.isArray(value))
    return value.map((item, index) =>
      String(index) === key ? change(item, [rest, odd, rename]) : (item as unknown),
    );
  return Object.fromEntries(
    Object.entries(value).map(([name, inside]) => {
      if (name !== key) return [name, inside as unknown];
      return rename && rest.length === 0
        ? [`${name}x`, inside as unknown]
        : [name, change(inside, [rest, odd, rename])];
    }),
  );
}

function placesIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inside]) => placesIn(inside, [...path, key]))];
}
