import type { Client } from 'pg';
import { expect, test, vi } from 'vitest';
import { createProject, type CliProject } from '../support/cli.ts';
import { testDatabase } from '../support/database.ts';
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
  const { client, url } = await testDatabase();
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
  await story.run('apply --yes', env);
  await expectEqual(client, project);
  expect((await project.run(['plan'], env)).stdout).toBe(noChanges);

  story.note('30 orders come, 2 change');
  await client.query(
    `insert into orders select n, 'West', timestamptz '2026-03-01' + n * interval '1 hour' from generate_series(1001, 1030) n`,
  );
  await client.query(`update orders set region = 'North', updated_at = '2026-04-01' where id in (7, 8)`);
  await flush(client);
  await story.run('plan -v', env);
  await story.run('apply --yes', env);
  await expectEqual(client, project);
  expect((await project.run(['plan'], env)).stdout).toBe(noChanges);

  story.note('a region comes: the orders are carried over');
  await client.query(`insert into regions values ('North')`);
  await flush(client);
  await story.run('plan', env);
  await story.run('apply --yes', env);
  await expectEqual(client, project);

  story.note('an order is deleted: nothing tells which');
  await client.query(`delete from orders where id = 5`);
  await flush(client);
  await story.run('plan', env);

  story.note('all of it, on demand');
  await story.run('apply --yes --full', env);
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

test('columns are renamed and dropped in a copy, and no row is read again', async () => {
  const load = '{ mode: upsert, cursor: updated_at }';
  const { client, project, env } = await newShop(load);
  await client.query(`alter table orders add column phone text default '555'`);
  const written = (wanted: string, more = '') => shop(load).replace('region: text', wanted) + more;
  await project.write('pipelines/shop.yaml', written('region: text, phone: text'));
  await flush(client);
  await project.apply(env);

  const story = tellStory(project);
  story.note('a column goes, another has a new name');
  const move = `moved:\n  - { from: shop.orders.region, to: shop.orders.area }\n`;
  await project.write('pipelines/shop.yaml', written('area: { type: text, from: region }', move));
  await story.run('plan', env);
  await story.run('apply --yes --allow-breaking shop', env);
  const areas = () =>
    withFile(project.path('out/shop.hyper'), 'readonly', (session) =>
      session.query(
        `select area, count(*) as orders from seen."Extract".orders group by area order by count(*) desc`,
      ),
    );
  expect(await areas()).toEqual([{ area: 'East', orders: '1000' }]);
  expect((await project.run(['plan'], env)).stdout).toBe(noChanges);

  await client.query(`update orders set region = 'North', updated_at = '2026-04-01' where id = 7`);
  await flush(client);
  await project.apply(env);
  expect(await areas()).toEqual([
    { area: 'East', orders: '999' },
    { area: 'North', orders: '1' },
  ]);
  expect((await project.run(['plan'], env)).stdout).toBe(noChanges);
  expectGolden('increments/columns.txt', story.text());
});

const landing = `version: 1
name: landing
sources:
  files: { type: file, path: data/*.csv }
tables:
  sales:
    from: { source: files }
    columns: { id: int, amount: int }
    add: { File: '\${file.path}' }
    load: { mode: append, by: file, on_vanished: delete }
template:
  generate: { name: Landing }
destinations:
  - { type: file, path: ../out/landing.tdsx }
`;

test('files that are new or replaced are read, and the extract is taken from its package', async () => {
  const project = await createProject({
    'extracts.yaml': oneAtATime,
    'pipelines/landing.yaml': landing,
    'pipelines/data/a.csv': 'id,amount\n1,10\n2,20\n',
    'pipelines/data/b.csv': 'id,amount\n3,30\n',
    'pipelines/data/c.csv': 'id,amount\n4,40\n',
  });
  const rows = async () =>
    (
      await withFile(project.path('build/landing.hyper'), 'readonly', (session) =>
        session.query('select id, amount, "File" as file from seen."Extract".sales order by id'),
      )
    ).map((row) => Object.values(row).join(' '));
  const story = tellStory(project);
  await project.apply();

  story.note('one file comes, one is replaced, one vanishes');
  await project.write('pipelines/data/d.csv', 'id,amount\n5,50\n');
  await project.write('pipelines/data/b.csv', 'id,amount\n3,33\n6,60\n');
  await project.remove('pipelines/data/c.csv');
  await story.run('apply --yes');
  expect(await rows()).toEqual([
    '1 10 data/a.csv',
    '2 20 data/a.csv',
    '3 33 data/b.csv',
    '5 50 data/d.csv',
    '6 60 data/b.csv',
  ]);
  expect((await project.run(['plan'])).stdout).toBe(noChanges);

  story.note('the staged extract is gone: the package has it');
  await project.remove('build/landing.hyper');
  await project.write('pipelines/data/e.csv', 'id,amount\n7,70\n');
  const { stdout } = await project.run(['plan', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ pipelines: [{ base: { from: { kind: 'package' } } }] });
  await story.run('apply --yes');
  expect(await rows()).toHaveLength(6);
  expect((await project.run(['plan'])).stdout).toBe(noChanges);
  expectGolden('increments/by-file.txt', story.text());
});

