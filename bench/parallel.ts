import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { startPostgres } from '../test/support/postgres.ts';
import { asRatio, inSeconds, measure, median, settle, spread, usageOf } from './measure.ts';
import { fillTable, ordinary, pipelineFor } from './postgres.ts';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const numbers = [1, 2, 4];

/** CPU seconds of one apply: of the backends, of our main thread, and of hyperd. */
interface Turn {
  load: number;
  whole: number;
  busiestBackend: number;
  backends: number;
  ours: number;
  busiestOfHyperd: number;
  hyperd: number;
}

/** One table read by 1, 2 and 4 backends in turns: the time, and the CPU of each thread for a million rows. */
export async function benchParallel(millions: number, runs: number): Promise<string[][]> {
  const postgres = await startPostgres();
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-parallel-'));
  await chmod(folder, 0o777);
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  try {
    const shape = { name: 'parallel', rows: millions * 1e6, columns: ordinary };
    await fillTable(client, shape);
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    const own = rows[0]!.pid;
    const turns = new Map<number, Turn[]>(numbers.map((backends) => [backends, []]));
    for (let run = 0; run < runs; run++) {
      for (const backends of numbers) {
        await writeFile(
          path.join(folder, 'bench.yaml'),
          pipelineFor(shape, `    read: {parallel: ${backends}}\n`),
        );
        settle();
        turns.get(backends)?.push(await applyOnce(folder, postgres.url, own));
      }
    }
    const middle = (backends: number, of: (turn: Turn) => number) =>
      median((turns.get(backends) ?? []).map(of));
    const perMillion = (backends: number, of: (turn: Turn) => number) =>
      inSeconds(middle(backends, of) / millions);
    return numbers.map((backends) => [
      `${millions} M rows x 10 columns, ${backends}`,
      spread((turns.get(backends) ?? []).map(({ load }) => load)),
      asRatio(middle(backends, ({ load }) => load) / middle(1, ({ load }) => load)),
      inSeconds(middle(backends, ({ whole }) => whole)),
      `${perMillion(backends, ({ busiestBackend }) => busiestBackend)} of ${perMillion(backends, (turn) => turn.backends)}`,
      perMillion(backends, ({ ours }) => ours),
      `${perMillion(backends, ({ busiestOfHyperd }) => busiestOfHyperd)} of ${perMillion(backends, ({ hyperd }) => hyperd)}`,
    ]);
  } finally {
    await client.end();
    await postgres.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Applies once. `own` is a session of the server: its parent has started the backends, too. */
async function applyOnce(folder: string, url: string, own: number): Promise<Turn> {
  const server = parentOf(own) ?? 0;
  const before = new Set(childrenOf(server));
  const cpu = { backends: new Map<number, number>(), hyperd: new Map<number, number>(), ours: 0 };
  const run = await measure('node', [program, 'apply', '--yes', '--json', 'bench.yaml'], {
    cwd: folder,
    env: { BENCH_URL: url, CI: 'true' },
    look(pid) {
      for (const backend of childrenOf(server))
        if (!before.has(backend)) cpu.backends.set(backend, usageOf(backend)?.cpu ?? 0);
      cpu.ours = threadsOf(pid).get(pid) ?? cpu.ours;
      for (const child of childrenOf(pid))
        for (const [thread, seconds] of threadsOf(child)) cpu.hyperd.set(thread, seconds);
    },
  });
  for (const rest of ['build', '.extracts', 'bench.hyper'])
    await rm(path.join(folder, rest), { recursive: true });
  const report = JSON.parse(run.stdout) as { pipelines: [{ tables: [{ seconds: number }] }] };
  const sum = (values: Iterable<number>) => [...values].reduce((one, other) => one + other, 0);
  return {
    load: report.pipelines[0].tables[0].seconds,
    whole: run.seconds,
    busiestBackend: Math.max(...cpu.backends.values()),
    backends: sum(cpu.backends.values()),
    ours: cpu.ours,
    busiestOfHyperd: Math.max(...cpu.hyperd.values()),
    hyperd: sum(cpu.hyperd.values()),
  };
}

/** CPU seconds of each thread of a process (proc(5)); empty if it has ended. */
function threadsOf(pid: number): Map<number, number> {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    return new Map(
      threads.map((thread) => {
        const fields = statOf(`/proc/${pid}/task/${thread}/stat`);
        return [Number(thread), (Number(fields[11]) + Number(fields[12])) / 100];
      }),
    );
  } catch {
    return new Map();
  }
}

const statOf = (file: string) =>
  readFileSync(file, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');

function parentOf(pid: number): number | undefined {
  try {
    return Number(statOf(`/proc/${pid}/stat`)[1]);
  } catch {
    return undefined;
  }
}

const childrenOf = (parent: number) =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(Number(name)) === parent)
    .map(Number);

export const parallelHeader = [
  'PostgreSQL -> .hyper by backends',
  'load',
  'of one',
  'whole command',
  'busiest backend, CPU per M rows',
  'our main thread',
  'busiest thread of hyperd',
];
