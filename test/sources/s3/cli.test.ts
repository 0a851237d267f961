import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { env as variables } from 'node:process';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { run } from '../../../src/cli/program.ts';
import type { Env } from '../../../src/cli/env.ts';
import { createProject } from '../../support/cli.ts';
import { configFolder } from '../../support/config-folder.ts';
import { startS3StandIn, type S3StandIn } from '../../../stand-ins/s3/src/index.ts';

let standIn: S3StandIn;
beforeAll(async () => {
  standIn = await startS3StandIn({ buckets: { lake: {} } });
});
afterEach(() => {
  for (const { key } of standIn.control.list('lake')) standIn.control.delete('lake', key);
  standIn.control.faults.clear();
  standIn.control.requests.clear();
});
afterAll(() => standIn.close());

const yaml = `version: 1
name: s3_sales
sources:
  files: {connection: lake, bucket: lake, match: 'sales/**/*.csv.gz', header_file: {key: sales/header.csv, types: true}, format: {type: csv, header: false}}
tables:
  sales:
    from: {source: files}
    columns_from: header_file
    columns: {amount: "numeric(18,2)"}
    primary_key: [id]
    add:
      File Path: \${file.key}
      Day: {from: "\${file.key}", pattern: 'sales/(\\d{4}-\\d{2}-\\d{2})/', type: date}
`;

const project = `version: 1
connections:
  lake:
    type: s3
    region: us-east-1
    endpoint: \${env.LAKE_ENDPOINT}
    access_key_id: \${env.LAKE_KEY}
    secret_access_key: \${env.LAKE_SECRET}
`;

interface Said {
  exitCode: number;
  out: string;
  err: string;
}

/** Runs the program in this process. `answer` is what is said to a question, after whatever happens before. */
async function extracts(cwd: string, argv: readonly string[], answer?: () => Promise<string>): Promise<Said> {
  const said = { out: '', err: '' };
  const { endpoint, credentials } = standIn;
  const own = {
    LAKE_ENDPOINT: endpoint,
    LAKE_KEY: credentials.accessKeyId,
    LAKE_SECRET: credentials.secretAccessKey,
  };
  const env: Env = {
    cwd,
    // CI runs these tests too, and there a run with a local state warns (EXT6121).
    variables: { ...variables, CI: undefined, ...own },
    signal: new AbortController().signal,
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    color: { out: false, err: false },
    width: undefined,
    terminal: undefined,
    ask: answer,
  };
  return { exitCode: await run(argv, env), ...said };
}

async function fill(days: readonly number[]): Promise<void> {
  await standIn.control.put('lake', 'sales/header.csv', 'id,amount\nint64,double\n');
  for (const day of days) await putDay(day, `${day},${day}.50\n`);
}

const putDay = (day: number, text: string) =>
  standIn.control.put('lake', `sales/2026-01-0${day}/part.csv.gz`, gzipSync(text));

it('plans, previews, applies, and detects new, changed and missing objects', async () => {
  const cwd = configFolder({ 'extracts.yaml': project, 'pipelines/s3_sales.yaml': yaml });
  await fill([1, 2, 3]);

  const first = await extracts(cwd, ['plan']);
  expect(first).toMatchObject({ exitCode: 0, err: '' });
  expect(first.out).toContain(
    'from s3://lake/sales/header.csv:\n            id bigint\n            amount numeric(18,2)\n',
  );

  const seen = await extracts(cwd, ['preview', 'pipelines/s3_sales.yaml', '--rows', '2', '--json']);
  expect(JSON.parse(seen.out)).toMatchObject({
    pipelines: [
      {
        tables: [
          {
            columns: [
              { name: 'id', type: 'bigint' },
              { name: 'amount' },
              { name: 'File Path' },
              { name: 'Day', type: 'date' },
            ],
            rows: [
              ['1', '1.50', 'sales/2026-01-01/part.csv.gz', '2026-01-01'],
              ['2', '2.50', 'sales/2026-01-02/part.csv.gz', '2026-01-02'],
            ],
          },
        ],
      },
    ],
  });

  expect(await extracts(cwd, ['apply', '--yes'])).toMatchObject({ exitCode: 0 });
  standIn.control.requests.clear();
  const again = await extracts(cwd, ['plan', '--detailed-exitcode']);
  expect(again).toMatchObject({ exitCode: 0, out: expect.stringContaining('No changes.') as string });
  const read = standIn.control.requests.of('GetObject').map(({ key }) => key);
  expect(read).toEqual(['sales/header.csv']);

  await fill([4]);
  await putDay(2, '2,9\n');
  standIn.control.delete('lake', 'sales/2026-01-01/part.csv.gz');
  const changed = await extracts(cwd, ['plan', '--verbose']);
  expect(changed.out).toMatch(
    /sales\/2026-01-04\/part\.csv\.gz is new \(\d+ B\), sales\/2026-01-02\/part\.csv\.gz has a new ETag \(\d+ B\), sales\/2026-01-01\/part\.csv\.gz was removed/,
  );
  expect(changed.out).toContain(`        + object sales/2026-01-04/part.csv.gz
        ~ object sales/2026-01-02/part.csv.gz
        - object sales/2026-01-01/part.csv.gz
`);

  await standIn.control.put('lake', 'sales/header.csv', 'id,total\nint64,double\n');
  const renamed = await extracts(cwd, ['plan']);
  expect(renamed.exitCode).toBe(1);
  expect(renamed.err).toContain('s3://lake/sales/header.csv: it has no column "amount"');
});

