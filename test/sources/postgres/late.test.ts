import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Table } from '../../../src/model/config/pipeline.ts';
import { writtenSince } from '../../../src/sources/postgres/incremental/late.ts';
import { goOn, look, readWhole, type Remembered } from './going.ts';
import { quietDatabase, type QuietDatabase } from './quiet.ts';
import { contractOf, type LoadWritten } from './support.ts';

let database: QuietDatabase;
beforeAll(async () => {
  database = await quietDatabase();
});
afterAll(() => database.close());

beforeEach(() =>
  write(`
    drop table if exists orders cascade; create table orders (id int primary key, changed int, note text);
    insert into orders values (1, 10, 'a'), (2, 20, 'b')`),
);

const write = (sql: string) => database.write(sql);
const columns = { id: 'int', changed: 'int', note: 'text' };
const upsert = { kind: 'cursor', mode: 'upsert', cursor: ['changed'] } as const;
const orders = (load: LoadWritten = upsert, relation = 'orders', where?: string): Table =>
  contractOf({ table: relation, columns, primaryKey: ['id'], load, ...(where !== undefined && { where }) });
const start = (table: Table) => readWhole(database.url, table);
const next = (table: Table, last: Remembered, between?: () => Promise<unknown>) =>
  goOn(database.url, table, last, between);
const sinceOf = async (table: Table, last: Remembered) =>
  (await look(database.url, table, last)).cursor?.since;

/** Without the counters that would say that nothing has changed. */
const forgetful = (last: Remembered): Remembered => ({ ...last, fingerprint: undefined });

/** A session with a transaction that is open. */
async function open(sql: string): Promise<{ commit: () => Promise<unknown> }> {
  const client = new pg.Client(database.url);
  await client.connect();
  onTestFinished(() => client.end());
  await client.query(`begin; ${sql}`);
  return { commit: () => client.query('commit; select pg_stat_force_next_flush()') };
}

describe.each(['orders', 'parted', 'heir'])('of %s', (relation) => {
  beforeEach(async () => {
    if (relation === 'parted')
      await write(`
        alter table orders rename to plain; create table orders (like plain) partition by hash (id);
        create table orders_0 partition of orders for values with (modulus 2, remainder 0);
        create table orders_1 partition of orders for values with (modulus 2, remainder 1);
        insert into orders select * from plain; drop table plain`);
    if (relation === 'heir') await write('create table child () inherits (orders)');
  });

  test('a row that was committed late is read', async () => {
    const table = orders();
    const slow = await open("insert into orders values (3, 15, 'late')");
    await write("insert into orders values (4, 30, 'd')");
    const last = await start(table);
    expect(last.watermark.upTo).toEqual(['30']);
    await slow.commit();
    const since = await sinceOf(table, last);
    // The other one was committed before and began after: it is taken once more.
    expect(since).toEqual({ after: ['30'], rows: 2, beyond: 0, late: 2, marks: {} });
    const now = await next(table, last);
    expect(now.changes).toEqual({
      rows: ['3\t15\tlate', '4\t30\td'],
      meeting: { key: ['id'], keep: 'new' },
    });
    expect(now.rows).toEqual((await start(table)).rows);
    expect(await sinceOf(table, forgetful(now))).toMatchObject({ rows: 0, beyond: 0, late: 0 });
  });

  test('a row whose cursor did not move is read', async () => {
    const table = orders();
    const last = await start(table);
    await write("update orders set note = 'x' where id = 1");
    expect(await sinceOf(table, last)).toEqual({ after: ['20'], rows: 1, beyond: 0, late: 1, marks: {} });
    expect((await next(table, last)).changes.rows).toEqual(['1\t10\tx']);
  });
});

test('a transaction that is open from the plan to after the reading is not missed', async () => {
  const table = orders();
  const last = await start(table);
  const slow = await open("insert into orders values (3, 25, 'late')");
  await write("insert into orders values (4, 30, 'd')");
  const now = await next(table, last, () => write("insert into orders values (5, 28, 'between')"));
  expect(now.changes.rows).toEqual(['4\t30\td', '5\t28\tbetween']);
  await slow.commit();
  const then = await next(table, now);
  expect(then.changes.rows).toEqual(['3\t25\tlate', '4\t30\td', '5\t28\tbetween']);
  expect(then.rows).toEqual((await start(table)).rows);
});

