import { cp, copyFile, mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Client } from 'pg';
import { onTestFinished } from 'vitest';
import { createProject, type CliProject, type Variables } from './cli.ts';
import { testDatabase } from './database.ts';
import { startS3StandIn } from '../../stand-ins/s3/src/index.ts';

const fixture = fileURLToPath(new URL('../fixtures/state-768509c', import.meta.url));

/** Every file had this modification time when the records were written. */
const moment = new Date('2026-01-01T00:00:00Z');

/** Destinations, and the staged files that they are copies of. */
const copies = {
  'out/shop.hyper': 'build/shop.hyper',
  'out/files.hyper': 'build/files.hyper',
  'out/objects.hyper': 'build/objects.hyper',
  'out/landing.tdsx': 'build/landing.tdsx',
  'out/acme.tdsx': 'build/tenants/acme.tdsx',
  'out/globex.tdsx': 'build/tenants/globex.tdsx',
};

/** A project with its sources, extracts and state as the program of commit 768509c left them. */
export interface OldProject {
  project: CliProject;
  env: Variables;
  /** The client of the database that the pipelines `shop` and `tenants` read. */
  client: Client;
}

export async function oldProject(): Promise<OldProject> {
  const { client, url } = await testDatabase();
  await client.query(await readFile(path.join(fixture, 'setup.sql'), 'utf8'));
  await client.query('select pg_stat_force_next_flush()');
  const standIn = await startS3StandIn({ buckets: { lake: {} } });
  onTestFinished(() => standIn.close());
  const data = (name: string) => readFile(path.join(fixture, 'project/pipelines/data', name));
  await standIn.control.put('lake', 'day-1.csv', await data('day-1.csv'));
  await standIn.control.put('lake', 'day-2.csv', await data('day-2.csv'));
  await standIn.control.put('lake', 'packed/a.gz', await data('packed.csv.gz'));
  const project = await createProject();
  await cp(path.join(fixture, 'project'), project.folder, { recursive: true });
  for (const [to, from] of Object.entries(copies)) {
    await mkdir(path.dirname(project.path(to)), { recursive: true });
    await copyFile(project.path(from), project.path(to));
  }
  await settleRecords(project.path('state'), await placeholders(client, standIn.endpoint));
  for (const name of await readdir(project.folder, { recursive: true }))
    await utimes(project.path(name), moment, moment);
  const { accessKeyId, secretAccessKey } = standIn.credentials;
  const env = {
    PG_URL: url,
    S3_ENDPOINT: standIn.endpoint,
    S3_KEY_ID: accessKeyId,
    S3_KEY: secretAccessKey,
  };
  return { project, env, client };
}

interface Placeholders {
  texts: Readonly<Record<string, string>>;
  /** The relations by the name of their table. */
  relations: ReadonlyMap<string, { oid: string; counters: unknown }>;
}

/** Returns what the program of that commit would have recorded of this server: the queries are its own. */
async function placeholders(client: Client, endpoint: string): Promise<Placeholders> {
  const { rows: server } = await client.query<{ system: string; transaction: string }>(
    `select (select system_identifier::text from pg_control_system()) || '/' ||
            (select oid::text from pg_database where datname = current_database()) as system,
            txid_snapshot_xmin(txid_current_snapshot())::text as transaction`,
  );
  const { system = '', transaction = '' } = server[0] ?? {};
  const { rows } = await client.query<{ name: string; oid: string; counters: unknown }>(
    `select c.relname as name, c.oid::text, json_build_object(
       'filenode', pg_relation_filenode(c.oid)::text, 'inserted', s.n_tup_ins::text, 'updated', s.n_tup_upd::text,
       'deleted', s.n_tup_del::text, 'reset', concat_ws('/',
         (select d.stats_reset from pg_stat_database d where d.datname = current_database()),
         (select b.stats_reset from pg_stat_bgwriter b))) as counters
     from pg_class c join pg_stat_all_tables s on s.relid = c.oid
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'`,
  );
  return {
    texts: { '{system}': system, '{transaction}': transaction, '{endpoint}': endpoint },
    relations: new Map(rows.map(({ name, ...relation }) => [`{${name}}`, relation])),
  };
}

async function settleRecords(folder: string, { texts, relations }: Placeholders): Promise<void> {
  const settle = (value: unknown): unknown => {
    if (typeof value === 'string')
      return Object.entries(texts).reduce((text, [name, is]) => text.replaceAll(name, is), value);
    if (Array.isArray(value)) return value.map(settle);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, part]) => {
        const relation = relations.get(key);
        return relation === undefined ? [key, settle(part)] : [relation.oid, relation.counters];
      }),
    );
  };
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name);
    const record: unknown = settle(JSON.parse(await readFile(file, 'utf8')));
    await writeFile(file, `${JSON.stringify(record, undefined, 2)}\n`);
  }
}
