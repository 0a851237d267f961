import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { once } from 'node:events';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

export interface HyperdForCsv {
  /** Copies CSV in hyperd's own dialect into a new table of these columns (SQL) and reads all of it back. */
  copy(columns: string, csv: Readable): Promise<unknown[][]>;
  stop(): Promise<void>;
}

/** Starts a hyperd of its own, with one empty database in a directory that `stop` removes. */
export async function startHyperdForCsv(): Promise<HyperdForCsv> {
  const directory = await mkdtemp(join(tmpdir(), 'csv-'));
  const packageFile = createRequire(import.meta.url).resolve('@tableau/hyperdb-api/package.json');
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socketPath = join(directory, 'domain', '.s.PGSQL.1');
  const hyperd = spawn(
    join(dirname(packageFile), 'hyperd'),
    [
      ...['run', '--skip-license', '--no-password', '--init-user', 'tableau_internal_user'],
      ...['--callback-connection', `tab.tcp://127.0.0.1:${(server.address() as AddressInfo).port}`],
      ...['--listen-connection', `tab.domain://${socketPath}`],
      ...['--log-config=', '--log-dir', directory],
    ],
    { detached: true, stdio: 'ignore', cwd: directory },
  );
  const exited = once(hyperd, 'exit');
  const callback = await Promise.race([
    listening(server),
    exited.then(() => Promise.reject(new Error('hyperd exited'))),
  ]);

  const client = new pg.Client({ host: directory, port: 1, user: 'tableau_internal_user', database: '' });
  // A hyperd that ends says so here, too; the query that was waiting for it rejects and is what the test reports.
  client.on('error', () => undefined);
  await client.connect();
  await client.query(`create database "${directory}/csv.hyper"`);
  await client.query(`attach database "${directory}/csv.hyper" as csv`);
  let tables = 0;
  return {
    async copy(columns, csv) {
      const table = `csv.public.t${++tables}`;
      await client.query(`create table ${table} (${columns})`);
      await pipeline(csv, client.query(copyFrom(`copy ${table} from stdin with (format csv, null '')`)));
      const result = await client.query<unknown[]>({ text: `select * from ${table}`, rowMode: 'array' });
      return result.rows;
    },
    async stop() {
      await client.end();
      callback.destroy();
      server.close();
      await exited;
      await rm(directory, { recursive: true });
    },
  };
}

/** hyperd connects and tells its address (one byte of length, then the text) when it is ready. */
async function listening(server: ReturnType<typeof createServer>): Promise<Socket> {
  const [socket] = (await once(server, 'connection')) as [Socket];
  let told = Buffer.alloc(0);
  while (told.length === 0 || told.length < 1 + told[0]!) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    told = Buffer.concat([told, chunk]);
  }
  return socket;
}
