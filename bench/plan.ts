import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { startPostgres } from '../test/support/postgres.ts';
import { startS3StandIn } from '../test/support/s3/index.ts';
import { demo } from '../test/support/tableau/seed.ts';
import { startTableauStandIn } from '../test/support/tableau/stand-in.ts';
import { watchConnections } from './connections.ts';
import { inSeconds, measure, megabytes } from './measure.ts';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));

export const planHeader = ['plan', 'seconds', 'our CPU', 'our peak', 'PostgreSQL connections at once'];

/** Pipelines that nothing is known of, half from PostgreSQL and half from S3, each with a data source to publish. */
export async function benchPlan(count: number): Promise<string[][]> {
  const postgres = await startPostgres();
  const s3 = await startS3StandIn();
  const tableau = await startTableauStandIn();
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-'));
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  try {
    tableau.control.addToken('bench', 'secret');
    s3.control.createBucket('bench');
    for (let n = 0; n < count; n += 2) await s3.control.put('bench', `p${n}/a.csv`, 'id,name\n1,one\n');
    await client.query(
      Array.from({ length: count }, (_, n) => `create table p${n} (id int, name text)`).join('; '),
    );
    await writeProject(folder, count, { tableau: tableau.url, s3: s3.endpoint });
    const connections = watchConnections(client);
    const run = await measure('node', [program, 'plan', '--json'], {
      cwd: folder,
      env: {
        CI: 'true',
        PG_URL: postgres.url,
        S3_KEY_ID: s3.credentials.accessKeyId,
        S3_KEY: s3.credentials.secretAccessKey,
        TABLEAU_TOKEN: 'secret',
      },
    });
    const most = await connections.stop();
    const { summary } = JSON.parse(run.stdout) as { summary: { create: number } };
    if (summary.create !== count) throw new Error(`${summary.create} of ${count} pipelines were planned`);
    return [
      [`${count} pipelines`, inSeconds(run.seconds), inSeconds(run.cpu), megabytes(run.peak), String(most)],
    ];
  } finally {
    await client.end();
    await Promise.all([postgres.close(), s3.close(), tableau.close()]);
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeProject(
  folder: string,
  count: number,
  servers: { tableau: string; s3: string },
): Promise<void> {
  await mkdir(path.join(folder, 'pipelines'));
  await writeFile(
    path.join(folder, 'extracts.yaml'),
    `version: 1
connections:
  shop: {type: postgres, url: "\${secret.PG_URL}"}
  lake:
    type: s3
    bucket: bench
    endpoint: ${servers.s3}
    region: us-east-1
    path_style: true
    access_key_id: \${secret.S3_KEY_ID}
    secret_access_key: \${secret.S3_KEY}
destinations:
  tableau:
    type: tableau
    server: ${servers.tableau}
    site: ${demo.site}
    auth: {token_name: bench, token_secret: "\${secret.TABLEAU_TOKEN}"}
`,
  );
  for (let n = 0; n < count; n++) {
    const source = n % 2 === 0 ? `{connection: lake, match: "p${n}/*.csv"}` : '{connection: shop}';
    const from = n % 2 === 0 ? '{source: data}' : `{source: data, table: public.p${n}}`;
    await writeFile(
      path.join(folder, 'pipelines', `p${n}.yaml`),
      `version: 1
name: p${n}
sources: {data: ${source}}
tables:
  things: {from: ${from}, columns: {id: int, name: text}}
destinations: [{use: tableau, project: Sales/Certified, name: P ${n}}]
`,
    );
  }
}
