import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createProject, type CliProject, type Variables } from '../support/cli.ts';
import { expectGolden } from '../support/golden.ts';
import { readHyperFile } from '../support/hyper-file.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { settle } from '../support/story.ts';

// Servers are started, and rows come slowly on purpose.
vi.setConfig({ testTimeout: 180_000 });

const password = 'reader-secret';

async function startServer(): Promise<TestPostgres & { admin: pg.Client }> {
  const server = await startPostgres();
  const admin = await open(server.url);
  onTestFinished(async () => {
    await admin.end().catch(() => undefined);
    await server.close();
  });
  await admin.query(`create role reader login password '${password}'`);
  return { ...server, admin };
}

async function open(url: string): Promise<pg.Client> {
  const client = new pg.Client(url);
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Calls with a connection to the database of a tenant. */
async function within(server: TestPostgres, database: string, sql: string): Promise<void> {
  const client = await open(server.url.replace(/\/postgres$/, `/${database}`));
  await client.query(sql);
  await client.end();
}

const orders = 'create table orders (id int not null); insert into orders values (1)';
const asReader = 'grant select on orders to reader';
/** Rows that come so slowly that whatever happens, happens while they are read. */
const slow = `drop table orders; create view orders as select i as id from generate_series(1, 100000) i where pg_sleep(0.01)::text = ''`;

async function addTenant(server: TestPostgres & { admin: pg.Client }, database: string): Promise<void> {
  await server.admin.query(`create database ${database}`);
  await within(server, database, `${orders}; ${asReader}`);
}

/** One database for each tenant of a list, which the registry has. */
const pipeline = (registry: TestPostgres) => `version: 1
name: tenant_sales
for_each:
  query: {source: registry, sql: "select slug as key, port, db_name as database from tenants where active"}
sources:
  registry: {type: postgres, host: 127.0.0.1, port: ${registry.port}, database: postgres, user: reader, password: "\${secret.PW_registry}"}
  shop: {type: postgres, host: 127.0.0.1, port: "\${each.port}", database: "\${each.database}", user: reader, password: "\${secret.PW_\${each.key}}"}
tables:
  orders:
    from: {source: shop, table: orders}
    columns: {id: int not null}
destinations:
  - {type: file, path: "../out/\${each.key}.hyper"}
`;

/** A project whose registry lists these tenants: keys, ports and databases. */
async function projectOf(
  registry: TestPostgres & { admin: pg.Client },
  tenants: readonly (readonly [string, number, string])[],
): Promise<{ project: CliProject; env: Variables }> {
  await registry.admin.query(
    'create table tenants (slug text, port int, db_name text, active bool not null default true); grant select on tenants to reader',
  );
  for (const tenant of tenants)
    await registry.admin.query('insert into tenants values ($1, $2, $3)', [...tenant]);
  const project = await createProject({ 'pipelines/tenants.yaml': pipeline(registry) });
  const env = Object.fromEntries(
    ['registry', ...tenants.map(([key]) => key)].map((key) => [`PW_${key}`, password]),
  );
  return { project, env };
}

const isRead = (server: { admin: pg.Client }, database: string) =>
  vi.waitFor(async () => {
    const { rowCount } = await server.admin.query(
      `select from pg_stat_activity where datname = $1 and query like 'copy (%' and state = 'active'`,
      [database],
    );
    expect(rowCount).toBe(1);
  }, 60_000);

test('a database that is dropped and a server that ends while they are read fail their tenants alone', async () => {
  const [here, there] = [await startServer(), await startServer()];
  for (const database of ['kept', 'dropped']) await addTenant(here, database);
  await addTenant(there, 'stopped');
  const { project, env } = await projectOf(here, [
    ['dropped', here.port, 'dropped'],
    ['kept', here.port, 'kept'],
    ['stopped', there.port, 'stopped'],
  ]);
  await project.apply(env);
  const before = await project.marks();

  await within(here, 'kept', 'insert into orders values (2)');
  await within(here, 'dropped', `${slow}; ${asReader}`);
  await within(there, 'stopped', `${slow}; ${asReader}`);
  const cli = project.start(['apply', '--yes'], env);
  await isRead(here, 'dropped');
  await here.admin.query('drop database dropped with (force)');
  await isRead(there, 'stopped');
  await there.kill();
  const { stdout, stderr, exitCode } = await cli.outcome;
  expect(stdout).toMatch(/^Apply: 1 applied, 2 failed\.$/m);
  expect(stderr).toContain(
    'reading table "orders": PostgreSQL ended the session: it is shutting down or restarting, or another user ended it',
  );
  expect(stderr).toContain('reading table "orders": the connection to PostgreSQL broke');
  expect(stderr).not.toContain(password);
  expect(exitCode).toBe(75);
  const after = await project.marks();
  for (const key of ['dropped', 'stopped'])
    expect(after[`out/${key}.hyper`], key).toBe(before[`out/${key}.hyper`]);
  expect(JSON.stringify(await readHyperFile(project.path('out/kept.hyper')))).toContain('"2"');

  const plan = await project.run(['plan'], env);
  expect(plan.exitCode).toBe(1);
  expectGolden('e2e/lost-tenants.txt', settle(plan.stdout + plan.stderr, project));
});

test('of a list that a query gives, a tenant that cannot be read is blocked alone, in every form of the plan', async () => {
  const server = await startServer();
  for (const database of ['fine', 'secretless', 'barred']) await addTenant(server, database);
  await within(server, 'barred', 'revoke select on orders from reader');
  const { project, env } = await projectOf(server, [
    ['fine', server.port, 'fine'],
    ['secretless', server.port, 'secretless'],
    ['barred', server.port, 'barred'],
    ['gone', server.port, 'gone'],
    ['wrong', server.port, 'fine'],
  ]);
  delete env.PW_secretless;
  env.PW_wrong = 'a-wrong-password';
  const text = await project.run(['plan'], env);
  expect(text.exitCode).toBe(1);
  expectGolden('e2e/broken-tenants-plan.txt', settle(text.stdout + text.stderr, project));
  const markdown = await project.run(['plan', '--markdown', '--html', 'plan.html'], env);
  expectGolden('e2e/broken-tenants-plan.md', settle(markdown.stdout, project));
  const page = (await readFile(project.path('plan.html'), 'utf8')).replace(/&(?:quot|#34);/g, '"');
  for (const reason of [
    'the environment variable PW_secretless is not set',
    'user reader may not read public.orders',
    'has no database "gone"',
    'refused the password of user "reader"',
  ])
    expect(page).toContain(reason);

  const applied = await project.run(['apply', '--yes'], env);
  expect(applied.exitCode).toBe(1);
  expect(Object.keys(await project.marks()).filter((name) => name.startsWith('out/'))).toEqual([
    'out/fine.hyper',
  ]);
  // A limit changes how fast it is, and nothing to read.
  await project.write(
    'pipelines/tenants.yaml',
    pipeline(server).replace(/(shop: .*)}/, '$1, limits: {connections: 2}}'),
  );
  const limited = await project.run(['plan'], env);
  expect(limited.stdout).toContain('Plan: 0 to create, 0 to change, 1 unchanged, 4 blocked.');
  expect(text.stdout + markdown.stdout + page + applied.stdout + applied.stderr).not.toMatch(
    /reader-secret|a-wrong-password/,
  );
});

test('the search path of a tenant leads to its schema, however it is called', async () => {
  const server = await startServer();
  const keys = ['acme-inc', 'Acme', 'a.b'];
  // One that is called alike must not be read in its place.
  for (const [index, schema] of [...keys, 'acme'].entries()) {
    const name = pg.escapeIdentifier(schema);
    await server.admin.query(
      `create schema ${name}; create table ${name}.orders (id int not null); insert into ${name}.orders values (${index + 1});
       grant usage on schema ${name} to reader; grant select on ${name}.orders to reader`,
    );
  }
  const project = await createProject({
    'pipelines/tenants.yaml': `version: 1
name: tenant_sales
for_each: {items: [${[...keys, 'gone'].join(', ')}]}
sources:
  shop: {type: postgres, host: 127.0.0.1, port: ${server.port}, database: postgres, user: reader, password: "\${secret.PW}", options: '-c search_path="\${each.key}"'}
tables:
  orders: {from: {source: shop, query: select * from orders}, columns: {id: int not null}}
destinations:
  - {type: file, path: "../out/\${each.key}.hyper"}
`,
  });
  const { stderr, exitCode } = await project.run(['apply', '--yes'], { PW: password });
  expect(exitCode, stderr).toBe(1);
  expect(stderr).toContain(
    'tenant_sales[gone]: PostgreSQL refuses the query: relation "orders" does not exist',
  );
  expect(stderr).toContain(
    '= write it with its schema, or name that in the source: options: -c search_path=…;',
  );
  for (const [index, key] of keys.entries())
    expect(JSON.stringify(await readHyperFile(project.path(`out/${key}.hyper`))), key).toContain(
      `"${index + 1}"`,
    );
});
