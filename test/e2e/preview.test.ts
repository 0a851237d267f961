import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, afterAll, describe, expect, it, vi } from 'vitest';
import { createProject, type CliProject, type Variables } from '../support/cli.ts';
import { freshDatabase } from '../support/database.ts';
import { expectGolden } from '../support/golden.ts';
import { startS3StandIn, type S3StandIn } from '../../stand-ins/s3/src/index.ts';
import { tellStory } from '../support/story.ts';

vi.setConfig({ testTimeout: 120_000 });

const fixture = path.join(import.meta.dirname, '..', 'sources', 'parquet', 'fixtures', 'row_groups.parquet');

const pipeline = `version: 1
name: all
sources:
  shop: { type: postgres, url: '\${secret.PG_URL}' }
  csv: { type: file, path: 'data/*.csv' }
  parquet: { type: file, path: data/rows.parquet }
  lake:
    type: s3
    bucket: lake
    match: sales/*.csv
    endpoint: \${env.LAKE}
    region: us-east-1
    access_key_id: '\${secret.LAKE_ID}'
    secret_access_key: '\${secret.LAKE_KEY}'
tables:
  postgres:
    from: { source: shop, table: orders, where: id > 1 }
    columns: { id: int not null, name: text, amount: "numeric(12,2)", Twice: { type: "numeric(12,2)", expr: amount * 2 } }
  csv:
    from: { source: csv }
    columns: { name: text, id: int }
    add: { File: '\${file.name}' }
  parquet:
    from: { source: parquet }
    columns: { Number: { from: id, type: "numeric(20,0)" }, name: varchar(3) }
  s3:
    from: { source: lake }
    columns: { id: int, day: date }
    add: { Key: '\${file.key}' }
destinations:
  - { type: file, path: ../out/all.hyper }
`;

describe('preview shows the first rows as they would land', () => {
  let standIn: S3StandIn;
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  beforeAll(async () => {
    standIn = await startS3StandIn({ buckets: { lake: {} } });
    await standIn.control.put('lake', 'sales/1.csv', 'day,id\n2024-02-29,1\n');
    await standIn.control.put('lake', 'sales/2.csv', 'id,day,more\n2,,x\n3,2024-03-01,x\n');
    database = await freshDatabase();
    await database.client.query(
      `create table orders as select i as id, case when i <> 3 then E'Żółw "' || i || E'"\\nx' end as name, i * 1.25 as amount
       from generate_series(1, 100000) i`,
    );
  });
  afterAll(async () => {
    await database.close();
    await standIn.close();
  });

  async function world(): Promise<{ project: CliProject; env: Variables }> {
    const project = await createProject({
      'pipelines/all.yaml': pipeline,
      'pipelines/data/a.csv': 'id,name\n1,Anna\n',
      'pipelines/data/b.csv': 'name,id\n,2\nBob,3\n',
    });
    await mkdir(project.path('pipelines/data'), { recursive: true });
    await copyFile(fixture, project.path('pipelines/data/rows.parquet'));
    const { endpoint, credentials } = standIn;
    const { accessKeyId, secretAccessKey } = credentials;
    return {
      project,
      env: { PG_URL: database.url, LAKE: endpoint, LAKE_ID: accessKeyId, LAKE_KEY: secretAccessKey },
    };
  }

  it('of PostgreSQL, CSV, Parquet and S3, as tables and as JSON', async () => {
    const { project, env } = await world();
    const before = await project.marks();
    const story = tellStory(project);
    await story.run('preview pipelines/all.yaml --rows 2', env);
    for (const table of ['postgres', 'csv', 'parquet', 's3'])
      await story.run(`preview pipelines/all.yaml --table ${table} --rows 3 --json`, env);
    expectGolden('e2e/preview.txt', story.text());
    expect(await project.marks()).toEqual(before);
    expect(await project.temporary()).toEqual([]);
  });

  it('one table that fails is told, with exit code 1', async () => {
    const { project, env } = await world();
    await project.write('pipelines/all.yaml', pipeline.replace('table: orders', 'table: order'));
    const { stderr, exitCode } = await project.run(['preview', 'pipelines/all.yaml'], env);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('EXT2004');
    const other = await project.run(['preview', 'pipelines/all.yaml', '--table', 'csv', '--json'], env);
    expect(other).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('what apply would refuse is named by line and column, as apply does', async () => {
    const project = await createProject({
      'extracts.yaml': 'version: 1\n',
      'p.yaml': `version: 1
name: p
sources:
  s: {type: file, path: "data/*", format: csv}
tables:
  t:
    from: {source: s}
    columns: {id: int not null, name: text}
`,
      'data/a.csv': 'id,name\n1,A\n,B\n',
    });
    expect(await project.run(['preview', 'p.yaml'])).toMatchObject({
      stdout: '',
      stderr: `p.yaml:8:19  error  data/a.csv:3: column "id" (int not null): the value is NULL  [EXT2103]
  8 |     columns: {id: int not null, name: text}
    |                   ~~~~~~~~~~~~
    = correct the file, or allow NULL: remove "not null" from the column

1 error
`,
      exitCode: 1,
    });
  });
});
