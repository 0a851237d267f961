import { expect, it } from 'vitest';
import { openPostgres } from '../../../src/sources/postgres/index.ts';
import { testDatabase } from '../../support/database.ts';
import { sourceAt } from './support.ts';

const place = { file: 'pipeline.yaml', pointer: '/for_each' };
const { signal } = new AbortController();

/** Asks for the rows with some keys, and returns those keys and the message of a refusal. */
async function asked(sql: string, ...keys: string[]): Promise<(string | null | undefined)[] | string> {
  const { url, client } = await testDatabase();
  await client.query(`create table tenants (slug text, id int);
    insert into tenants select 'T' || i, i from generate_series(1, 500) i; insert into tenants values ('t7', 700), (null, 0)`);
  const port = openPostgres(sourceAt(url));
  try {
    const answer = await port.items?.({ sql, limit: 1000, place, keys }, signal);
    const at = answer?.columns.indexOf('key') ?? -1;
    return (answer?.rows ?? []).map((row) => row[at]);
  } catch (error) {
    return (error as Error).message;
  } finally {
    await port.close();
  }
}

it.each<[string, string, string[], (string | null)[]]>([
  ['the rows with a key, however it is spelled', 'select slug as key, id from tenants', ['t7'], ['T7', 't7']],
  [
    'keys that read the same variable',
    "select * from (values ('a-b'), ('a_b'), ('ab')) v (key)",
    ['a_b'],
    ['a-b', 'a_b'],
  ],
  ['numbers as they are printed', 'select id as key from tenants', ['12'], ['12']],
  ['booleans as they are printed', 'select id = 1 as key from tenants where id < 3', ['t'], ['t']],
  ['no row for a key that is not there', 'select slug as key from tenants', ['x'], []],
  ['what follows a comment at the end', 'select slug as key from tenants -- all of them;', ['t12'], ['T12']],
  [
    'the order of the query',
    'select slug as key from tenants order by id desc; ',
    ['t1', 't2'],
    ['T2', 'T1'],
  ],
])('asks for %s', async (_, sql, keys, expected) => {
  expect(await asked(sql, ...keys)).toEqual(expected);
});

it('runs a query whole that cannot be part of another, and says what is wrong with it in its own words', async () => {
  expect(await asked('select 1 as a, 2 as a, slug as key from tenants', 't7')).toEqual(['T7', 't7']);
  expect(await asked('select slug from tenants limit 2', 't7')).toEqual([undefined, undefined]);
  expect(await asked('select slug as key from nowhere', 't7')).toBe(
    'PostgreSQL refuses the query: relation "nowhere" does not exist',
  );
  expect(await asked('select slug as key from tenants) as x; drop table tenants; --', 't7')).toMatch(
    /^PostgreSQL refuses the query: /,
  );
});
