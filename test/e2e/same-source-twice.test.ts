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