describe('where the plan finds no late row', () => {
  const between = () => write("update orders set note = 'between' where id = 1");

  test('none is looked for, and one that comes after it is found the next time', async () => {
    const last = await start(orders());
    await write("insert into orders values (3, 30, 'c')");
    const now = await next(orders(), last, between);
    expect(now.changes.rows).toEqual(['3\t30\tc']);
    const then = await next(orders(), now);
    expect(then.changes.rows).toEqual(['1\t10\tbetween']);
    expect(then.rows).toEqual((await start(orders())).rows);
  });

  test('but keys are compared, all are those of the snapshot', async () => {
    const table = orders({ ...upsert, deletes: { kind: 'keys' } });
    const last = await start(table);
    await write("insert into orders values (3, 30, 'c')");
    expect((await next(table, last, between)).changes.rows).toEqual(['1\t10\tbetween', '3\t30\tc']);
  });
});

test('without a key nothing but the lag finds late rows', async () => {
  const table = { ...orders({ ...upsert, mode: 'append' }), primaryKey: [] };
  const last = await start(table);
  await write("insert into orders values (3, 15, 'late')");
  expect(await sinceOf(table, last)).toEqual({
    after: ['20'],
    rows: 1,
    beyond: 0,
    ties: 1,
    behind: 3,
    late: 0,
    marks: last.watermark.marks,
  });
  expect((await next(table, last)).rows).toEqual(last.rows);
});

test('a view has no horizon, and a lag finds what it finds', async () => {
  await write('create view seen as select * from orders');
  const table = orders({ ...upsert, lag: { units: 10 } }, 'seen');
  const last = await start(table);
  expect(last.watermark).toEqual({
    columns: ['changed'],
    upTo: ['20'],
    marks: { again: expect.stringMatching(/^1:-?\d+$/) as string },
  });
  expect(await sinceOf(table, last)).toEqual({
    after: ['10'],
    rows: 1,
    beyond: 0,
    late: 0,
    marks: last.watermark.marks,
  });
  await write("insert into orders values (3, 15, 'late'), (4, 5, 'too late')");
  const since = await sinceOf(table, last);
  expect(since).toMatchObject({ rows: 2, beyond: 0, late: 0 });
  expect(since).not.toMatchObject({ marks: last.watermark.marks });
  expect((await next(table, last)).changes.rows).toEqual(['2\t20\tb', '3\t15\tlate']);
});

describe('a new partition', () => {
  beforeEach(() =>
    write(`
      drop table orders; create table orders (id int, changed int, note text) partition by range (id);
      create table orders_0 partition of orders for values from (0) to (10);
      insert into orders values (1, 10, 'a'), (2, 20, 'b');
      create table old (id int, changed int, note text); insert into old values (11, 15, 'old')`),
  );
  afterEach(() => write('drop table if exists orders, old'));
  const attach = () => write('alter table orders attach partition old for values from (10) to (20)');

  test('that was created since is continued with', async () => {
    const last = await start(orders());
    await write(`
      create table orders_1 partition of orders for values from (10) to (20);
      insert into orders values (12, 5, 'c'), (13, 50, 'd')`);
    expect((await next(orders(), last)).changes.rows).toEqual(['12\t5\tc', '13\t50\td']);
  });

  test('that was attached brings rows that were not written since', async () => {
    const last = await start(orders());
    await attach();
    expect(await sinceOf(orders(), last)).toEqual({
      broken: 'a partition or child table was attached whose rows are older than the last read',
    });
  });

  test('that was attached between plan and apply, too', async () => {
    const last = await start(orders());
    await write("insert into orders values (3, 30, 'c')");
    await expect(next(orders(), last, attach)).rejects.toMatchObject({
      code: 'EXT2004',
      message:
        'table "t" changed since the plan: a partition or child table was attached whose rows are older than the last read',
    });
  });
});

