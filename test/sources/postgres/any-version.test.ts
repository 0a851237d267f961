import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openPostgres } from '../../../src/sources/postgres/index.ts';
import { createProject } from '../../support/cli.ts';
import { freshDatabase, type FreshDatabase } from '../../support/database.ts';
import { readHyperFile } from '../../support/hyper-file.ts';
import { oneTable, postgresSource, postgresUrl } from '../../support/one-table.ts';
import { goOn, linesOf, look, readWhole } from './going.ts';
import { contractOf, never, observe, problemsOf, sourceAt } from './support.ts';

/**
 * What must hold on every version of PostgreSQL that is read. `npm run test:postgres-versions` runs this on each of them;
 * what a version does not have yet is skipped and counted.
 */
let database: FreshDatabase;
let major = 0;
beforeAll(async () => {
  database = await freshDatabase();
  const { rows } = await database.client.query<{ v: string }>(
    `select current_setting('server_version') as v`,
  );
  major = Number.parseInt(rows[0]!.v, 10);
});
afterAll(() => database.close());
beforeEach(() =>
  run(`
    drop schema public cascade; create schema public;
    create table orders (id int primary key, changed int, note text);
    insert into orders values (1, 10, 'a'), (2, 20, 'b')`),
);

const run = (sql: string) => database.client.query(sql);
const columns = { id: 'int', changed: 'int', note: 'text' };
const upsert = { kind: 'cursor', mode: 'upsert', cursor: ['changed'] } as const;
const byCursor = () => contractOf({ table: 'orders', columns, primaryKey: ['id'], load: upsert });
const whole = (table = 'orders', read: Record<string, string> = columns) =>
  contractOf({ table, columns: read });
const needs = (version: number, skip: (note: string) => void) => {
  if (major < version) skip(`PostgreSQL ${version}`);
};

/** Before PostgreSQL 15 the collector sets the time of a new database's statistics once it hears of it, which looks like a reset. */
const hasStatistics = () =>
  vi.waitFor(async () => {
    if (major >= 15) return;
    const { rows } = await run(
      'select 1 from pg_stat_database where datname = current_database() and stats_reset is not null',
    );
    expect(rows).toHaveLength(1);
  }, 20_000);

test('an extract has every row, and a plan sees no change until there is one', async () => {
  const env = postgresUrl(database.url);
  const project = await createProject({
    'pipelines/p.yaml': oneTable({
      name: 'p',
      source: postgresSource,
      from: 'table: orders, where: "id > abs(0)"',
      columns: 'id: int not null, note: text, Loud: { type: text, expr: upper(note) }',
    }),
  });
  await hasStatistics();
  await project.run(['apply', '--yes'], env);
  const tables = await readHyperFile(project.path('out/p.hyper'));
  expect(JSON.stringify(tables)).toContain('"B"');
  // Counters reach the view about a second after the commit.
  await vi.waitFor(async () => {
    const { stdout } = await project.run(['plan'], env);
    expect(stdout).toContain('No changes.');
  }, 20_000);
  await run(`insert into orders values (3, 30, 'c')`);
  await vi.waitFor(async () => {
    const { stdout } = await project.run(['plan'], env);
    expect(stdout).toMatch(/rows? inserted in the source/);
  }, 20_000);
}, 60_000);

test('values of every kind arrive as PostgreSQL has them', async () => {
  await run(`
    create type mood as enum ('sad', 'ok');
    create table kinds as select 7::smallint as a, 2147483647 as b, 9007199254740993::bigint as c, 1.10::numeric(12, 2) as d,
      0.1::float8 as e, true as f, date '2024-02-29' as g, timestamp '2024-02-29 12:00:00.123456' as h,
      timestamptz '2024-02-29 12:00:00+02' as i, interval '1 year 2 days' as j, time '23:59:59' as k, '\\xdeadbeef'::bytea as l,
      'Öst'::varchar(5) as m, '{"a": 1}'::json as n, 'ok'::mood as o, array[1, 2] as p, int4range(1, 5) as q`);
  const table = whole('kinds', {
    ...{ a: 'smallint', b: 'int', c: 'bigint', d: 'numeric(12,2)', e: 'double', f: 'boolean', g: 'date' },
    ...{ h: 'timestamp', i: 'timestamptz', j: 'interval', k: 'time', l: 'bytes', m: 'varchar(5)', n: 'json' },
    ...{ o: 'text', p: 'text', q: 'text' },
  });
  const { rows } = await readRows(table);
  expect(rows).toEqual([
    [
      ...[
        '7',
        '2147483647',
        '9007199254740993',
        '1.10',
        '0.1',
        't',
        '2024-02-29',
        '2024-02-29 12:00:00.123456',
      ],
      ...[
        '2024-02-29 10:00:00+00',
        'P1Y2D',
        '23:59:59',
        '\\\\xdeadbeef',
        'Öst',
        '{"a": 1}',
        'ok',
        '{1,2}',
        '[1,5)',
      ],
    ].join('\t'),
  ]);
});

async function readRows(table: ReturnType<typeof whole>): Promise<{ rows: string[] }> {
  const snapshot = await openPostgres(sourceAt(database.url)).snapshot([table], never());
  try {
    return { rows: await linesOf(await snapshot.feed(table, never())) };
  } finally {
    await snapshot.end();
  }
}

test('what is infinite, and what is not a number, is refused by name', async ({ skip }) => {
  needs(14, skip);
  await run(`create table n (v numeric); insert into n values ('Infinity')`);
  await expect(readRows(contractOf({ table: 'n', columns: { v: 'numeric(18,2)' } }))).rejects.toMatchObject({
    message: 't.v: Infinity is infinite, which Hyper cannot hold',
  });
});

