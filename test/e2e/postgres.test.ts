import type pg from 'pg';
import { expect, it, vi } from 'vitest';
import { createProject, type CliProject, type Variables } from '../support/cli.ts';
import { testDatabase } from '../support/database.ts';
import { expectGolden } from '../support/golden.ts';
import { readHyperFile } from '../support/hyper-file.ts';
import { oneAtATime, postgresUrl } from '../support/one-table.ts';
import { noChanges, tellStory } from '../support/story.ts';

// Many runs of the program in one test, on whatever machine.
vi.setConfig({ testTimeout: 180_000 });

const shop = `version: 1
name: shop
sources:
  shop: { type: postgres, url: '\${secret.PG_URL}' }
tables:
  orders:
    from: { source: shop, table: orders }
    primary_key: [id]
    columns:
      id: int not null
      region: text
      'Total': { type: "numeric(12,2)", from: amount }
      'Double': { type: "numeric(12,2)", expr: amount * 2 }
      placed: timestamptz
  events:
    from: { source: shop, table: events, where: kind <> 'noise' }
    columns: { at: date not null, kind: varchar(10) }
  regions:
    from:
      source: shop
      query: select name, manager, version from regions where name <> $1
      params: [nowhere]
      change_detection: { sql: 'select max(version) from regions' }
    primary_key: [name]
    columns: { name: text not null, manager: text, version: int }
relationships:
  - { from: orders.region, to: regions.name }
destinations:
  - { type: file, path: ../out/shop.hyper }
`;

const tables = `
  create table orders (id int primary key, region text, amount numeric(10,2), placed timestamptz);
  insert into orders select i, case i % 3 when 0 then 'West' when 1 then 'Öst "2"' end, i * 1.25, timestamptz '2024-02-29 12:00:00+02' from generate_series(1, 6) i;
  create table events (at date not null, kind varchar(10)) partition by range (at);
  create table events_2023 partition of events for values from ('2023-01-01') to ('2024-01-01');
  create table events_2024 partition of events for values from ('2024-01-01') to ('2025-01-01');
  insert into events values ('2023-05-01', 'click'), ('2024-05-01', 'noise'), ('2024-06-01', null), ('2024-07-01', 'buy');
  create table regions (name text primary key, manager text, version int default 1);
  insert into regions values ('West', E'An\\\\na\\n"x"'), ('Öst "2"', ''), ('nowhere', null);
  analyze;`;

it('goes from PostgreSQL to an extract, and tells what has changed since', async () => {
  const { client, project, env } = await filledShop();
  const story = tellStory(project);
  await story.run('plan', env);
  await story.run('apply --yes', env);
  await story.run('plan', env);
  const [events, orders, regions] = await readHyperFile(project.path('out/shop.hyper'));
  expect(orders).toEqual({
    name: 'Extract.orders',
    columns: [
      'id int not null',
      'region text',
      'Total numeric(12,2)',
      'Double numeric(12,2)',
      'placed timestamptz',
    ],
    rows: [1, 2, 3, 4, 5, 6].map((id) => ({
      id: String(id),
      region: id % 3 === 0 ? 'West' : id % 3 === 1 ? 'Öst "2"' : null,
      Total: (id * 1.25).toFixed(2),
      Double: (id * 2.5).toFixed(2),
      placed: '2024-02-29 10:00:00+00',
    })),
  });
  expect(events?.rows).toEqual([
    { at: '2023-05-01', kind: 'click' },
    { at: '2024-07-01', kind: 'buy' },
  ]);
  expect(regions?.rows).toEqual([
    { name: 'West', manager: 'An\\na\n"x"', version: '1' },
    { name: 'Öst "2"', manager: '', version: '1' },
  ]);

  for (const [what, sql] of [
    ['rows were inserted', `insert into orders values (7, 'West', 1, null), (8, 'West', 1, null)`],
    [
      'rows were inserted, updated and deleted',
      `insert into orders values (9, 'West', 1, null);
      update orders set amount = 0 where id < 3; delete from orders where id = 8`,
    ],
    [
      'a partition was added, with a row',
      `create table events_2025 partition of events for values from ('2025-01-01') to ('2026-01-01');
      insert into events values ('2025-01-01', 'click')`,
    ],
    ['the mark of a query moved', `update regions set version = 2 where name = 'West'`],
    ['a table was truncated', 'truncate orders'],
    ['a column was added to the source', 'alter table orders add note text'],
  ] as const) {
    await change(client, sql);
    story.note(what);
    await story.run('apply --yes', env);
    await expectNoChanges(project, env);
  }

  story.note('what the contract needs was renamed');
  await client.query('alter table orders rename amount to total');
  const before = await project.marks();
  await story.run('apply --yes', env);
  expect(await project.marks()).toEqual(before);
  expectGolden('e2e/postgres.txt', story.text());
});

it('takes a table that was vacuumed, analyzed or only read for unchanged', async () => {
  const { client, project, env } = await filledShop();
  await project.apply(env);
  await client.query('vacuum orders');
  await client.query('analyze');
  await client.query('select count(*) from orders');
  await client.query('select pg_stat_force_next_flush()');
  await expectNoChanges(project, env);
});

it('reads a view every time, and says why', async () => {
  const { client, project, env } = await filledShop();
  await client.query('create view west as select id from orders where region = $$West$$');
  await project.remove('pipelines/shop.yaml');
  const pipeline = (from: string) => `version: 1
name: west
sources: { shop: { type: postgres, url: '\${secret.PG_URL}' } }
tables:
  t: { from: { source: shop, ${from} }, columns: { id: int } }
destinations: [{ type: file, path: ../out/west.hyper }]
`;
  const story = tellStory(project);
  for (const from of [
    'table: west',
    'query: select id from orders',
    'table: orders, where: placed < now()',
    'table: orders, where: "id in (select id from west)"',
  ]) {
    await project.write('pipelines/west.yaml', pipeline(from));
    await project.apply(env);
    story.note(from);
    await story.run('plan', env);
  }
  expectGolden('e2e/postgres-unknown.txt', story.text());
});

async function filledShop(): Promise<{ client: pg.Client; project: CliProject; env: Variables }> {
  const { client, url } = await testDatabase();
  await change(client, tables);
  const project = await createProject({ 'extracts.yaml': oneAtATime, 'pipelines/shop.yaml': shop });
  return { client, project, env: postgresUrl(url) };
}

/** Changes data and waits until the statistics know, which else takes about a second. */
async function change(client: pg.Client, sql: string): Promise<void> {
  await client.query(sql);
  await client.query('select pg_stat_force_next_flush()');
  const pending = `select from pg_stat_xact_all_tables where schemaname = 'public' and n_tup_ins + n_tup_upd + n_tup_del > 0`;
  await vi.waitFor(async () => expect((await client.query(pending)).rowCount).toBe(0), 30_000);
}

async function expectNoChanges(project: CliProject, env: Variables): Promise<void> {
  const { stdout, exitCode } = await project.run(['plan', '--detailed-exitcode'], env);
  expect(stdout).toBe(noChanges);
  expect(exitCode).toBe(0);
}
