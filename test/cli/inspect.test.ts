import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { beforeAll, afterAll, describe, expect, test } from 'vitest';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createProject } from '../support/cli.ts';
import { runInside } from '../support/in-process.ts';
import { withSession } from '../support/hyper-file.ts';

let folder: string;
const sample = { folder: '' };
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'inspect-'));
  sample.folder = folder;
  await runInside(sample, ['init']);
  const { exitCode, stderr } = await runInside(sample, ['apply', '--yes'], { TMPDIR: tmpdir() });
  expect(exitCode, stderr).toBe(0);
});
afterAll(() => rm(folder, { recursive: true }));

const mark = async (file: string) => {
  const { mtimeMs, ino } = await stat(path.join(folder, file));
  return [mtimeMs, ino, (await readFile(path.join(folder, file))).toString('base64')];
};

describe('extracts inspect', () => {
  test.each(['build/sample.hyper', 'out/sample.tdsx'])(
    'shows what is in %s and changes nothing',
    async (file) => {
      const before = await mark(file);
      const { stdout, stderr, exitCode } = await runInside(sample, ['inspect', file, '-n', '2']);
      expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
      const [head, origin, ...rest] = stdout.split('\n');
      expect(head).toMatch(/^\S+ {2}[\d.]+ kB, Hyper file version 3, changed 20\S+Z$/);
      expect(origin).toMatch(/^Written by pipeline sample \(pipelines\/sample\.yaml, \S+\)\.$/);
      expect(rest.join('\n')).toBe(`
  "Extract"."customers"  3 rows
    customer_id  int not null
    name         text
    country      text
    primary key (customer_id)

  "Extract"."orders"  8 rows
    order_id     int not null
    order_date   date not null
    customer_id  int not null
    product      text
    quantity     int not null
    amount       numeric(10,2)
    primary key (order_id)
    foreign key (customer_id) -> customers (customer_id)

"Extract"."customers": first 2 rows
  customer_id  name              country
          int  text              text
            1  Acme Ltd.         United Kingdom
            2  Brückner & Söhne  Germany

"Extract"."orders": first 2 rows
  order_id  order_date  customer_id  product       quantity         amount
       int  date                int  text               int  numeric(10,2)
         1  2025-11-03            1  Desk lamp            2          59.80
         2  2025-11-17            2  Office chair         1         189.00
`);
      expect(await mark(file)).toEqual(before);
    },
  );

  test('answers a query, as text and as JSON', async () => {
    const sql =
      'select country, count(*) as n, null as nothing from "Extract"."customers" group by 1 order by 1';
    const { stdout } = await runInside(sample, ['inspect', 'out/sample.tdsx', '--sql', sql]);
    expect(stdout).toBe(
      'country         n  nothing\nFrance          1  NULL\nGermany         1  NULL\nUnited Kingdom  1  NULL\n(3 rows)\n',
    );
    const json = await runInside(sample, [
      'inspect',
      'build/sample.hyper',
      '--json',
      '--sql',
      'select 1 as a, 2 as a',
    ]);
    expect(JSON.parse(json.stdout)).toEqual({ columns: ['a', 'a'], rows: [['1', '2']], more: false });
  });

  test('answers the example of its help', async () => {
    const { stdout: help } = await runInside(sample, ['inspect', '--help']);
    const [, sql = ''] = /--sql '([^']+)'/.exec(help) ?? [];
    const ask = ['inspect', 'out/sample.tdsx', '--sql', sql];
    expect(await runInside(sample, ask)).toEqual({ stdout: 'count\n8\n(1 row)\n', stderr: '', exitCode: 0 });
  });

  test('names a few of many tables when one is missing, and none of an empty file', async () => {
    const project = await createProject();
    await withSession(async (session) => {
      for (const name of ['many', 'empty']) {
        await session.query(`create database "${project.path(`${name}.hyper`)}" with version 3`);
        await session.query(`attach database "${project.path(`${name}.hyper`)}" as ${name}`);
      }
      for (let at = 1; at <= 7; at++) await session.query(`create table many.public."T${at}" (id int)`);
    });
    const ask = (name: string) => runInside(project, ['inspect', name, '--sql', 'select * from t7']);
    expect((await ask('many.hyper')).stderr).toContain(
      '= the file has "public"."T7", "public"."T1", "public"."T2", "public"."T3", "public"."T4" and 2 more; names',
    );
    expect((await ask('empty.hyper')).stderr).toContain('= the file has no tables\n');
  });

  test('shows the first rows of a query, and says that there are more', async () => {
    const rows = 'select g as n from generate_series(1, 100000000) as g';
    const ask = (...args: string[]) => runInside(sample, ['inspect', 'build/sample.hyper', '--sql', ...args]);
    const ten = await ask(rows);
    expect(ten).toMatchObject({ stderr: '', exitCode: 0 });
    expect(ten.stdout.split('\n')).toHaveLength(13);
    expect(ten.stdout).toMatch(
      /^n\n[^]*\n\(the first 10 rows; there are more, and --rows NUMBER shows them\)\n$/,
    );
    const exact = await ask('select g as n from generate_series(1, 3) as g order by 1', '-n', '3');
    expect(exact.stdout).toBe('n\n1\n2\n3\n(3 rows)\n');
    const none = await ask('select 1 as a where false', '--json');
    expect(JSON.parse(none.stdout)).toEqual({ columns: ['a'], rows: [], more: false });
    const cut = await ask(rows, '--json', '-n', '1');
    expect(JSON.parse(cut.stdout)).toMatchObject({
      columns: ['n'],
      rows: [[expect.any(String)]],
      more: true,
    });
  });

  test.each([
    ['drop table "Extract"."orders"', /the SQL is not a query {2}\[EXT3040\]\n {2}= write one statement/],
    ["-- harmless\n copy (select 1) to 'x.csv'", /the SQL is not a query/],
    ['select 1; drop table "Extract"."orders"', /Hyper does not accept the SQL: syntax error/],
    [
      'select * from customers',
      /table "customers" does not exist {2}\[EXT3040\]\n {2}= the file has "Extract"\."customers", "Extract"\."orders"; names with capitals are quoted\n/,
    ],
    [
      'select * from extract.orders',
      /schema "extract" does not exist {2}\[EXT3040\]\n {2}= the file has "Extract"\."orders", "Extract"\."customers";/,
    ],
    [
      'select nothing from "Extract"."orders"',
      /unknown column 'nothing' {2}\[EXT3040\]\n {2}= names with capitals are quoted; without --sql, inspect lists/,
    ],
  ])('refuses %s', async (sql, message) => {
    const before = await mark('build/sample.hyper');
    const { stderr, exitCode } = await runInside(sample, ['inspect', 'build/sample.hyper', '--sql', sql]);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(1);
    expect(await mark('build/sample.hyper')).toEqual(before);
  });

  test('gives all facts as JSON', async () => {
    const { stdout } = await runInside(sample, ['inspect', 'build/sample.hyper', '--json', '--rows', '1']);
    expect(JSON.parse(stdout)).toMatchObject({
      file: 'build/sample.hyper',
      version: 3,
      origin: { pipeline: 'sample', configuration: 'pipelines/sample.yaml' },
      tables: [
        { schema: 'Extract', name: 'customers', rows: 3, first: [['1', 'Acme Ltd.', 'United Kingdom']] },
        {
          name: 'orders',
          keys: [
            { kind: 'primary key', columns: ['order_id'] },
            { kind: 'foreign key', references: { table: 'customers', columns: ['customer_id'] } },
          ],
        },
      ],
    });
  });

  test.each([
    ['none.hyper', /there is no file none\.hyper {2}\[EXT3004\]/, 1],
    ['broken.hyper', /broken\.hyper is not a valid \.hyper file: .* {2}\[EXT3006\]/, 1],
    ['broken.tdsx', /broken\.tdsx.*\[EXT4001\]/, 1],
    ['extracts.yaml', /extracts\.yaml ends in none of \.hyper, \.tdsx and \.twbx/, 64],
    ['some.tds', /extracts template show reads a \.tds/, 64],
  ])('says what is wrong with %s', async (file, message, code) => {
    for (const name of ['broken.hyper', 'broken.tdsx', 'some.tds'])
      await writeFile(path.join(folder, name), 'text');
    const { stdout, stderr, exitCode } = await runInside(sample, ['inspect', file]);
    expect(stderr).toMatch(message);
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: code });
  });

  test('reads a file of another program, of which there is no record', async () => {
    const project = await createProject();
    const file = project.path('other.hyper');
    await withSession(async (session) => {
      await session.query(`create database "${file}" with version 3`);
      await session.query(`attach database "${file}" as other`);
      await session.query(
        `create table other.public."odd ""name""" (d double precision, "big" numeric(38,0))`,
      );
      await session.query(
        `insert into other.public."odd ""name""" values (0.1, '12345678901234567890123456789012345678'::numeric(38,0))`,
      );
    });
    const { stdout, exitCode } = await runInside(project, ['inspect', 'other.hyper']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('No record here of the pipeline that wrote it.\n');
    expect(stdout).toContain('0.1  12345678901234567890123456789012345678\n');
    expect(await project.temporary()).toEqual([]);
  });
});