test('partitions are read and counted', async () => {
  await run(`
    create table parted (id int) partition by list (id); create table parted_1 partition of parted for values in (1);
    insert into parted values (1)`);
  expect((await readRows(whole('parted', { id: 'int' }))).rows).toEqual(['1']);
  expect((await observe(sourceAt(database.url), whole('parted', { id: 'int' }))).fingerprint.kind).toBe(
    'postgres',
  );
});

test.each([
  ['a label that is renamed', `alter type mood rename value 'sad' to 'low'`],
  [
    'a function that is replaced',
    `create or replace function twice(int) returns int immutable language sql as 'select $1 * 3'`,
  ],
  [
    'a column that is added anew',
    'alter table chg drop column last; alter table chg add column last int default 7',
  ],
])('%s is seen', async (_, change) => {
  await run(`
    create type mood as enum ('sad', 'ok'); create table chg (id int, mood mood, last int);
    create function twice(int) returns int immutable language sql as 'select $1 * 2'`);
  const table = contractOf({
    table: 'chg',
    columns: { id: 'int', mood: 'text', last: 'int', twice: { type: 'int', expr: 'twice(id)' } },
  });
  const before = await observe(sourceAt(database.url), table);
  await run(change);
  const after = await observe(sourceAt(database.url), table);
  expect(after.fingerprint).not.toEqual(before.fingerprint);
});

test('an expression of a generated column that is changed is seen', async ({ skip }) => {
  needs(17, skip);
  await run(`create table g (id int, t int generated always as (id * 2) stored)`);
  const before = await observe(sourceAt(database.url), whole('g', { t: 'int' }));
  await run('alter table g alter column t set expression as (id * 3)');
  expect((await observe(sourceAt(database.url), whole('g', { t: 'int' }))).fingerprint).not.toEqual(
    before.fingerprint,
  );
});

test('a table that is truncated before it is read fails the run', async () => {
  const table = whole();
  const snapshot = await openPostgres(sourceAt(database.url)).snapshot([table], never());
  onTestFinished(() => snapshot.end());
  await run('truncate orders');
  await expect(snapshot.feed(table, never()).then(linesOf)).rejects.toMatchObject({ code: 'EXT2004' });
});

test('a user who may not read a column is named', async () => {
  await run(`
    drop role if exists any_reader; create role any_reader login password 'x'; grant usage on schema public to any_reader;
    grant select (id) on orders to any_reader`);
  onTestFinished(() => void run('drop owned by any_reader; drop role any_reader'));
  const url = new URL(database.url);
  [url.username, url.password] = ['any_reader', 'x'];
  const problems = await problemsOf(sourceAt(url.href), whole());
  expect(problems.join('\n')).toContain(
    'user any_reader may not read columns "changed", "note" of public.orders',
  );
});

describe('a cursor', () => {
  beforeEach(({ skip }) => needs(12, skip));

  test('continues from the last row, and finds rows that were committed late or changed without it', async () => {
    const slow = new pg.Client(database.url);
    await slow.connect();
    onTestFinished(() => slow.end());
    await slow.query(`begin; insert into orders values (3, 15, 'late')`);
    await run(`insert into orders values (4, 30, 'd')`);
    const last = await readWhole(database.url, byCursor());
    expect(last.rows).toEqual(['1\t10\ta', '2\t20\tb', '4\t30\td']);
    await slow.query('commit');
    await run(`update orders set note = 'silent' where id = 4; insert into orders values (5, 50, 'e')`);
    const next = await goOn(database.url, byCursor(), { ...last, fingerprint: undefined });
    expect(next.rows).toEqual(['1\t10\ta', '2\t20\tb', '3\t15\tlate', '4\t30\tsilent', '5\t50\te']);
  });

  test('with NULL in it stops the load', async () => {
    await run(`insert into orders values (3, null, 'c')`);
    const seen = await look(database.url, byCursor());
    expect(seen.problems.map(({ code }) => code)).toEqual(['EXT2018']);
  });

  test('is not trusted where NOT NULL is not valid yet', async ({ skip }) => {
    needs(18, skip);
    await run(
      `insert into orders values (3, null, 'c'); alter table orders add constraint nn not null changed not valid`,
    );
    const seen = await look(database.url, byCursor());
    expect(seen.problems.map(({ code }) => code)).toEqual(['EXT2018']);
  });
});

describe('a version that is older than 12', () => {
  beforeEach(({ skip }) => {
    if (major >= 12) skip('only before 12');
  });

  test('is warned of once for all tables', async () => {
    const source = openPostgres(sourceAt(database.url));
    const requests = [whole(), whole()].map((table) => ({ table, before: undefined }));
    const seen = await source.observe(requests, never());
    expect(seen.flatMap(({ problems }) => problems)).toMatchObject([
      { code: 'EXT2023', severity: 'warning' },
    ]);
  });

  test.each([
    ['upsert', byCursor],
    ['append', () => contractOf({ table: 'orders', columns, load: { ...upsert, mode: 'append' } })],
    [
      'replace_window',
      () =>
        contractOf({
          table: 'orders',
          columns,
          load: { kind: 'window', column: 'changed', last: { seconds: 86_400, shown: '1d' } },
        }),
    ],
  ])('has no mode: %s', async (mode, tableOf) => {
    const [, problem] = (await observe(sourceAt(database.url), tableOf())).problems;
    expect(problem).toMatchObject({ code: 'EXT2024', hint: 'set mode: full, or upgrade the server' });
    expect(problem?.message).toMatch(
      new RegExp(`^mode: ${mode} needs PostgreSQL 12 or later, and the server is 1[01]\\.`),
    );
  });
});
