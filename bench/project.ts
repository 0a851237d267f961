import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { startPostgres } from '../test/support/postgres.ts';
import { demo } from '../stand-ins/tableau/src/seed.ts';
import { startTableauStandIn, type TableauStandIn } from '../stand-ins/tableau/src/stand-in.ts';
import { watchConnections } from './connections.ts';
import { measure, type Measured } from './measure.ts';

export const ownProgram = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/**
 * A folder for the real program, with a PostgreSQL server as the connection `shop` and the stand-in as the
 * destination `tableau`.
 */
export interface BenchProject {
  client: pg.Client;
  tableau: TableauStandIn['control'];
  /** A pipeline by the name of its file. */
  write(name: string, text: string): Promise<void>;
  /** Runs `extracts ARGS` to its end; `connections` are those to PostgreSQL at once. */
  run(args: readonly string[], look?: (pid: number) => void): Promise<Measured & { connections: number }>;
  close(): Promise<void>;
}

export interface BenchSettings {
  /** More of them, as lines of extracts.yaml. */
  connections?: string;
  /** The variables that these read. */
  variables?: Record<string, string>;
  /** The seconds that a job of the stand-in takes. */
  jobSeconds?: number;
  /** The main.js of another version. */
  program?: string;
}

export async function openProject({
  connections = '',
  variables = {},
  jobSeconds = 0,
  program = ownProgram,
}: BenchSettings = {}): Promise<BenchProject> {
  const postgres = await startPostgres();
  const tableau = await startTableauStandIn({ settings: { jobSeconds } });
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-'));
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  tableau.control.addToken('bench', 'secret');
  await mkdir(path.join(folder, 'pipelines'));
  await writeFile(
    path.join(folder, 'extracts.yaml'),
    `version: 1
connections:
  shop: {type: postgres, url: "\${secret.PG_URL}"}
${connections}destinations:
  tableau:
    type: tableau
    server: ${tableau.url}
    site: ${demo.site}
    auth: {token_name: bench, token_secret: "\${secret.TABLEAU_TOKEN}"}
`,
  );
  const env = { CI: 'true', PG_URL: postgres.url, TABLEAU_TOKEN: 'secret', ...variables };
  return {
    client,
    tableau: tableau.control,
    write: (name, text) => writeFile(path.join(folder, 'pipelines', name), text),
    async run(args, look) {
      const watched = watchConnections(client);
      const measured = await measure('node', [program, ...args], { cwd: folder, env, ...(look && { look }) });
      return { ...measured, connections: await watched.stop() };
    },
    async close() {
      await client.end();
      await Promise.all([postgres.close(), tableau.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
