import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openHyper } from '../../src/hyper/index.ts';
import type { TableChanges } from '../../src/model/plan/row-changes.ts';
import type { Feed } from '../../src/model/ports/feed.ts';
import type {
  BuiltExtract,
  ExtractBase,
  ExtractCursor,
  ExtractPort,
} from '../../src/model/ports/extract-port.ts';
import type { Relationship, Table } from '../../src/model/config/pipeline.ts';
import { textPart } from '../support/feeds.ts';
import { temporaryFolder } from '../support/folder.ts';
import { readHyperFile, withFile } from '../support/hyper-file.ts';
import { table } from '../support/pipelines.ts';

let hyper: ExtractPort;
beforeAll(() => {
  hyper = openHyper({ env: {} });
});
afterAll(() => hyper.close());

const signal = new AbortController().signal;
const silent = () => undefined;
const place = { file: 'shop.yaml', pointer: '/tables/orders/load' };
const orders = table(
  'orders',
  { id: 'int not null', name: 'text', at: 'timestamp' },
  {
    primaryKey: ['id'],
    load: { kind: 'cursor', mode: 'upsert', place, cursor: ['at', 'id'], nulls: 'include' },
  },
);
const regions = table('regions', { name: 'text not null' }, { primaryKey: ['name'] });
const byRegion: Relationship = {
  place,
  from: { table: 'orders', columns: ['name'] },
  to: { table: 'regions', columns: ['name'] },
};

const feed = (...lines: string[]): Feed => ({
  parts: [
    textPart(
      ['id', 'name', 'at'],
      lines.map((line) => `${line.replaceAll(' ', '\t').replaceAll('T', ' ')}\n`),
    ),
  ],
});
const keys = (...ids: number[]): Feed => ({
  parts: [
    textPart(
      ['id'],
      ids.map((id) => `${id}\n`),
    ),
  ],
});

async function standing(tables: Table[], relationships: Relationship[] = []) {
  const folder = await temporaryFolder();
  const extract = {
    schema: 'Extract',
    version: 3 as const,
    file: path.join(folder, 'shop.hyper'),
    shown: '',
  };
  const build = await hyper.build(extract, tables, signal);
  const first = feed('1 East 2024-01-01T10:00:00', '2 West 2024-01-02T10:00:00', '3 East \\N');
  await build.load(orders, first.parts, silent, signal);
  const rows: Record<string, number> = { orders: 3 };
  if (tables.includes(regions)) {
    await build.load(regions, [textPart(['name'], ['East\nWest\n'])], silent, signal);
    rows.regions = 2;
  }
  const built = await build.finish(relationships, rows);
  await build.abandon();
  return { extract, built };
}

interface ChangedBase {
  tables?: Table[];
  rows: number;
  base?: Partial<ExtractBase>;
  /** True if the base comes out of a package and is no file of its own. */
  isUnpacked?: boolean;
}

async function changeBase(
  changes: TableChanges,
  { tables = [orders], rows, base = {}, isUnpacked = false }: ChangedBase,
) {
  const { extract, built } = await standing(tables);
  const before = await readFile(extract.file);
  const build = await hyper.build(extract, tables, signal, {
    from: isUnpacked ? { unpack: (to) => copyFile(extract.file, to) } : { path: extract.file },
    kept: ['orders'],
    emptied: [],
    ...base,
  });
  try {
    const changed = await build.change(orders, changes, silent, signal);
    expect(await readFile(extract.file)).toEqual(before);
    const after = await build.finish([], { orders: rows });
    return { changed, after, built, rows: await rowsOf(extract.file), extract };
  } finally {
    await build.abandon();
    expect(await readdir(path.dirname(extract.file))).toEqual(['shop.hyper']);
  }
}

const readHyper = (file: string, sql: string) => withFile(file, 'readonly', (session) => session.query(sql));

