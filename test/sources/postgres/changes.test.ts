import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Table } from '../../../src/model/config/pipeline.ts';
import { goOn, look, readWhole, within, type Remembered } from './going.ts';
import { quietDatabase, type QuietDatabase } from './quiet.ts';
import { contractOf, never, type LoadWritten } from './support.ts';

let database: QuietDatabase;
beforeAll(async () => {
  database = await quietDatabase();
});
afterAll(() => database.close());

beforeEach(() =>
  write(`
    drop table if exists events cascade;
    create table events (id int primary key, at timestamptz, part int, note text);
    insert into events values (1, '2024-01-01 10:00', 1, 'a'), (2, '2024-01-02 10:00:00.000001', 1, 'b')`),
);

const write = (sql: string) => database.write(sql);

const columns = { id: 'int', at: 'timestamptz', note: 'text' };
type More = Partial<Parameters<typeof contractOf>[0]>;
const events = (load: LoadWritten & { nulls?: 'error' | 'include' | 'exclude' }, more: More = {}): Table =>
  contractOf({ ...(more.query === undefined && { table: 'events' }), columns, load, ...more });
const append = { kind: 'cursor', mode: 'append', cursor: ['at'] } as const;
const upsert = { kind: 'cursor', mode: 'upsert', cursor: ['at'] } as const;
const keyed = { primaryKey: ['id'] };

const start = (table: Table) => readWhole(database.url, table);
const next = (table: Table, last: Remembered, between?: () => Promise<unknown>) =>
  goOn(database.url, table, last, between);

const first = '1\t2024-01-01 10:00:00+00\ta';
const second = '2\t2024-01-02 10:00:00.000001+00\tb';
const secondAt = '2024-01-02 10:00:00.000001+00';
const tiesAt = (columns: string[], ...values: string[]) => ({
  column: columns[0]!,
  ties: { columns, values },
  nulls: false,
});

describe('a row with the same cursor as the highest', () => {
  const sources: [string, More][] = [
    ['a table', {}],
    ['a view', { table: 'seen' }],
    ['a query', { query: 'select * from events' }],
  ];
  const tie = "insert into events values (3, '2024-01-02 10:00:00.000001', 1, 'tie')";
  const third = '3\t2024-01-02 10:00:00.000001+00\ttie';
  beforeEach(() => write('create view seen as select * from events'));

  test.each(sources)('of %s without a key is read, and takes no other one twice', async (_, from) => {
    const table = events(append, from);
    const last = await start(table);
    await write(tie);
    const seen = await look(database.url, table, last);
    expect(seen.cursor).toMatchObject({ missesLate: true, since: { rows: 2, beyond: 0, ties: 2 } });
    const now = await next(table, last);
    expect(now.changes).toEqual({ cut: tiesAt(['at'], secondAt), rows: [second, third] });
    expect(now.rows).toEqual([first, second, third]);
    const { since } = (await look(database.url, table, now)).cursor!;
    if (since !== undefined) expect(since).toMatchObject({ marks: now.watermark.marks });
  });

  test.each(sources.slice(1))('of %s with a key is met by that', async (_, from) => {
    const table = events(upsert, { ...from, ...keyed });
    const last = await start(table);
    expect((await look(database.url, table, last)).cursor?.since).toMatchObject({
      rows: 1,
      ties: 1,
      marks: last.watermark.marks,
    });
    await write(tie);
    const now = await next(table, last);
    expect(now.changes).toEqual({ rows: [second, third], meeting: { key: ['id'], keep: 'new' } });
    expect(now.rows).toEqual([first, second, third]);
  });

  test('of a table with a key is found by its transaction', async () => {
    const table = events(upsert, keyed);
    const last = await start(table);
    expect(last.watermark.marks).toBeUndefined();
    await write(tie);
    const now = await next(table, last);
    expect(now.changes.rows).toEqual([third]);
    expect(now.rows).toEqual([first, second, third]);
  });

  test('and one below it, of a table without a key: what the source has is counted', async () => {
    const table = events(append);
    const last = await start(table);
    await write("insert into events values (3, '2024-01-01', 1, 'late')");
    expect((await look(database.url, table, last)).cursor?.since).toMatchObject({
      behind: 3,
      ties: 1,
      beyond: 0,
      marks: last.watermark.marks,
    });
  });
});

