import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openHyper } from '../../src/hyper/index.ts';
import type { ExtractPort, Portion } from '../../src/model/ports/extract-port.ts';
import { temporaryFolder } from '../support/folder.ts';
import { readHyperFile, withSession } from '../support/hyper-file.ts';

let hyper: ExtractPort;
beforeAll(() => {
  hyper = openHyper({ env: {} });
});
afterAll(() => hyper.close());

const signal = new AbortController().signal;
const types = {
  boolean: 'true',
  smallint: '-1',
  bigint: '9000000000000000000',
  'double precision': '0.1',
  'numeric(38,4)': '12345678901234567890.1234',
  'varchar(3)': "'ab'",
  'char(3)': "'ab'",
  date: "'2020-02-29'",
  time: "'01:02:03.000001'",
  timestamp: "'2020-01-01 00:00:00.000001'",
  timestamptz: "'2020-01-01'",
  interval: "'1 day'",
  json: `'{"a": [1]}'`,
  oid: "'4294967295'",
  bytea: "'\\xff00'",
  'tableau.tabgeography': "'point(1 2)'",
};

/** An extract with these statements carried out in it; its tables are named as `made.public.t`. */
async function made(statements: readonly string[]): Promise<string> {
  const file = path.join(await temporaryFolder(), 'made.hyper');
  await withSession(async (session) => {
    await session.query(`create database "${file}" with version 3`);
    await session.query(`attach database "${file}" as made`);
    for (const statement of statements) await session.query(statement);
    await session.query('detach database made');
  });
  return file;
}

async function portions(file: string, most: number): Promise<(Portion & { content: string[] })[]> {
  const all = [];
  for await (const portion of hyper.split(file, most, signal)) {
    const tables = await readHyperFile(portion.path);
    const content = tables.flatMap(({ name, columns, rows }) =>
      rows.map((row) => `${name} ${columns.join()} ${JSON.stringify(row)}`),
    );
    all.push({ ...portion, content: content.sort() });
  }
  return all;
}

const sales = (order: string) => [
  'create table made.public.sales (id int, region text)',
  'create table made.public.people (region text)',
  `insert into made.public.people values ('North'), (null)`,
  `insert into made.public.sales select i, 'region ' || (cast(i as bigint) * 7919 % 1000003) from generate_series(1, 60000) as t(i) order by ${order}`,
];

test('an extract that is small enough is its own only portion', async () => {
  const file = await made([
    'create table made.public.t (i int)',
    'insert into made.public.t values (1), (1)',
  ]);
  const { size } = await stat(file);
  expect(await portions(file, size)).toMatchObject([{ path: file, size, rows: 2, rowsInAll: 2 }]);
});

test('a larger one is divided: each row once, no portion too large, nothing left behind', async () => {
  const file = await made(sales('1'));
  const most = 300_000;
  const parts = await portions(file, most);
  expect(parts.length).toBeGreaterThan(2);
  expect(parts.every(({ size, rowsInAll }) => size <= most && rowsInAll === 60_002)).toBe(true);
  expect(parts.reduce((sum, { rows }) => sum + rows, 0)).toBe(60_002);
  const whole = await portions(file, 1e9);
  expect(parts.flatMap(({ content }) => content).sort()).toEqual(whole[0]!.content);
  expect(await readdir(path.dirname(file))).toEqual(['made.hyper']);
});

test('the same rows are divided alike, in any order of writing', async () => {
  const [one, other] = [
    await portions(await made(sales('1')), 300_000),
    await portions(await made(sales('2')), 300_000),
  ];
  expect(other.map(({ digest }) => digest)).toEqual(one.map(({ digest }) => digest));
  expect(other.map(({ content }) => content)).toEqual(one.map(({ content }) => content));
  expect(new Set(one.map(({ digest }) => digest)).size).toBe(one.length);
});

test('two at once do not meet', async () => {
  const file = await made(sales('1'));
  const [one, other] = await Promise.all([portions(file, 300_000), portions(file, 300_000)]);
  expect(other.map(({ digest }) => digest)).toEqual(one.map(({ digest }) => digest));
});

test('rows of all types and missing values keep their values and types', async () => {
  const columns = Object.keys(types).map((type, n) => `c${n} ${type}`);
  const names = Object.keys(types).map((_, n) => `c${n}`);
  const file = await made([
    `create table made.public.one (${columns.join(', ')})`,
    `insert into made.public.one values (${Object.values(types).join(', ')})`,
    `create table made.public.t (n int, ${columns.join(', ')})`,
    `insert into made.public.t select i, ${names.join(', ')} from made.public.one, generate_series(1, 3000) as s(i)`,
    'insert into made.public.t (n) values (0)',
  ]);
  const { size } = await stat(file);
  const [whole] = await portions(file, size);
  const parts = await portions(file, size - 1);
  expect(parts.length).toBeGreaterThan(1);
  expect(parts.flatMap(({ content }) => content).sort()).toEqual(whole!.content);
});

test.each<[string, string]>([
  ['another value', "insert into made.public.t values (1, 'b')"],
  ['a missing one instead of a word', 'insert into made.public.t values (1, null)'],
  ['a border that has moved', "insert into made.public.t values (11, '')"],
  ['one row more', "insert into made.public.t values (1, 'a'), (1, 'a')"],
])('%s shows in the digest', async (_, insert) => {
  const table = 'create table made.public.t (i int, t text)';
  const digest = async (...statements: string[]) =>
    (await portions(await made([table, ...statements]), 1e9))[0]!.digest;
  const one = await digest("insert into made.public.t values (1, 'a')");
  expect(await digest("insert into made.public.t values (1, 'a')")).toBe(one);
  expect(await digest(insert)).not.toBe(one);
});

test('rows that are all alike cannot be divided', async () => {
  const file = await made([
    'create table made.public.t (t text)',
    `insert into made.public.t select 'same' from generate_series(1, 1000)`,
  ]);
  await expect(portions(file, 1000)).rejects.toMatchObject({ code: 'EXT3011' });
  expect(await readdir(path.dirname(file))).toEqual(['made.hyper']);
});
