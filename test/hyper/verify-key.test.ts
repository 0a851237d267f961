import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openHyper } from '../../src/hyper/index.ts';
import type { ExtractBase, ExtractPort } from '../../src/model/ports/extract-port.ts';
import type { Table } from '../../src/model/config/pipeline.ts';
import { textPart } from '../support/feeds.ts';
import { temporaryFolder } from '../support/folder.ts';
import { table } from '../support/pipelines.ts';

let hyper: ExtractPort;
beforeAll(() => {
  hyper = openHyper({ env: {} });
});
afterAll(() => hyper.close());

const { signal } = new AbortController();
const silent = () => undefined;

interface Verified {
  columns: Record<string, string>;
  key: string[];
  /** Columns apart by a blank. */
  rows: string[];
  sensitive?: string[];
  /** The table is in a copy of an extract that declares its key already. */
  isDeclared?: boolean;
}

/** Loads the rows, asks for the key, and resolves to what is said of it. */
async function verdictOf({ columns, key, rows, sensitive = [], isDeclared = false }: Verified) {
  const bare = table('orders', columns, { primaryKey: key });
  const masked = bare.columns.map((column) =>
    sensitive.includes(column.name) ? { ...column, sensitive: true as const } : column,
  );
  const orders = { ...bare, columns: masked };
  const file = path.join(await temporaryFolder(), 'shop.hyper');
  const extract = { schema: 'Extract', version: 3 as const, file, shown: '' };
  const build = await hyper.build(
    extract,
    [orders],
    signal,
    isDeclared ? await emptied(orders, file) : undefined,
  );
  try {
    const lines = rows.map((row) => `${row.replaceAll(' ', '\t')}\n`);
    await build.load(orders, [textPart(Object.keys(columns), lines)], silent, signal);
    await build.verifyKeys(['orders'], signal);
    await build.finish([], { orders: rows.length });
    return 'verified';
  } catch (error) {
    return error;
  } finally {
    await build.abandon();
  }
}

/** An extract that declares the key, of which the rows are read anew. */
async function emptied(orders: Table, file: string): Promise<ExtractBase> {
  const before = await hyper.build({ schema: 'Extract', version: 3, file, shown: '' }, [orders], signal);
  await before.finish([], { orders: 0 });
  await before.abandon();
  return { from: { path: file }, kept: [], emptied: ['orders'] };
}

const fixed = { columns: { id: 'int not null', region: 'int' }, key: ['id'] };
const text = { columns: { id: 'text not null', region: 'text' }, key: ['id'] };
const nullable = { columns: { id: 'int', region: 'text' }, key: ['id', 'region'] };
const hint =
  'choose columns that name one row, or set verify_key: false to declare the key unverified: ' +
  'Tableau then believes it, and totals can be wrong';

test.each([false, true])(
  'a key that no two rows have passes, declared before or not (%s)',
  async (isDeclared) => {
    expect(await verdictOf({ ...fixed, rows: ['1 1', '2 1', '3 2'], isDeclared })).toBe('verified');
    expect(await verdictOf({ ...text, rows: ['a x', 'b x', 'A x'], isDeclared })).toBe('verified');
  },
);

test.each([false, true])(
  'two rows with one key are refused, declared before or not (%s)',
  async (isDeclared) => {
    const rows = ['7 1', '7 2', '7 3', '8 1', '9 1', '9 1'];
    const message = (key: string) =>
      `table orders: primary_key (id) is not unique: 2 keys in 5 rows: id = ${key}7; id = ${key}9`;
    expect(await verdictOf({ ...fixed, rows, isDeclared })).toMatchObject({
      code: 'EXT3012',
      message: message(''),
      hint,
    });
    const texts = rows.map((row) => `k${row}`);
    expect(await verdictOf({ ...text, rows: texts, isDeclared })).toMatchObject({
      code: 'EXT3012',
      message: message('k'),
    });
  },
);

test('of several columns only rows that are equal in all of them have one key', async () => {
  const { columns } = { columns: { id: 'int not null', region: 'text not null', day: 'date' } };
  const key = ['id', 'region'];
  expect(await verdictOf({ columns, key, rows: ['1 a 2026-01-01', '1 b 2026-01-01'] })).toBe('verified');
  expect(await verdictOf({ columns, key, rows: ['1 a 2026-01-01', '1 a 2026-01-02'] })).toMatchObject({
    message: 'table orders: primary_key (id, region) is not unique: 1 key in 2 rows: id = 1, region = a',
  });
});

test.each([false, true])(
  'NULL is distinct from every other, declared before or not (%s)',
  async (isDeclared) => {
    expect(
      await verdictOf({ ...nullable, rows: ['1 \\N', '1 \\N', '\\N a', '\\N a', '1 a'], isDeclared }),
    ).toBe('verified');
    expect(await verdictOf({ ...nullable, rows: ['1 \\N', '1 a', '1 a'], isDeclared })).toMatchObject({
      message: 'table orders: primary_key (id, region) is not unique: 1 key in 2 rows: id = 1, region = a',
    });
  },
);

test('a few keys are shown, and values of sensitive columns are not', async () => {
  const rows = Array.from({ length: 14 }, (_, n) => `${n >> 1} a`);
  expect(await verdictOf({ ...fixed, columns: { id: 'int not null', region: 'text' }, rows })).toMatchObject({
    message:
      'table orders: primary_key (id) is not unique: 7 keys in 14 rows: id = 0; id = 1; id = 2; id = 3; id = 4; and 2 more',
  });
  expect(
    await verdictOf({ ...text, rows: [`${'x'.repeat(5000)} a`, `${'x'.repeat(5000)} b`] }),
  ).toMatchObject({
    message: `table orders: primary_key (id) is not unique: 1 key in 2 rows: id = ${'x'.repeat(39)}…`,
  });
  expect(await verdictOf({ ...text, rows: ['secret a', 'secret b'], sensitive: ['id'] })).toMatchObject({
    message: 'table orders: primary_key (id) is not unique: 1 key in 2 rows: id = •••',
  });
  const both = { ...nullable, rows: ['1 mine', '1 mine'], sensitive: ['region'] };
  expect(await verdictOf(both)).toMatchObject({
    message: 'table orders: primary_key (id, region) is not unique: 1 key in 2 rows: id = 1, region = •••',
  });
});

test('a table that is not asked about is not looked at', async () => {
  const orders = table('orders', { id: 'int not null' }, { primaryKey: ['id'] });
  const file = path.join(await temporaryFolder(), 'shop.hyper');
  const build = await hyper.build({ schema: 'Extract', version: 3, file, shown: '' }, [orders], signal);
  await build.load(orders, [textPart(['id'], ['1\n', '1\n'])], silent, signal);
  await build.verifyKeys([], signal);
  await build.finish([], { orders: 2 });
  await build.abandon();
});
