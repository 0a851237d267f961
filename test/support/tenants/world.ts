import pg from 'pg';
import { onTestFinished } from 'vitest';
import { startS3StandIn } from '../../../stand-ins/s3/src/index.ts';
import { demo } from '../../../stand-ins/tableau/src/seed.ts';
import { startTableauStandIn, type TableauStandIn } from '../../../stand-ins/tableau/src/stand-in.ts';
import { sheetOf } from '../../sources/workbook/support.ts';
import { createProject, type CliProject, type Variables } from '../cli.ts';
import { startPostgres } from '../postgres.ts';
import { zipBytes } from '../zip-bytes.ts';
import { pipelines } from './pipelines.ts';

/** A project with customers of every kind, ten of them broken, each in a way of its own. */
export interface Tenants {
  project: CliProject;
  env: Variables;
  tableau: TableauStandIn;
  /** The most connections that one of the two servers has had at once, as far as the samples saw. */
  mostConnections: () => number;
  /** The addresses of the broken ones. */
  broken: readonly string[];
}

const password = 'reader-secret';

const numbered = (kind: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${kind}${String(index + 1).padStart(4, '0')}`);

/** Every tenant has two orders. */
const csv = 'id,total\n1,2.50\n2,1000.05\n';
const orders =
  'create table orders (id int not null, total numeric(9,2)); insert into orders values (1, 2.50), (2, 1000.05);';

/** Makes so many tenants: a fifth are databases on two servers, a fifth schemas, a fifth prefixes of a bucket, the others folders. */
export async function makeTenants(count: number): Promise<Tenants> {
  const fifth = count / 5;
  const tenth = count / 10;
  const [databases, schemas, prefixes] = ['d', 's', 'p'].map((kind) => numbered(kind, fifth));
  const env: Variables = { PG_READER: password };
  const servers = [await startPostgres(), await startPostgres()];
  const tableau = await startTableauStandIn();
  const s3 = await startS3StandIn({ buckets: { uploads: {} } });
  onTestFinished(async () => {
    await Promise.all([...servers.map((server) => server.close()), tableau.close(), s3.close()]);
  });
  tableau.control.addToken('ci', 'tableau-secret');
  env.TABLEAU_TOKEN = 'tableau-secret';
  env.S3_KEY = s3.credentials.secretAccessKey;

  const admins = await Promise.all(servers.map(({ url }) => open(url)));
  for (const admin of admins) {
    await admin.query(
      `create role reader login password '${password}'; ${orders} grant select on orders to reader`,
    );
    // A copy of it is a tenant.
    await admin.query('create database tenant template template0');
  }
  const rows = ['key,host,port,database'];
  for (const [index, server] of servers.entries()) {
    const tenant = await open(server.url.replace(/\/postgres$/, '/tenant'));
    await tenant.query(`${orders} grant select on orders to reader; analyze orders`);
    await tenant.end();
    for (const key of (databases ?? []).filter((_, at) => at % 2 === index)) {
      await admins[index]?.query(`create database ${key} template tenant strategy file_copy`);
      rows.push(`${key},127.0.0.1,${server.port},${key}`);
      env[`PW_${key}`] = password;
    }
  }
  const replace = (key: string, host: string, port: number, database = key) => {
    const at = rows.findIndex((row) => row.startsWith(`${key},`));
    rows[at] = `${key},${host},${port},${database}`;
  };
  const [first] = servers;
  const port = first?.port ?? 0;
  delete env.PW_d0001;
  replace('d0002', '127.0.0.1', 9);
  replace('d0003', 'no-such-host.invalid', port);
  env.PW_d0004 = 'a-wrong-password';
  replace('d0005', '127.0.0.1', port, 'gone');

  const shared = await open(first?.url ?? '');
  await shared.query('create table tenants (slug text); grant select on tenants to reader');
  for (const key of schemas ?? []) {
    await shared.query(
      `insert into tenants values ('${key}'); create schema ${key}; set search_path = ${key}`,
    );
    await shared.query(key === 's0001' ? 'select' : orders);
    const grant = `grant usage on schema ${key} to reader; grant select on all tables in schema ${key} to reader`;
    await shared.query(key === 's0002' ? 'select' : grant);
    await shared.query('set search_path = public');
  }
  await shared.query('analyze');

  for (const key of prefixes ?? []) {
    const content = key === 'p0001' ? csv.replace('1000.05', 'many') : csv;
    await s3.control.put('uploads', `portal/${key}/orders.csv`, content);
  }
  const project = await createProject(pipelines({ tableau: tableau.url, site: demo.site, port, s3 }));
  await project.write('pipelines/databases.csv', `${rows.join('\n')}\n`);
  for (const key of numbered('c', tenth)) await project.write(`uploads/csv/${key}/orders.csv`, csv);
  for (const key of numbered('j', tenth))
    await project.write(
      `uploads/jsonl/${key}/orders.jsonl`,
      `{"id": 1, "total": 2.50}\n{"id": 2, "total": ${key === 'j0001' ? '' : '1000.05'}}\n`,
    );
  for (const key of numbered('z', tenth))
    await project.write(`uploads/zip/${key}/orders.zip`, zipBytes([{ name: 'orders.csv', content: csv }]));
  const sheet = sheetOf([
    ['id', 'total'],
    ['1', '2.50'],
    ['2', '1000.05'],
  ]);
  for (const key of numbered('x', tenth))
    await project.write(`uploads/xlsx/${key}/orders.xlsx`, key === 'x0001' ? oldWorkbook : sheet);

  const watch = watchConnections(admins);
  onTestFinished(async () => {
    await watch.end();
    await Promise.all([...admins, shared].map((client) => client.end()));
  });
  return {
    project,
    env,
    tableau,
    mostConnections: watch.most,
    broken: [
      ...['d0001', 'd0002', 'd0003', 'd0004', 'd0005'].map((key) => `databases[${key}]`),
      ...['s0001', 's0002'].map((key) => `schemas[${key}]`),
      ...['prefixes[p0001]', 'json_lines[j0001]', 'workbooks[x0001]'],
    ],
  };
}

/** The beginning of a workbook of Excel 97, which is no zip archive. */
const oldWorkbook = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(504)]);

async function open(url: string): Promise<pg.Client> {
  const client = new pg.Client(url);
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Looks again and again how many connections the runs have to each of these servers. */
function watchConnections(clients: readonly pg.Client[]) {
  let most = 0;
  let isOver = false;
  const look = async (client: pg.Client) => {
    while (!isOver) {
      const { rows } = await client.query<{ count: number }>(
        `select count(*)::int from pg_stat_activity where application_name = 'extracts'`,
      );
      most = Math.max(most, rows[0]?.count ?? 0);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const looking = Promise.all(clients.map(look));
  return {
    most: () => most,
    async end() {
      isOver = true;
      await looking;
    },
  };
}
