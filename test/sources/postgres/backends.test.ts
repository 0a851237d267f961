import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Table } from '../../../src/model/config/pipeline.ts';
import type { Division } from '../../../src/sources/postgres/contract/dividing.ts';
import { openPool } from '../../../src/sources/postgres/connection/pool.ts';
import { openPostgres } from '../../../src/sources/postgres/index.ts';
import { usualBackends } from '../../../src/sources/postgres/observe/backends.ts';
import { freshDatabase, type FreshDatabase } from '../../support/database.ts';
import { contractOf, never, sourceAt, type TableWritten } from './support.ts';

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
  await database.client.query(`
    create table large (id int primary key, v int);
    insert into large select i, i from generate_series(1, 5000) i;
    create table small (id int); insert into small values (1);
    create table empty (id int);
    create table other (id int); insert into other select i from generate_series(1, 10) i;
    create view seen as select id from large;
    create materialized view kept as select id from large;
    create table parted (id int) partition by range (id);
    create table parted_low partition of parted for values from (0) to (3000);
    create table parted_high partition of parted for values from (3000) to (6000);
    insert into parted select i from generate_series(1, 5000) i;
    analyze`);
});
afterAll(() => database.close());

const place = { file: 'pipeline.yaml', pointer: '/tables/t/read/parallel' };
const withParallel = (written: TableWritten, backends?: number): Table => ({
  ...contractOf(written),
  ...(backends !== undefined && { parallel: { backends, place } }),
});

async function observe(table: Table, connections = 10) {
  const port = openPostgres(sourceAt(database.url), openPool(connections, 0));
  const [seen] = await port.observe([{ table, before: undefined }], never());
  return seen;
}

const id = { id: 'int' };
const instead = (because: string, backends = 1) => ({ backends, instead: { of: 4, because } });

describe('a number that is written', () => {
  test.each<[string, TableWritten, unknown]>([
    ['a table', { table: 'large', columns: id }, { backends: 4 }],
    ['a partitioned table', { table: 'parted', columns: id }, { backends: 4 }],
    ['a table with an index for where', { table: 'large', where: 'id < 9', columns: id }, { backends: 4 }],
    ['a table of one block', { table: 'small', columns: id }, instead('it has only 1 block')],
    ['an empty table', { table: 'empty', columns: id }, instead('the table is empty')],
    ['a view', { table: 'seen', columns: id }, instead('public.seen is a view')],
    ['a materialized view', { table: 'kept', columns: id }, instead('public.kept is a materialized view')],
    ['a query', { query: 'select id from large', columns: id }, instead('a query is read as a whole')],
    [
      'an expression over all rows',
      { table: 'large', columns: { id: { type: 'bigint', expr: 'rank() over (order by v)' } } },
      instead('it takes more than a scan of the table: PostgreSQL plans a WindowAgg'),
    ],
    [
      'a subquery in an expression',
      { table: 'large', columns: { id: { type: 'int', expr: '(select max(v) from large)' } } },
      { backends: 4 },
    ],
  ])('%s', async (_, written, read) => {
    const seen = await observe(withParallel(written, 4));
    expect([seen?.problems, seen?.read]).toEqual([[], read]);
  });

  test('one is what there is without it', async () => {
    expect(await observe(withParallel({ table: 'large', columns: id }, 1))).not.toHaveProperty('read');
  });

  test('a user who may read some columns needs ctid among them', async () => {
    await database.client.query(
      `create role blockless login password 'x'; grant select (id) on large, parted to blockless`,
    );
    const url = new URL(database.url);
    url.username = 'blockless';
    url.password = 'x';
    const seen = async (table: string) => {
      const port = openPostgres(sourceAt(url.href), openPool(10, 0));
      const [{ problems, read } = {}] = await port.observe(
        [{ table: withParallel({ table, columns: id }, 4), before: undefined }],
        never(),
      );
      return [problems, read];
    };
    const remedy = (name: string) =>
      instead(
        `user blockless may not read where rows are stored: grant select (ctid) on ${name} to blockless`,
      );
    expect(await seen('large')).toEqual([[], remedy('public.large')]);
    expect(await seen('parted')).toEqual([[], remedy('public.parted')]);
    await database.client.query('grant select (ctid) on large to blockless');
    expect(await seen('large')).toEqual([[], { backends: 4 }]);
    await database.client.query('drop owned by blockless; drop role blockless');
  });

  test('more than half of the connections are an error at its place', async () => {
    const { problems } = (await observe(withParallel({ table: 'large', columns: id }, 4), 6))!;
    expect(problems).toMatchObject([
      {
        code: 'EXT2027',
        severity: 'error',
        message: '4 backends read this table together, and only 3 connections to its server may read at once',
        place,
      },
    ]);
  });
});

describe('no number', () => {
  test('a table below a gibibyte is read by one', async () => {
    expect(await observe(withParallel({ table: 'large', columns: id }))).not.toHaveProperty('read');
  });

  const leaf = { schema: 'public', name: 'big', kind: 'r', method: 'heap' };
  const of = (mebibytes: number, usesIndex = false): Division => ({
    usesIndex,
    leaves: [{ ...leaf, blocks: mebibytes * 128, bytes: mebibytes * 2 ** 20 }],
    relations: new Set(['public.big']),
  });
  test.each<[string, Division, number]>([
    ['1 GiB', of(1024), 4],
    ['less', of(1023), 1],
    ['an index', of(2048, true), 1],
    ['no blocks', { reason: 'public.v is a view' }, 1],
  ])('%s', (_, division, backends) => {
    expect(usualBackends(division, 4)).toBe(backends);
  });
});
