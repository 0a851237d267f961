import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createProject, type CliProject, type Outcome, type Variables } from '../support/cli.ts';
import { testDatabase } from '../support/database.ts';
import { expectGolden } from '../support/golden.ts';
import { readHyperFile } from '../support/hyper-file.ts';
import { oneAtATime } from '../support/one-table.ts';
import { tellStory } from '../support/story.ts';
import { demo } from '../../stand-ins/tableau/src/seed.ts';
import { startTableauStandIn, type TableauStandIn } from '../../stand-ins/tableau/src/stand-in.ts';

// Many runs of the program in one test, on whatever machine.
vi.setConfig({ testTimeout: 180_000 });

let standIn: TableauStandIn;
beforeAll(async () => {
  standIn = await startTableauStandIn();
  standIn.control.addToken('ci', 'tableau-secret');
});
afterAll(() => standIn.close());
beforeEach(() => {
  standIn.control.world.dataSources = [];
});

const family = (more = '', columns = 'order_id: bigint not null, total: "numeric(18,2)"') => `version: 1
name: tenant_sales
for_each:
  query: { source: shop, sql: 'select slug as key, id, region from tenants where active' }
  max: 6${more}
sources: { shop: { type: postgres, url: '\${secret.PG_URL}' } }
tables:
  orders:
    from:
      source: shop
      query: select * from orders where tenant_id = $1
      params: ['\${each.id}']
      change_detection: { sql: 'select count(*), max(order_id) from orders where tenant_id = $1' }
    columns: { ${columns} }
destinations:
  - { use: tableau, project: Sales/Certified, name: 'Sales \${each.key}' }
  - { type: file, path: '../out/\${each.region}/\${each.key}.hyper' }
`;

const tables = `
  create table tenants (id int primary key, slug text, region text, active bool not null default true);
  insert into tenants values (1, 'acme', 'EMEA'), (2, 'initech', 'US'), (3, 'umbrella', 'US'), (4, 'stark', 'EMEA'), (5, 'wayne', 'APAC');
  create table orders (order_id int primary key, tenant_id int, total numeric(10,2));
  insert into orders select i, i % 5 + 1, i * 1.25 from generate_series(1, 50) i;
  analyze;`;

interface Shop {
  project: CliProject;
  client: pg.Client;
  env: Variables;
  done: (args: string) => Promise<Outcome>;
}

async function openShop(files: Record<string, string> = {}): Promise<Shop> {
  const { url, client } = await testDatabase();
  await client.query(tables);
  const project = await createProject({
    'extracts.yaml': `${oneAtATime}destinations:
  tableau:
    type: tableau
    server: ${standIn.url}
    site: ${demo.site}
    auth: {token_name: ci, token_secret: '\${secret.TABLEAU_TOKEN}'}
`,
    'pipelines/tenants.yaml': family(),
    ...files,
  });
  const env = { PG_URL: url, TABLEAU_TOKEN: 'tableau-secret' };
  return {
    project,
    client,
    env,
    async done(args) {
      const outcome = await project.run(args.split(' '), env);
      expect(outcome.exitCode, outcome.stderr + outcome.stdout).toBe(0);
      return outcome;
    },
  };
}

const published = () => standIn.control.world.dataSources.map(({ name }) => name).sort();

test('one extract for each tenant: made, one of them changed, nothing more to do', async () => {
  const { project, client, env, done } = await openShop();
  const story = tellStory(project);
  await story.run('plan', env);
  await done('apply --yes');
  expect(published()).toEqual([
    'Sales acme',
    'Sales initech',
    'Sales stark',
    'Sales umbrella',
    'Sales wayne',
  ]);
  const acme = await readHyperFile(project.path('out/EMEA/acme.hyper'));
  expect(JSON.stringify(acme)).toContain('"5"');
  await story.run('plan', env);

  story.note('One tenant has an order more, one is new.');
  await client.query("insert into orders values (51, 2, 5); insert into tenants values (6, 'hooli', 'US')");
  await story.run('plan', env);
  await story.run('plan --select tenant_sales[initech]', env);
  await done('apply --yes --select tenant_sales');
  expect((await done('plan')).stdout).toContain('No changes.');
  await story.run('preview pipelines/tenants.yaml --rows 2', env);
  await story.run('graph', env);
  await story.run('validate', env);
  expectGolden('e2e/for-each.txt', steady(story.text()));
});

