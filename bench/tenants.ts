import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { inSeconds, megabytes, usageOf } from './measure.ts';
import { openProject, type BenchProject } from './project.ts';

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
 * Measures one small extract for each tenant, read from PostgreSQL and published to the stand-in, and the cost of the
 * runs after that.
 */
export async function benchTenants(count: number): Promise<string[][]> {
  const project = await openProject();
  const { client, tableau } = project;
  try {
    await fillTenants(project, count);
    const signIns = () => tableau.requests().filter(({ url }) => url.endsWith('/auth/signin')).length;
    const run = async (name: string, args: string[]): Promise<string[]> => {
      const before = signIns();
      let files = 0;
      const engine = watchEngine();
      const { seconds, cpu, peak, connections } = await project.run(args, (pid) => {
        files = Math.max(files, openFiles(pid));
        engine.look(pid);
      });
      return [
        name,
        inSeconds(seconds),
        inSeconds(cpu),
        megabytes(peak),
        megabytes(engine.peak()),
        String(files),
        String(connections),
        String(signIns() - before),
      ];
    };
    const rows = [
      await run('first plan', ['plan', '--json']),
      await run('first apply', ['apply', '--yes', '--json']),
      await run('plan, nothing changed', ['plan', '--detailed-exitcode']),
    ];
    await client.query('insert into orders values (0, 1, 1)');
    rows.push(await run('apply --yes, one changed', ['apply', '--yes']));
    const published = tableau.world.dataSources.length;
    if (published !== count) throw new Error(`${published} of ${count} data sources are published`);
    return rows;
  } finally {
    await project.close();
  }
}

/** Creates the rows of `count` tenants, and the pipeline that publishes an extract for each. */
export async function fillTenants(project: BenchProject, count: number): Promise<void> {
  await project.client.query(
    `create table tenants as select i as id, 'tenant-' || i as slug from generate_series(1, ${count}) i;
     create table orders as select i as order_id, i % ${count} + 1 as tenant_id, (i * 1.25)::numeric(18,2) as total
       from generate_series(1, ${count} * 100) i;
     create index on orders (tenant_id); analyze;`,
  );
  await project.write('tenants.yaml', tenants(count));
}

/** Watches the highest resident set of the engine, a child of the program. */
export function watchEngine(): { look: (pid: number) => void; peak: () => number } {
  let peak = 0;
  return {
    look(pid) {
      for (const child of childrenOf(pid)) peak = Math.max(peak, usageOf(child)?.peak ?? 0);
    },
    peak: () => peak,
  };
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

const tenants = (count: number) => `version: 1
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
`;
