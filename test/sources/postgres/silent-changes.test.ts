import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { asFarAs, definitionsOf, recorded, withDefinitions } from '../../../src/model/world/fingerprint.ts';
import type { Fingerprint, PostgresFingerprint } from '../../../src/model/world/fingerprint.ts';
import type { Table } from '../../../src/model/config/pipeline.ts';
import { compareFingerprints } from '../../../src/plan/table/compare-fingerprints.ts';
import { redefined } from '../../../src/plan/table/redefined.ts';
import { createProject } from '../../support/cli.ts';
import { freshDatabase, type FreshDatabase } from '../../support/database.ts';
import { readHyperFile } from '../../support/hyper-file.ts';
import { oneTable, postgresSource, postgresUrl } from '../../support/one-table.ts';
import { linesOf, look, within } from './going.ts';
import { harmless, ids, silent, type Case } from './silent-cases.ts';
import { contractOf, never, type TableWritten } from './support.ts';

/** Changes of values that move no counter of the table: each is seen, and what changes nothing is not taken for one. */
let database: FreshDatabase;
let major = 0;
let reader: string;
beforeAll(async () => {
  database = await freshDatabase();
  const { rows } = await database.client.query<{ v: number }>(
    `select current_setting('server_version_num')::int / 10000 as v`,
  );
  major = rows[0]!.v;
  reader = `silent_${new URL(database.url).pathname.slice(1)}`;
  await run(`create role ${reader} login password 'x'; create role ${reader}_group`);
});
afterAll(async () => {
  await run(`drop owned by ${reader}; drop role ${reader}; drop role ${reader}_group`);
  await database.close();
});
beforeEach(() =>
  run(`
    drop schema public cascade; create schema public; drop schema if exists o cascade; create schema o;
    alter database ${nameOfDatabase()} reset all; alter role ${reader} reset all; alter role ${reader} nobypassrls;
    revoke ${reader}_group from ${reader};
    grant usage on schema public to ${reader}`),
);

const run = (sql: string) => database.client.query(sql);
const nameOfDatabase = () => `"${new URL(database.url).pathname.slice(1)}"`;

const urlOf = ({ asReader }: Case) => {
  const url = new URL(database.url);
  if (asReader) [url.username, url.password] = [reader, 'x'];
  return url.href;
};

async function prepare(one: Case): Promise<Table> {
  await run(filledIn(one.setup));
  await run(`grant select on all tables in schema public to ${reader}`);
  if (major >= 15) await run('select pg_stat_force_next_flush()');
  return contractOf({ table: 't', primaryKey: ['id'], ...one.table } as TableWritten);
}

const filledIn = (sql: string) =>
  sql.replaceAll('{reader}', reader).replaceAll('{database}', nameOfDatabase());

const rowsOf = (url: string, table: Table) =>
  within(url, table, async (snapshot) => linesOf(await snapshot.feed(table, never())));

/** What apply would record, and what plan sees after the change; both with the rows. */
async function aroundChange(one: Case) {
  const table = await prepare(one);
  const url = urlOf(one);
  const before = recorded((await look(url, table)).fingerprint)!;
  expect(redefined(before, (await look(url, table)).fingerprint)).toBeUndefined();
  const rows = [await rowsOf(url, table)];
  await run(filledIn(one.change));
  const now = (await look(url, table)).fingerprint;
  rows.push(await rowsOf(url, table));
  return { before, now, rows };
}

const needs = ({ since = 10, table }: Case, skip: (note: string) => void) => {
  const version = table.load === undefined ? since : Math.max(since, 12);
  if (major < version) skip(`PostgreSQL ${version}`);
};

test.for(silent)('$name is seen', async (one, { skip }) => {
  needs(one, skip);
  const { before, now, rows } = await aroundChange(one);
  expect(redefined(before, now)).toBe(`${one.reason} in the source`);
  expect(rows[1]).not.toEqual(rows[0]);
});

test.for(harmless)('$name is no change', async (one, { skip }) => {
  needs(one, skip);
  const { before, now, rows } = await aroundChange(one);
  expect(redefined(before, now)).toBeUndefined();
  expect(rows[1]).toEqual(rows[0]);
});

test('names of objects as values are read every time', async () => {
  await run(`create table t (id int, a regclass[]); insert into t values (1, '{pg_class}')`);
  const table = contractOf({ table: 't', columns: { id: 'int', a: 'text' } });
  expect((await look(database.url, table)).fingerprint).toEqual({
    kind: 'unknown',
    reason: 'the text of regclass can give another answer while the table stays the same',
  });
});

