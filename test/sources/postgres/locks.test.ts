import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import pg from 'pg';
import type { Table } from '../../../src/model/config/pipeline.ts';
import type { Snapshot } from '../../../src/model/ports/source-port.ts';
import { openPostgres } from '../../../src/sources/postgres/index.ts';
import { freshDatabase, type FreshDatabase } from '../../support/database.ts';
import { linesOf } from './going.ts';
import { contractOf, never, sourceAt } from './support.ts';

let database: FreshDatabase;
let url: string;
beforeAll(async () => {
  database = await freshDatabase();
  url = database.url;
});
afterAll(() => database.close());
beforeEach(() =>
  database.client.query(`
    drop table if exists one, two, base, parted cascade;
    create table one (id int primary key, v int); insert into one select i, i from generate_series(1, 3) i;
    create table two (id int primary key); insert into two values (1);
    create table base (id int); insert into base values (1);
    create materialized view mv as select count(*)::int as n from base;
    create view seen as select id from one;
    create table parted (id int) partition by list (id);
    create table parted_1 partition of parted for values in (1); insert into parted values (1)`),
);

const one = contractOf({ name: 'one', table: 'public.one', columns: { id: 'int', v: 'int' } });
const two = contractOf({ name: 'two', table: 'public.two', columns: { id: 'int' } });