describe('a row that leaves where', () => {
  const where = "note <> 'closed' -- only open ones";

  test('leaves the extract, and the highest may be such a row', async () => {
    const table = orders(upsert, 'orders', where);
    const last = await start(table);
    await write("update orders set note = 'closed', changed = 30 where id = 2");
    expect(await sinceOf(table, last)).toEqual({ after: ['20'], rows: 0, beyond: 0, late: 1, marks: {} });
    const now = await next(table, last);
    expect(now.changes).toEqual({ gone: ['2'], rows: [], meeting: { key: ['id'], keep: 'new' } });
    expect(now.rows).toEqual(['1\t10\ta']);
    expect(await sinceOf(table, forgetful(now))).toMatchObject({ rows: 0, late: 0 });
  });

  test('of a view, too, and is found by a mark', async () => {
    await write('create view seen as select * from orders');
    const table = orders(upsert, 'seen', where);
    const last = await start(table);
    await write("update orders set note = 'closed', changed = 30 where id = 1");
    expect(await sinceOf(table, last)).not.toMatchObject({ marks: last.watermark.marks });
    const now = await next(table, last);
    expect(now.rows).toEqual(['2\t20\tb']);
    expect(await sinceOf(table, now)).toMatchObject({ rows: 1, ties: 1, marks: now.watermark.marks });
  });
});

describe('what nothing has changed of', () => {
  test('is not looked at', async () => {
    const table = orders();
    const last = await start(table);
    expect((await look(database.url, table, last)).cursor).toEqual({ upTo: ['20'] });
  });

  test('is looked at when its fingerprint was not kept', async () => {
    const table = orders();
    const last = forgetful(await start(table));
    expect((await look(database.url, table, last)).cursor).toEqual({
      upTo: ['20'],
      nulls: 0,
      since: {
        after: ['20'],
        rows: 0,
        beyond: 0,
        late: 0,
        horizon: last.watermark.horizon,
        marks: {},
      },
    });
  });
});

describe('a watermark is broken', () => {
  const table = orders();
  const broken = async (change: (last: Remembered) => object, sql?: string) => {
    const last = forgetful(await start(table));
    if (sql !== undefined) await write(sql);
    const watermark = { ...last.watermark, ...change(last) };
    const since = await sinceOf(table, { ...last, watermark });
    return since !== undefined && 'broken' in since ? since.broken : since;
  };
  const moved = (by: bigint) => (last: Remembered) => {
    const { system, transaction } = last.watermark.horizon!;
    return { horizon: { system, transaction: String(BigInt(transaction) + by) } };
  };

  test('by another server', async () => {
    expect(await broken(() => ({ horizon: { system: '1/2', transaction: '3' } }))).toBe(
      'it is another server or database than before',
    );
  });
  test('by too many transactions', async () => {
    const limit = 2n ** 31n - 10n ** 8n;
    expect(await broken(moved(-limit - 10_000n))).toBe('too many transactions ago to tell late ones');
    expect(await broken(moved(-limit + 10_000n))).toMatchObject({ rows: 2, late: 2 });
  });
  test('by a server that went back', async () => {
    expect(await broken(moved(10_000n))).toBe(
      'the server is behind what was read before: it was restored, or is a replica that lags',
    );
  });
  test('by other columns', async () => {
    expect(await broken(() => ({ columns: ['id', 'note'] }))).toBe(
      'it was read by id, note, and goes by changed now',
    );
  });
  test('by rows that went', async () => {
    const fell = 'its highest changed is lower than what was read before: rows have gone';
    expect(await broken(() => ({}), 'delete from orders where id = 2')).toBe(fell);
    expect(await broken(() => ({}), 'truncate orders')).toBe('it has no rows now, though it had some');
  });
  test('by another type of the column', async () => {
    expect(await broken(() => ({ upTo: ['2024-01-01'] }))).toBe(
      'what was read before can no longer be compared: invalid input syntax for type integer: "2024-01-01"',
    );
  });
  test('by another kind of table', async () => {
    const seen = 'alter table orders rename to kept; create view orders as select * from kept';
    expect(await broken(() => ({}), seen)).toBe(
      'its rows no longer show their transactions: it is another kind of table',
    );
    await write('drop view orders; alter table kept rename to orders');
  });

  test('between plan and apply', async () => {
    const last = await start(table);
    await write("insert into orders values (3, 30, 'c')");
    await expect(
      next(table, last, async () => {
        await write('alter table orders rename to kept; create view orders as select * from kept');
        onTestFinished(() => write('drop view orders; drop table kept'));
      }),
    ).rejects.toMatchObject({
      code: 'EXT2004',
      message:
        'table "t" changed since the plan: its rows no longer show their transactions: it is another kind of table',
    });
  });
});

