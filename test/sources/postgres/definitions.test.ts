import { beforeEach, expect, test } from 'vitest';
import type { Fingerprint, PostgresFingerprint } from '../../../src/model/world/fingerprint.ts';
import type { Table } from '../../../src/model/config/pipeline.ts';
import { compareFingerprints } from '../../../src/plan/table/compare-fingerprints.ts';
import { testDatabase } from '../../support/database.ts';
import { look } from './going.ts';
import { contractOf } from './support.ts';

let url: string;
let query: (sql: string) => Promise<unknown>;
beforeEach(async () => {
  const database = await testDatabase();
  url = database.url;
  query = (sql) => database.client.query(sql);
  await query(`
    create type mood as enum ('sad', 'ok');
    create domain feeling as mood;
    create type state as (name text, moods feeling[]);
    create table t (id int primary key, v text, mood mood, moods mood[], feeling feeling, state state,
                    shout text generated always as (v || '!') virtual, last int);
    insert into t (id, v, last, mood) values (1, 'x', 1, 'sad');
    create function rate() returns int immutable language sql as 'select 2';
    create function disc(int) returns int immutable language sql as 'select $1 * rate()';
    create function unused() returns int immutable language sql as 'select 1';
    create function same(text, text) returns bool immutable language sql as 'select lower($1) = lower($2)';
    create operator ~== (leftarg = text, rightarg = text, function = same);
    create view seen as select id, mood from t`);
  await query('select pg_stat_force_next_flush()');
});

const whole = (more: Partial<Parameters<typeof contractOf>[0]> = {}) =>
  contractOf({
    table: 't',
    columns: { id: 'int', v: 'text', last: 'int', mood: 'text', d: { type: 'int', expr: 'disc(id)' } },
    ...more,
  });

async function fingerprint(table: Table): Promise<Fingerprint> {
  const { fingerprint: found } = await look(url, table);
  if (found.kind === 'unknown') throw new Error(found.reason);
  return found;
}

/** Why the table is read after this; undefined where it is not. */
async function reasonAfter(sql: string, table = whole()): Promise<string | undefined> {
  const before = await fingerprint(table);
  expect(compareFingerprints(before, await fingerprint(table))).toEqual({ same: true });
  await query(sql);
  const comparison = compareFingerprints(before, await fingerprint(table));
  return comparison.same ? undefined : comparison.reason;
}

const rename = `alter type mood rename value 'sad' to 'unhappy'`;

test.each<[string, string | undefined]>([
  [
    'alter table t drop column last; alter table t add column last int default 78',
    'column last was redefined',
  ],
  [rename, 'enum mood was redefined'],
  [`alter type mood add value 'fine'`, undefined],
  [
    'create or replace function disc(int) returns int immutable language sql as $$select $1 * 3 * rate()$$',
    'function public.disc() was redefined',
  ],
  [
    'create or replace function rate() returns int immutable language sql as $$select 3$$',
    'function public.rate() was redefined',
  ],
  [
    'create function disc(bigint) returns int immutable language sql as $$select 0$$',
    'function public.disc() was redefined',
  ],
  ['create or replace function unused() returns int immutable language sql as $$select 2$$', undefined],
  [`alter table t alter column shout set expression as (v || '?')`, 'generated column shout was redefined'],
  ['comment on table t is $$nothing$$; analyze t', undefined],
])('%s', async (sql, reason) => {
  expect(await reasonAfter(sql)).toBe(reason && `${reason} in the source`);
});

test.each(['moods', 'feeling', 'state'])('labels within a column of type %s', async (column) => {
  const table = contractOf({ table: 't', columns: { [column]: 'text' } });
  expect(await reasonAfter(rename, table)).toBe('enum mood was redefined in the source');
});

test('an operator of one’s own in where', async () => {
  const table = whole({ columns: { id: 'int' }, where: `v ~== 'X'` });
  expect(
    await reasonAfter(
      'create or replace function same(text, text) returns bool immutable language sql as $$select $1 = $2$$',
      table,
    ),
  ).toBe('function public.same() was redefined in the source');
});

test('views and queries with a change_detection of their own', async () => {
  const changeDetection = 'select 1';
  const view = contractOf({ table: 'seen', columns: { mood: 'text' }, changeDetection });
  expect(await reasonAfter(rename, view)).toBe('enum mood was redefined in the source');
  const select = contractOf({ query: 'select disc(id) as d from t', columns: { d: 'int' }, changeDetection });
  expect(
    await reasonAfter(
      'create or replace function rate() returns int immutable language sql as $$select 7$$',
      select,
    ),
  ).toBe('function public.rate() was redefined in the source');
});

test('a record that does not know definitions is compared by what it knows', async () => {
  const table = whole();
  const { definitions, ...known } = (await fingerprint(table)) as PostgresFingerprint;
  expect(Object.keys(definitions ?? {})).toContain('function public.disc()');
  await query(rename);
  expect(compareFingerprints(known, await fingerprint(table))).toEqual({ same: true });
});