describe('append', () => {
  test('reads what is beyond the highest, to the microsecond', async () => {
    const table = events(append);
    const last = await start(table);
    expect(last.watermark).toEqual({
      columns: ['at'],
      upTo: ['2024-01-02 10:00:00.000001+00'],
      horizon: expect.anything() as unknown,
      marks: { ties: expect.stringMatching(/^1:/) as unknown },
    });
    await write("insert into events values (3, '2024-01-02 10:00:00.000002', 1, 'c')");
    const now = await next(table, last);
    expect(now.changes).toEqual({
      cut: tiesAt(['at'], secondAt),
      rows: [second, '3\t2024-01-02 10:00:00.000002+00\tc'],
    });
    expect(now.rows).toEqual([first, second, '3\t2024-01-02 10:00:00.000002+00\tc']);
    expect(now.watermark.upTo).toEqual(['2024-01-02 10:00:00.000002+00']);
  });

  test('reads up to what the plan saw, and the rest the next time', async () => {
    const table = events(append);
    const last = await start(table);
    await write("insert into events values (3, '2024-01-03', 1, 'c')");
    const now = await next(table, last, () => write("insert into events values (4, '2024-01-04', 1, 'd')"));
    expect(now.changes.rows).toEqual([second, '3\t2024-01-03 00:00:00+00\tc']);
    const { changes } = await next(table, now);
    expect(changes.rows).toEqual(['3\t2024-01-03 00:00:00+00\tc', '4\t2024-01-04 00:00:00+00\td']);
  });

  test('with a lag cuts what it reads again', async () => {
    const table = events({ ...append, lag: { seconds: 86_400, shown: '1d' } });
    const last = await start(table);
    await write(
      "insert into events values (3, '2024-01-01 10:00:00.000002', 1, 'c'), (4, '2024-01-01', 1, 'd')",
    );
    const { changes, rows } = await next(table, last);
    expect(changes).toEqual({
      cut: { column: 'at', bound: { kind: 'after', value: '2024-01-01 10:00:00.000001+00' }, nulls: false },
      rows: [second, '3\t2024-01-01 10:00:00.000002+00\tc'],
    });
    expect(rows).toEqual([first, second, '3\t2024-01-01 10:00:00.000002+00\tc']);
  });

  test.each([
    ['int', '10', { units: 4 }, ['6']],
    ['int', '-2147483640', { units: 20 }, ['-2147483648']],
    ['bigint', '10', { units: 2.5 }, ['7']],
    ['numeric', '10.25', { units: 0.5 }, ['9.75']],
    ['numeric', '1.00', { units: 0.002 }, ['0.99']],
    ['numeric', '-1.00', { units: 0.002 }, ['-1.01']],
    ['numeric', '1.00', { units: 1e9 }, ['-99999999.99']],
    ['date', '2024-03-01', { seconds: 36 * 3600, shown: '36h' }, ['2024-02-28']],
    ['timestamp(0)', '2024-03-01 00:00:00', { seconds: 90, shown: '90s' }, ['2024-02-29 23:58:30']],
  ])('a lag of %s', async (type, value, lag, after) => {
    await write(`drop table events; create table events (c ${type}); insert into events values ('${value}')`);
    const contract = type === 'numeric' ? 'numeric(10,2)' : type.replace('(0)', '');
    const table = contractOf({
      table: 'events',
      columns: { c: contract },
      load: { kind: 'cursor', mode: 'append', cursor: ['c'], lag },
    });
    const last = await start(table);
    await write(`insert into events values ('${value}')`);
    expect((await look(database.url, table, last)).cursor?.since).toMatchObject({
      after,
      rows: 2,
      beyond: 0,
    });
    expect((await next(table, last)).rows).toEqual([value, value]);
  });

  test('with a key leaves existing rows unchanged', async () => {
    const table = events(append, keyed);
    const last = await start(table);
    await write(
      "update events set note = 'other' where id = 1; insert into events values (3, '2023-01-01', 1, 'c')",
    );
    const { changes, rows } = await next(table, last);
    expect(changes).toEqual({
      rows: ['1\t2024-01-01 10:00:00+00\tother', '3\t2023-01-01 00:00:00+00\tc'],
      meeting: { key: ['id'], keep: 'old' },
    });
    expect(rows).toEqual([first, second, '3\t2023-01-01 00:00:00+00\tc']);
  });
});

