import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ownProgram } from '../project.ts';
import { pipelineFor, type Shape } from '../postgres.ts';
import type { Environment } from './environment.ts';

/** One way from a table of PostgreSQL to a .hyper. */
export interface Contestant {
  name: string;
  /** The packages that do the work. */
  packages: readonly string[];
  /** Prepares an empty folder, and returns what to run in it. */
  prepare(work: Work): Promise<Command>;
}

/** A table of PostgreSQL that becomes `out`, in a folder of its own. */
export interface Work {
  url: string;
  shape: Shape;
  table: string;
  folder: string;
  out: string;
}

export interface Command {
  program: string;
  args: readonly string[];
  env?: Record<string, string>;
}

export function contestants({ python }: Environment): Contestant[] {
  const script = (name: string, file: string, packages: readonly string[]): Contestant => ({
    name,
    packages,
    prepare: ({ url, table, out }) =>
      Promise.resolve({
        program: python,
        args: [fileURLToPath(new URL(file, import.meta.url)), url, table, out],
        // A compiled script would be a file that only the first run writes.
        env: { PYTHONDONTWRITEBYTECODE: '1' },
      }),
  });
  return [
    { name: 'extracts', packages: [], prepare: prepareOurs },
    script('DuckDB → Parquet → hyperd', 'duckdb_parquet.py', ['duckdb', 'tableauhyperapi']),
    script('COPY → file → hyperd', 'copy_file.py', ['psycopg2-binary', 'tableauhyperapi']),
    script('ConnectorX → pantab', 'connectorx_pantab.py', ['connectorx', 'pantab']),
    script('ADBC → pantab', 'adbc_pantab.py', ['adbc-driver-postgresql', 'pantab']),
    script('ADBC → Parquet → hyperd', 'adbc_parquet.py', [
      'adbc-driver-postgresql',
      'pyarrow',
      'tableauhyperapi',
    ]),
    script('cursor → Inserter, by row', 'cursor_inserter.py', ['psycopg2-binary', 'tableauhyperapi']),
  ];
}

async function prepareOurs({ url, shape, table, folder, out }: Work): Promise<Command> {
  const pipeline = pipelineFor(shape)
    .replace('public.bench', `public.${table}`)
    .replace('path: bench.hyper', `path: ${path.basename(out)}`);
  await writeFile(path.join(folder, 'bench.yaml'), pipeline);
  return {
    program: 'node',
    args: [ownProgram, 'apply', '--yes', '--json', 'bench.yaml'],
    // In CI a run warns of state that no job keeps.
    env: { BENCH_URL: url, CI: '' },
  };
}
