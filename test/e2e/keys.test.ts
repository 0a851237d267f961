import { expect, test } from 'vitest';
import { createProject } from '../support/cli.ts';
import { noChanges } from '../support/story.ts';
import { oldProject } from '../support/upgrade.ts';

const landing = (more = '') => `version: 1
name: landing
sources:
  files: { type: file, path: 'data/*.csv' }
tables:
  sales:
    from: { source: files }
    primary_key: [id]
${more}    columns: { id: int not null, amount: int }
    add: { File: '\${file.path}' }
    load: { mode: append, by: file }
destinations:
  - { type: file, path: ../out/landing.hyper }
`;

const recordOf = async (project: { read: (name: string) => Promise<string> }, name: string) =>
  JSON.parse(await project.read(name)) as { tables: Record<string, { keyVerified?: boolean; rows: number }> };

test('a key that two rows have fails the run before anything is published', async () => {
  const project = await createProject({
    'pipelines/landing.yaml': landing(),
    'pipelines/data/a.csv': 'id,amount\n1,10\n2,20\n',
  });
  await project.apply();
  expect((await recordOf(project, '.extracts/state/landing.json')).tables.sales?.keyVerified).toBe(true);
  const before = await project.marks();

  await project.write('pipelines/data/b.csv', 'id,amount\n2,21\n3,30\n');
  const { stderr, exitCode } = await project.run(['apply', '--yes']);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('table sales: primary_key (id) is not unique: 1 key in 2 rows: id = 2  [EXT3012]');
  expect(stderr).toContain('verify_key: false');
  const after = await project.marks();
  delete after['pipelines/data/b.csv'];
  expect(after).toEqual(before);

  await project.write('pipelines/landing.yaml', landing('    verify_key: false\n'));
  await project.apply();
  const record = await recordOf(project, '.extracts/state/landing.json');
  expect(record.tables.sales).toMatchObject({ rows: 4 });
  expect(record.tables.sales).not.toHaveProperty('keyVerified');
  expect((await project.run(['plan'])).stdout).toBe(noChanges);
});

test('an extract of before is verified when it is next changed, and its record says so', async () => {
  const { project, env, client } = await oldProject();
  await client.query(`insert into events values (21, '2026-01-01 01:00+00', 'new')`);
  await client.query('select pg_stat_force_next_flush()');
  await project.write('pipelines/data/day-3.csv', 'id,amount\n3,33.00\n');
  const refused = await project.run(['apply', '--yes', 'pipelines/landing.yaml'], env);
  expect(refused.stderr).toContain(
    'table sales: primary_key (id) is not unique: 1 key in 2 rows: id = 3  [EXT3012]',
  );
  const applied = await project.run(['apply', '--yes', 'pipelines/shop.yaml'], env);
  expect(applied.exitCode).toBe(0);
  expect(applied.stdout).toContain('append of 1 row');
  const { tables } = await recordOf(project, 'state/shop.json');
  const verified = Object.entries(tables).flatMap(([name, table]) => (table.keyVerified ? [name] : []));
  expect(verified.sort()).toEqual(['events_by_key', 'order_states', 'orders', 'regions', 'states_by_query']);
  expect((await project.run(['plan', 'pipelines/shop.yaml'], env)).stdout).toBe(noChanges);
});