describe('a cursor of', () => {
  test('several columns is compared as a tuple', async () => {
    const table = events(
      { ...append, cursor: ['at', 'part'] },
      { columns: { at: 'timestamptz', part: 'int' } },
    );
    const last = await start(table);
    const at = '2024-01-02 10:00:00.000001';
    await write(
      `insert into events values (3, '${at}', 0, ''), (4, '${at}', 2, ''), (5, '2024-01-03', 0, '')`,
    );
    const now = await next(table, last);
    expect(now.changes.cut).toEqual(tiesAt(['at', 'part'], secondAt, '1'));
    expect(now.changes.rows).toEqual([`${at}+00\t1`, `${at}+00\t2`, '2024-01-03 00:00:00+00\t0']);
    expect(now.watermark.upTo).toEqual(['2024-01-03 00:00:00+00', '0']);
  });

  test('text goes by the collation of the column', async () => {
    await write(`
      create collation if not exists falling (provider = icu, locale = 'en-u-co-standard-kf-upper', deterministic = true);
      alter table events alter note type text collate "falling"`);
    const table = events({ ...append, cursor: ['note'] }, { columns: { note: 'text' } });
    const last = await start(table);
    expect(last.watermark.upTo).toEqual(['b']);
    // By their bytes the first two would come before b.
    await write(`insert into events values (3, now(), 1, 'Z'), (4, now(), 1, 'É''\\'), (5, now(), 1, 'B')`);
    const now = await next(table, last);
    expect(now.changes.rows).toEqual(['Z', 'b', "É'\\\\"]);
    expect(now.watermark.upTo).toEqual(['Z']);
  });

  test('numeric is not rounded', async () => {
    await write('alter table events add amount numeric; update events set amount = 0.1');
    const table = events({ ...append, cursor: ['amount'] }, { columns: { amount: 'numeric(38,20)' } });
    const last = await start(table);
    await write("insert into events values (3, now(), 1, '', 0.10000000000000000001)");
    expect((await next(table, last)).changes.rows).toEqual(['0.1', '0.1', '0.10000000000000000001']);
  });

  test('an expression, of a query with params', async () => {
    const table = contractOf({
      query: "select id, at, note from events where note <> $1 -- not '$1'",
      params: [{ value: "b'\\", shown: '…' }],
      columns: { id: 'int', day: { type: 'date', expr: "(at at time zone 'UTC')::date -- the day" } },
      load: { ...append, cursor: ['day'] },
    });
    const last = await start(table);
    expect(last.watermark).toMatchObject({ columns: ['day'], upTo: ['2024-01-02'] });
    await database.client.query(
      "insert into events values (3, '2024-01-03', 1, 'b''\\'), (4, '2024-01-03', 1, 'c')",
    );
    expect((await next(table, last)).changes).toEqual({
      cut: tiesAt(['day'], '2024-01-02'),
      rows: ['2\t2024-01-02', '4\t2024-01-03'],
    });
  });
});

