import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, it, vi } from 'vitest';
import { createProject, type CliProject } from '../support/cli.ts';
import { expectGolden } from '../support/golden.ts';
import { readHyperFile, withSession } from '../support/hyper-file.ts';
import { oneAtATime, oneTable } from '../support/one-table.ts';
import { tellStory } from '../support/story.ts';

vi.setConfig({ testTimeout: 120_000 });

const fixtures = path.join(import.meta.dirname, '..', 'sources', 'parquet', 'fixtures');

async function writeParquet(project: CliProject, name: string, query: string): Promise<void> {
  const file = project.path(`pipelines/data/${name}`);
  await mkdir(path.dirname(file), { recursive: true });
  await withSession((session) => session.query(`copy (${query}) to '${file}' with (format parquet)`));
}

const table = (name: string, columns: string) =>
  oneTable({ name, source: `{ type: file, path: data/${name}/*.parquet }`, columns });

it('tells at plan time what does not fit, of every file, and reads none', async () => {
  const project = await createProject({
    'extracts.yaml': oneAtATime,
    'pipelines/good.yaml': table('good', 'id: bigint, amount: "numeric(12,2)"'),
    'pipelines/missing.yaml': table('missing', 'id: int, name: text'),
    'pipelines/no_parquet.yaml': table('no_parquet', 'id: int'),
    'pipelines/nested.yaml': table('nested', 'id: int not null, tags: text'),
    'pipelines/types.yaml': table('types', 'id: int, amount: "numeric(6,2)", day: timestamp, name: int'),
  });
  await writeParquet(project, 'good/1.parquet', `select 1::int as id, 1.5::numeric(10,2) as amount`);
  await writeParquet(
    project,
    'good/2.parquet',
    `select 2::smallint as id, 2.5::numeric(12,2) as amount, 3 as more`,
  );
  await writeParquet(project, 'missing/1.parquet', `select 1 as id, 'Anna'::text as name`);
  await writeParquet(project, 'missing/2.parquet', `select 1 as id, 'Anna'::text as nmae`);
  await writeParquet(project, 'missing/3.parquet', `select 'Anna'::text as name`);
  await writeParquet(
    project,
    'types/1.parquet',
    `select 1::bigint as id, 1::numeric(12,4) as amount, date '2024-02-29' as day, 'x'::text as name`,
  );
  await project.write('pipelines/data/no_parquet/1.parquet', 'id\n1\n');
  await mkdir(project.path('pipelines/data/nested'));
  await copyFile(path.join(fixtures, 'nested.parquet'), project.path('pipelines/data/nested/1.parquet'));
  const story = tellStory(project);
  const { exitCode } = await story.run('plan');
  expectGolden('e2e/parquet-plan.txt', story.text());
  expect(exitCode).toBe(1);
});

it('loads what fits exactly, by other names and types', async () => {
  const project = await createProject({
    'pipelines/good.yaml': `version: 1
name: good
sources:
  s: { type: file, path: 'data/good/*.parquet' }
tables:
  t:
    from: { source: s }
    columns:
      Order ID: { from: id, type: bigint not null }
      id: int
      amount: "numeric(12,2)"
      Name: { from: name, type: varchar(4) }
      day: timestamp
      real: real
    add: { File: '\${file.name}' }
destinations:
  - { type: file, path: ../out/good.hyper }
`,
  });
  const columns = (id: string, name: string) =>
    `select ${id} as id, 1.5::numeric(10,2) as amount, '${name}'::text as name, date '2024-02-29' as day, 0.1::real as real`;
  await writeParquet(project, 'good/1.parquet', columns('1::int', 'Anna'));
  await writeParquet(project, 'good/2.parquet', columns('(-2)::smallint', 'Żółw'));
  const { stdout } = await project.run(['plan']);
  expect(stdout).toContain('2 rows');
  await project.apply();
  const [read] = await readHyperFile(project.path('out/good.hyper'));
  expect(read?.columns).toEqual([
    'Order ID bigint not null',
    'id int',
    'amount numeric(12,2)',
    'Name varchar(4)',
    'day timestamp',
    'real double',
    'File text',
  ]);
  expect(read?.rows.map((row) => Object.values(row))).toEqual([
    ['1', '1', '1.50', 'Anna', '2024-02-29 00:00:00', '0.100000001490116', '1.parquet'],
    ['-2', '-2', '1.50', 'Żółw', '2024-02-29 00:00:00', '0.100000001490116', '2.parquet'],
  ]);
});

it('stops at a value that the contract does not hold, and says which', async () => {
  const project = await createProject({
    'extracts.yaml': oneAtATime,
    'pipelines/length.yaml': table('length', 'name: varchar(4), other: text'),
    'pipelines/nulls.yaml': table('nulls', 'id: int not null, other: text not null'),
  });
  await writeParquet(project, 'length/1.parquet', `select 'Anna'::text as name, 'x'::text as other`);
  await writeParquet(project, 'length/2.parquet', `select 'Dorothea'::text as name, 'x'::text as other`);
  await writeParquet(
    project,
    'nulls/1.parquet',
    `select * from (values (1::int, 'x'::text), (null::int, 'x'::text)) v(id, other)`,
  );
  const story = tellStory(project);
  const { exitCode } = await story.run('apply --yes');
  expectGolden('e2e/parquet-values.txt', story.text());
  expect(exitCode).toBe(1);
  expect(Object.keys(await project.marks()).filter((name) => name.endsWith('.hyper'))).toEqual([]);
});
