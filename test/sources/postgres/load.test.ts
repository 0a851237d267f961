import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshDatabase, type FreshDatabase } from '../../support/database.ts';
import { runStatement } from '../../support/postgres.ts';
import { look } from './going.ts';
import { contractOf, problemsOf, sourceAt, type LoadWritten } from './support.ts';

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
  await database.client.query(
    'create table t (id int primary key, a int, b timestamp, doc json, spot point, made date not null)',
  );
});
afterAll(() => database.close());

const columns = { id: 'int', a: 'int', b: 'timestamp', doc: 'json', spot: 'text', made: 'date' };
const append = { kind: 'cursor', mode: 'append' } as const;
const problems = (load: Parameters<typeof contractOf>[0]['load']) =>
  problemsOf(sourceAt(database.url), contractOf({ table: 't', columns, ...(load && { load }) }));

const at = ' |  | /tables/t/load';

test.each<[LoadWritten, string]>([
  [
    { ...append, cursor: ['doc'] },
    `PostgreSQL cannot order by column "doc": could not identify an ordering operator for type json${at}`,
  ],
  [
    { ...append, cursor: ['a', 'spot'] },
    `PostgreSQL cannot order by columns "a", "spot": could not identify an ordering operator for type point${at}`,
  ],
  [
    { ...append, cursor: ['a'], lag: { seconds: 60, shown: '1m' } },
    `PostgreSQL cannot take the lag from "a": operator does not exist: integer - interval${at}`,
  ],
  [
    { ...append, cursor: ['b'], lag: { units: 5 } },
    `PostgreSQL cannot take the lag from "b": operator does not exist: timestamp without time zone - integer${at}`,
  ],
  [
    { kind: 'window', column: 'a', last: { seconds: 60, shown: '1m' } },
    `column "a" is that of the window, which needs a date or a timestamp; PostgreSQL has integer${at}`,
  ],
])('%j', async (load, message) => {
  expect(await problems(load)).toEqual([message]);
});

test('rows with NULL are identified by one column, or by a key', async () => {
  const both = { ...append, cursor: ['a', 'b'], nulls: 'include' } as const;
  const message =
    'rows with NULL in "a" or "b" cannot be distinguished without a primary key | give the table a primary_key, or set nulls: exclude | /tables/t/load';
  expect(await problems(both)).toEqual([message]);
  expect(await problems({ ...both, cursor: ['made', 'b'] })).toEqual([]);
  expect(await problems({ ...both, cursor: ['made', 'b'], lag: { seconds: 60, shown: '1m' } })).toEqual([
    message.replace('"a" or ', ''),
  ]);
});

test('a user who may read some columns needs another one', async () => {
  await database.client.query(`
    create role narrow login password 'x'; grant select (id, a) on t to narrow; revoke all on t from public`);
  const url = new URL(database.url);
  url.username = 'narrow';
  url.password = 'x';
  const table = contractOf({
    table: 't',
    columns: { id: 'int', a: 'int' },
    primaryKey: ['id'],
    load: { ...append, mode: 'upsert', cursor: ['a'] },
  });
  const [problem, ...more] = await problemsOf(sourceAt(url.href), table);
  expect([problem, more]).toEqual([
    'user narrow may not read column "xmin" of public.t, which shows rows that are committed late | grant select (xmin) on public.t to narrow | /tables/t/from/table',
    [],
  ]);
  await database.client.query('grant select (xmin) on public.t to narrow');
  expect((await look(url.href, table)).problems).toEqual([]);
  await database.client.query('drop owned by narrow');
  await runStatement(database.url, 'drop role narrow');
});

test.each([
  [
    'numeric(10,3)',
    { type: 'numeric(5,2) not null', round: 'half_up' } as const,
    'round: half_up',
    'without round',
  ],
  ['numeric(10,-3)', { type: 'numeric(5,2) not null', round: 'half_up' } as const, undefined, ''],
  [
    'timestamptz',
    { type: 'timestamp not null', atZone: 'Europe/Berlin' } as const,
    'at_zone: Europe/Berlin',
    'as timestamptz',
  ],
  ['timestamptz', { type: 'timestamp not null', atZone: 'UTC' } as const, undefined, ''],
  ['varchar(3)', { type: 'char(3) not null' } as const, 'char(3)', 'as varchar(3)'],
  ['char(3)', { type: 'char(3) not null' } as const, undefined, ''],
])('a key of type %s with %j', async (type, contract, by, keeps) => {
  await database.client.query(
    `drop table if exists merging; create table merging (k ${type} primary key, a int not null)`,
  );
  const merging = (rest: object) =>
    problemsOf(
      sourceAt(database.url),
      contractOf({ table: 'merging', columns: { k: contract, a: 'int' }, primaryKey: ['k'], ...rest }),
    );
  const load = { ...append, mode: 'upsert', cursor: ['a'] };
  expect(await merging({ load })).toEqual(
    by === undefined
      ? []
      : [
          `column "k" is in the primary key, and ${by} can make one value of several: an incremental load would lose rows | load it ${keeps}, or add a column {from: "k"} that is, and make that the key | /tables/t/columns/k`,
        ],
  );
  expect(await merging({})).toEqual([]);
});
