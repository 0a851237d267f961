import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import pg from 'pg';
import { parseColumnType } from '../../../src/model/config/column-type.ts';
import { describe as describeColumns } from '../../../src/sources/postgres/contract/catalog.ts';
import { mapType } from '../../../src/sources/postgres/contract/map-type.ts';
import { startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { contractOf, observe, problemsOf, sourceAt } from './support.ts';

const page = readFileSync(new URL('../../../docs/postgresql.md', import.meta.url), 'utf8');

let server: TestPostgres;
let client: pg.Client;
let url: string;
beforeAll(async () => {
  server = await startPostgres();
  ({ url } = await server.createDatabase('shop'));
  client = new pg.Client(url);
  await client.connect();
  await client.query(`
    create extension citext; revoke create on schema public from public;
    create table orders (row_id int primary key, ordered date, sales numeric(10,2), region text, changed timestamptz);
    create table returns (row_id int); create table people (person_id int, region text, salary int)`);
});
afterAll(async () => {
  await client.end();
  await server.close();
});

describe('the user of the page', () => {
  const blocks = [...page.matchAll(/^```sql\n([^]*?)^```$/gm)].map(([, sql = '']) => sql);
  const asReader = () => {
    const own = new URL(url);
    own.username = 'extracts_reader';
    own.password = encodeURIComponent('change me');
    return sourceAt(own.href);
  };
  const orders = contractOf({ table: 'public.orders', columns: { row_id: 'int', sales: 'numeric(10,2)' } });
  const people = contractOf({ table: 'people', columns: { person_id: 'int', region: 'text' } });
  const later = contractOf({ table: 'later', columns: { a: 'int' } });

  test('may do what each block of SQL grants, and no more', async () => {
    expect(blocks).toHaveLength(3);
    const [user, all, some] = blocks;
    await client.query(user!);
    expect(await problemsOf(asReader(), orders)).toEqual([]);
    expect((await observe(asReader(), orders)).fingerprint.kind).toBe('postgres');
    expect(await problemsOf(asReader(), people)).toHaveLength(1);

    await client.query(some!);
    expect(await problemsOf(asReader(), people)).toEqual([]);
    const salaries = contractOf({ table: 'people', columns: { salary: 'int' } });
    expect(await problemsOf(asReader(), salaries)).toHaveLength(1);

    await client.query(all!);
    await client.query('create table later (a int)');
    for (const table of [orders, people, later, salaries])
      expect(await problemsOf(asReader(), table)).toEqual([]);
  });
});

describe('the table of types', () => {
  const section = page.slice(page.indexOf('## Types'), page.indexOf('### Special values'));
  const codes = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
  const rows = [...section.matchAll(/^\| (`.*?) \| (`.*?) \| .*\|$/gm)].flatMap(
    ([, types = '', kinds = '']) => codes(types).map((type) => [type, codes(kinds)] as const),
  );
  const spacious = [
    'boolean',
    'smallint',
    'int',
    'bigint',
    'real',
    'double',
    'numeric(38,10)',
    'text',
    'varchar(1000)',
  ];
  const candidates = [
    ...spacious,
    ...[
      'char(1000)',
      'date',
      'time',
      'timestamp',
      'timestamptz',
      'interval',
      'bytes',
      'json',
      'geography',
      'oid',
    ],
  ];

  test('has all its rows', () => expect(rows.length).toBeGreaterThan(35));

  test.each(rows)('%s', async (type, kinds) => {
    const [column] = await describeColumns(client, `null::${type}`, '(select) as nothing');
    const fitting = candidates.filter((candidate) => {
      const contract = parseColumnType(candidate);
      if ('problem' in contract) throw new Error(contract.problem);
      return 'select' in mapType(column!.type, contract, { label: 't.c', onInfinite: 'error' });
    });
    expect(fitting.map((candidate) => candidate.replace(/\(.*/, '')).sort()).toEqual([...kinds].sort());
  });
});
