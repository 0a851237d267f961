import pg from 'pg';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Table } from '../../../src/model/config/pipeline.ts';
import { RunError } from '../../../src/model/errors/run-error.ts';
import type { Snapshot } from '../../../src/model/ports/source-port.ts';
import { openPool, type Pool } from '../../../src/sources/postgres/connection/pool.ts';
import { openPostgres } from '../../../src/sources/postgres/index.ts';
import { freshDatabase, type FreshDatabase } from '../../support/database.ts';
import { linesOf } from './going.ts';
import { contractOf, never, sourceAt } from './support.ts';

let database: FreshDatabase;
let url: string;
beforeAll(async () => {
  database = await freshDatabase();
  url = database.url;
  await database.client.query(`
    create table plain (id int, v int, note text);
    create table parted (id int, v int, note text) partition by range (id);
    create table parted_low partition of parted for values from (minvalue) to (300);
    create table parted_high partition of parted for values from (300) to (maxvalue) partition by list (v);
    create table parted_high_even partition of parted_high for values in (0);
    create table parted_high_odd partition of parted_high default;
    create table heir (id int, v int, note text);
    create table heir_child () inherits (heir);
    create table rows_of_all (id int, v int)`);
});
afterAll(() => database.close());

const columns = { id: 'int', v: 'int', note: 'text' };
const whole = (table: string) => contractOf({ name: table, table, columns });

async function snapshotOf(
  table: Table,
  { pool = openPool(10, 0), lines = [] }: { pool?: Pool; lines?: string[] } = {},
): Promise<Snapshot> {
  const report = (text: string) => lines.push(text);
  const snapshot = await openPostgres(sourceAt(url), pool).snapshot([table], never(), report);
  onTestFinished(() => snapshot.end());
  return snapshot;
}

/** A pool whose readers pass this before they are had: the first is 1. */
function readersAfter(act: (nth: number) => unknown): Pool {
  const pool = openPool(10, 0);
  let count = 0;
  return {
    ...pool,
    async read(...asked) {
      await act(++count);
      return await pool.read(...asked);
    },
  };
}

const readBy = (snapshot: Snapshot, table: Table, backends: number) =>
  snapshot.feed(table, never(), { backends }).then(linesOf);

/** Fills a table again; a note of several kilobytes makes rows of some pages. */
const fill = (table: string, rows: number, width = 200) =>
  database.client.query(
    `truncate ${table};
     insert into ${table} select i, i % 3, case when i % 50 = 0 then null else repeat(chr(64 + i % 60) || e'\\n\\t', ${width} / 3) end
     from generate_series(1, ${rows}) i`,
  );

/** Statements that writers run while the table is read. */
const writing = fc.constantFrom(
  'delete from $ where id % 7 = 3',
  'update $ set v = v + 1 where id % 5 = 1',
  `update $ set note = note || 'longer' where id % 11 = 0`,
  'update $ set id = id + 250 where id % 13 = 0',
  `insert into $ select i, i % 3, 'new' from generate_series(1, 400) i`,
);

describe('several backends read the rows that one reads at the same snapshot', () => {
  test.each(['plain', 'parted', 'heir'])('of the table %s, with writers beside them', async (name) => {
    const table = whole(name);
    const child = name === 'heir' ? 'heir_child' : name;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(0, 1, 40, 600),
        fc.constantFrom(2, 3, 4),
        fc.array(writing, { maxLength: 4 }),
        fc.array(writing, { minLength: 1, maxLength: 4 }),
        async (rows, backends, before, during) => {
          await fill(name, rows);
          if (child !== name) await database.client.query(`insert into ${child} select * from only ${name}`);
          for (const sql of before) await database.client.query(sql.replaceAll('$', name));
          const snapshot = await openPostgres(sourceAt(url)).snapshot([table], never());
          const writer = new pg.Client({ connectionString: url });
          await writer.connect();
          try {
            const expected = await readBy(snapshot, table, 1);
            const [read] = await Promise.all([
              readBy(snapshot, table, backends),
              (async () => {
                for (const sql of during) await writer.query(sql.replaceAll('$', name));
                await writer.query('vacuum ' + name);
              })(),
            ]);
            expect(read).toEqual(expected);
            expect(await readBy(snapshot, table, backends)).toEqual(expected);
          } finally {
            await writer.end();
            await snapshot.end();
          }
        },
      ),
      { numRuns: Number(process.env.PROPERTY_RUNS ?? 5), seed: 20261130 },
    );
  });
});

/** The stream of the one part of a feed. */
async function openOnly(snapshot: Snapshot, table: Table, backends: number) {
  const [part] = (await snapshot.feed(table, never(), { backends })).parts;
  if (part?.kind !== 'stream') throw new Error('PostgreSQL gives streams');
  return { part, stream: await part.open(never()) };
}

/** Returns the number of bytes that come. */
async function consume(bytes: AsyncIterable<Buffer>): Promise<number> {
  let size = 0;
  for await (const chunk of bytes) size += chunk.length;
  return size;
}

/** The number of our sessions that have a transaction. */
async function sessions(): Promise<number> {
  const { rows } = await database.client.query(
    `select from pg_stat_activity where application_name = 'extracts' and datname = current_database()`,
  );
  return rows.length;
}

