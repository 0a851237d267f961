import { stat, utimes } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createProject, type CliProject, type Variables } from '../support/cli.ts';
import { testDatabase } from '../support/database.ts';
import { readHyperFile } from '../support/hyper-file.ts';
import { runInside } from '../support/in-process.ts';
import { oneTable, postgresSource, postgresUrl } from '../support/one-table.ts';

async function done(project: CliProject, args: readonly string[], variables?: Variables): Promise<string> {
  const { exitCode, stdout, stderr } = await runInside(project, args, variables);
  if (exitCode !== 0) throw new Error(`${stdout}\n${stderr}`);
  return stdout;
}

const outputs = ['build/packed.hyper', 'build/packed.tdsx', 'out/packed.tdsx'];

test('outputs that were only touched are as we left them, also for a saved plan and for the next build', async () => {
  const project = await createProject({
    'pipelines/data.csv': 'amount\n1\n',
    'pipelines/packed.yaml': `version: 1
name: packed
sources: { s: { type: file, path: data.csv } }
tables: { t: { from: { source: s }, columns: { amount: bigint } } }
template: { generate: {} }
destinations: [{ type: file, path: ../out/packed.tdsx }]
`,
  });
  await done(project, ['apply', '--yes']);
  await project.write('pipelines/data.csv', 'amount\n1\n2\n');
  await done(project, ['plan', '--out', 'plan.json']);
  for (const file of outputs) await utimes(project.path(file), new Date(0), new Date(0));
  await done(project, ['apply', 'plan.json']);
  for (const file of outputs) await utimes(project.path(file), new Date(0), new Date(0));
  expect(await done(project, ['plan', '--fail-on', 'drift'])).toContain('No changes.');
  // The same size is not the same content.
  const { size } = await stat(project.path('out/packed.tdsx'));
  await project.write('out/packed.tdsx', Buffer.alloc(size, 1));
  expect(await done(project, ['plan'])).toContain('something else changed it since we wrote it');
  await done(project, ['apply', '--yes']);
  expect(await done(project, ['plan'])).toContain('No changes.');
});

test('rows that are only updated publish nothing under append', async () => {
  const { client, url } = await testDatabase();
  await client.query(`create table t (id int primary key, amount bigint);
    insert into t select n, n from generate_series(1, 5) n; select pg_stat_force_next_flush()`);
  const variables = postgresUrl(url);
  const yaml = oneTable({
    name: 'shop',
    source: postgresSource,
    from: 'table: t',
    columns: 'id: int not null, amount: bigint',
  });
  const project = await createProject({
    'pipelines/shop.yaml': yaml.replace(
      'destinations:',
      '    primary_key: [id]\n    load: { mode: append, cursor: id }\ndestinations:',
    ),
  });
  await done(project, ['apply', '--yes'], variables);
  const before = await project.marks();
  await client.query('update t set amount = 0 where id < 3; select pg_stat_force_next_flush()');
  expect(await done(project, ['plan'], variables)).toContain('2 rows updated, which no cursor finds');
  await done(project, ['apply', '--yes'], variables);
  expect(await project.marks()).toEqual(before);
  await client.query(
    `insert into t values (6, 6); update t set amount = 0 where id = 4; select pg_stat_force_next_flush()`,
  );
  await done(project, ['apply', '--yes'], variables);
  const [table] = await readHyperFile(project.path('out/shop.hyper'));
  expect(table?.rows.map(({ amount }) => amount).sort()).toEqual(['1', '2', '3', '4', '5', '6']);
  expect(await done(project, ['plan'], variables)).toContain('No changes.');
});

const north = (name: string, table: string, columns: string, moved: string) => `version: 1
name: ${name}
sources: { s: { type: file, path: data.csv } }
tables: { ${table}: { from: { source: s }, columns: { ${columns} } } }
destinations: [{ type: file, path: ../out/north.hyper }]
moved:
${moved}`;

test('lines of moved: may stay and chain, whichever name the record has', async () => {
  const project = await createProject({ 'pipelines/data.csv': 'day,region\n2026-01-01,East\n' });
  const write = (yaml: string) => project.write('pipelines/north.yaml', yaml);
  const allowed = ['apply', '--yes', '--allow-breaking'];
  const first = '  - { from: north.sales.region, to: north.sales.area }\n';
  await write(north('north', 'sales', 'day: date, region: text', '').replace('moved:\n', ''));
  await done(project, ['apply', '--yes']);
  const begun = await project.read('.extracts/state/north.json');
  await write(north('north', 'sales', 'day: date, area: { from: region, type: text }', first));
  expect(await done(project, [...allowed, 'north'])).toContain(
    '(columns are renamed, and the extract is not continued: all rows are read)',
  );
  const second = `${first}  - { from: north, to: arctic }
  - { from: arctic.sales, to: arctic.turnover }
  - { from: arctic.turnover.area, to: arctic.turnover.zone }
`;
  const third = `${second}  - { from: arctic, to: polar }\n`;
  await write(north('arctic', 'turnover', 'day: date, zone: { from: region, type: text }', second));
  const renamed = await runInside(project, ['plan']);
  expect(renamed.stdout).toContain('renamed from area');
  await done(project, [...allowed, 'arctic']);
  expect(await done(project, ['plan'])).toContain('No changes.');
  // From the very first name in one go.
  await project.remove('.extracts/state/arctic.json');
  await project.write('.extracts/state/north.json', begun);
  await write(north('polar', 'turnover', 'day: date, zone: { from: region, type: text }', third));
  const { stdout } = await runInside(project, ['plan']);
  for (const words of ['it was called north', 'renamed from sales', 'renamed from region'])
    expect(stdout).toContain(words);
  expect(stdout).not.toContain('no longer in the contract');
  await done(project, [...allowed, 'polar']);
  expect(await done(project, ['plan'])).toContain('No changes.');
});

test('a pipeline that an error holds back keeps its diff in text and in Markdown', async () => {
  const project = await createProject({
    'pipelines/data.csv': 'day,region\n2026-01-01,East\n',
    'pipelines/north.yaml': oneTable({
      name: 'north',
      source: '{ type: file, path: data.csv }',
      columns: 'day: date, region: text',
    }),
  });
  await done(project, ['apply', '--yes']);
  const yaml = (await project.read('pipelines/north.yaml')).replace(
    'region: text',
    'region: varchar(9), units: int',
  );
  await project.write('pipelines/north.yaml', yaml);
  const text = await runInside(project, ['plan']);
  expect(text.exitCode).toBe(1);
  expect(text.stdout).toMatch(/# north cannot be applied {2}\(because .*units.*\)\n {2}~ extract "north"\n/);
  expect(text.stdout).toMatch(/~ column "region" +text -> varchar\(9\) +\(breaking:/);
  expect(text.stdout).toMatch(/\+ column "units" +int/);
  const markdown = await runInside(project, ['plan', '--markdown']);
  expect(markdown.stdout).toMatch(/! {3}column region +text -> varchar\(9\)/);
  expect(markdown.stdout).toMatch(/\+ {3}column units +int/);
});
