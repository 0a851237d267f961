import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Param } from '../../../src/model/config/pipeline.ts';
import { bareSql, bindParams, countParams } from '../../../src/sources/postgres/sql/bind.ts';
import { freshDatabase, type FreshDatabase } from '../../support/database.ts';

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());

const values = (...given: Param['value'][]): Param[] => given.map((value) => ({ value, shown: '…' }));

async function run(sql: string): Promise<unknown> {
  const { rows } = await database.client.query<unknown[]>({
    text: sql,
    rowMode: 'array',
  } as pg.QueryArrayConfig);
  return rows[0];
}

describe('values arrive as bound ones would', () => {
  test.each<[string, Param['value'], string]>([
    ['a plain text', 'East', "$1 || ''"],
    ['quotes', `it's "q"`, "$1 || ''"],
    ['backslashes', String.raw`a\b\'c\\`, "$1 || ''"],
    ['an injection', `'); drop table x; --`, "$1 || ''"],
    ['a dollar and a parameter inside', '$1 $$ $2', "$1 || ''"],
    ['line breaks and emoji', 'a\n😀', "$1 || ''"],
    ['NULL', null, '$1::text'],
    ['true', true, '$1::boolean'],
    ['false', false, '$1 and true'],
    ['a number', 42, '$1 + 1'],
    ['a negative number', -7, '1 - $1'],
    ['a large number', 1e21, '$1::numeric'],
    ['a fraction', 0.1, '$1::float8 * 2'],
    ['a date', '2024-02-29', '$1::date + 1'],
    ['a comparison', '5', '10 > $1'],
  ])('%s', async (_, value, expression) => {
    const { rows } = await database.client.query<unknown[]>({
      text: `select (${expression})::text`,
      values: [value === null ? null : String(value)],
      rowMode: 'array',
    });
    expect(await run(`select (${bindParams(expression, values(value))})::text`)).toEqual(rows[0]);
  });
});

describe('only parameters are replaced', () => {
  test.each([
    ["'$1'", 'a string'],
    ["'it''s $1'", 'a string with a quote'],
    [String.raw`E'\'$1'`, 'an escape string'],
    [String.raw`'\' || $2 || '$1'`, 'a backslash that escapes nothing'],
    ['"$1"', 'a quoted name'],
    ['"a""$1"', 'a quoted name with a quote'],
    ['-- $1\n1', 'a comment to the end of the line'],
    ['/* $1 /* $1 */ $1 */ 1', 'a comment in a comment'],
    ['$$ $1 $$', 'a dollar quote'],
    ['$tag$ $1 $$ $1 $tag$', 'a dollar quote with a tag'],
    ['$ä$ $1 $ä$', 'a dollar quote with a tag of other letters'],
    ['a$1', 'a name'],
    ['été$1', 'a name of other letters'],
    ['a$b$ + c$b$1', 'names with dollars'],
    ["date'$1'", 'a typed string'],
  ])('%s', (sql) => {
    expect(bindParams(sql, values('NO'))).toBe(sql);
    expect(bindParams(`${sql}\n= $1`, values('YES'))).toBe(`${sql}\n= 'YES'`);
  });

  test('the count is the highest number', () => {
    expect(countParams(`select $2, '$9', $1, $2`)).toBe(2);
    expect(countParams('select 1')).toBe(0);
    expect(bindParams('$2,$1,$12', values('a', 'b'))).toBe("'b','a',$12");
  });

  test('bare text has no strings, names and comments', () => {
    expect(bareSql(`f(x) || 'now()' || "user" -- current_date\n/* now() */ + 1`).replace(/\s+/g, ' ')).toBe(
      'f(x) || || + 1',
    );
  });
});