const rowsOf = async (file: string) =>
  (
    await readHyper(
      file,
      'select id, name, cast("at" as text) as "at" from seen."Extract".orders order by id',
    )
  ).map((row) => Object.values(row).join(' '));

test('the highest cursor of an extract is that of rows without NULL', async () => {
  const { extract, built } = await standing([orders]);
  expect(built.highest).toEqual({ orders: ['2024-01-02 10:00:00', '2'] });
  expect(built.isCompact).toBe(true);
  const cursor = { columns: ['at', 'id'], lag: { seconds: 86_400 * 2, shown: '2d' } };
  const look = async (one: ExtractCursor) => {
    const cursors = { orders: one, none: { columns: ['x'] } };
    const seen = await hyper.observe(extract.file, signal, { cursors });
    return seen.kind === 'present' ? seen.tables : seen;
  };
  const highest = ['2024-01-02 10:00:00', '2'];
  expect(await look(cursor)).toMatchObject([{ highest, atHighest: 1, withinLag: 2 }]);
  const [alone] = (await look({ ...cursor, isHighestEnough: true })) as object[];
  expect(alone).toMatchObject({ rows: 3, highest });
  expect(alone).not.toHaveProperty('atHighest');
  expect(alone).not.toHaveProperty('withinLag');
});

test.each([
  ['at', { seconds: 60, shown: '1m' }, 1],
  ['at', { seconds: 86_400 * 2, shown: '2d' }, 2],
  ['id', { units: 0.5 }, 1],
  ['id', { units: 1 }, 1],
  ['id', { units: 1.5 }, 2],
])('of %s, rows less than %j behind the highest are counted: %i', async (column, lag, withinLag) => {
  const { extract } = await standing([orders]);
  const cursors = { orders: { columns: [column], lag } };
  const seen = await hyper.observe(extract.file, signal, { cursors });
  expect(seen).toMatchObject({ tables: [{ withinLag }] });
});

test('new rows take the place of those with their key, and others stay', async () => {
  const { changed, after, rows } = await changeBase(
    {
      rows: feed('2 North 2024-01-03T00:00:00', '4 East 2024-01-04T00:00:00'),
      onConflict: { key: ['id'], keep: 'new' },
    },
    { rows: 4 },
  );
  expect(changed).toEqual({ read: 2, inserted: 2, deleted: 1, bytes: 55 });
  expect(rows).toEqual([
    '1 East 2024-01-01 10:00:00',
    '2 North 2024-01-03 00:00:00',
    '3 East ',
    '4 East 2024-01-04 00:00:00',
  ]);
  expect(after.highest).toEqual({ orders: ['2024-01-04 00:00:00', '4'] });
  expect(after.isCompact).toBeUndefined();
});

test('existing rows stay where rows are only added, and are not added twice', async () => {
  const { changed, rows } = await changeBase(
    {
      rows: feed('2 North 2024-01-03T00:00:00', '4 East 2024-01-04T00:00:00'),
      onConflict: { key: ['id'], keep: 'old' },
    },
    { rows: 4 },
  );
  expect(changed).toMatchObject({ read: 2, inserted: 1, deleted: 0 });
  expect(rows[1]).toBe('2 West 2024-01-02 10:00:00');
});

test('rows from a bound on and rows with NULL are cut off before others are added', async () => {
  const cut = { column: 'at', bound: { kind: 'from' as const, value: '2024-01-02 10:00:00' }, nulls: true };
  const { changed, rows } = await changeBase(
    { deleteRange: cut, rows: feed('5 South 2024-02-01T00:00:00') },
    { rows: 2 },
  );
  expect(changed).toMatchObject({ read: 1, inserted: 1, deleted: 2 });
  expect(rows).toEqual(['1 East 2024-01-01 10:00:00', '5 South 2024-02-01 00:00:00']);
  const beyond = {
    column: 'at',
    bound: { kind: 'after' as const, value: '2024-01-02 10:00:00' },
    nulls: false,
  };
  expect(await changeBase({ deleteRange: beyond, rows: { parts: [] } }, { rows: 3 })).toMatchObject({
    changed: { read: 0, inserted: 0, deleted: 0, bytes: 0 },
  });
});