test('a tenant that is gone is forgotten, or deleted with everything that is still as we left it', async () => {
  const { project, client, env, done } = await openShop();
  await done('apply --yes');
  const story = tellStory(project);
  story.note('Two tenants leave. Only their records are to go.');
  await client.query("update tenants set active = false where slug in ('initech', 'stark')");
  await story.run('plan', env);
  await done('apply --yes --select tenant_sales');
  story.note('With the file alone the same is found.');
  await story.run('apply --yes pipelines/tenants.yaml', env);
  expect(published()).toHaveLength(5);
  expect((await done('plan')).stdout).toContain('No changes.');

  story.note('Two more leave, now with on_removed: delete. Somebody has changed a file of one of them.');
  await project.write('pipelines/tenants.yaml', family('\n  on_removed: delete'));
  await client.query("update tenants set active = false where slug in ('acme', 'wayne')");
  await project.write('out/EMEA/acme.hyper', 'mine now');
  await story.run('plan', env);
  await done('plan --out gone.json');
  await story.run('apply gone.json', env);
  expect(published()).toEqual(['Sales initech', 'Sales stark', 'Sales umbrella']);
  expect(await project.read('out/EMEA/acme.hyper')).toBe('mine now');
  expect(Object.keys(await project.marks()).filter((name) => /acme|wayne/.test(name))).toEqual([
    'out/EMEA/acme.hyper',
  ]);
  expect((await done('plan')).stdout).toContain('No changes.');

  story.note('An empty list is an error; where it is allowed it deletes nothing.');
  await client.query('update tenants set active = false');
  expect((await story.run('plan', env)).exitCode).toBe(1);
  await project.write('pipelines/tenants.yaml', family('\n  on_removed: delete\n  min: 0'));
  await story.run('apply --yes', env);
  expect(published()).toContain('Sales umbrella');

  story.note('Nor does a query that fails.');
  await client.query('alter table tenants rename to clients');
  expect((await story.run('apply --yes', env)).exitCode).toBe(1);
  expect(published()).toContain('Sales umbrella');
  expectGolden('e2e/for-each-removed.txt', steady(story.text()));
});

test('what is gone is deleted by whom it was published, though others are on that site', async () => {
  const { project, client, env, done } = await openShop({
    'pipelines/tenants.yaml': family('\n  on_removed: delete'),
  });
  await done('apply --yes');
  await project.write(
    'pipelines/a-stranger.yaml',
    `version: 1
name: stranger
sources: { shop: { type: postgres, url: '\${secret.PG_URL}' } }
tables: { orders: { from: { source: shop, table: orders }, columns: { order_id: int } } }
destinations:
  - type: tableau
    server: ${standIn.url}
    site: ${demo.site}
    project: Sales
    name: Stranger
    auth: { token_name: nobody, token_secret: '\${secret.TABLEAU_TOKEN}' }
`,
  );
  await client.query("update tenants set active = false where slug = 'acme'");
  const { stdout, exitCode } = await project.run(['apply', '--yes'], env);
  expect(exitCode).toBe(1);
  expect(stdout).toContain('# stranger cannot be applied');
  expect(published()).not.toContain('Sales acme');
});

test('one tenant fails, the others do not', async () => {
  const { project, client, env, done } = await openShop();
  await done('apply --yes');
  await client.query(
    "insert into orders values (51, 2, 1), (52, 4, 1), (53, 5, 1); update orders set total = 'NaN' where order_id = 52",
  );
  const story = tellStory(project);
  expect((await story.run('apply --yes', env)).exitCode).toBe(1);
  expect((await done('plan')).stdout).toContain('= tenant_sales  4 of 5 unchanged');

  story.note('What a tenant may not be called, and a list that is too long.');
  await client.query(
    "delete from orders where order_id = 52; insert into tenants values (6, 'hooli', '../x')",
  );
  expect((await story.run('apply --yes', env)).exitCode).toBe(1);
  await client.query("update tenants set slug = 'ho/oli' where id = 6");
  expect((await story.run('plan', env)).exitCode).toBe(1);
  await client.query(
    "delete from tenants where id = 6; insert into tenants select i, 't' || i, 'US' from generate_series(10, 12) i",
  );
  expect((await story.run('plan', env)).exitCode).toBe(1);
  await client.query('delete from tenants where id > 9');
  expect((await done('plan')).stdout).toContain('No changes.');
  expectGolden('e2e/for-each-failed.txt', steady(story.text()));
});

test.each(['SIGKILL', 'SIGINT'] as const)(
  '--resume does what a run that %s ended has left',
  async (signal) => {
    // Without a mark of its rows every tenant is read by every run.
    const always = family().replace(/ +change_detection.*\n/, '');
    const { project, env, done } = await openShop({ 'pipelines/tenants.yaml': always });
    const nothing = await done('apply --yes --resume --select tenant_sales[acme]');
    expect(nothing.stderr).toContain('No run was interrupted: everything is planned.');

    const run = project.start(['apply', '--yes', '-v'], env);
    await vi.waitFor(() => expect(run.stderr()).toContain('tenant_sales[initech] › record state'), {
      timeout: 60_000,
      interval: 5,
    });
    run.kill(signal);
    await run.outcome;
    const before = published();
    expect(before.length).toBeGreaterThanOrEqual(2);
    expect(before.length).toBeLessThan(5);

    const { stdout, stderr } = await done('apply --yes --resume');
    expect(stderr).toMatch(/Resuming the run of \S+ by process \d+ on /);
    const applied = /= tenant_sales {2}(\d) of 5 applied by the interrupted run/.exec(stdout)?.[1];
    expect(Number(applied)).toBeGreaterThanOrEqual(2);
    expect(stdout).toContain(
      `Apply: ${5 - Number(applied)} applied, ${applied ?? ''} applied by the interrupted run.`,
    );
    expect(stderr).not.toContain('tenant_sales[acme]');
    expect(published()).toHaveLength(5);

    // What is resumed is over: everything is read again.
    const again = await done('apply --yes --resume');
    expect(again.stderr).toContain('No run was interrupted');
    expect(again.stdout).toContain('Apply: 5 applied.');
    expect(Object.keys(await project.marks()).filter((name) => name.includes('.run-'))).toEqual([]);
  },
);

/** Moments of the server, and nothing else differs. */
const steady = (text: string) => text.replace(/\d{4}-\d\d-\d\dT[\d:]+Z/g, '(moment)');
