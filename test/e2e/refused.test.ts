import { describe, expect, it, vi } from 'vitest';
import { createProject, type CliProject } from '../support/cli.ts';
import { testDatabase } from '../support/database.ts';
import { expectGolden } from '../support/golden.ts';
import { readHyperFile, withSession } from '../support/hyper-file.ts';
import { oneAtATime, oneTable, postgresSource, postgresUrl } from '../support/one-table.ts';
import { tellStory } from '../support/story.ts';

// Many runs of the program in one test, on whatever machine.
vi.setConfig({ testTimeout: 180_000 });

describe('a value that breaks the contract in row 700,000', () => {
  it('of a CSV file is named with file, line, column and value, and leaves all else as it was', async () => {
    const csv = (name: string, columns: string) =>
      oneTable({ name, source: `{ type: file, path: data/${name}.csv }`, columns });
    const project = await createProject({
      'extracts.yaml': oneAtATime,
      'pipelines/good.yaml': csv('good', 'id: int not null, name: text'),
      'pipelines/int.yaml': csv('int', 'id: int, name: text'),
      'pipelines/long.yaml': csv('long', 'id: int, name: varchar(6)'),
      'pipelines/nulls.yaml': csv('nulls', 'id: int not null, name: text'),
      'pipelines/null_text.yaml': csv('null_text', 'id: int, name: text not null'),
      'pipelines/streamed.yaml': csv('streamed', 'id: int, name: text').replace(
        'columns:',
        "add: { f: '${file.name}' }\n    columns:",
      ),
    });
    const names = ['good', 'int', 'long', 'nulls', 'null_text', 'streamed'];
    for (const name of names) await project.write(`pipelines/data/${name}.csv`, 'id,name\n1,Anna\n');
    await project.apply();
    const before = await project.marks();

    const many = Array.from({ length: 699_999 }, (_, row) => `${row + 1},"a, b"\n`).join('');
    const bad = {
      int: 'x1,Anna',
      long: '700000,"too, long"',
      nulls: ',Anna',
      null_text: '700000,',
      streamed: 'x1,Anna',
    };
    for (const [name, row] of Object.entries(bad))
      await project.write(`pipelines/data/${name}.csv`, `id,name\n${many}${row}\n700001,Bob\n`);
    await project.write('pipelines/data/good.csv', 'id,name\n1,Anna\n2,Bob\n');
    const story = tellStory(project);
    const { exitCode } = await story.run('apply --yes');
    expectGolden('e2e/refused-csv.txt', story.text());
    expect(exitCode).toBe(1);
    await expectOnlyGoodChanged(project, before);
  });

  it('of a PostgreSQL table is named with table, column and row, and leaves all else as it was', async () => {
    const { client, url } = await testDatabase();
    const table = (name: string, columns: string) =>
      oneTable({ name, source: postgresSource, from: `table: ${name}`, columns });
    const project = await createProject({
      'extracts.yaml': oneAtATime,
      'pipelines/decimals.yaml': table('decimals', 'id: "numeric(10,2)"'),
      'pipelines/good.yaml': table('good', 'id: int not null, name: text'),
      'pipelines/infinite.yaml': table('infinite', 'id: int, day: date'),
      'pipelines/long.yaml': table('long', 'id: int, name: varchar(6)'),
      'pipelines/nulls.yaml': table('nulls', 'id: int, name: text not null'),
    });
    const views = (rows: number) => `
      drop view if exists decimals, good, infinite, long, nulls;
      create view decimals as select case when i = 700000 then 1.234 else i end as id from generate_series(1, ${rows}) i;
      create view good as select i as id, 'x' as name from generate_series(1, ${rows}) i;
      create view infinite as select i as id, case when i = 700000 then date '-infinity' else date '2024-02-29' end as day
        from generate_series(1, ${rows}) i;
      create view long as select i as id, case when i = 700000 then 'too long' else 'ok' end as name
        from generate_series(1, ${rows}) i;
      create view nulls as select i as id, case when i <> 700000 then 'x' end as name
        from generate_series(1, ${rows}) i;`;
    await client.query(views(3));
    await project.apply(postgresUrl(url));
    const before = await project.marks();

    await client.query(views(700_100));
    const story = tellStory(project);
    const { exitCode } = await story.run('apply --yes', postgresUrl(url));
    expectGolden('e2e/refused-postgres.txt', story.text());
    expect(exitCode).toBe(1);
    await expectOnlyGoodChanged(project, before);
    const [good] = await readHyperFile(project.path('out/good.hyper'));
    expect(good?.rows).toHaveLength(700_100);
  });
});

