import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { AppliedRecord } from '../src/model/world/applied-record.ts';
import { migrations, newest, tablesIn } from '../src/state/postgres/tables.ts';
import { recordName } from '../src/state/record.ts';
import { startS3StandIn } from '../stand-ins/s3/src/index.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { inSeconds, measure, megabytes } from './measure.ts';
import { ownProgram } from './project.ts';

export const stateHeader = ['records', 'seconds', 'our CPU', 'our peak'];

/** A place of records: what extracts.yaml says of it, and the variables that it reads. */
interface Place {
  name: string;
  state: string;
  env?: Record<string, string>;
  end: () => unknown;
}

/** Measures `extracts state list`, which reads every record, in each kind of place. */
export async function benchState(count: number, program = ownProgram): Promise<string[][]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-'));
  const records = Array.from({ length: count }, (_, index) => recordOf(`tenants[t${index}]`));
  try {
    const rows: string[][] = [];
    for (const open of [inFolder, inBucket, inDatabase]) {
      const { name, state, env = {}, end } = await open(records, folder);
      try {
        await writeFile(path.join(folder, 'extracts.yaml'), `version: 1\nstate: ${state}\n`);
        const run = await measure(process.execPath, [program, 'state', 'list'], { cwd: folder, env });
        if (!/^\d.* records in /m.test(run.stdout)) throw new Error(run.stdout.slice(-200));
        rows.push([`${count} ${name}`, inSeconds(run.seconds), inSeconds(run.cpu), megabytes(run.peak)]);
      } finally {
        await end();
      }
    }
    return rows;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function inFolder(records: readonly AppliedRecord[], folder: string): Promise<Place> {
  await mkdir(path.join(folder, 'state'));
  for (const record of records)
    await writeFile(path.join(folder, 'state', recordName(record.address)), JSON.stringify(record));
  return { name: 'in a folder', state: '{type: file, path: state}', end: () => undefined };
}

async function inBucket(records: readonly AppliedRecord[]): Promise<Place> {
  const standIn = await startS3StandIn({ buckets: { state: {} } });
  for (const record of records)
    await standIn.control.put(
      'state',
      `bench/${recordName(record.address)}`,
      JSON.stringify({ format: 1, fence: 'bench', record }),
    );
  const { accessKeyId, secretAccessKey } = standIn.credentials;
  return {
    name: 'in the stand-in for S3',
    state: `{type: s3, bucket: state, prefix: bench, endpoint: "${standIn.endpoint}"}`,
    env: { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
    end: () => standIn.close(),
  };
}

async function inDatabase(records: readonly AppliedRecord[]): Promise<Place> {
  const { url, close } = await startPostgres();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const tables = tablesIn('bench');
  await client.query(`create schema ${tables.schema}`);
  for (const migrate of migrations) await client.query(migrate(tables));
  await client.query(`update ${tables.version} set version = ${newest}`);
  await client.query(
    `insert into ${tables.records} (address, version, record)
     select address, md5(record), record from unnest($1::text[], $2::text[]) as own (address, record)`,
    [records.map(({ address }) => address), records.map((record) => JSON.stringify(record))],
  );
  await client.end();
  return {
    name: 'in PostgreSQL',
    state: `{type: postgres, url: "\${secret.STATE_URL}", schema: bench}`,
    env: { STATE_URL: url },
    end: close,
  };
}

function recordOf(address: string): AppliedRecord {
  const hash = 'a'.repeat(64);
  return {
    format: 1,
    tool: '0.2.0',
    address,
    configuration: hash,
    file: 'pipelines/tenants.yaml',
    tables: {},
    extract: { schema: 'Extract', version: 3, keys: '', size: 65_536, modified: '1' },
    destinations: {},
  };
}