test.each([
  ['a file', false],
  ['unpacked', true],
])('existing rows, equal in every column, are no change to a base that is %s', async (_, isUnpacked) => {
  const change = (changes: TableChanges, { rows }: { rows: number }) =>
    changeBase(changes, { rows, isUnpacked });
  const equal = '2 West 2024-01-02T10:00:00';
  const none = { inserted: 0, deleted: 0 };
  const meeting = { key: ['id'], keep: 'new' as const };
  expect(
    (await change({ rows: feed(equal, '3 East \\N'), onConflict: meeting }, { rows: 3 })).changed,
  ).toMatchObject({
    read: 2,
    ...none,
  });
  // Of rows above the highest only those below it can be there already.
  const highest = { column: 'at', value: '2024-01-02 10:00:00' };
  const above = await change(
    { rows: feed(equal, '3 East \\N', '4 East 2024-01-09T00:00:00'), onConflict: { ...meeting, highest } },
    { rows: 4 },
  );
  expect(above.changed).toMatchObject({ read: 3, inserted: 1, deleted: 0 });
  expect(above.rows).toContain('4 East 2024-01-09 00:00:00');
  const one = await change(
    { rows: feed(equal, '3 East 2024-01-09T00:00:00'), onConflict: meeting },
    { rows: 3 },
  );
  expect(one.changed).toMatchObject({ read: 2, inserted: 1, deleted: 1 });

  const cut = { column: 'at', bound: { kind: 'from' as const, value: '2024-01-02 10:00:00' }, nulls: true };
  const again = await change({ deleteRange: cut, rows: feed('3 East \\N', equal) }, { rows: 3 });
  expect(again.changed).toMatchObject({ read: 2, ...none });
  const others = [
    feed(equal, '3 West \\N'),
    feed(equal, equal),
    feed('3 East \\N', '3 East \\N'),
    feed(equal, '3 East 2023-01-01T00:00:00'),
  ];
  for (const rows of others)
    expect((await change({ deleteRange: cut, rows }, { rows: 3 })).changed).toMatchObject({
      inserted: 2,
      deleted: 2,
    });

  const gone = { columns: ['id'], feed: keys(2, 3) };
  expect(
    (await change({ deletedKeys: gone, rows: feed('3 East \\N', equal) }, { rows: 3 })).changed,
  ).toMatchObject(none);
  expect(
    (await change({ deletedKeys: gone, rows: feed('3 East \\N', '4 A \\N') }, { rows: 3 })).changed,
  ).toMatchObject({
    inserted: 2,
    deleted: 2,
  });
});

test('a zero that gets a sign is a change, and NaN is equal to itself', async () => {
  const numbers = table('numbers', { id: 'int not null', x: 'double' }, { primaryKey: ['id'] });
  const rowsOfNumbers = (...lines: string[]): Feed => ({
    parts: [textPart(['id', 'x'], [lines.map((line) => `${line.replace(' ', '\t')}\n`).join('')])],
  });
  const extract = {
    schema: 'Extract',
    version: 3 as const,
    file: path.join(await temporaryFolder(), 'n.hyper'),
    shown: '',
  };
  const first = await hyper.build(extract, [numbers], signal);
  await first.load(numbers, rowsOfNumbers('1 0', '2 NaN', '3 1.5').parts, silent, signal);
  await first.finish([], { numbers: 3 });
  await first.abandon();
  for (const changes of [
    { onConflict: { key: ['id'], keep: 'new' as const } },
    { deleteRange: { column: 'id', bound: { kind: 'from' as const, value: '1' }, nulls: false } },
  ]) {
    for (const [zero, changed] of [
      ['0', 0],
      ['-0', 1],
    ] as const) {
      const build = await hyper.build(extract, [numbers], signal, {
        from: { path: extract.file },
        kept: ['numbers'],
        emptied: [],
      });
      const rows = rowsOfNumbers(`1 ${zero}`, '2 NaN', '3 1.5');
      const { inserted } = await build.change(numbers, { ...changes, rows }, silent, signal);
      await build.abandon();
      expect(inserted > 0 ? 1 : 0, `${zero} ${Object.keys(changes).join()}`).toBe(changed);
    }
  }
});

