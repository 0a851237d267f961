import { expect, test } from 'vitest';
import { createProject, type CliProject, type Variables } from '../support/cli.ts';
import { testDatabase } from '../support/database.ts';
import { expectGolden } from '../support/golden.ts';
import { runInside } from '../support/in-process.ts';
import { settle } from '../support/story.ts';
import { createMusicShop } from './support/music-shop.ts';

/** A project, a database that holds what the statements create, and a command on both. */
async function projectWith(create: string): Promise<{
  project: CliProject;
  extracts: (args: readonly string[]) => ReturnType<typeof runInside>;
}> {
  const [project, database] = [await createProject(), await testDatabase()];
  if (create !== '') await database.client.query(create);
  const variables: Variables = { SHOP_URL: database.url };
  return { project, extracts: (args) => runInside(project, args, variables) };
}

const fromShop = ['import', 'postgres', '--url-env', 'SHOP_URL', '--name', 'shop'];

/** The name of the database and the version of its server differ from run to run. */
function neutral(text: string, project: CliProject): string {
  return settle(text, project)
    .replaceAll(/\btest_\w+/g, '(database)')
    .replace(/PostgreSQL \d+/, 'PostgreSQL (version)');
}

test('the example of the documentation, as terminal text and file', async () => {
  const [project, { client, url }] = [await createProject(), await testDatabase()];
  await createMusicShop(client);
  const { rows } = await client.query<{ name: string }>('select current_database() as name');
  const words = (text: string) => neutral(text, project).replaceAll(rows[0]?.name ?? '', '(database)');
  const wanted = ['--tables', 'invoice*,customer,track', '--name', 'music_sales'];
  const env = { SHOP_URL: url };
  const done = await runInside(project, ['import', 'postgres', '--url-env', 'SHOP_URL', ...wanted], env);
  expect(done).toMatchObject({ stderr: '', exitCode: 0 });
  const file = await project.read('pipelines/music_sales.yaml');
  expectGolden('import/postgres.txt', `${words(done.stdout)}\n${words(file)}`);
  const applied = await runInside(project, ['apply', '--yes'], env);
  expect(applied).toMatchObject({ exitCode: 0 });
  expect(await runInside(project, ['plan'], env)).toMatchObject({
    stdout: expect.stringContaining('No changes.') as string,
  });
});

test('a file that exists is kept, unless --force is given', async () => {
  const { project, extracts } = await projectWith('create table t (a int)');
  await project.write('pipelines/shop.yaml', 'mine');
  const refused = await extracts(fromShop);
  expect(refused).toMatchObject({ exitCode: 64, stdout: '' });
  expect(refused.stderr).toBe(
    'error: pipelines/shop.yaml exists already\n  = --force replaces it, --out FILE writes elsewhere, and --out - writes to stdout\n',
  );
  expect(await project.read('pipelines/shop.yaml')).toBe('mine');
  expect(await extracts([...fromShop, '--force'])).toMatchObject({ exitCode: 0 });
  expect(await project.read('pipelines/shop.yaml')).toContain('a: int');
});

test('with --out - the pipeline goes to stdout and the report to stderr', async () => {
  const { extracts, project } = await projectWith('create table t (a int)');
  const { stdout, stderr } = await extracts([...fromShop, '--out', '-']);
  expect(stdout).toMatch(/^# Written by .*\nversion: 1\nname: shop\n/);
  expect(stderr).toMatch(/^Connected to /);
  await expect(project.read('pipelines/shop.yaml')).rejects.toThrow('ENOENT');
});

test('what is only printed needs no name', async () => {
  const { extracts } = await projectWith('create table t (a int)');
  const command = ['import', 'postgres', '--url-env', 'SHOP_URL', '--table', 't'];
  const printed = await extracts([...command, '--out', '-']);
  expect(printed).toMatchObject({ exitCode: 0 });
  expect(printed.stdout).toContain('      a: int\n');
  expect(await extracts(command)).toMatchObject({ exitCode: 64 });
});

test('--json is one document that names tables, columns and what is left out', async () => {
  const { extracts } = await projectWith('create table t (a int primary key, b int references t)');
  const { stdout } = await extracts([...fromShop, '--json']);
  expect(JSON.parse(stdout)).toMatchObject({
    name: 'shop',
    file: 'pipelines/shop.yaml',
    lines: 12,
    tables: [{ name: 't', rows: 0, primaryKey: ['a'] }],
    relationships: [],
    leftOut: ['t.b -> t (a table cannot be related to itself in Tableau)'],
  });
});

test.each([
  [['--table', 'custmer'], 'the database has no table "custmer"', 'did you mean "customer"?'],
  [['--tables', 'x*'], 'no table in schema "public" matches "x*"', 'there is "customer"'],
  [['--schema', 'sales'], 'the database has no schema "sales" with tables', undefined],
  [['--query', 'select 1', '--table', 't'], '--query and tables exclude each other', undefined],
])('a wrong choice names what there is: %j', async (args, message, hint) => {
  const { extracts } = await projectWith('create table customer (a int)');
  const { stderr, exitCode } = await extracts([...fromShop, ...args]);
  expect(exitCode).toBe(64);
  expect(stderr).toContain(`error: ${message}\n`);
  if (hint !== undefined) expect(stderr).toContain(hint);
});

test('a variable that is not set is named, and no password is printed', async () => {
  const project = await createProject();
  const unset = await runInside(project, fromShop);
  expect(unset.stderr).toContain('SHOP_URL');
  const url = 'postgresql://reader:open%20sesame@127.0.0.1:1/shop';
  const refused = await runInside(project, fromShop, { SHOP_URL: url });
  expect(refused.exitCode).toBe(75);
  expect(refused.stderr).not.toContain('sesame');
});

test('what cannot be read is left out, with the reason', async () => {
  const { extracts, project } = await projectWith(`
    create table t (a int, picture bytea);
    create materialized view empty as select 1 as a with no data;
    create table other (a int primary key); create table child (a int);
    alter table child add foreign key (a) references other not valid`);
  const { stdout } = await extracts([...fromShop, '--tables', 't,empty,other,child']);
  expect(stdout).toContain(
    '  empty (PostgreSQL cannot read it: materialized view "empty" has not been populated)',
  );
  expect(stdout).toContain('  child.a -> other (PostgreSQL has not checked it)');
  expect(await project.read('pipelines/shop.yaml')).toContain('picture: bytes');
});

test('--update adds new columns to the tables of a file, and keeps the rest', async () => {
  const [project, { client, url }] = [await createProject(), await testDatabase()];
  const env = { SHOP_URL: url };
  await client.query('create table t (a int, "B c" text); create table u (x int)');
  const file = `# mine
version: 1
name: other
sources: {db: {type: postgres, url: '\${secret.SHOP_URL}'}}
tables:
  renamed:
    from: {source: db, table: t}
    columns:
      one: {type: int, from: a}  # first
`;
  await project.write('pipelines/other.yaml', file);
  const update = ['import', 'postgres', '--url-env', 'SHOP_URL', '--update', 'pipelines/other.yaml'];
  const done = await runInside(project, update, env);
  expect(done).toMatchObject({
    stderr: '',
    stdout: 'Added to pipelines/other.yaml:\n  renamed: B c\n',
    exitCode: 0,
  });
  expect(await project.read('pipelines/other.yaml')).toBe(`${file}      B c: text\n`);
  const again = await runInside(project, update, env);
  expect(again.stdout).toBe('pipelines/other.yaml has every column of its tables. Nothing was written.\n');
});
