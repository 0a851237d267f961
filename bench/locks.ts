import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { startPostgres } from '../test/support/postgres.ts';

/**
 * An application, a statement that alters what it reads, and an apply side by side: how long the application waits at most.
 * `tsx bench/locks.ts [dist/main.js of any version]`.
 */
const program = process.argv[2] ?? fileURLToPath(new URL('../dist/main.js', import.meta.url));
/** Milliseconds after which a side-by-side that does not end is ended. */
const limit = 20_000;
const counts = [1, 2, 3, 4, 5, 6];

interface Outcome {
  /** Milliseconds that one query of the application took at most. */
  longest: number;
  statement: string;
  apply: string;
}

const server = await startPostgres();
try {
  await query(`
    create table base as select g as n from generate_series(1, 1000) g;
    create materialized view mv as select count(*) n from base`);
  for (const count of counts) {
    const { longest, statement, apply } = await sideBySide(count);
    process.stdout.write(
      `${count} slow tables + mv: longest wait of the application ${(longest / 1000).toFixed(1)} s, refresh ${statement}, apply ${apply}\n`,
    );
  }
} finally {
  await server.close();
}

async function query(sql: string): Promise<void> {
  const client = new pg.Client(server.url);
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

async function sideBySide(count: number): Promise<Outcome> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-locks-'));
  const end = new AbortController();
  try {
    await mkdir(path.join(folder, 'pipelines'));
    await writeFile(path.join(folder, 'pipelines', 'p.yaml'), pipelineOf(count));
    const application = watchApplication(end.signal);
    const apply = spawn(process.execPath, [program, 'apply', '--yes'], {
      cwd: folder,
      env: { ...process.env, PGURL: server.url },
      stdio: 'ignore',
    });
    const applied = new Promise<string>((resolve) =>
      apply.once('exit', (code) => resolve(code === null ? 'ended by force' : `exit ${code}`)),
    );
    await holdsSnapshot();
    const began = performance.now();
    const refreshed = query('refresh materialized view mv').then(
      () => `${((performance.now() - began) / 1000).toFixed(1)} s`,
    );
    const late = pause(limit, undefined, { signal: end.signal }).then(
      () => apply.kill('SIGKILL'),
      () => undefined,
    );
    const [statement, outcome] = await Promise.all([refreshed, applied]);
    end.abort();
    await late;
    return { longest: await application, statement, apply: outcome };
  } finally {
    end.abort();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The slow tables come first, so that the view waits for a reader where there are more than those. */
function pipelineOf(count: number): string {
  const slow = Array.from(
    { length: count },
    (_, index) =>
      `  s${index}: {from: {source: s, query: "select g as id, pg_sleep(0.003)::text as z from generate_series(1,1000) g"}, columns: {id: int}}`,
  );
  return `version: 1
name: c
sources: {s: {type: postgres, url: "\${secret.PGURL}"}}
tables:
${slow.join('\n')}
  mv: {from: {source: s, table: mv}, columns: {n: bigint}}
destinations: [{type: file, path: out/c.hyper}]
`;
}

/** Waits until the run reads: its second session exists. */
async function holdsSnapshot(): Promise<void> {
  const client = new pg.Client(server.url);
  await client.connect();
  const deadline = performance.now() + limit;
  try {
    for (;;) {
      const { rows } = await client.query<{ active: boolean }>(
        `select count(*) filter (where query like 'copy%') > 0 as active from pg_stat_activity where application_name = 'extracts'`,
      );
      if (rows[0]?.active === true || performance.now() > deadline) return;
      await pause(20);
    }
  } finally {
    await client.end();
  }
}

/** Queries the view again and again, and returns the longest that took, in milliseconds. */
async function watchApplication(signal: AbortSignal): Promise<number> {
  const client = new pg.Client(server.url);
  await client.connect();
  let longest = 0;
  try {
    while (!signal.aborted) {
      const began = performance.now();
      await client.query('select * from mv');
      longest = Math.max(longest, performance.now() - began);
      await pause(10);
    }
  } finally {
    await client.end();
  }
  return longest;
}
