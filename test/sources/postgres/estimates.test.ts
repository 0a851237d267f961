import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPostgres } from '../../../src/sources/postgres/index.ts';
import { openPool } from '../../../src/sources/postgres/connection/pool.ts';
import { freshDatabase, type FreshDatabase } from '../../support/database.ts';
import { contractOf, never, sourceAt, type TableWritten } from './support.ts';

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
  await database.client.query(`
    create table fresh (id int); insert into fresh select generate_series(1, 5);
    create table bare (id int);
    create table large (id int, note text); insert into large select g, repeat('x', 200) from generate_series(1, 1000) g;
    create table parted (id int) partition by list (id); create table parted_1 partition of parted for values in (1);
    insert into parted values (1);
    create view seen as select id from fresh;
    create table known (id int, v int); insert into known select g, 1 from generate_series(1, 100) g; analyze known`);
});
afterAll(() => database.close());

async function rowsOf(from: Omit<TableWritten, 'columns'>, countAbove?: number) {
  const port = openPostgres(sourceAt(database.url), openPool(2, 0), { countAbove });
  const table = contractOf({ ...from, columns: { id: 'int' } });
  const [seen] = await port.observe([{ table, before: undefined }], never());
  return seen?.rows;
}

test.each<[string, Omit<TableWritten, 'columns'>, number | undefined]>([
  ['a table that was never analysed', { table: 'fresh' }, undefined],
  ['one that is empty', { table: 'bare' }, undefined],
  ['one with such a partition', { table: 'parted' }, undefined],
  ['a view of it', { table: 'seen' }, undefined],
  ['a query of it', { query: 'select id from fresh' }, undefined],
  ['a table that was analysed', { table: 'known' }, 100],
])('%s has no guessed number of rows', async (_, from, value) => {
  expect(await rowsOf(from)).toEqual(value === undefined ? undefined : { value, exact: false });
});

test('the pages of a large table that was never analysed are what it is estimated by', async () => {
  const rows = await rowsOf({ table: 'large' });
  expect(rows).toMatchObject({ exact: false });
  expect(rows?.value).toBeGreaterThan(100);
  expect(await rowsOf({ table: 'large' }, 999)).toMatchObject({ exact: false });
  expect(await rowsOf({ table: 'large' }, 1000)).toEqual({ value: 1000, exact: true });
});

test('an estimate that a limit would close on is made sure of, no further than the limit', async () => {
  expect(await rowsOf({ table: 'fresh' }, 5)).toEqual({ value: 5, exact: true });
  expect(await rowsOf({ table: 'fresh' }, 4)).toEqual({ value: 5, exact: false });
  expect(await rowsOf({ table: 'known' }, 100)).toEqual({ value: 100, exact: false });
  expect(await rowsOf({ table: 'known' }, 50)).toEqual({ value: 100, exact: false });
  // Columns that go together mislead the planner of PostgreSQL.
  await database.client.query('delete from known where id > 3');
  expect(await rowsOf({ table: 'known' }, 50)).toEqual({ value: 3, exact: true });
});