/** A further session, for a lock that is held. */
async function session(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

async function snapshotOf(...tables: Table[]): Promise<Snapshot> {
  const snapshot = await openPostgres(sourceAt(url)).snapshot(tables, never());
  onTestFinished(() => snapshot.end());
  return snapshot;
}

/** Fails within two seconds where it has to wait. */
const atOnce = (sql: string) => database.client.query(`begin; set local lock_timeout = '2s'; ${sql}; commit`);

/** The session of ours that waits for a lock. */
const waiter = (event = 'relation') =>
  vi.waitFor(async () => {
    const { rows } = await database.client.query(
      `select pid from pg_stat_activity where wait_event_type = 'Lock' and wait_event = '${event}'
         and application_name = 'extracts' and datname = current_database()`,
    );
    expect(rows).toHaveLength(1);
  }, 10_000);

describe('nothing is locked that is not being read', () => {
  test('a snapshot waits for its readers without a lock', async () => {
    const tables = [one, two, contractOf({ name: 'seen', table: 'seen', columns: { id: 'int' } })];
    await snapshotOf(...tables);
    const { rows } = await database.client.query(
      `select relation::regclass::text from pg_locks where pid <> pg_backend_pid() and locktype = 'relation' and relation >= 16384
         and database = (select oid from pg_database where datname = current_database())`,
    );
    expect(rows).toEqual([]);
    await atOnce('truncate one; refresh materialized view mv; drop table two');
  });

  /** `limits.parallel` is 4 by default. */
  test.each([0, 1, 2, 3, 4, 5])(
    'plan of %i tables holds up neither DDL nor an application',
    async (count) => {
      const names = Array.from({ length: count }, (_, index) => `side_${index}`);
      const drop = names.map((name) => `drop table if exists ${name}`).join('; ');
      await database.client.query(
        `${drop}; ${names.map((name) => `create table ${name} (id int)`).join('; ')}`,
      );
      onTestFinished(() => void database.client.query(drop));
      const holder = await session();
      const last = names.at(-1);
      if (last !== undefined) await holder.query(`begin; lock table ${last} in access exclusive mode`);
      const requests = names.map((name) => ({
        table: contractOf({ name, table: name, columns: { id: 'int' } }),
        before: undefined,
      }));
      const planned = openPostgres(sourceAt(url)).observe(requests, never());
      if (last !== undefined) await waiter();
      // The plan has seen all tables but the last, for which it waits.
      for (const name of names.slice(0, -1)) {
        await atOnce(`truncate ${name}; alter table ${name} add column more int`);
        await atOnce(`select * from ${name}`);
      }
      if (last !== undefined) await holder.query('commit');
      expect((await planned).map(({ problems }) => problems)).toEqual(names.map(() => []));
    },
  );

  test('plan waits for one table without a lock on another', async () => {
    const holder = await session();
    await holder.query('begin; lock table two in access exclusive mode');
    const requests = [one, two].map((table) => ({ table, before: undefined }));
    const observed = openPostgres(sourceAt(url)).observe(requests, never());
    await waiter();
    await atOnce('truncate one');
    await holder.query('rollback');
    expect((await observed).map(({ problems }) => problems)).toEqual([[], []]);
  });

  test.each([1, 4])('%i backends that wait do not hold up readers of another table', async (backends) => {
    const snapshot = await snapshotOf(one, two);
    const holder = await session();
    await holder.query('begin; lock table one in access exclusive mode');
    const read = snapshot.feed(one, never(), { backends }).then(linesOf);
    await waiter();
    await atOnce('alter table two add column more int');
    expect(await snapshot.feed(two, never(), { backends }).then(linesOf)).toEqual(['1']);
    await holder.query('rollback');
    expect(await read).toEqual(['1\t1', '2\t2', '3\t3']);
  });
});

describe('a wait for a lock', () => {
  test('of plan is reported after some seconds and ends in an error that names who is in the way', async () => {
    const name = new URL(url).pathname.slice(1);
    await database.client.query(`alter database ${name} set lock_timeout = '6s'`);
    onTestFinished(async () => {
      await database.client.query(`alter database ${name} reset lock_timeout`);
    });
    const holder = await session();
    const { rows } = await holder.query<{ pid: number }>('select pg_backend_pid() as pid');
    const who = `process ${rows[0]!.pid} (user postgres), which locks one`;
    await holder.query('begin; lock table one in access exclusive mode');
    const lines: string[] = [];
    await expect(
      openPostgres(sourceAt(url)).observe([{ table: one, before: undefined }], never(), (text) =>
        lines.push(text),
      ),
    ).rejects.toMatchObject({
      code: 'EXT2022',
      message: `gave up after 6 s of waiting for ${who}`,
      hint: `run again when it is over, or end it: select pg_terminate_backend(${rows[0]!.pid}); alter role … set lock_timeout = '10min' waits longer`,
      place: { pointer: '/tables/one' },
    });
    expect(lines).toEqual([`waiting for ${who}`]);
    await holder.query('rollback');
  });

  const computed = contractOf({
    ...{ name: 'one', table: 'public.one' },
    columns: { id: 'int', v: { type: 'int', expr: 'v + 1' } },
  });
  test.each([
    ['a table', one],
    ['a table with an expr', computed],
  ])('of an apply, before anything is read, names the line of %s', async (_, table) => {
    const name = new URL(url).pathname.slice(1);
    await database.client.query(`alter database ${name} set lock_timeout = '1s'`);
    onTestFinished(async () => {
      await database.client.query(`alter database ${name} reset lock_timeout`);
    });
    const holder = await session();
    await holder.query('begin; lock table one in access exclusive mode');
    await expect(
      openPostgres(sourceAt(url)).snapshot([two, table], never(), () => undefined),
    ).rejects.toMatchObject({ code: 'EXT2022', place: { pointer: '/tables/one' } });
    await holder.query('rollback');
  });

  test.each([1, 4])('of a reader is reported once with its table, by %i backends', async (backends) => {
    const lines: [string, string | undefined][] = [];
    const snapshot = await openPostgres(sourceAt(url)).snapshot([one], never(), (text, table) =>
      lines.push([text, table]),
    );
    onTestFinished(() => snapshot.end());
    const holder = await session();
    await holder.query('begin; lock table one in access exclusive mode');
    const read = snapshot.feed(one, never(), { backends }).then(linesOf);
    await vi.waitFor(() => expect(lines).toHaveLength(1), 10_000);
    await holder.query('rollback');
    await read;
    expect(lines).toEqual([
      [expect.stringMatching(/^waiting for process \d+ \(user postgres\), which locks one$/), 'one'],
    ]);
  });
});

describe.each([1, 4])('what others do between the snapshot and its reading, by %i backends', (backends) => {
  const readOf = (snapshot: Snapshot, table: Table) =>
    snapshot.feed(table, never(), { backends }).then(linesOf);

  const mv = contractOf({ name: 'mv', table: 'mv', columns: { n: 'int' } });
  const parted = contractOf({ name: 'parted', table: 'parted', columns: { id: 'int' } });
  const view = contractOf({ name: 'view', table: 'seen', columns: { id: 'int' } });
  const query = contractOf({ name: 'query', query: 'select id from one', columns: { id: 'int' } });
  const expression = contractOf({
    name: 'expression',
    table: 'two',
    columns: { id: { type: 'int', expr: '(select max(v) from one)' } },
  });

  test.each<[string, Table, string]>([
    ['truncate one', one, 'public.one'],
    ['truncate one; insert into one values (9, 9)', one, 'public.one'],
    ['alter table one alter v type bigint', one, 'public.one'],
    ['alter table one drop column v; alter table one add column v int default 7', one, 'public.one'],
    ['alter table one drop column v', one, 'public.one'],
    ['alter table one rename v to w; alter table one add column v int', one, 'public.one'],
    ['drop view seen; drop table one; create table one (id int, v int)', one, 'public.one'],
    ['truncate one', view, 'public.one'],
    ['truncate one', query, 'public.one'],
    ['truncate one', expression, 'public.one'],
    ['insert into base values (2); refresh materialized view mv', mv, 'public.mv'],
    ['truncate parted_1', parted, 'public.parted_1'],
    ['create table parted_2 partition of parted for values in (2)', parted, 'parted_2'],
  ])('%s: it is not read as something else (%#)', async (sql, table, name) => {
    const snapshot = await snapshotOf(table);
    await atOnce(sql);
    await expect(readOf(snapshot, table)).rejects.toMatchObject({
      code: 'EXT2004',
      message: `table "${table.name}": ${name} was replaced or altered while this run was reading`,
    });
  });

  test.each<[string, Table, string[]]>([
    ['delete from one; insert into one values (9, 9)', one, ['1\t1', '2\t2', '3\t3']],
    ['alter table one add column more int default 3', one, ['1\t1', '2\t2', '3\t3']],
    ['create index on one (v)', one, ['1\t1', '2\t2', '3\t3']],
    ['reindex table one', one, ['1\t1', '2\t2', '3\t3']],
    ['analyze one', one, ['1\t1', '2\t2', '3\t3']],
    ['insert into base values (2)', mv, ['1']],
  ])('%s: it is read as it was', async (sql, table, rows) => {
    const snapshot = await snapshotOf(table);
    await atOnce(sql);
    expect(await readOf(snapshot, table)).toEqual(rows);
  });

  test('a watermark is not taken from what was replaced', async () => {
    const load = { kind: 'cursor', mode: 'append', cursor: ['id'] } as const;
    const table = contractOf({ name: 'one', table: 'one', columns: { id: 'int' }, load });
    const snapshot = await snapshotOf(table);
    await readOf(snapshot, table);
    await atOnce('truncate one');
    await expect(snapshot.watermark!(table, undefined, never())).rejects.toMatchObject({ code: 'EXT2004' });
  });
});
