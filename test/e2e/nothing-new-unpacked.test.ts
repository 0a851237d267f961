import { stat } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { createProject } from '../support/cli.ts';
import { testDatabase } from '../support/database.ts';
import { oneAtATime, postgresSource, postgresUrl } from '../support/one-table.ts';

// Several runs of the program in one test, on whatever machine.
vi.setConfig({ testTimeout: 240_000 });

const pipeline = (load: string) => `version: 1
name: orders
sources:
  s: ${postgresSource}
tables:
  orders:
    from: { source: s, table: public.orders }
    columns: { id: int not null, region: text, at: timestamp not null }
    primary_key: [id]
    load: ${load}
template:
  generate:
    tables:
      orders:
        columns:
          region: Region
destinations:
  - { type: file, path: ../out/orders.tdsx }
`;

const said = 'nothing new: the extract has all rows that were read, so nothing was written or delivered';

test.each([
  ['upsert', '{ mode: upsert, cursor: at }'],
  ['window', '{ mode: replace_window, column: at, last: 3d }'],
])('%s: rows are compared with an extract that is in a package alone', async (_, load) => {
  const { client, url } = await testDatabase();
  await client.query(`
    create table orders (id int, region text, at timestamp not null);
    insert into orders select n, 'East', now() - n * interval '1 hour' from generate_series(1, 100) n;
  `);
  const flush = () => client.query('select pg_stat_force_next_flush()');
  await flush();
  const project = await createProject({
    'extracts.yaml': oneAtATime,
    'pipelines/orders.yaml': pipeline(load),
  });
  const env = postgresUrl(url);
  await project.apply(env);
  const delivered = async () => {
    const { ino, mtimeNs } = await stat(project.path('out/orders.tdsx'), { bigint: true });
    return `${ino} ${mtimeNs}`;
  };
  const first = await delivered();

  for (const lost of ['build/orders.hyper', 'build']) {
    await project.remove(lost);
    await client.query('update orders set region = region where id <= 5');
    await flush();
    const again = await project.run(['apply', '--yes'], env);
    expect(`${again.stdout}${again.stderr}`).toContain(said);
    expect(await delivered()).toBe(first);
    expect((await project.run(['plan'], env)).stdout).toMatch(/^No changes\./);
  }

  await client.query(`update orders set region = 'West', at = now() where id = 3`);
  await flush();
  await project.apply(env);
  expect(await delivered()).not.toBe(first);
});
