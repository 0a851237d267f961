import { createReadStream } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findHyperd } from '../../src/hyper/binary.ts';
import { openHyper } from '../../src/hyper/index.ts';
import { startHyperd } from '../../src/hyper/process.ts';
import { openSession } from '../../src/hyper/session.ts';
import type { ExtractPort } from '../../src/model/ports/extract-port.ts';
import { textPart } from '../support/feeds.ts';
import { temporaryFolder } from '../support/folder.ts';
import { table } from '../support/pipelines.ts';

let hyper: ExtractPort;
beforeAll(() => {
  hyper = openHyper({ env: {} });
});
afterAll(() => hyper.close());

const signal = new AbortController().signal;
const silent = () => undefined;
const orders = table(
  'orders',
  { id: 'int not null', name: 'varchar(5)', sold: 'date' },
  { primaryKey: ['id'] },
);

async function settings(changes: object = {}) {
  const folder = await temporaryFolder();
  return {
    schema: 'Extract',
    version: 3 as const,
    file: path.join(folder, 'shop.hyper'),
    shown: 'shop.hyper',
    ...changes,
  };
}

test('a built extract has the tables, the rows, the version and nothing beside it', async () => {
  const extract = await settings();
  const build = await hyper.build(extract, [orders], signal);
  const told: number[] = [];
  const part = textPart(['id', 'name', 'sold'], ['1\tOne\t2024-02-29\n2\t\\N\t', '\\N\n']);
  expect(await build.load(orders, [part], (bytes) => told.push(bytes), signal)).toEqual({
    rows: 2,
    bytes: 25,
  });
  expect(told).toEqual([25]);
  const doing: string[] = [];
  const built = await build.finish(
    [],
    { orders: 2 },
    { confirm: () => Promise.resolve(void doing.push('(confirmed)')), doing: (text) => doing.push(text) },
  );
  expect(doing).toEqual(['writing the file', 'verifying what was written', '(confirmed)']);
  expect(built).toMatchObject({ path: extract.file, rows: { orders: 2 } });
  expect(await hyper.observe(extract.file, signal)).toEqual({
    kind: 'present',
    size: (await stat(extract.file)).size,
    modified: String((await stat(extract.file, { bigint: true })).mtimeNs),
    version: 3,
    tables: [
      {
        schema: 'Extract',
        name: 'orders',
        rows: 2,
        columns: [
          { name: 'id', type: { kind: 'int' }, notNull: true },
          { name: 'name', type: { kind: 'varchar', length: 5 }, notNull: false },
          { name: 'sold', type: { kind: 'date' }, notNull: false },
        ],
      },
    ],
  });
  expect(await readdir(path.dirname(extract.file))).toEqual(['shop.hyper']);
});

test('nothing is seen at the place before the end, and an abandoned build leaves what was there', async () => {
  const extract = await settings();
  await writeFile(extract.file, 'the previous one');
  const build = await hyper.build(extract, [orders], signal);
  await build.load(orders, [textPart(['id'], ['1\n'])], silent, signal);
  expect(await readFile(extract.file, 'utf8')).toBe('the previous one');
  await build.abandon();
  await build.abandon();
  expect(await readFile(extract.file, 'utf8')).toBe('the previous one');
  expect(await readdir(path.dirname(extract.file))).toEqual(['shop.hyper']);
});

test('what a killed run left behind is removed', async () => {
  const extract = await settings();
  const folder = path.dirname(extract.file);
  await writeFile(path.join(folder, '.shop.hyper.draft-0123456789ab'), 'half');
  await writeFile(path.join(folder, '.other.hyper.draft-0123456789ab'), 'somebody else’s');
  const build = await hyper.build(extract, [orders], signal);
  await build.finish([], {});
  expect((await readdir(folder)).sort()).toEqual(['.other.hyper.draft-0123456789ab', 'shop.hyper']);
});

test.each([
  ['a text in an int', '1\ta\t\\N\nx\tb\t\\N\n', { record: 2, column: 'id' }],
  ['NULL in not null', '1\ta\t\\N\n2\ta\t\\N\n\\N\tb\t\\N\n', { record: 3, column: 'id' }],
  ['too long for varchar(5)', '1\tsixsix\t\\N\n', { record: 1, column: 'name' }],
  ['no date', '1\ta\t2024-02-30\n', { record: 1, column: 'sold' }],
  ['too few fields', '1\ta\t\\N\n2\n', { record: 2 }],
])('%s is refused with its record and column, and the table stays as it was', async (_, text, place) => {
  const extract = await settings();
  const build = await hyper.build(extract, [orders], signal);
  await build.load(orders, [textPart(['id', 'name', 'sold'], ['7\tkept\t\\N\n'])], silent, signal);
  const refused = build.load(orders, [textPart(['id', 'name', 'sold'], [text])], silent, signal);
  await expect(refused).rejects.toMatchObject({ code: 'EXT0000', cause: place });
  expect(await build.finish([], { orders: 1 })).toMatchObject({ rows: { orders: 1 } });
});

