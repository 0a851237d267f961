import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { startPostgres } from '../test/support/postgres.ts';
import { loadByPath } from './engine.ts';
import { asRatio, inSeconds, measure, median, megabytes, observe, settle, spread } from './measure.ts';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));

export interface Shape {
  name: string;
  rows: number;
  /** Column → [PostgreSQL type, contract type, expression over n]. */
  columns: Record<string, [postgres: string, contract: string, expression: string]>;
}

/** The columns of the many ordinary tables. */
export const ordinary: Shape['columns'] = {
  id: ['bigint', 'bigint', 'n'],
  day: ['date', 'date', "date '2020-01-01' + (n % 2000)::int"],
  sold_at: ['timestamp', 'timestamp', "timestamp '2020-01-01' + n * interval '1 second'"],
  customer: ['text', 'text', "'Customer ' || (n * 7919 % 100003)"],
  city: ['text', 'text', "(array['Köln','São Paulo','Łódź','Reykjavík','東京'])[1 + n % 5]"],
  code: ['varchar(12)', 'varchar(12)', "lpad((n % 100000)::text, 6, '0')"],
  amount: ['numeric(18,4)', 'numeric(18,4)', '(n * 31 % 1000000) / 100.0'],
  quantity: ['int', 'int', 'n % 17'],
  ratio: ['double precision', 'double', 'n / 7.0'],
  returned: ['boolean', 'boolean', 'n % 11 = 0'],
};

const wide: Shape['columns'] = Object.fromEntries(
  Array.from({ length: 100 }, (_, index) => {
    const kinds = Object.values(ordinary);
    return [`c${index}`, kinds[index % kinds.length]!] as const;
  }),
);

/** PostgreSQL → .hyper, beside the floors that this machine sets in the same run. */
export async function benchPostgres(millions: number, runs: number): Promise<string[][]> {
  const postgres = await startPostgres();
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-'));
  await chmod(folder, 0o777);
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  try {
    const rows: string[][] = [];
    for (const shape of [
      { name: `${millions} M rows x 10 columns`, rows: millions * 1e6, columns: ordinary },
      {
        name: `${Math.round((millions * 1e3) / 15)} k rows x 100 columns`,
        rows: Math.round((millions / 15) * 1e6),
        columns: wide,
      },
    ]) {
      rows.push(await benchShape(shape, runs, client, postgres.url, folder));
    }
    return rows;
  } finally {
    await client.end();
    await postgres.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function benchShape(
  shape: Shape,
  runs: number,
  client: pg.Client,
  url: string,
  folder: string,
): Promise<string[]> {
  const names = Object.keys(shape.columns);
  await fillTable(client, shape);
  const { rows: who } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const backend = who[0]!.pid;
  const file = path.join(folder, 'bench.txt');
  await client.query(`copy bench to '${file}'`);
  const types = Object.fromEntries(
    Object.entries(shape.columns).map(([name, [, type]]) => [
      name,
      type === 'double' ? 'double precision' : type,
    ]),
  );
  await writeFile(path.join(folder, 'bench.yaml'), pipelineFor(shape));
  const seen: Turn[] = [];
  for (let run = 0; run < runs; run++) {
    settle();
    const drain = await observe(backend, () =>
      client.query(`copy bench (${names.join(', ')}) to '/dev/null'`),
    );
    settle();
    const load = await loadByPath(file, types, 'format text', folder);
    settle();
    seen.push({ drain, load, ...(await applyOnce(shape, url, folder)) });
  }
  await rm(file);
  const middle = (of: (turn: Turn) => number) => median(seen.map(of));
  const floor = Math.max(
    middle(({ drain }) => drain.seconds),
    middle(({ load }) => load.seconds),
    middle(({ drain, load }) => drain.cpu + load.cpu) / availableParallelism(),
  );
  return [
    shape.name,
    `${inSeconds(middle(({ drain }) => drain.seconds))} / ${inSeconds(middle(({ load }) => load.seconds))}`,
    `${inSeconds(middle(({ drain }) => drain.cpu))} / ${inSeconds(middle(({ load }) => load.cpu))}`,
    inSeconds(floor),
    spread(seen.map(({ seconds }) => seconds)),
    asRatio(middle(({ seconds }) => seconds) / floor),
    spread(seen.map(({ whole }) => whole)),
    inSeconds(middle(({ held }) => held)),
    inSeconds(middle(({ cpu }) => cpu)),
    megabytes(Math.max(...seen.map(({ peak }) => peak))),
  ];
}

/** Makes the table `bench` anew. */
export async function fillTable(
  client: pg.Client,
  { columns, rows }: Shape,
  indexes: readonly string[] = [],
): Promise<void> {
  const definition = Object.entries(columns).map(([name, [type]]) => `${name} ${type}`);
  await client.query(`drop table if exists bench; create table bench (${definition.join(', ')})`);
  const values = Object.values(columns).map(([, , expression]) => expression);
  await client.query(
    `insert into bench select ${values.join(', ')} from generate_series(1::bigint, ${rows}) n`,
  );
  for (const index of indexes) await client.query(index);
  await client.query('vacuum (analyze, freeze) bench');
  await client.query('checkpoint');
}

interface Turn {
  drain: { seconds: number; cpu: number };
  load: { seconds: number; cpu: number };
  seconds: number;
  whole: number;
  held: number;
  cpu: number;
  peak: number;
}

async function applyOnce(
  shape: Shape,
  url: string,
  folder: string,
): Promise<Pick<Turn, 'seconds' | 'whole' | 'held' | 'cpu' | 'peak'>> {
  const run = await measure('node', [program, 'apply', '--yes', '--json', 'bench.yaml'], {
    cwd: folder,
    env: { BENCH_URL: url, CI: 'true' },
  });
  const report = JSON.parse(run.stdout) as {
    pipelines: [{ snapshotSeconds: number; tables: [{ rows: number; seconds: number }] }];
  };
  const [{ snapshotSeconds: held, tables }] = report.pipelines;
  const [{ rows, seconds }] = tables;
  if (rows !== shape.rows) throw new Error(`${rows} rows instead of ${shape.rows}`);
  for (const rest of ['build', '.extracts', 'bench.hyper'])
    await rm(path.join(folder, rest), { recursive: true });
  return { seconds, whole: run.seconds, held, cpu: run.cpu, peak: run.peak };
}

export const postgresHeader = [
  'PostgreSQL -> .hyper',
  'drain / load alone',
  'CPU of each',
  'floor',
  'load',
  'of floor',
  'whole command',
  'snapshot held',
  'our CPU',
  'our peak',
];

/** `more` is of the table, as lines of YAML. */
export function pipelineFor(shape: Shape, more = ''): string {
  const columns = Object.entries(shape.columns).map(([name, [, type]]) => `      ${name}: ${type}`);
  return `version: 1
name: bench
sources: {bench: {type: postgres, url: "\${secret.BENCH_URL}"}}
tables:
  bench:
    from: {source: bench, table: public.bench}
    columns:
${columns.join('\n')}
${more}destinations: [{type: file, path: bench.hyper}]
`;
}