describe('a record of an older version', () => {
  const one = silent[0]!;
  /** Versions before knew numbers of columns, labels and functions, of all schemas. */
  const olderOf = ({ definitions = {}, ...rest }: PostgresFingerprint): PostgresFingerprint => ({
    ...rest,
    definitions: Object.fromEntries([
      ...Object.entries(definitions).filter(([name]) => /^(?:column \w+$|enum )/.test(name)),
      ['function other.f()', 'x'],
    ]),
  });

  test('is compared by what it knows, and filled in without reading', async () => {
    const table = await prepare(one);
    const now = (await look(database.url, table)).fingerprint as PostgresFingerprint;
    const none = { ...now };
    delete none.definitions;
    const scope = now.definitions!.scope!.replace('views ', '');
    const beforeViews = { ...now, definitions: { ...now.definitions, scope } };
    expect(isDeepStrictEqual(beforeViews, asFarAs(beforeViews, now))).toBe(true);
    for (const before of [none, olderOf(now), beforeViews]) {
      expect(compareFingerprints(before, now)).toEqual({ same: true });
      const filled = withDefinitions(before, now) as PostgresFingerprint;
      expect(filled.definitions).toMatchObject(now.definitions!);
      await run(filledIn(one.change));
      const later = (await look(database.url, table)).fingerprint as Fingerprint;
      expect(compareFingerprints(filled, later)).toMatchObject({ same: false, replaced: true });
      await run(
        `create or replace function m2t(m) returns text language sql immutable as $$select 'm' || ($1).v$$`,
      );
    }
    expect(isDeepStrictEqual(none, asFarAs(none, now))).toBe(true);
  });
});

describe('locales and foreign servers, whose values are the same in this test', () => {
  const seenIn = async (table: Table) => definitionsOf((await look(database.url, table)).fingerprint) ?? {};

  const other = async (setting: string) => {
    const { rows } = await run(`select current_setting('${setting}') as now`);
    return (rows as { now: string }[])[0]?.now === 'C' ? 'C.UTF-8' : 'C';
  };

  test.each([
    ['lc_monetary', { columns: { id: 'int', a: 'text' } }, true],
    ['lc_numeric', { columns: { id: 'int', a: { type: 'text', expr: `to_char(id, '9G9')` } } }, true],
    ['lc_time', { columns: { id: 'int' }, where: `to_char(date '2024-05-01', 'TMMonth') <> ''` }, true],
    ['lc_numeric', { columns: { id: 'int', a: 'text' } }, false],
    ['lc_monetary', { columns: { id: 'int' } }, false],
  ] as [string, Partial<TableWritten>, boolean][])('%s, %j: %s', async (setting, written, isSeen) => {
    await run(`create table t (id int primary key, a money); insert into t values (1, 3)`);
    const table = contractOf({ table: 't', primaryKey: ['id'], ...written } as TableWritten);
    const before = await seenIn(table);
    await run(`alter database ${nameOfDatabase()} set ${setting} = '${await other(setting)}'`);
    const now = await seenIn(table);
    expect(now[`setting ${setting}`] === before[`setting ${setting}`]).toBe(!isSeen);
  });

  test('the version of the library behind collations that are compared by', async ({ skip }) => {
    if (major < 15) skip('PostgreSQL 15');
    await run(`create table t (id int primary key, b text collate "en-x-icu" not null, c text not null)`);
    const table = contractOf({
      ...{ table: 't', primaryKey: ['id'], columns: { id: 'int', b: 'text', c: 'text' } },
      load: { kind: 'cursor', mode: 'upsert', cursor: ['b', 'c'] },
    });
    const { rows } = await run(`
      select pg_collation_actual_version('"en-x-icu"'::regcollation) as icu, datcollate as here
      from pg_database where datname = current_database()`);
    const [{ icu, here }] = rows as [{ icu: string; here: string }];
    expect(icu).not.toBe('');
    const found = await seenIn(table);
    expect(found['collation of column b']).toContain(icu);
    expect(found['collation of column c']).toContain(here);
  });

  test('the version of a foreign server', async ({ skip }) => {
    // Older versions have no cursor modes, and foreign tables are otherwise always read.
    if (major < 12) skip('PostgreSQL 12');
    await run(`create extension file_fdw; create server files version '1' foreign data wrapper file_fdw;
      create foreign table t (id int not null) server files options (program 'echo 1', format 'csv')`);
    const table = contractOf({
      ...{ table: 't', primaryKey: ['id'], columns: { id: 'int' } },
      load: { kind: 'cursor', mode: 'upsert', cursor: ['id'] },
    });
    const before = await seenIn(table);
    await run(`alter server files version '2'`);
    const key = Object.keys(before).find((name) => name.startsWith('foreign table #')) ?? '';
    expect((await seenIn(table))[key]).not.toBe(before[key]);
  });
});

test('a policy that changes has all rows read, and the next plan sees no change', async ({ skip }) => {
  if (major < 12) skip('PostgreSQL 12');
  await run(`
    ${ids} alter table t enable row level security; create policy p on t using (id = 2);
    grant select on t to ${reader}`);
  const url = new URL(database.url);
  [url.username, url.password] = [reader, 'x'];
  const env = postgresUrl(url.href);
  const project = await createProject({
    'pipelines/p.yaml': oneTable({
      name: 'p',
      source: postgresSource,
      from: 'table: t',
      columns: 'id: int not null, a: int not null',
    }).replace('    columns:', '    primary_key: [id]\n    load: { mode: upsert, cursor: a }\n    columns:'),
  });
  const plan = async () => (await project.run(['plan'], env)).stdout;
  await project.run(['apply', '--yes'], env);
  expect(await plan()).toContain('No changes.');
  await run('alter policy p on t using (true)');
  expect(await plan()).toContain('row security was redefined in the source: all rows will be read');
  await project.run(['apply', '--yes'], env);
  expect(await readHyperFile(project.path('out/p.hyper'))).toMatchObject([
    { rows: [{ id: '1' }, { id: '2' }] },
  ]);
  expect(await plan()).toContain('No changes.');
}, 60_000);
