import { expect, test } from 'vitest';
import { createProject, type CliProject } from '../support/cli.ts';
import { testDatabase } from '../support/database.ts';
import { expectGolden } from '../support/golden.ts';
import { readHyperFile, withSession } from '../support/hyper-file.ts';
import { runInside } from '../support/in-process.ts';
import { settle } from '../support/story.ts';

/** Writes an extract with these statements, each about a table of `x`. */
async function extractWith(
  statements: readonly string[],
  { version = 3, name = 'old.hyper' } = {},
): Promise<CliProject> {
  const project = await createProject();
  const file = project.path(name);
  await withSession(async (session) => {
    await session.query(`create database "${file}" with version ${version}`);
    await session.query(`attach database "${file}" as x`);
    for (const statement of statements) await session.query(statement);
  });
  return project;
}

const shop = [
  'create schema x."Extract"',
  `create table x."Extract"."customers" ("id" int not null, "name" varchar(40), "E-Mail" text, since date, "at" timestamptz)`,
  `create table x."Extract"."Order Lines" (
    "order" bigint not null, "line" smallint not null, "customer" int, "amount" numeric(10,2), "ratio" double precision,
    "when" timestamp, "open" boolean, "raw" bytea, "note" json, "for" interval, "clock" time)`,
  'alter table x."Extract"."customers" add assumed primary key ("id")',
  'alter table x."Extract"."Order Lines" add assumed primary key ("line", "order")',
  'alter table x."Extract"."Order Lines" add assumed foreign key ("customer") references x."Extract"."customers" ("id")',
  `insert into x."Extract"."customers" values (1, 'Ann', null, null, null)`,
];

/** The same tables in PostgreSQL. */
const database = `
  create table customers (id int primary key, name varchar(40), "E-Mail" text, since date, at timestamptz);
  create table "Order Lines" (
    "order" bigint, line smallint, customer int references customers, amount numeric(10,2), ratio double precision,
    "when" timestamp, open boolean, raw bytea, note json, "for" interval, clock time, primary key (line, "order"));
  insert into customers values (1, 'Ann', 'ann@example.com', '2020-02-29', '2024-01-01 00:00:00+02');
  insert into "Order Lines" values (1, 1, 1, 12.50, 0.1, '2024-01-01 10:00', true, '\\x00ff', '{}', '1 day', '10:00')`;

test('what is written reads, plans and applies, and gives an extract of the same tables and keys', async () => {
  const [project, { client, url }] = [await extractWith(shop), await testDatabase()];
  await client.query(database);
  const written = await runInside(project, ['import', 'hyper', 'old.hyper']);
  expect(written).toMatchObject({ stderr: '', exitCode: 0 });
  const file = await project.read('pipelines/old.yaml');
  expectGolden('import/hyper.txt', `${settle(written.stdout, project)}\n${file}`);
  expect(await runInside(project, ['validate'])).toMatchObject({ exitCode: 0 });
  const env = { DATABASE_URL: url };
  const applied = await runInside(project, ['apply', '--yes'], env);
  expect(applied, applied.stderr).toMatchObject({ exitCode: 0 });
  const shape = async (name: string) => {
    const { stdout } = await runInside(project, ['inspect', name, '--json', '-n', '0']);
    const { tables } = JSON.parse(stdout) as { tables: object[] };
    return tables.map((table) => ({ ...table, rows: undefined }));
  };
  expect(await shape('build/old.hyper')).toEqual(await shape('old.hyper'));
  const [lines, customers] = await readHyperFile(project.path('build/old.hyper'));
  expect(customers?.rows).toEqual([
    { id: '1', name: 'Ann', 'E-Mail': 'ann@example.com', since: '2020-02-29', at: '2023-12-31 22:00:00+00' },
  ]);
  expect(lines?.rows).toMatchObject([{ amount: '12.50', ratio: '0.1', for: 'P1D', clock: '10:00:00' }]);
});

test('a generated data source has other types where Tableau has none', async () => {
  const [project, { client, url }] = [await extractWith(shop), await testDatabase()];
  await client.query(database);
  const { stdout } = await runInside(project, [
    'import',
    'hyper',
    'old.hyper',
    '--template',
    'generate',
    '--to',
    'file',
  ]);
  expect(stdout).toContain('Left out: Order Lines.raw (Tableau has no type for bytes).');
  const file = await project.read('pipelines/old.yaml');
  expect(file).toContain(
    'at: {type: timestamp, at_zone: UTC} # REVIEW: an instant, as the clock shows it in UTC',
  );
  expect(file).toContain('clock: text # time');
  const applied = await runInside(project, ['apply', '--yes'], { DATABASE_URL: url });
  expect(applied, applied.stderr).toMatchObject({ exitCode: 0 });
  expect(await project.read('out/old.tdsx')).toMatch(/^PK/);
});

test('names that need care, several schemas and old versions are kept', async () => {
  const project = await extractWith(
    [
      'create schema x."a"',
      `create table x."a"."t.\${x}" ("c:1" int, "null" text)`,
      `create table x.public."T" ("d" int not null, "e" int)`,
      `create table x."a"."T" ("d" int)`,
      'alter table x.public."T" add assumed unique ("e")',
      'alter table x.public."T" add assumed unique ("d")',
    ],
    { version: 2, name: 'odd name.hyper' },
  );
  const done = await runInside(project, [
    'import',
    'hyper',
    'odd name.hyper',
    '--url-env',
    'PG',
    '--out',
    '-',
  ]);
  expect(done).toMatchObject({ exitCode: 0 });
  expectGolden('import/hyper-names.txt', `${done.stdout}\n${settle(done.stderr, project)}`);
});

test('--update adds columns that are new in the extract', async () => {
  const project = await extractWith(shop);
  await runInside(project, ['import', 'hyper', 'old.hyper']);
  const whole = await project.read('pipelines/old.yaml');
  const edited = whole.replace('table: Order Lines', 'table: sales.lines').replace(/^ +ratio: double\n/m, '');
  await project.write('pipelines/old.yaml', edited);
  const { stdout } = await runInside(project, [
    'import',
    'hyper',
    'old.hyper',
    '--update',
    'pipelines/old.yaml',
  ]);
  expect(stdout).toBe('Added to pipelines/old.yaml:\n  Order Lines: ratio\n');
  expect(await project.read('pipelines/old.yaml')).toContain('table: sales.lines');
});

test.each([
  [['none.hyper'], 'there is no file none.hyper', 1],
  [['old.tdsx'], 'extracts import tds old.tdsx reads a data source', 64],
  [['old.csv'], 'old.csv does not end in .hyper', 64],
  [['text.hyper'], 'text.hyper is not a valid .hyper file', 1],
  [['empty.hyper'], 'empty.hyper has no table', 64],
  [
    ['empty.hyper', '--url-env', 'A', '--connection', 'b'],
    '--url-env and --connection exclude each other',
    64,
  ],
])('says what is wrong with %j', async (args, message, exitCode) => {
  const project = await extractWith([], { name: 'empty.hyper' });
  await project.write('text.hyper', 'text');
  const refused = await runInside(project, ['import', 'hyper', ...args]);
  expect(refused.stderr).toContain(message);
  expect(refused).toMatchObject({ stdout: '', exitCode });
});
