import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshDatabase, type FreshDatabase } from '../../support/database.ts';
import { contractOf, observe, sourceAt, startEngine, type Engine } from './support.ts';

let database: FreshDatabase;
let engine: Engine;
beforeAll(async () => {
  [database, engine] = await Promise.all([freshDatabase(), startEngine()]);
});
afterAll(() => Promise.all([database.close(), engine.stop()]));

const shadowed = [
  'text',
  'date',
  'oid',
  'regclass',
  'regtype',
  'regnamespace',
  'regprocedure',
  'xid',
  'float8',
  'name',
];

test('domains with the names of types, on a search path before pg_catalog, take none of our casts', async () => {
  const domains = shadowed.map(
    (name) => `create domain taken.${name} as pg_catalog.${name} check (value is null);`,
  );
  await database.client.query(`
    create schema taken;
    create table taken.t (id int primary key, a pg_catalog.text, d pg_catalog.date, r real, g int[]);
    insert into taken.t values (1, 'one', '2024-01-01', 1.5, '{1,2}');
    ${domains.join(' ')}
    do $$ begin
      execute format('alter database %I set search_path = taken, pg_catalog', current_database());
    end $$`);
  const table = contractOf({
    table: 't',
    primaryKey: ['id'],
    columns: { id: 'int not null', a: 'text', d: 'date', r: 'text', g: 'text' },
    load: { kind: 'cursor', mode: 'upsert', cursor: ['d'] },
  });
  expect(await observe(sourceAt(database.url), table)).toMatchObject({
    problems: [],
    fingerprint: { kind: 'postgres' },
  });
  expect(await engine.load(sourceAt(database.url), table)).toEqual([
    ['1', 'one', '2024-01-01', '1.5', '{1,2}'],
  ]);
});
