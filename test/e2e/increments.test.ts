import type { Client } from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createProject, type CliProject } from '../support/cli.ts';
import { freshDatabase } from '../support/database.ts';
import { expectGolden } from '../support/golden.ts';
import { withFile } from '../support/hyper-file.ts';
import { oneAtATime, postgresSource, postgresUrl } from '../support/one-table.ts';
import { noChanges, tellStory } from '../support/story.ts';

// Many runs of the program in one test, on whatever machine.
vi.setConfig({ testTimeout: 180_000 });

const shop = (load: string) => `version: 1
name: shop
sources:
  s: ${postgresSource}
tables:
  orders:
    from: { source: s, table: public.orders }
    primary_key: [id]
    columns: { id: int not null, region: text, updated_at: timestamptz }
    load: ${load}
    checks:
      - unique: [id]
  regions:
    from: { source: s, table: public.regions }
    columns: { name: text }
destinations:
  - { type: file, path: ../out/shop.hyper }
`;

async function newShop(load: string) {
  const { client, url, close } = await freshDatabase();
  onTestFinished(close);
  await client.query(`create table orders (id int primary key, region text, updated_at timestamptz)`);
  await client.query(`create table regions (name text)`);
  await client.query(`insert into regions values ('East'), ('West')`);
  await client.query(
    `insert into orders select n, 'East', timestamptz '2026-01-01' + n * interval '1 hour' from generate_series(1, 1000) n`,
  );
  const project = await createProject({ 'extracts.yaml': oneAtATime, 'pipelines/shop.yaml': shop(load) });
  return { client, project, env: postgresUrl(url) };
}

/** The extract has what the source has. */
async function expectEqual(client: Client, project: CliProject, file = 'out/shop.hyper'): Promise<void> {
  const { rows } = await client.query<{ text: string }>(
    `select concat_ws('|', id, region, (extract(epoch from updated_at) * 1000000)::bigint) as text from orders order by id`,
  );
  const found = await withFile(project.path(file), 'readonly', (session) =>
    session.query(
      `select cast(id as text) || '|' || region || '|' || cast(cast(extract(epoch from updated_at) * 1000000 as bigint) as text) as text
       from seen."Extract".orders order by id`,
    ),
  );
  expect(found.map(({ text }) => text)).toEqual(rows.map(({ text }) => text));
}

/** PostgreSQL counts changes a while after a commit. */
const flush = (client: Client) => client.query('select pg_stat_force_next_flush()');

test('an upsert reads what is new, carries the rest over, and says so', async () => {
  const { client, project, env } = await newShop('{ mode: upsert, cursor: updated_at }');
  const story = tellStory(project);
  await flush(client);
  await story.run('apply', env);
  await expectEqual(client, project);
  expect((await project.run(['plan'], env)).stdout).toBe(noChanges);

  story.note('30 orders come, 2 change');
  await client.query(
    `insert into orders select n, 'West', timestamptz '2026-03-01' + n * interval '1 hour' from generate_series(1001, 1030) n`,
  );
  await client.query(`update orders set region = 'North', updated_at = '2026-04-01' where id in (7, 8)`);
  await flush(client);
  await story.run('plan -v', env);
  await story.run('apply', env);
  await expectEqual(client, project);
  expect((await project.run(['plan'], env)).stdout).toBe(noChanges);

  story.note('a region comes: the orders are carried over');
  await client.query(`insert into regions values ('North')`);
  await flush(client);
  await story.run('plan', env);
  await story.run('apply', env);
  await expectEqual(client, project);

  story.note('an order is deleted: nothing tells which');
  await client.query(`delete from orders where id = 5`);
  await flush(client);
  await story.run('plan', env);

  story.note('all of it, on demand');
  await story.run('apply --full', env);
  await expectEqual(client, project);
  expect((await project.run(['plan'], env)).stdout).toBe(noChanges);

  story.note('the staged extract is gone: the destination has it');
  await project.remove('build');
  await client.query(`insert into orders values (2000, 'East', '2026-05-01')`);
  await flush(client);
  const { stdout } = await project.run(['plan', '--json'], env);
  expect(JSON.parse(stdout)).toMatchObject({
    pipelines: [{ base: { from: { kind: 'destination', destination: 0 }, tables: ['orders', 'regions'] } }],
  });
  await project.apply(env);
  await expectEqual(client, project);
  expect((await project.run(['plan'], env)).stdout).toBe(noChanges);
  expectGolden('increments/upsert.txt', story.text());
});
