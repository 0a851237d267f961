import { expect, test, vi } from 'vitest';
import { createProject } from '../support/cli.ts';
import { testDatabase } from '../support/database.ts';
import { noChanges } from '../support/story.ts';

vi.setConfig({ testTimeout: 120_000 });

test('a source with two names needs one snapshot, and the fewest connections are enough', async () => {
  const { url, client } = await testDatabase();
  await client.query('create table one (id int); create table two (id int); insert into one values (1)');
  const project = await createProject({
    'extracts.yaml': 'version: 1\nlimits: {connections: 2}\n',
    'pipelines/shop.yaml': `version: 1
name: shop
sources:
  shop: {type: postgres, url: '\${secret.PG_URL}'}
  same: {type: postgres, url: '\${secret.PG_URL}'}
tables:
  one: {from: {source: shop, table: one}, columns: {id: int}}
  two: {from: {source: same, table: two}, columns: {id: int}}
destinations: [{type: file, path: ../out/shop.hyper}]
`,
  });
  const run = (...args: string[]) => project.run(args, { PG_URL: url });
  const applied = await run('apply', '--yes');
  expect(applied.exitCode, applied.stderr).toBe(0);
  expect((await run('plan')).stdout).toBe(noChanges);
});

test('a pipeline that reads from more databases of a server than there are connections for is blocked, with the number', async () => {
  const { url, client } = await testDatabase();
  const { url: other, client: second } = await testDatabase();
  for (const one of [client, second]) await one.query('create table t (id int); insert into t values (1)');
  const pipeline = `version: 1
name: shop
sources:
  one: {type: postgres, url: '\${secret.ONE}'}
  two: {type: postgres, url: '\${secret.TWO}'}
tables:
  one: {from: {source: one, table: t}, columns: {id: int}}
  two: {from: {source: two, table: t}, columns: {id: int}}
destinations: [{type: file, path: ../out/shop.hyper}]
`;
  const limits = (connections: number) => `version: 1\nlimits: {connections: ${connections}}\n`;
  const project = await createProject({ 'extracts.yaml': limits(2), 'pipelines/shop.yaml': pipeline });
  const env = { ONE: url, TWO: other };
  const blocked = await project.run(['plan'], env);
  expect(blocked.exitCode).toBe(1);
  expect(blocked.stderr).toContain(
    'this pipeline reads from 2 databases of one PostgreSQL server at once, and limits.connections is 2  [EXT2026]',
  );
  expect(blocked.stderr).toContain('in extracts.yaml, limits: {connections: 3} or more');
  await project.write('extracts.yaml', limits(3));
  await project.apply(env);
  expect((await project.run(['plan'], env)).stdout).toBe(noChanges);
});
