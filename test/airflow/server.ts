import { execa } from 'execa';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { startPostgres } from '../support/postgres.ts';
import { packageFolder, type PythonPrograms } from './environment.ts';

/** A whole Airflow on loopback: its tasks are processes of the scheduler, and its database is PostgreSQL. */
export interface Airflow {
  /** Starts a run of a DAG, and waits for its end: `success` or `failed`. */
  run: (dag: string, id: string) => Promise<string>;
  /** Queries Airflow's own database. */
  query: <Row extends pg.QueryResultRow>(sql: string, values?: unknown[]) => Promise<Row[]>;
  /** Returns the end of each log that the tasks of a run have written. */
  logs: (id: string) => Promise<string[]>;
  close: () => Promise<void>;
}

/** Starts it with the DAG of this text; `connections` are URLs or JSON by their ids. */
export async function startAirflow(
  { program }: PythonPrograms,
  folder: string,
  { dag, connections }: { dag: string; connections: Record<string, string> },
): Promise<Airflow> {
  const home = path.join(folder, 'airflow');
  await mkdir(path.join(home, 'dags'), { recursive: true });
  await writeFile(path.join(home, 'dags', 'extracts_dag.py'), dag);
  const postgres = await startPostgres();
  const port = await freePort();
  const env = {
    ...settings(home, postgres.url.replace(/^postgres:/, 'postgresql+psycopg2:'), port),
    ...Object.fromEntries(
      Object.entries(connections).map(([id, url]) => [`AIRFLOW_CONN_${id.toUpperCase()}`, url]),
    ),
  };
  const start = (args: readonly string[]) =>
    execa(program('airflow'), args, { env, cwd: home, reject: false, stdio: 'ignore' });
  const client = new pg.Client({ connectionString: postgres.url });
  const daemons: ReturnType<typeof start>[] = [];
  const close = async () => {
    for (const daemon of daemons) daemon.kill('SIGTERM');
    await Promise.all(daemons);
    await client.end();
    await postgres.close();
    await rm(home, { recursive: true, force: true });
  };
  const query = async <Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []) =>
    (await client.query<Row>(sql, values)).rows;
  try {
    await execa(program('airflow'), ['db', 'migrate'], { env, cwd: home });
    await client.connect();
    daemons.push(
      start(['api-server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1']),
      start(['scheduler']),
      start(['dag-processor']),
    );
    await until(async () => (await query('select from dag')).length > 0, 'the DAG was not found', 180);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    query,
    logs: (id) => logsOf(path.join(home, 'logs'), id),
    close,
    async run(dag, id) {
      await execa(program('airflow'), ['dags', 'trigger', dag, '--run-id', id], { env, cwd: home });
      const stateOf = async () =>
        (await query<{ state: string }>('select state from dag_run where run_id = $1', [id]))[0]?.state ?? '';
      await until(async () => ['success', 'failed'].includes(await stateOf()), `run ${id} did not end`, 1800);
      return stateOf();
    },
  };
}

async function logsOf(folder: string, id: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  const logs = names.filter((name) => name.includes(`run_id=${id}`) && name.endsWith('.log'));
  return Promise.all(
    logs.sort().map(async (name) => {
      const lines = (await readFile(path.join(folder, name), 'utf8')).trimEnd().split('\n');
      return [name, ...lines.slice(-20)].join('\n  ');
    }),
  );
}

function settings(home: string, database: string, port: number): Record<string, string> {
  const secret = randomBytes(32).toString('hex');
  return {
    AIRFLOW_HOME: home,
    PYTHONPATH: path.join(packageFolder, 'src'),
    AIRFLOW__CORE__EXECUTOR: 'LocalExecutor',
    AIRFLOW__CORE__PARALLELISM: '4',
    AIRFLOW__CORE__LOAD_EXAMPLES: 'False',
    AIRFLOW__CORE__DAGS_FOLDER: path.join(home, 'dags'),
    AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION: 'False',
    AIRFLOW__CORE__EXECUTION_API_SERVER_URL: `http://127.0.0.1:${port}/execution/`,
    AIRFLOW__CORE__FERNET_KEY: randomBytes(32).toString('base64url') + '=',
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN: database,
    AIRFLOW__API_AUTH__JWT_SECRET: secret,
    AIRFLOW__API__SECRET_KEY: secret,
    AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL: '5',
    // A worker that was killed is noticed after this many seconds.
    AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT: '20',
    AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL: '5',
    AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_SEC: '2',
    AIRFLOW__USAGE_DATA_COLLECTION__ENABLED: 'False',
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Waits for a condition for this many seconds. */
export async function until(isSo: () => Promise<boolean>, otherwise: string, seconds: number): Promise<void> {
  for (let left = seconds * 2; left > 0; left--) {
    if (await isSo()) return;
    await pause(500);
  }
  throw new Error(`${otherwise} within ${seconds} s`);
}