describe('NULL in the cursor', () => {
  const insert = () => write("insert into events values (3, null, 1, 'c')");
  const third = '3\t\\N\tc';

  test('is an error in the plan, and in the reading when it comes after it', async () => {
    const table = events(append);
    const last = await start(table);
    await write("insert into events values (4, '2024-01-04', 1, 'd')");
    const error = {
      code: 'EXT2018',
      message: 'column "at" is the cursor, and 1 row has NULL there',
      hint: 'nulls: include reads them every time, nulls: exclude leaves them out',
      place: { pointer: '/tables/t/load' },
    };
    await expect(next(table, last, insert)).rejects.toMatchObject(error);
    await expect(start(table)).rejects.toMatchObject(error);
    const seen = await look(database.url, table, last);
    expect(seen.problems).toMatchObject([{ ...error, severity: 'error' }]);
    expect(seen.cursor).toEqual({ upTo: ['2024-01-04 00:00:00+00'], nulls: 1, missesLate: true });
    await write("insert into events select i, null, 1, 'c' from generate_series(10, 20) i");
    expect((await look(database.url, table)).problems[0]?.message).toBe(
      'column "at" is the cursor, and 12 rows have NULL there',
    );
  });

  test('is read every time', async () => {
    const table = events({ ...append, nulls: 'include' });
    await insert();
    let last = await start(table);
    expect(last.rows).toEqual([first, second, third]);
    for (let round = 0; round < 2; round++) {
      await write("insert into events select max(id) + 1, max(at) + '1 day', 1, 'more' from events");
      const now = await next(table, last);
      expect(now.changes).toEqual({
        cut: { ...tiesAt(['at'], last.watermark.upTo![0]!), nulls: true },
        rows: expect.arrayContaining([third, expect.stringContaining('more')]) as unknown,
      });
      last = now;
    }
    expect(last.rows).toEqual((await start(table)).rows);
  });

  test('meets by the key where there is one', async () => {
    const table = events({ ...upsert, nulls: 'include' }, keyed);
    await insert();
    const last = await start(table);
    await write("update events set note = 'x' where id = 3");
    const { changes, rows } = await next(table, last);
    expect(changes).toEqual({ rows: ['3\t\\N\tx'], meeting: { key: ['id'], keep: 'new' } });
    expect(rows).toEqual([first, second, '3\t\\N\tx']);
  });

  test('is left out, also of what is read as a whole, and leaves when it becomes so', async () => {
    const table = events({ ...upsert, nulls: 'exclude' }, keyed);
    await insert();
    const last = await start(table);
    expect(last.rows).toEqual([first, second]);
    const seen = await look(database.url, table);
    expect(seen.cursor).toMatchObject({ nulls: 1 });
    await write('update events set at = null where id = 1');
    const now = await next(table, last);
    expect(now.changes).toEqual({ gone: ['1'], rows: [], meeting: { key: ['id'], keep: 'new' } });
    expect(now.rows).toEqual([second]);
  });

  test('is not looked for where the column is not null', async () => {
    await write('alter table events alter at set not null');
    expect((await look(database.url, events(append))).cursor).toEqual({
      upTo: ['2024-01-02 10:00:00.000001+00'],
      missesLate: true,
    });
  });

  test('may be an infinity that becomes NULL in the extract', async () => {
    await write("insert into events values (3, 'infinity', 1, 'c')");
    const endless = await look(database.url, events(append));
    expect(endless.problems.map(({ message }) => message)).toEqual([
      'column "at" is the cursor, and its highest value is infinity: no row can come behind it',
    ]);
    const table = events(
      { ...append, nulls: 'include' },
      { columns: { ...columns, at: { type: 'timestamptz', onInfinite: 'null' } } },
    );
    const last = await start(table);
    expect(last.watermark.upTo).toEqual(['2024-01-02 10:00:00.000001+00']);
    await write("insert into events values (4, '2024-01-04', 1, 'd')");
    expect((await next(table, last)).changes).toEqual({
      cut: { ...tiesAt(['at'], secondAt), nulls: true },
      rows: [second, third, '4\t2024-01-04 00:00:00+00\td'],
    });
  });
});

test('a numeric cursor may be an infinity that becomes NULL in the extract', async () => {
  await write(`
    drop table if exists amounts; create table amounts (id int, amount numeric);
    insert into amounts values (1, 1.5), (2, 'Infinity'), (3, '-Infinity'), (4, null)`);
  const amounts = (nulls: 'include' | 'exclude') =>
    contractOf({
      table: 'amounts',
      columns: { id: 'int', amount: { type: 'numeric(18,2)', onInfinite: 'null' } },
      load: { kind: 'cursor', mode: 'append', cursor: ['amount'], nulls },
    });
  const last = await start(amounts('include'));
  expect(last.watermark.upTo).toEqual(['1.5']);
  expect(last.rows).toEqual(['1\t1.5', '2\t\\N', '3\t\\N', '4\t\\N']);
  expect((await start(amounts('exclude'))).rows).toEqual(['1\t1.5']);
});