test.each([
  ['numeric(10,2)', '1.50', '-1'],
  ['text', 'é', 'Z'],
  ['char(3)', 'é', 'Z'],
  ['timestamptz', '2024-01-02 10:00:00.000001+00', '0001-01-01 00:00:00+00 BC'],
  ['date', '9999-12-31', '0001-01-01'],
  ['bigint', '\\N', '\\N'],
])(
  'rows of a %s cursor that the extract has are no change up to its highest: %s and %s',
  async (type, ...two) => {
    const load = {
      kind: 'cursor' as const,
      mode: 'upsert' as const,
      place,
      cursor: ['at'],
      nulls: 'include' as const,
    };
    const events = table('events', { id: 'int not null', at: type }, { primaryKey: ['id'], load });
    const lines = [...two, '\\N'].map((value, index) => `${index}\t${value}\n`);
    const rows: Feed = { parts: [textPart(['id', 'at'], lines)] };
    const file = path.join(await temporaryFolder(), 'e.hyper');
    const extract = { schema: 'Extract', version: 3 as const, file, shown: '' };
    const first = await hyper.build(extract, [events], signal);
    await first.load(events, rows.parts, silent, signal);
    const [value] = (await first.finish([], { events: 3 })).highest?.events ?? [];
    await first.abandon();
    const from = { path: extract.file };
    const build = await hyper.build(extract, [events], signal, { from, kept: ['events'], emptied: [] });
    const highest = typeof value === 'string' ? { column: 'at', value } : undefined;
    expect(highest === undefined).toBe(type === 'bigint');
    const onConflict = { key: ['id'], keep: 'new' as const, ...(highest && { highest }) };
    const changed = await build.change(events, { rows, onConflict }, silent, signal);
    await build.abandon();
    expect(changed).toMatchObject({ read: 3, inserted: 0, deleted: 0 });
  },
);

test('tables that are written side by side are each compared with the base', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const tables = names.map((name) => table(name, { id: 'int not null', note: 'text' }));
  const lines = Array.from(
    { length: 400 },
    (_, index) => `${index % 300}\t${['', 'x', 'x ', '\\N'][index % 4]}\n`,
  );
  const rows = (all: readonly string[]): Feed => ({ parts: [textPart(['id', 'note'], [all.join('')])] });
  const extract = {
    schema: 'Extract',
    version: 3 as const,
    file: path.join(await temporaryFolder(), 'side.hyper'),
    shown: '',
  };
  const first = await hyper.build(extract, tables, signal);
  for (const one of tables) await first.load(one, rows(lines).parts, silent, signal);
  await first.finish([], Object.fromEntries(names.map((name) => [name, lines.length])));
  await first.abandon();
  const cut = { column: 'id', bound: { kind: 'from' as const, value: '10' }, nulls: true };
  const again = lines.filter((line) => Number(line.split('\t')[0]) >= 10).toReversed();
  const blank = again.map((line) => (line === '11\t\\N\n' ? '11\t\n' : line));
  expect(blank).not.toEqual(again);
  for (const [read, isNew] of [
    [again, false],
    [again, false],
    [blank, true],
  ] as const) {
    const build = await hyper.build(extract, tables, signal, {
      from: { path: extract.file },
      kept: names,
      emptied: [],
    });
    const changes = tables.map((one) =>
      build.change(one, { deleteRange: cut, rows: rows(read) }, silent, signal),
    );
    const changed = await Promise.all(changes);
    await build.abandon();
    const count = isNew ? again.length : 0;
    expect(changed).toMatchObject(names.map(() => ({ inserted: count, deleted: count })));
  }
});