test('the others join while the first reads, and each row comes once', async () => {
  await fill('plain', 8000, 3000);
  const table = whole('plain');
  let asked = 0;
  const snapshot = await snapshotOf(table, { pool: readersAfter(() => asked++) });
  const { stream } = await openOnly(snapshot, table, 4);
  // One holds the snapshot. Nothing is consumed yet, so that the read is not over before all have come.
  await vi.waitFor(async () => expect(await sessions()).toBe(5), 20_000);
  const size = await consume(stream.bytes);
  expect([asked, stream.rows(), stream.rowsSoFar?.(), size > 20e6]).toEqual([4, 8000, 8000, true]);
});

test('a backend that fails ends the others and the read, with its error', async () => {
  await fill('plain', 8000, 3000);
  const table = contractOf({
    name: 'plain',
    table: 'plain',
    columns: { id: { type: 'int', expr: '1 / (id - 7999)' }, note: 'text' },
  });
  const snapshot = await snapshotOf(table);
  const { part, stream } = await openOnly(snapshot, table, 3);
  const read = consume(stream.bytes).catch(async (error: unknown) => {
    throw await part.translate(error);
  });
  await expect(read).rejects.toMatchObject({ message: 'reading table "plain": division by zero' });
  await snapshot.end();
  await vi.waitFor(async () => expect(await sessions()).toBe(0), 20_000);
});

test.each([
  [
    'partition',
    'growing',
    'alter table growing attach partition later for values from (10000) to (maxvalue)',
  ],
  ['child', 'forebear', 'alter table later inherit forebear'],
])(
  'a %s that is attached between two ranges ends the read: its rows would be in some of them',
  async (_, name, attach) => {
    await database.client.query(`
    create table growing (id int, v int, note text) partition by range (id);
    create table growing_low partition of growing for values from (minvalue) to (10000);
    create table forebear (id int, v int, note text);
    create table later (id int, v int, note text)`);
    onTestFinished(() =>
      database.client.query('drop table growing, forebear, later cascade').then(() => undefined),
    );
    await fill(name, 8000, 3000);
    await database.client.query(
      `insert into later select i, 0, repeat('x', 3000) from generate_series(10001, 14000) i`,
    );
    const table = whole(name);
    let joins: () => void = () => undefined;
    const mayJoin = new Promise<void>((resolve) => (joins = resolve));
    const pool = readersAfter((nth) => (nth === 1 ? undefined : mayJoin));
    const snapshot = await snapshotOf(table, { pool });
    const { part, stream } = await openOnly(snapshot, table, 2);
    // Nothing is consumed yet, so that the first of the ranges is not read.
    await database.client.query(attach);
    joins();
    const read = consume(stream.bytes).catch(async (error: unknown) => {
      throw await part.translate(error);
    });
    await expect(read).rejects.toMatchObject({
      code: 'EXT2004',
      message: `table "${name}": public.later was attached or detached while this run was reading`,
    });
  },
);

test('a statement that waits behind the first backend holds up no read: it takes the ranges of the others', async () => {
  await fill('plain', 8000, 3000);
  const table = whole('plain');
  const lines: string[] = [];
  const writer = new pg.Client({ connectionString: url });
  await writer.connect();
  onTestFinished(() => writer.end());
  let queued: () => void = () => undefined;
  const isQueued = new Promise<void>((resolve) => (queued = resolve));
  // The others come only when the statement waits for the first.
  const pool = readersAfter((nth) => (nth === 1 ? undefined : isQueued));
  const snapshot = await snapshotOf(table, { pool, lines });
  const { stream } = await openOnly(snapshot, table, 4);
  const truncated = writer.query('truncate plain');
  await vi.waitFor(async () => {
    const { rows } = await database.client.query(
      `select from pg_locks where mode = 'AccessExclusiveLock' and not granted`,
    );
    expect(rows).toHaveLength(1);
  }, 20_000);
  queued();
  await consume(stream.bytes);
  expect([stream.rows(), lines]).toEqual([8000, []]);
  await truncated;
});

test('backends that cannot join leave their ranges to the others, and one line says so', async () => {
  await fill('plain', 8000, 3000);
  const table = whole('plain');
  const lines: string[] = [];
  const pool = readersAfter((nth) => {
    if (nth >= 3) throw new RunError('EXT2001', 'too many connections', {});
  });
  const snapshot = await snapshotOf(table, { pool, lines });
  const { stream } = await openOnly(snapshot, table, 4);
  await vi.waitFor(() => expect(lines).toHaveLength(1), 20_000);
  await consume(stream.bytes);
  expect([stream.rows(), lines]).toEqual([8000, ['read by fewer backends: too many connections']]);
});

test('rows that a window function numbers are read by one backend', async () => {
  await fill('plain', 2000);
  const table = contractOf({
    name: 'plain',
    table: 'plain',
    columns: { id: 'int', v: { type: 'bigint', expr: 'count(*) over ()' } },
  });
  const lines: string[] = [];
  const snapshot = await snapshotOf(table, { lines });
  const read = await readBy(snapshot, table, 4);
  expect(new Set(read.map((line) => line.split('\t')[1]))).toEqual(new Set(['2000']));
  expect(lines).toEqual([
    'read by 1 backend: it takes more than a scan of the table: PostgreSQL plans a WindowAgg',
  ]);
});

test('a table that grows after the plan is read to its end at the snapshot', async () => {
  await fill('plain', 10);
  const table = whole('plain');
  await fill('plain', 3000);
  const snapshot = await snapshotOf(table);
  await database.client.query('insert into plain select i, 0, null from generate_series(1, 3000) i');
  expect(await readBy(snapshot, table, 4)).toHaveLength(3000);
});