test('rows of the window are read again, and those before it stay', async () => {
  const { client, project, env } = await newShop('{ mode: replace_window, column: updated_at, last: 7d }');
  await client.query(
    `update orders set updated_at = now() - n * interval '1 day' from generate_series(1, 20) n where id = n`,
  );
  await flush(client);
  await project.apply(env);
  await client.query(`update orders set region = 'North' where id in (2, 900)`);
  await client.query(`delete from orders where id = 3`);
  await client.query(`insert into orders values (5000, 'South', now())`);
  await flush(client);
  await project.apply(env);
  expect((await project.run(['plan'], env)).stdout).toBe(noChanges);
  const found = await withFile(project.path('out/shop.hyper'), 'readonly', (session) =>
    session.query(`select id, region from seen."Extract".orders where id in (2, 3, 900, 5000) order by id`),
  );
  expect(found).toEqual([
    { id: '2', region: 'North' },
    { id: '900', region: 'East' },
    { id: '5000', region: 'South' },
  ]);
});

test('rows that come later than the lag allows are counted, whatever is read again', async () => {
  const { client, url } = await testDatabase();
  await client.query(`
    create table events (id int, at timestamptz not null);
    insert into events values (1, '2026-01-01 10:00+00'), (2, '2026-01-01 11:00+00')`);
  await flush(client);
  const text = ties('table: public.events').replace('cursor: at', 'cursor: at, lag: 10m');
  const project = await createProject({ 'pipelines/ties.yaml': text });
  const env = postgresUrl(url);
  await project.apply(env);
  expect((await project.run(['plan'], env)).stdout).toBe(noChanges);
  await client.query(`
    insert into events values (3, '2026-01-01 10:30+00'), (4, '2026-01-01 10:55+00'), (5, '2026-01-01 11:05+00')`);
  await flush(client);
  await project.apply(env);
  await project.apply(env);
  const after = await project.run(['plan'], env);
  expect(after.stdout).toBe(
    'No changes.\nThe extracts match the configuration, but not their sources: 1 row committed late, which no cursor finds.\n',
  );
  expect(after.stderr).toContain('1 row was committed late, further than the lag behind the highest "at"');
});

const ties = (from: string) => `version: 1
name: ties
sources:
  s: ${postgresSource}
tables:
  events:
    from: { source: s, ${from} }
    columns: { id: int not null, at: timestamptz not null }
    load: { mode: append, cursor: at }
destinations:
  - { type: file, path: ../out/ties.hyper }
`;

test.each(['table: public.events', 'table: public.seen', 'query: select * from events'])(
  'a row with the highest cursor arrives without a key: %s',
  async (from) => {
    const { client, url } = await testDatabase();
    await client.query('create table events (id int primary key, at timestamptz not null)');
    await client.query('create view seen as select * from events');
    await client.query(`insert into events values (1, '2026-01-01 10:00+00'), (2, '2026-01-01 11:00+00')`);
    await flush(client);
    const project = await createProject({ 'pipelines/ties.yaml': ties(from) });
    const env = postgresUrl(url);
    const ids = async () =>
      (
        await withFile(project.path('out/ties.hyper'), 'readonly', (session) =>
          session.query('select id from seen."Extract".events order by id'),
        )
      ).map(({ id }) => Number(id));
    await project.apply(env);
    const first = await project.run(['plan'], env);
    expect(first.stdout).toBe(noChanges);
    expect(first.stderr).toContain('[EXT3032]');

    await client.query(`insert into events values (3, '2026-01-01 11:00+00')`);
    await flush(client);
    await project.apply(env);
    expect(await ids()).toEqual([1, 2, 3]);
    expect((await project.run(['plan'], env)).stdout).toBe(noChanges);
    if (!from.endsWith('public.events')) return;

    await client.query(`insert into events values (4, '2026-01-01 10:30+00')`);
    await flush(client);
    const differs =
      'No changes.\nThe extracts match the configuration, but not their sources: 1 row committed late, which no cursor finds.\n';
    const late = await project.run(['plan'], env);
    expect(late.stdout).toBe(differs);
    expect(late.stderr).toContain('1 row was committed late, at or below the highest "at"');

    await client.query(`insert into events values (5, '2026-01-01 12:00+00')`);
    await flush(client);
    await project.apply(env);
    expect(await ids()).toEqual([1, 2, 3, 5]);
    expect((await project.run(['plan'], env)).stdout).toBe(differs);
    expect((await project.run(['apply', '--yes', '--full'], env)).exitCode).toBe(0);
    expect(await ids()).toEqual([1, 2, 3, 4, 5]);
    expect((await project.run(['plan'], env)).stdout).toBe(noChanges);
  },
);