it('tells what is wrong with files, each in its pipeline, while the others are applied', async () => {
  const csv = (name: string) =>
    oneTable({
      name,
      source: `{ type: file, path: data/${name}.csv, format: csv }`,
      columns: 'id: int, name: text',
    });
  const names = ['bytes', 'empty', 'few', 'good', 'many', 'missing', 'open', 'parquet', 'zip'];
  const project = await createProject({
    'extracts.yaml': oneAtATime,
    ...Object.fromEntries(names.map((name) => [`pipelines/${name}.yaml`, csv(name)])),
    'pipelines/empty.yaml': csv('empty').replace('data/empty.csv', 'data/empty/*.csv'),
    'pipelines/parquet.yaml': csv('parquet').replace('.csv, format: csv', '.parquet'),
    'pipelines/zip.yaml': csv('zip').replace('data/zip.csv', 'data/zip/*.csv*'),
  });
  const places = names
    .filter((name) => name !== 'parquet')
    .map((name) => `pipelines/data/${name}${['empty', 'zip'].includes(name) ? '/1' : ''}.csv`);
  for (const place of places) await project.write(place, 'id,name\n1,Anna\n');
  await writeParquet(project.path('pipelines/data/parquet.parquet'), `1::int as id, 'Anna' as name`);
  await project.apply();
  const before = await project.marks();

  await project.write('pipelines/data/bytes.csv', Buffer.from('id,name\n1,Anna\n2,caf\xe9\n', 'latin1'));
  await project.remove('pipelines/data/empty');
  await project.write('pipelines/data/few.csv', 'id,name\n1,Anna\n2\n3,Bob\n');
  await project.write('pipelines/data/good.csv', 'id,name\n1,Anna\n2,Bob\n');
  await project.write('pipelines/data/many.csv', 'id,name\n1,Anna\n2,Bob,x\n');
  await project.write('pipelines/data/missing.csv', 'id,nmae\n1,Anna\n');
  await project.write('pipelines/data/open.csv', 'id,name\n1,Anna\n2,"Bob\n3,Carl\n');
  await writeParquet(project.path('pipelines/data/parquet.parquet'), `1::int as id, 'Anna' as nmae`);
  await project.write('pipelines/data/zip/2.csv.gz', 'no gzip at all');
  const story = tellStory(project);
  const { exitCode } = await story.run('apply --yes');
  expectGolden('e2e/refused-files.txt', story.text());
  expect(exitCode).toBe(1);
  await expectOnlyGoodChanged(project, before);
});

it('blocks what does not agree with the catalog of PostgreSQL before a byte is read', async () => {
  const { client, url } = await testDatabase();
  await client.query(
    `create table orders (id int not null, region text, amount numeric(30,4), at timestamptz)`,
  );
  const table = (name: string, columns: string, from = 'table: orders') =>
    oneTable({ name, source: postgresSource, from, columns });
  const project = await createProject({
    'extracts.yaml': oneAtATime,
    'pipelines/column.yaml': table('column', 'id: int, regoin: text'),
    'pipelines/good.yaml': table('good', 'id: int'),
    'pipelines/query.yaml': table('query', 'id: int', 'query: selec id from orders'),
    'pipelines/table.yaml': table('table', 'id: int', 'table: public.order'),
    'pipelines/type.yaml': table('type', 'id: smallint, amount: "numeric(18,2)", at: timestamp, region: int'),
    'pipelines/where.yaml': table('where', 'id: int', 'table: orders, where: "ide > 1"'),
  });
  const story = tellStory(project);
  await story.run('plan', postgresUrl(url));
  const { exitCode } = await story.run('apply --yes', postgresUrl(url));
  expectGolden('e2e/refused-catalog.txt', story.text());
  expect(exitCode).toBe(1);
  expect(Object.keys(await project.marks()).filter((name) => !name.startsWith('pipelines/'))).toEqual([
    '.extracts/state/good.json',
    'build/good.hyper',
    'extracts.yaml',
    'out/good.hyper',
  ]);
});

/** A Parquet file with one row of these values. */
async function writeParquet(file: string, values: string): Promise<void> {
  await withSession((session) => session.query(`copy (select ${values}) to '${file}' with (format parquet)`));
}

/** Everything of the other pipelines is as it was, byte for byte, and nothing else lies about. */
async function expectOnlyGoodChanged(project: CliProject, before: Record<string, string>): Promise<void> {
  const results = (marks: Record<string, string>) =>
    Object.entries(marks).filter(([name]) => !name.startsWith('pipelines/') && !name.includes('good'));
  const after = await project.marks();
  expect(results(after)).toEqual(results(before));
  for (const result of ['build/good.hyper', 'out/good.hyper', '.extracts/state/good.json'])
    expect(after[result]).not.toBe(before[result]);
  expect(Object.keys(after).filter((name) => name.includes('good'))).toEqual(
    Object.keys(before).filter((name) => name.includes('good')),
  );
  expect(await project.temporary()).toEqual([]);
}
