import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type pg from 'pg';
import { createProject, type CliProject, type Variables } from '../support/cli.ts';
import { testDatabase } from '../support/database.ts';
import { startS3StandIn, type S3StandIn } from '../../stand-ins/s3/src/index.ts';
import { demo } from '../../stand-ins/tableau/src/seed.ts';
import { startTableauStandIn, type TableauStandIn } from '../../stand-ins/tableau/src/stand-in.ts';
import type { Random } from './random.ts';

/** Pipelines that deliver what their source has: every way to load rows, and every kind of destination. */
export const pipelines = [
  'full',
  'packed',
  'by_file',
  'append',
  'upsert',
  'window',
  'published',
  'updated',
] as const;
export type PipelineName = (typeof pipelines)[number];
/** The pipeline that adds all rows of its source to what it has published, each time that the source has changed. */
export const adding = 'added';

export interface World {
  project: CliProject;
  variables: Variables;
  tableau: TableauStandIn;
  /** Undefined where the state is in a folder. */
  bucket: S3StandIn | undefined;
  /** Ends all sessions with the state in PostgreSQL, as a restart of the server does; undefined with another state. */
  endSessions: (() => Promise<void>) | undefined;
  /** Lets the leases of killed runs expire: to the bucket they were written an hour ago. */
  expireLeases: () => Promise<void>;
  /** Changes every source. */
  change: (random: Random) => Promise<void>;
  /** The rows that each pipeline must have after an apply, as sorted texts. */
  rows: () => Promise<Record<PipelineName, string>>;
  /** Where each pipeline delivers, or undefined for what is published. */
  delivered: (name: PipelineName) => string | undefined;
}

const header = (name: string, source: string) => `version: 1\nname: ${name}\nsources:\n  s: ${source}\n`;
const postgres = "{ type: postgres, url: '${secret.PG_URL}' }";
const file = (name: string) => `destinations:\n  - { type: file, path: ../out/${name} }\n`;

/** Each pipeline has a table `t (id, name)`. */
const sources: Readonly<Record<PipelineName | typeof adding, string>> = {
  full: `${header('full', '{ type: file, path: data/full.csv }')}tables:
  t: { from: { source: s }, columns: { id: int, name: text } }
${file('full.hyper')}`,
  packed: `${header('packed', '{ type: file, path: data/full.csv }')}tables:
  t: { from: { source: s }, columns: { id: int, name: text } }
template: { generate: {} }
${file('packed.tdsx')}`,
  by_file: `${header('by_file', "{ type: file, path: 'data/parts/*.csv' }")}tables:
  t:
    from: { source: s }
    columns: { id: int, name: text }
    add: { File: '\${file.path}' }
    load: { mode: append, by: file }
${file('by_file.hyper')}`,
  append: `${header('append', postgres)}tables:
  t: { from: { source: s, table: appended }, columns: { id: int not null, name: text }, load: { mode: append, cursor: id } }
${file('append.hyper')}`,
  upsert: `${header('upsert', postgres)}tables:
  t:
    from: { source: s, table: upserted }
    primary_key: [id]
    columns: { id: int not null, name: text, changed: int not null }
    load: { mode: upsert, cursor: changed }
${file('upsert.hyper')}`,
  window: `${header('window', postgres)}tables:
  t:
    from: { source: s, table: windowed }
    columns: { id: int not null, name: text, day: date not null }
    load: { mode: replace_window, column: day, last: 7d }
${file('window.hyper')}`,
  published: `${header('published', '{ type: file, path: data/full.csv }')}tables:
  t: { from: { source: s }, columns: { id: int, name: text } }
destinations:
  - { use: tableau, project: Sales/Certified, name: published }
`,
  updated: `${header('updated', postgres)}tables:
  t:
    from: { source: s, table: upserted }
    primary_key: [id]
    columns: { id: int not null, name: text }
destinations:
  - { use: tableau, project: Sales/Certified, name: updated, method: update, action: upsert }
`,
  added: `${header('added', '{ type: file, path: data/full.csv }')}tables:
  t: { from: { source: s }, columns: { id: int, name: text } }
destinations:
  - { use: tableau, project: Sales/Certified, name: added, mode: append }
`,
};

