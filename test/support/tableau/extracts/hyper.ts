import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import pg from 'pg';

/** A database file and the alias its tables are named under, as in `"alias"."schema"."table"`. */
export interface Attachment {
  alias: string;
  path: string;
  mode: 'readonly' | 'readwrite';
}

/** Runs one statement; values arrive as text, except null and booleans. */
export type Query = (sql: string) => Promise<Record<string, unknown>[]>;

/** An engine for .hyper files that starts when it is first needed. */
export interface Hyper {
  /** Attaches the files, does the work on a session of its own, and detaches them, which writes them to disk. */
  use: <T>(files: readonly Attachment[], work: (query: Query) => Promise<T>) => Promise<T>;
  close: () => Promise<void>;
}

export function lazyHyper(): Hyper {
  let running: Promise<Engine> | undefined;
  let isClosed = false;
  return {
    async use(files, work) {
      if (isClosed) throw new Error('the Hyper engine is closed');
      running ??= startEngine();
      const client = await connect(await running);
      try {
        const query: Query = async (sql) => (await client.query<Record<string, unknown>>(sql)).rows;
        for (const file of files) {
          const mode = file.mode === 'readonly' ? ` WITH (access_mode='readonly')` : '';
          await query(`ATTACH DATABASE ${quoteName(file.path)} AS ${quoteName(file.alias)}${mode}`);
        }
        const result = await work(query);
        for (const file of files) await query(`DETACH DATABASE ${quoteName(file.alias)}`);
        return result;
      } finally {
        await client.end();
      }
    },
    async close() {
      isClosed = true;
      const engine = await running?.catch(() => undefined);
      await engine?.stop();
    },
  };
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

interface Engine {
  socketDirectory: string;
  stop: () => Promise<void>;
}

const initialUser = 'tableau_internal_user';

async function startEngine(): Promise<Engine> {
  const directory = await mkdtemp(path.join(tmpdir(), 'hyper-'));
  const callback = createServer();
  callback.listen(0, '127.0.0.1');
  await once(callback, 'listening');
  const { port } = callback.address() as AddressInfo;
  const child = spawn(
    engineBinary(),
    [
      'run',
      '--skip-license',
      '--no-password',
      `--init-user=${initialUser}`,
      `--callback-connection=tab.tcp://127.0.0.1:${port}`,
      `--listen-connection=tab.domain://${directory}/domain/.s.PGSQL.1`,
      '--log-config=',
      '--log-dir=' + directory,
      '--memory-limit=1g',
      '--default-database-version=3',
    ],
    // A pipe would kill the engine without a flush when its reader dies.
    { stdio: 'ignore', detached: true, cwd: directory },
  );
  const cleanUp = async () => {
    callback.close();
    await rm(directory, { recursive: true, force: true });
  };
  const control = await ready(callback, child).catch(async (error: unknown) => {
    await cleanUp();
    throw error;
  });
  return {
    socketDirectory: directory,
    async stop() {
      const exited = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
      // Closing the callback connection is how the engine is asked to write everything and go.
      control.destroy();
      await exited;
      await cleanUp();
    },
  };
}

/** Waits for the engine's greeting: one length byte and the address it listens on. */
async function ready(callback: Server, child: ChildProcess): Promise<Socket> {
  const died = once(child, 'exit').then(([code]) => {
    throw new Error(`the Hyper engine ended with code ${String(code)} before it was ready`);
  });
  died.catch(() => undefined);
  const [socket] = (await Promise.race([once(callback, 'connection'), died])) as [Socket];
  socket.on('error', () => undefined);
  let greeting = Buffer.alloc(0);
  while (greeting.length === 0 || greeting.length < 1 + greeting.readUInt8(0)) {
    const [chunk] = (await Promise.race([once(socket, 'data'), died])) as [Buffer];
    greeting = Buffer.concat([greeting, chunk]);
  }
  return socket;
}

function engineBinary(): string {
  const manifest = createRequire(import.meta.url).resolve('@tableau/hyperdb-api/package.json');
  return path.join(path.dirname(manifest), 'hyperd');
}

const asText = { getTypeParser: () => (text: unknown) => text };

async function connect(engine: Engine): Promise<pg.Client> {
  const client = new pg.Client({
    host: engine.socketDirectory,
    port: 1,
    user: initialUser,
    database: '',
    types: asText,
  });
  client.on('error', () => undefined);
  await client.connect();
  await client.query(`SET timezone='UTC'`);
  return client;
}