describe('transactions count in a circle', () => {
  const round = 2n ** 32n;
  test.each<[what: string, horizon: bigint, next: bigint, late: number[], others: number[]]>([
    ['in the first round', 700n, 800n, [700, 799], [3, 699, 800, 4_294_967_295]],
    ['rounds later', 5n * round + 700n, 5n * round + 800n, [700, 799], [3, 699, 800, 4_294_967_295]],
    ['at the end of one', round - 10n, round + 20n, [4_294_967_290, 3, 19], [4_294_967_285, 20, 700]],
    ['where none was begun since', 700n, 700n, [], [3, 699, 700, 701]],
    ['not so frozen rows', round - 10n, round + 20n, [], [1, 2]],
    [
      'with the highest bit',
      2n ** 31n - 5n,
      2n ** 31n + 5n,
      [2_147_483_643, 2_147_483_652],
      [3, 2_147_483_653],
    ],
  ])('%s', async (_, horizon, next, late, others) => {
    const condition = writtenSince({
      horizon: { transaction: String(horizon), system: '' },
      next: String(next),
    });
    const all = [...late, ...others];
    const { rows } = await database.client.query<{ xmin: string }>(
      `select xmin::text from unnest(array[${all.map((one) => `'${one}'`).join(', ')}]::xid[]) as version(xmin)
       where ${condition}`,
    );
    expect(rows.map(({ xmin }) => Number(xmin))).toEqual(late);
  });

  test('and parallel workers may compare them', async () => {
    await write('create table wide as select id from generate_series(1, 300000) id; analyze wide');
    onTestFinished(() => write('drop table wide'));
    const condition = writtenSince({ horizon: { transaction: '700', system: '' }, next: '800' });
    const { rows } = await database.client.query<Record<string, string>>(
      `explain select count(*) from wide where ${condition}`,
    );
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('Parallel Seq Scan');
  });
});

test('many writers and a reader end with the same rows', async () => {
  const table = orders({ ...upsert, deletes: { kind: 'keys' } }, 'orders', "note <> 'closed'");
  let seed = 7;
  // A generator of its own (Park and Miller), so that a failure can be had again.
  const below = (limit: number) => (seed = (seed * 48_271) % 2_147_483_647) % limit;
  const writers = await Promise.all(
    [1, 2, 3].map(async () => {
      const client = new pg.Client(database.url);
      await client.connect();
      onTestFinished(() => client.end());
      return { client, own: 0, isOpen: false };
    }),
  );
  const act = async (clock: number) => {
    const writer = writers[below(3)]!;
    if (!writer.isOpen) await writer.client.query('begin');
    writer.isOpen = true;
    // Each writer has keys of its own, so that none waits for another.
    const id = 100 * (writers.indexOf(writer) + 1) + below(20);
    const statement = [
      `insert into orders values (${id}, ${clock}, 'n${clock}') on conflict (id) do update set note = 'again'`,
      `update orders set changed = ${clock}, note = 'u${clock}' where id = ${id}`,
      `update orders set note = 'closed' where id = ${id}`,
      `delete from orders where id = ${id}`,
    ][below(4)]!;
    await writer.client.query(statement);
    if (below(3) > 0) return;
    await writer.client.query(below(5) === 0 ? 'rollback' : 'commit');
    writer.isOpen = false;
  };
  let last = await start(table);
  for (let round = 0; round < 12; round++) {
    for (let i = 0; i < 12; i++) await act(100 + round * 100 + i);
    last = await next(table, forgetful(last), () => act(190 + round * 100));
    expect(last.rows, `round ${round}`).toEqual((await start(table)).rows);
  }
});