export async function createWorld(state: 'folder' | 'bucket' | 'database'): Promise<World> {
  const tableau = await startTableauStandIn();
  // One look tells what has become of a job, so that an apply in peace leaves nothing to find out.
  tableau.control.configure({ jobPolls: 1 });
  const bucket = state === 'bucket' ? await startS3StandIn({ buckets: { state: {} } }) : undefined;
  const { client, url } = await testDatabase();
  await client.query(`
    create table appended (id serial primary key, name text);
    create table upserted (id int primary key, name text, changed serial);
    create table windowed (id serial primary key, name text, day date not null default current_date);
    insert into windowed (name, day) values ('old', current_date - 100);`);
  const project = await createProject({
    'extracts.yaml': projectFile(tableau, state === 'database' ? stateInDatabase : stateIn(bucket)),
    ...Object.fromEntries(Object.entries(sources).map(([name, text]) => [`pipelines/${name}.yaml`, text])),
  });
  const variables: Variables = { PG_URL: url, TABLEAU_TOKEN: demo.patSecret };
  if (bucket !== undefined) {
    variables.STATE_KEY_ID = bucket.credentials.accessKeyId;
    variables.STATE_KEY = bucket.credentials.secretAccessKey;
  }
  let rounds = 0;
  return {
    project,
    variables,
    tableau,
    bucket,
    endSessions:
      state === 'database'
        ? async () => {
            await client.query(
              `select pg_terminate_backend(pid) from pg_stat_activity
               where datname = current_database() and pid <> pg_backend_pid() and query like '%"extracts".%'`,
            );
          }
        : undefined,
    async expireLeases() {
      if (state === 'database') {
        const { rows } = await client.query<{ found: boolean }>(
          `select to_regclass('extracts.locks') is not null as found`,
        );
        if (rows[0]?.found === true)
          await client.query(`update extracts.locks set expires = now() - interval '1 hour'`);
      }
      if (bucket === undefined) return;
      const lastModified = new Date(Date.now() - 3_600_000);
      for (const { key } of bucket.control.list('state')) {
        if (!key.endsWith('.lock') && !key.includes('.probe-')) continue;
        const body = await bucket.control.read('state', key);
        await bucket.control.put('state', key, body, { lastModified });
      }
    },
    async change(random) {
      await changeFiles(project, random, ++rounds);
      await changeTables(client, random, rounds);
    },
    rows: () => rowsOf(project, client),
    delivered: (name) =>
      name === 'published' || name === 'updated'
        ? undefined
        : project.path(`out/${name}.${name === 'packed' ? 'tdsx' : 'hyper'}`),
  };
}

const stateInDatabase = "state: { type: postgres, url: '${secret.PG_URL}' }\n";

function stateIn(bucket: S3StandIn | undefined): string {
  return bucket === undefined
    ? ''
    : `state:
  type: s3
  bucket: state
  region: us-east-1
  endpoint: ${bucket.endpoint}
  path_style: true
  access_key_id: \${secret.STATE_KEY_ID}
  secret_access_key: \${secret.STATE_KEY}
`;
}

function projectFile(tableau: TableauStandIn, state: string): string {
  return `version: 1
${state}destinations:
  tableau:
    type: tableau
    server: ${tableau.url}
    site: ${demo.site}
    auth: { token_name: ${demo.patName}, token_secret: '\${secret.TABLEAU_TOKEN}' }
    job_timeout: 10
`;
}

async function changeFiles(project: CliProject, random: Random, round: number): Promise<void> {
  const rows = Array.from({ length: 1 + random.below(3000) }, (_, id) => `${id},row ${id} of ${round}\n`);
  await project.write('pipelines/data/full.csv.new', `id,name\n${rows.join('')}`);
  await rename(project.path('pipelines/data/full.csv.new'), project.path('pipelines/data/full.csv'));
  await mkdir(project.path('pipelines/data/parts'), { recursive: true });
  await writeFile(project.path(`pipelines/data/parts/${round}.csv`), `id,name\n${round},part ${round}\n`);
}

async function changeTables(client: pg.Client, random: Random, round: number): Promise<void> {
  const count = 1 + random.below(500);
  await client.query(`
    insert into appended (name) select 'round ${round}' from generate_series(1, ${count});
    insert into upserted (id, name) select i, 'round ${round}' from generate_series(${round}, ${round + count}) i
      on conflict (id) do update set name = excluded.name, changed = nextval('upserted_changed_seq');
    delete from windowed where id % 3 = ${round % 3} and day = current_date;
    insert into windowed (name) select 'round ${round}' from generate_series(1, ${count});
    select pg_stat_force_next_flush();`);
}

async function rowsOf(project: CliProject, client: pg.Client): Promise<Record<PipelineName, string>> {
  const table = async (sql: string) => {
    const { rows } = await client.query<{ line: string }>(sql);
    return inOrder(rows.map(({ line }) => line));
  };
  const full = inOrder(linesOf(await readFile(project.path('pipelines/data/full.csv'), 'utf8')));
  const folder = project.path('pipelines/data/parts');
  const parts = await Promise.all(
    (await readdir(folder)).map((name) => readFile(path.join(folder, name), 'utf8')),
  );
  return {
    full,
    packed: full,
    published: full,
    by_file: inOrder(parts.flatMap(linesOf)),
    append: await table(`select id || ',' || name as line from appended`),
    upsert: await table(`select id || ',' || name as line from upserted`),
    updated: await table(`select id || ',' || name as line from upserted`),
    window: await table(`select id || ',' || name as line from windowed`),
  };
}

const linesOf = (csv: string) => csv.trim().split('\n').slice(1);

export const inOrder = (lines: readonly string[]) => lines.toSorted().join('\n');
