import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { startPostgres } from '../test/support/postgres.ts';
import { inSeconds, measure, median, megabytes, settle, spread, type Measured } from './measure.ts';
import { fillTable, ordinary, pipelineFor, type Shape } from './postgres.ts';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));

export const incrementHeader = [
  'upsert',
  'full: load',
  'increment: load',
  'of full',
  'full: command',
  'increment: command',
  'of full',
  'our CPU',
  'our peak',
];

/** The columns that a key and a cursor need. */
export const columns: Shape['columns'] = {
  ...ordinary,
  id: ['bigint', 'bigint not null', 'n'],
  sold_at: ['timestamp not null', 'timestamp', ordinary.sold_at![2]],
};

/**
 * An upsert of 3 % of the rows, most of them updates, beside a load of all rows of the same table: what it takes to make
 * the extract (to open the source, create or copy, read, change, verify, rename), and the whole command, which starts,
 * plans and delivers, too.
 */
export async function benchIncrement(millions: number, runs: number): Promise<string[][]> {
  const postgres = await startPostgres();
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-'));
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  try {
    const shape = { name: `3 % of ${millions} M rows x 10 columns`, rows: millions * 1e6, columns };
    await fillTable(client, shape, [
      'alter table bench add primary key (id)',
      'create index on bench (sold_at)',
    ]);
    await writeFile(
      path.join(folder, 'bench.yaml'),
      pipelineFor(shape, '    primary_key: [id]\n    load: {mode: upsert, cursor: sold_at}\n'),
    );
    const apply = async (rows: number, ...options: string[]) => {
      await client.query('select pg_stat_force_next_flush()');
      settle();
      return applied(folder, postgres.url, rows, options);
    };
    const seen: { full: Applied; increment: Applied }[] = [];
    for (let run = 0; run < runs; run++) {
      const full = await apply(shape.rows + run * more(shape), '--full');
      const written = await writeSome(client, shape, run);
      seen.push({ full, increment: await apply(written) });
    }
    const increments = seen.map(({ increment }) => increment);
    return [
      [
        shape.name,
        ...compared(seen, ({ load }) => load),
        ...compared(seen, ({ seconds }) => seconds),
        inSeconds(median(increments.map(({ cpu }) => cpu))),
        megabytes(Math.max(...increments.map(({ peak }) => peak))),
      ],
    ];
  } finally {
    await client.end();
    await postgres.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function compared(
  seen: readonly { full: Applied; increment: Applied }[],
  secondsOf: (one: Applied) => number,
): [full: string, increment: string, ratio: string] {
  const full = seen.map((turn) => secondsOf(turn.full));
  const increment = seen.map((turn) => secondsOf(turn.increment));
  return [spread(full), spread(increment), `${((median(increment) / median(full)) * 100).toFixed(1)} %`];
}

/** A thousandth of the rows is new each time. */
const more = ({ rows }: Shape) => rows / 1000;

/** Updates 2.9 % of the rows, spread over the table, and adds 0.1 %; returns their number. */
export async function writeSome(client: pg.Client, shape: Shape, run: number): Promise<number> {
  const moment = `timestamp '2030-01-01' + ${run} * interval '1 day' + n * interval '1 microsecond'`;
  const { rowCount: updated } = await client.query(
    `update bench set amount = amount + 1, sold_at = ${moment.replace(' n ', ' id ')}
     where id % 1000 >= ${run * 29} and id % 1000 < ${(run + 1) * 29}`,
  );
  const values = Object.entries(shape.columns).map(([name, [, , sql]]) =>
    name === 'sold_at' ? moment : sql,
  );
  const first = shape.rows + run * more(shape);
  const { rowCount: inserted } = await client.query(
    `insert into bench select ${values.join(', ')} from generate_series(${first + 1}::bigint, ${first + more(shape)}) n`,
  );
  return (updated ?? 0) + (inserted ?? 0);
}

interface Applied extends Measured {
  /** Seconds from the first step to the finished extract. */
  load: number;
}

async function applied(
  folder: string,
  url: string,
  rows: number,
  options: readonly string[],
): Promise<Applied> {
  const run = await measure('node', [program, 'apply', '--yes', '--json', ...options, 'bench.yaml'], {
    cwd: folder,
    env: { BENCH_URL: url, CI: 'true' },
  });
  const report = JSON.parse(run.stdout) as {
    pipelines: [{ tables: [{ rows: number }]; steps: { id: string; seconds: number }[] }];
  };
  const [{ tables, steps }] = report.pipelines;
  if (tables[0].rows !== rows) throw new Error(`${tables[0].rows} rows were read instead of ${rows}`);
  // They follow each other: there is one table.
  const made = steps.slice(0, steps.findIndex(({ id }) => id === 'finish') + 1);
  return { ...run, load: made.reduce((sum, { seconds }) => sum + seconds, 0) };
}
