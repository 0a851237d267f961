import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { startPostgres } from '../test/support/postgres.ts';
import { demo } from '../test/support/tableau/seed.ts';
import { startTableauStandIn } from '../test/support/tableau/stand-in.ts';
import { watchConnections } from './connections.ts';
import { inSeconds, measure, megabytes, usageOf } from './measure.ts';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));

export const tenantsHeader = [
  'tenants',
  'seconds',
  'our CPU',
  'our peak',
  'hyperd peak',
  'files open at once',
  'PostgreSQL connections at once',
  'sessions on Tableau',
];

/**
 * One small extract for each tenant, read from PostgreSQL and published to the stand-in, and what runs after
 * that cost.
 */
export async function benchTenants(count: number): Promise<string[][]> {
  const postgres = await startPostgres();
  const tableau = await startTableauStandIn();
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-'));
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  try {
    tableau.control.addToken('bench', 'secret');
    await client.query(
      `create table tenants as select i as id, 'tenant-' || i as slug from generate_series(1, ${count}) i;
       create table orders as select i as order_id, i % ${count} + 1 as tenant_id, (i * 1.25)::numeric(18,2) as total
         from generate_series(1, ${count} * 100) i;
       create index on orders (tenant_id); analyze;`,
    );
    await writeProject(folder, count, tableau.url);
    const signIns = () => tableau.control.requests().filter(({ url }) => url.endsWith('/auth/signin')).length;
    const run = async (name: string, args: string[]): Promise<string[]> => {
      const connections = watchConnections(client);
      const before = signIns();
      let files = 0;
      let engine = 0;
      const { seconds, cpu, peak } = await measure('node', [program, ...args], {
        cwd: folder,
        env: { CI: 'true', PG_URL: postgres.url, TABLEAU_TOKEN: 'secret' },
        look(pid) {
          files = Math.max(files, openFiles(pid));
          for (const child of childrenOf(pid)) engine = Math.max(engine, usageOf(child)?.peak ?? 0);
        },
      });
      const most = await connections.stop();
      return [
        name,
        inSeconds(seconds),
        inSeconds(cpu),
        megabytes(peak),
        megabytes(engine),
        String(files),
        String(most),
        String(signIns() - before),
      ];
    };
    const rows = [
      await run('first plan', ['plan', '--json']),
      await run('first apply', ['apply', '--yes', '--json']),
      await run('plan, nothing changed', ['plan', '--detailed-exitcode']),
    ];
    await client.query('insert into orders values (0, 1, 1)');
    rows.push(await run('apply, one changed', ['apply', '--yes']));
    const published = tableau.control.world.dataSources.length;
    if (published !== count) throw new Error(`${published} of ${count} data sources are published`);
    return rows;
  } finally {
    await client.end();
    await Promise.all([postgres.close(), tableau.close()]);
    await rm(folder, { recursive: true, force: true });
  }
}

/** Without the modules that Node.js reads when it starts. */
function openFiles(pid: number): number {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).filter((name) => !/\.[cm]?js$/.test(linkOf(`${folder}/${name}`))).length;
  } catch {
    return 0;
  }
}

function linkOf(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

async function writeProject(folder: string, count: number, server: string): Promise<void> {
  await mkdir(path.join(folder, 'pipelines'));
  await writeFile(
    path.join(folder, 'extracts.yaml'),
    `version: 1
connections:
  shop: {type: postgres, url: "\${secret.PG_URL}"}
destinations:
  tableau:
    type: tableau
    server: ${server}
    site: ${demo.site}
    auth: {token_name: bench, token_secret: "\${secret.TABLEAU_TOKEN}"}
`,
  );
  await writeFile(
    path.join(folder, 'pipelines', 'tenants.yaml'),
    `version: 1
name: tenant_sales
for_each:
  query: {source: shop, sql: "select slug as key, id from tenants"}
  max: ${count}
sources: {shop: {connection: shop}}
tables:
  orders:
    from:
      source: shop
      query: select * from orders where tenant_id = $1
      params: ["\${each.id}"]
      change_detection: {sql: "select count(*), max(order_id) from orders where tenant_id = $1"}
    columns: {order_id: bigint not null, total: "numeric(18,2)"}
destinations: [{use: tableau, project: Sales/Certified, name: "Sales \${each.key}"}]
`,
  );
}