test('rows that do not add up are an error, and nothing is kept', async () => {
  const extract = await settings();
  const build = await hyper.build(extract, [orders], signal);
  const part = textPart(['id'], ['1\n'], {
    open: () => Promise.resolve({ bytes: createReadStream('/dev/null'), rows: () => 5 }),
  });
  await expect(build.load(orders, [part], silent, signal)).rejects.toMatchObject({ code: 'EXT3010' });
  await expect(build.finish([], { orders: 5 })).rejects.toMatchObject({ code: 'EXT3010' });
  await build.abandon();
  expect(await readdir(path.dirname(extract.file))).toEqual([]);
});

test('a source that breaks in mid-stream is translated by its part, not taken for the engine', async () => {
  const build = await hyper.build(await settings(), [orders], signal);
  function* broken() {
    yield '1\n';
    throw new Error('the cable');
  }
  const part = textPart(['id'], broken(), {
    translate: (error) => new Error(`translated: ${(error as Error).message}`),
  });
  await expect(build.load(orders, [part], silent, signal)).rejects.toThrow('translated: the cable');
  await build.abandon();
});

test('an abort in mid-stream ends the load at once', async () => {
  const build = await hyper.build(await settings(), [orders], signal);
  const stop = new AbortController();
  function* endless() {
    for (let id = 0; ; id++) yield `${id}\n`;
  }
  const load = build.load(orders, [textPart(['id'], endless())], () => stop.abort(), stop.signal);
  await expect(load).rejects.toMatchObject({ name: 'AbortError' });
  await build.abandon();
});

test('assumed keys: primary where nothing is null, unique elsewhere, foreign to a primary one', async () => {
  const extract = await settings();
  const people = table('people', { region: 'text not null', person: 'text' }, { primaryKey: ['region'] });
  const places = table('places', { state: 'text' }, { primaryKey: ['state'] });
  const sales = table('sales', { region: 'text', state: 'text', amount: 'numeric(30,2)' });
  const build = await hyper.build(extract, [sales, people, places], signal);
  const place = { file: '', pointer: '' };
  await build.finish(
    [
      { place, from: { table: 'sales', columns: ['region'] }, to: { table: 'people', columns: ['region'] } },
      // Hyper wants a primary key on the other side, and that must not be nullable.
      { place, from: { table: 'sales', columns: ['state'] }, to: { table: 'places', columns: ['state'] } },
    ],
    {},
  );
  expect(await keysOf(extract.file)).toEqual(['people p', 'places u', 'sales f']);
});

/** Tables and kinds of the assumed keys in a file: p primary, u unique, f foreign. */
async function keysOf(file: string): Promise<string[]> {
  const engine = await startHyperd(await findHyperd({}), {});
  const session = await openSession(engine);
  try {
    await session.query(`attach database "${file}" as seen with (access_mode = 'readonly')`);
    const rows = await session.query(
      `select c.relname || ' ' || k.contype::text as key from seen.pg_catalog.pg_constraint k
       join seen.pg_catalog.pg_class c on c.oid = k.conrelid`,
    );
    return rows.map(({ key }) => key ?? '').sort();
  } finally {
    await session.end();
    await engine.stop();
  }
}

test('every column type is found in the file as it is stored', async () => {
  const extract = await settings();
  const written = {
    a: 'boolean',
    b: 'smallint',
    c: 'int not null',
    d: 'bigint',
    e: 'real',
    f: 'double',
    g: 'numeric(38,10)',
    h: 'text',
    i: 'varchar(7)',
    j: 'char(3)',
    k: 'char(1)',
    l: 'date',
    m: 'time',
    n: 'timestamp',
    o: 'timestamptz',
    p: 'interval',
    q: 'bytes',
    r: 'json',
    s: 'geography',
    t: 'oid',
  };
  const build = await hyper.build(extract, [table('all', written)], signal);
  await build.finish([], { all: 0 });
  const found = await hyper.observe(extract.file, signal);
  const [all] = found.kind === 'present' ? (found.tables ?? []) : [];
  expect(
    all?.columns.map(({ name, type, notNull }) => [name, 'kind' in type && { ...type, notNull }]),
  ).toMatchSnapshot();
});

test('a place that cannot be written is an error that names it', async () => {
  const folder = await temporaryFolder();
  await writeFile(path.join(folder, 'no-folder'), '');
  const extract = await settings({ file: path.join(folder, 'no-folder', 'shop.hyper') });
  await expect(hyper.build(extract, [orders], signal)).rejects.toMatchObject({
    code: 'EXT3004',
    message: expect.stringContaining('no-folder/shop.hyper') as string,
  });
});