describe('a window', () => {
  const window = (days: number, more: object = {}) =>
    events({ kind: 'window', column: 'at', last: { seconds: days * 86_400, shown: `${days}d` }, ...more });
  const today = async (sql: string) =>
    (await database.client.query<{ day: string }>(`select (${sql})::text as day`)).rows[0]!.day;

  test('is read again from its beginning, rows with NULL too', async () => {
    await write(
      `set timezone = 'UTC'; insert into events values (3, now() - interval '1 day', 1, 'c'), (4, null, 1, 'd')`,
    );
    const table = window(3, { nulls: 'include' });
    const last = await start(table);
    const from = await today("date_trunc('day', now() - interval '72 hours')");
    expect(last.watermark).toEqual({ columns: ['at'], from, horizon: expect.anything() as unknown });
    await write("update events set note = 'x' where id > 1; insert into events values (5, now(), 1, 'e')");
    expect((await look(database.url, table, last)).cursor).toEqual({
      from,
      nulls: 1,
      since: { rows: 3, beyond: 0, late: 0, marks: {} },
    });
    const now = await next(table, last);
    expect(now.changes.cut).toEqual({ column: 'at', bound: { kind: 'from', value: from }, nulls: true });
    expect(now.rows.map((row) => row.split('\t')[2])).toEqual(['a', 'b', 'x', 'x', 'e']);
  });

  test('that was read longer ago than it is long goes back to there', async () => {
    const table = window(3);
    const last = await start(table);
    const from = await today("date_trunc('day', now() - interval '20 days')");
    await write('update events set part = 2');
    const long = { ...last, watermark: { ...last.watermark, from } };
    expect((await look(database.url, table, long)).cursor?.from).toBe(
      await today("date_trunc('day', now() - interval '17 days')"),
    );
  });

  test('in hours begins with an hour, and on a date with a day', async () => {
    const hours = { last: { seconds: 5400, shown: '90m' } };
    expect((await look(database.url, window(1, hours))).cursor?.from).toBe(
      await today("date_trunc('hour', now() - interval '90 minutes')"),
    );
    await write('alter table events alter at type date');
    const dates = contractOf({
      table: 'events',
      columns: { at: 'date' },
      load: { kind: 'window', column: 'at', ...hours },
    });
    expect((await look(database.url, dates)).cursor?.from).toBe(
      await today("(date_trunc('hour', now() - interval '90 minutes'))::date"),
    );
  });

  test('of a view has a mark of what is in it', async () => {
    await write("create view seen as select * from events; insert into events values (3, now(), 1, 'c')");
    const table = { ...window(3), from: { ...window(3).from, relation: { name: 'seen' } } } as Table;
    const last = await start(table);
    const marks = async () => {
      const since = (await look(database.url, table, last)).cursor?.since;
      return since !== undefined && 'marks' in since ? since.marks : since;
    };
    expect(last.watermark.marks?.again).toMatch(/^1:-?\d+$/);
    expect(await marks()).toEqual(last.watermark.marks);
    await write("update events set note = 'old' where id = 1");
    expect(await marks()).toEqual(last.watermark.marks);
    await write("update events set note = 'new' where id = 3");
    expect(await marks()).not.toEqual(last.watermark.marks);
  });
});

test('parts say what they are, and which columns they have', async () => {
  const table = events({ ...upsert, deletes: { kind: 'keys' } }, { ...keyed, where: 'part = 1' });
  const last = await start(table);
  await within(database.url, table, async (snapshot) => {
    const changes = await snapshot.changes!(table, { watermark: last.watermark }, undefined, never());
    const parts = [changes.deletedKeys, { feed: changes.rows }, changes.keys].map((one) =>
      one?.feed.parts.map(({ label, columns: names }) => [label, names]),
    );
    expect(parts).toEqual([
      [['events (left)', ['id']]],
      [['events', ['id', 'at', 'note']]],
      [['events (keys)', ['id']]],
    ]);
    await expect(
      snapshot.changes!(
        table,
        { watermark: last.watermark },
        undefined,
        AbortSignal.abort(new Error('stopped')),
      ),
    ).rejects.toThrow('stopped');
  });
});
