import { stat } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { createProject } from '../support/cli.ts';
import { testDatabase } from '../support/database.ts';
import { withFile } from '../support/hyper-file.ts';
import { oneAtATime, postgresSource, postgresUrl } from '../support/one-table.ts';
import { tellStory } from '../support/story.ts';
import { demo } from '../../stand-ins/tableau/src/seed.ts';
import { startTableauStandIn } from '../../stand-ins/tableau/src/stand-in.ts';

// Many runs of the program in one test, on whatever machine.
vi.setConfig({ testTimeout: 240_000 });

const pipeline = (name: string, from: string, load: string, more = '') => `version: 1
name: ${name}
sources:
  s: ${postgresSource}
tables:
  orders:
    from: { source: s, ${from} }
    columns: { id: int not null, region: text, at: timestamptz not null }
    load: ${load}${more}
destinations:
  - { type: file, path: ../out/${name}.hyper }
`;

const regions = `
    primary_key: [id]
  regions:
    from: { source: s, table: public.regions }
    columns: { id: int not null, name: text }
    load: { mode: append, cursor: id, lag: 1 }`;

const kinds = {
  keyed: pipeline('keyed', 'table: public.orders', '{ mode: upsert, cursor: at }', regions),
  lag: pipeline('lag', 'table: public.orders', '{ mode: append, cursor: at, lag: 1d }'),
  window: pipeline('window', 'table: public.orders', '{ mode: replace_window, column: at, last: 3d }'),
  view: pipeline('view', 'table: public.shown', '{ mode: append, cursor: at, lag: 1d }'),
  query: pipeline(
    'query',
    'query: "select id, region, at from orders"',
    '{ mode: replace_window, column: at, last: 3d }',
  ),
};

test('a run that finds only rows that the extract has already writes and delivers nothing', async () => {
  const { client, url } = await testDatabase();
  await client.query(`
    create table orders (id int, region text, at timestamptz not null, unseen int);
    create table regions (id int, name text);
    create view shown as select id, region, at from orders where region <> 'none';
    insert into orders select n, 'East', now() - n * interval '1 hour' from generate_series(1, 200) n;
    insert into regions values (1, 'East');
  `);
  const files = Object.entries(kinds).map(([name, text]) => [`pipelines/${name}.yaml`, text]);
  const project = await createProject({
    'extracts.yaml': oneAtATime,
    ...(Object.fromEntries(files) as Record<string, string>),
  });
  const env = postgresUrl(url);
  const flush = () => client.query('select pg_stat_force_next_flush()');
  await flush();
  await project.apply(env);
  const marks = () =>
    Promise.all(
      Object.keys(kinds).map(async (name) => {
        const found = ['out', 'build'].map(async (folder) => {
          const { ino, mtimeNs } = await stat(project.path(`${folder}/${name}.hyper`), { bigint: true });
          return `${ino} ${mtimeNs}`;
        });
        return [name, (await Promise.all(found)).join(' ')] as const;
      }),
    );
  const before = await marks();

  const story = tellStory(project);
  story.note('rows are written again as they are, or change in a column that no extract has');
  await client.query(`update orders set region = region, unseen = id where id <= 20 or id > 190`);
  await flush();
  await story.run('apply --yes', env);
  expect(await marks()).toEqual(before);
  expect((await project.run(['plan'], env)).stdout).toMatch(/^No changes\./);

  story.note('the same again, and a region comes');
  await client.query(`update orders set region = region where id <= 20`);
  await client.query(`insert into regions values (2, 'West')`);
  await flush();
  await story.run('apply --yes', env);
  const after = new Map(await marks());
  expect(before.filter(([name, mark]) => after.get(name) !== mark).map(([name]) => name)).toEqual(['keyed']);
  const names = await withFile(project.path('out/keyed.hyper'), 'readonly', (session) =>
    session.query('select name from seen."Extract".regions order by id'),
  );
  expect(names.map(({ name }) => name)).toEqual(['East', 'West']);
  expect((await project.run(['plan'], env)).stdout).toMatch(/^No changes\./);
  const said = 'nothing new: the extract has all rows that were read, so nothing was written or delivered';
  expect(story.text().split(said)).toHaveLength(6);
  expect(story.text().match(/^\w+: applied in .*, nothing new$/gm)).toHaveLength(5);
});

test.each([
  ['append', 'table: public.orders', '{ mode: append, cursor: at }'],
  ['append with a lag', 'table: public.orders', '{ mode: append, cursor: at, lag: 1d }'],
  ['append of a view', 'table: public.shown', '{ mode: append, cursor: at }'],
])('%s: an update that leaves the content as it was publishes nothing', async (_, from, load) => {
  const standIn = await startTableauStandIn();
  try {
    const { client, url } = await testDatabase();
    await client.query(`
      create table orders (id int, region text, at timestamptz not null, unseen int);
      create view shown as select id, region, at from orders;
      insert into orders select n, 'East', now() - n * interval '1 hour' from generate_series(1, 50) n`);
    const flush = () => client.query('select pg_stat_force_next_flush()');
    await flush();
    const tableau = `{ type: tableau, server: '${standIn.url}', site: ${demo.site}, project: Sales, name: orders, auth: { token_name: ${demo.patName}, token_secret: '\${secret.TABLEAU_TOKEN}' } }`;
    const project = await createProject({
      'pipelines/orders.yaml': pipeline('orders', from, load).replace(/\{ type: file.*\}/, tableau),
    });
    const env = { ...postgresUrl(url), TABLEAU_TOKEN: demo.patSecret };
    await project.apply(env);
    const published = () => standIn.control.dataSource('orders', 'Sales').revisions.length;
    expect(published()).toBe(1);
    await client.query('update orders set region = region, unseen = id where id <= 5 or id > 40');
    await flush();
    const writes = standIn.control.jobs().length;
    await project.apply(env);
    expect([published(), standIn.control.jobs().length]).toEqual([1, writes]);
    expect((await project.run(['plan', '--fail-on', 'drift'], env)).stdout).toMatch(/^No changes\./);
    await client.query(`insert into orders values (51, 'West', now())`);
    await flush();
    await project.apply(env);
    expect(published()).toBe(2);
  } finally {
    await standIn.close();
  }
});