it('an object that changes between plan and apply is reported, exit code 4, and nothing is written', async () => {
  const cwd = configFolder({ 'extracts.yaml': project, 'pipelines/s3_sales.yaml': yaml });
  await fill([1, 2, 3]);
  const agree = async () => {
    await putDay(3, '3,changed\n');
    return 'yes';
  };
  const { exitCode, err } = await extracts(cwd, ['apply'], agree);
  expect(err).toContain('s3://lake/sales/2026-01-03/part.csv.gz was replaced since the plan  [EXT2206]');
  expect(exitCode).toBe(4);
  expect(existsSync(path.join(cwd, 'build/s3_sales.hyper'))).toBe(false);
});

it('a key of columns that the header file does not bring', async () => {
  const cwd = configFolder({
    'extracts.yaml': project,
    'pipelines/s3_sales.yaml': yaml.replace('primary_key: [id]', 'primary_key: [ident]'),
  });
  await fill([1]);
  const { exitCode, err } = await extracts(cwd, ['plan']);
  expect(exitCode).toBe(1);
  expect(err).toContain('the header file of table "sales" brings no column "ident"  [EXT2108]');
});

it('credentials are nowhere: not in plans, errors or state', async () => {
  const cwd = configFolder({ 'extracts.yaml': project, 'pipelines/s3_sales.yaml': yaml });
  await fill([1]);
  const { secretAccessKey } = standIn.credentials;
  const all = [await extracts(cwd, ['plan', '--json']), await extracts(cwd, ['apply', '--yes', '--json'])];
  standIn.control.faults.add({ operation: 'ListObjectsV2', act: { kind: 'error', code: 'AccessDenied' } });
  all.push(await extracts(cwd, ['plan']));
  expect(all.map(({ exitCode }) => exitCode)).toEqual([0, 0, 1]);
  const state = readFileSync(path.join(cwd, '.extracts/state/s3_sales.json'), 'utf8');
  expect(state).toContain('"kind": "objects"');
  expect(JSON.stringify(all) + state).not.toContain(secretAccessKey);
});

it('the SDK prints nothing to the user', async () => {
  const folder = await createProject({ 'extracts.yaml': project, 'pipelines/s3_sales.yaml': yaml });
  await fill([1]);
  const { endpoint, credentials } = standIn;
  const { stderr, exitCode } = await folder.run(['plan', 'pipelines'], {
    LAKE_ENDPOINT: endpoint,
    LAKE_KEY: credentials.accessKeyId,
    LAKE_SECRET: credentials.secretAccessKey,
  });
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
});

it('an unknown table of preview is a wrong usage', async () => {
  const folder = await createProject({ 'extracts.yaml': project, 'pipelines/s3_sales.yaml': yaml });
  const { endpoint, credentials } = standIn;
  const { stderr, exitCode } = await folder.run(['preview', 'pipelines/s3_sales.yaml', '--table', 'salse'], {
    LAKE_ENDPOINT: endpoint,
    LAKE_KEY: credentials.accessKeyId,
    LAKE_SECRET: credentials.secretAccessKey,
  });
  expect({ exitCode, stderr }).toEqual({
    exitCode: 64,
    stderr: 'error: there is no table "salse"\n  = did you mean "sales"?\n',
  });
});