test('removed rows are deleted before the new ones come', async () => {
  const { changed, rows } = await changeBase(
    {
      deletedKeys: { columns: ['id'], feed: keys(1, 1, 9) },
      rows: feed('1 East 2024-05-01T00:00:00'),
      onConflict: { key: ['id'], keep: 'new' },
    },
    { rows: 3 },
  );
  expect(changed).toMatchObject({ read: 1, inserted: 1, deleted: 1 });
  expect(rows[0]).toBe('1 East 2024-05-01 00:00:00');
});

test('all keys of the source: others are deleted, and one that is missing is an error', async () => {
  const meeting = { key: ['id'], keep: 'new' as const };
  const rows = feed('4 East 2024-01-04T00:00:00');
  const reconciled = await changeBase(
    { rows, onConflict: meeting, keys: { columns: ['id'], feed: keys(2, 3, 4) } },
    { rows: 3 },
  );
  expect(reconciled.changed).toMatchObject({ inserted: 1, deleted: 1 });
  await expect(
    changeBase(
      { rows, onConflict: meeting, keys: { columns: ['id'], feed: keys(2, 3, 4, 7, 8) } },
      { rows: 3 },
    ),
  ).rejects.toMatchObject({
    code: 'EXT3013',
    message: 'table orders: 2 rows of the source are not in the extract, and no cursor finds them',
  });
});

test('two new rows with one key are refused, and nothing has changed', async () => {
  const twice = feed('4 East 2024-01-04T00:00:00', '4 West 2024-01-05T00:00:00');
  await expect(
    changeBase({ rows: twice, onConflict: { key: ['id'], keep: 'new' } }, { rows: 4 }),
  ).rejects.toMatchObject({
    code: 'EXT3012',
    message: 'table orders: primary_key (id) is not unique: 1 key in 2 rows: id = 4',
  });
});

test('tables that are emptied keep their keys, and those that were not there are made', async () => {
  const { extract } = await standing([orders, regions], [byRegion]);
  const people = table('people', { name: 'text not null' }, { primaryKey: ['name'] });
  const tables = [orders, regions, people];
  const build = await hyper.build(extract, tables, signal, {
    from: { path: extract.file },
    kept: ['orders'],
    emptied: ['regions'],
  });
  await build.load(regions, [textPart(['name'], ['East\n'])], silent, signal);
  await build.load(people, [textPart(['name'], ['Ann\n'])], silent, signal);
  await build.finish([byRegion], { orders: 3, regions: 1, people: 1 });
  await build.abandon();
  const constraints = await readHyper(
    extract.file,
    `select r.relname as "table", x.contype as "kind" from seen.pg_catalog.pg_constraint x
     join seen.pg_catalog.pg_class r on r.oid = x.conrelid order by 1, 2`,
  );
  expect(constraints.map((row) => Object.values(row).join(' '))).toEqual([
    'orders f',
    'orders p',
    'people p',
    'regions p',
  ]);
});

test('a table that is no longer in the contract is dropped', async () => {
  const { extract } = await standing([orders, regions]);
  const build = await hyper.build(extract, [orders], signal, {
    from: { path: extract.file },
    kept: ['orders'],
    emptied: [],
  });
  await build.finish([], { orders: 3 });
  await build.abandon();
  expect(await hyper.observe(extract.file, signal)).toMatchObject({ tables: [{ name: 'orders', rows: 3 }] });
});

test('columns of a table are renamed and dropped, and its rows stay', async () => {
  const { extract } = await standing([orders]);
  const [id, , at] = orders.columns;
  const wanted = { ...orders, columns: [id!, { ...at!, name: 'day' }] };
  const build = await hyper.build(extract, [wanted], signal, {
    from: { path: extract.file },
    kept: ['orders'],
    emptied: [],
    reshaped: [{ table: 'orders', rename: [{ from: at!.name, to: 'day' }], drop: ['name'] }],
  });
  await build.finish([], { orders: 3 });
  await build.abandon();
  const [seen] = await readHyperFile(extract.file);
  expect(seen?.columns.map((column) => column.split(' ')[0])).toEqual(['id', 'day']);
  expect(seen?.rows).toHaveLength(3);
});

test('a file with much waste is made compact', async () => {
  const { extract } = await standing([orders]);
  const fill = async (base: ExtractBase | undefined, count: number, cut: boolean): Promise<BuiltExtract> => {
    const build = await hyper.build(extract, [orders], signal, base);
    const lines = Array.from(
      { length: count },
      (_, i) => `${i}\tname ${(i * 7919) % 1_000_003} of ${(i * 104_729) % 999_983}\t2024-01-01\n`,
    );
    const rows: Feed = { parts: [textPart(['id', 'name', 'at'], [lines.join('')])] };
    if (base === undefined) await build.load(orders, rows.parts, silent, signal);
    else
      await build.change(
        orders,
        {
          ...(cut && { deleteRange: { column: 'id', bound: { kind: 'from', value: '0' }, nulls: false } }),
          rows,
        },
        silent,
        signal,
      );
    const built = await build.finish([], { orders: count });
    await build.abandon();
    return built;
  };
  const whole = await fill(undefined, 900_000, false);
  const base = { from: { path: extract.file }, kept: ['orders'], emptied: [] };
  const compact = { size: whole.size, rows: 900_000 };
  const wasted = await fill(base, 1000, true);
  expect(wasted.isCompact).toBeUndefined();
  await fill(undefined, 900_000, false);
  const again = await fill({ ...base, compact }, 1000, true);
  expect(again.isCompact).toBe(true);
  expect(again.size).toBeLessThan(wasted.size / 3);
});

const upserting = (rows: Feed): TableChanges => ({ rows, onConflict: { key: ['id'], keep: 'new' } });

test('changes are read before the copy of the base is complete, and wait for it', async () => {
  const { extract } = await standing([orders]);
  const whole = await readFile(extract.file);
  let copy = (): void => undefined;
  const read = new Promise<void>((resolve) => (copy = resolve));
  const unpack = async (to: string) => {
    await read;
    await writeFile(to, whole);
  };
  const base = { from: { unpack }, kept: ['orders'], emptied: [] };
  const build = await hyper.build(extract, [orders], signal, base);
  const changes = upserting(feed('3 North 2024-01-03T10:00:00', '4 North 2024-01-04T10:00:00'));
  // Were the copy to come first, nothing would ever be read.
  const changed = await build.change(orders, changes, () => copy(), signal);
  expect(changed).toMatchObject({ read: 2, inserted: 2, deleted: 1 });
  expect((await build.finish([], { orders: 4 })).rows).toEqual({ orders: 4 });
});

test('a base that cannot be copied is reported by its first user, and leaves nothing', async () => {
  const { extract } = await standing([orders]);
  const before = await readdir(path.dirname(extract.file));
  const base = { from: { path: `${extract.file}.gone` }, kept: ['orders'], emptied: [] };
  const build = await hyper.build(extract, [orders], signal, base);
  const changes = upserting(feed('4 North 2024-01-04T10:00:00'));
  await expect(build.change(orders, changes, silent, signal)).rejects.toMatchObject({ code: 'EXT3004' });
  await expect(build.finish([], { orders: 4 })).rejects.toMatchObject({ code: 'EXT3004' });
  await build.abandon();
  expect(await readdir(path.dirname(extract.file))).toEqual(before);
});
