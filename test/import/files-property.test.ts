import fc from 'fast-check';
import { rm } from 'node:fs/promises';
import { parse } from 'yaml';
import { expect, test } from 'vitest';
import { identifier } from '../../src/hyper/sql.ts';
import type { HyperSession } from '../../src/hyper/session.ts';
import { createProject, type CliProject } from '../support/cli.ts';
import { withSession } from '../support/hyper-file.ts';
import { runInside } from '../support/in-process.ts';
import {
  fileOfRow,
  randomFiles,
  writtenFile,
  type RandomCell,
  type RandomFiles,
} from './support/random-files.ts';

/** PROPERTY_RUNS=500 PROPERTY_SEED=random looks for what a few runs with a fixed seed do not find. */
const { PROPERTY_SEED: seed = '20261130' } = process.env;
const runs = Number(process.env.PROPERTY_RUNS ?? 12);

test(
  `what is imported validates, applies without a change, and loses no value: ${runs} from seed ${seed}`,
  { timeout: 60_000 + runs * 20_000 },
  () =>
    withSession(async (session) => {
      const project = await createProject();
      await fc.assert(
        fc.asyncProperty(randomFiles, (random) => loseNothing(random, project, session)),
        { numRuns: runs, ...(seed !== 'random' && { seed: Number(seed) }) },
      );
    }),
);

async function loseNothing(random: RandomFiles, project: CliProject, session: HyperSession): Promise<void> {
  for (const folder of ['data', 'pipelines', '.extracts', 'build'])
    await rm(project.path(folder), { recursive: true, force: true });
  const ending = random.dialect.isPacked ? 'csv.gz' : 'csv';
  for (let file = 0; file < random.files; file++)
    await project.write(`data/${file}.${ending}`, writtenFile(random, file));
  const done = async (...args: string[]) => {
    const { stdout, stderr, exitCode } = await runInside(project, args);
    expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }, stderr).toEqual({ exitCode: 0, stderr: '' });
    return stdout;
  };
  await done('import', 'csv', `data/*.${ending}`, '--name', 'random', '--table', 'rows');
  await done('validate');
  await done('apply', '--yes');
  expect(await done('plan')).toContain('No changes.');
  await compare(random, await project.read('pipelines/random.yaml'), (sql) =>
    readRows(session, project.path('build/random.hyper'), sql),
  );
}

async function readRows(
  session: HyperSession,
  file: string,
  sql: string,
): Promise<Record<string, string | null>[]> {
  await session.query(`attach database ${identifier(file)} as seen with (access_mode = 'readonly')`);
  try {
    return await session.query(sql);
  } finally {
    await session.query('detach database seen');
  }
}

async function compare(
  random: RandomFiles,
  yaml: string,
  read: (sql: string) => Promise<Record<string, string | null>[]>,
): Promise<void> {
  const { tables } = parse(yaml) as {
    tables: { rows: { columns: Record<string, string | { type: string }> } };
  };
  const columns = Object.entries(tables.rows.columns);
  const names = columns.map(([name]) => name);
  const idName = names[random.dialect.hasHeader ? names.indexOf('id') : 0] ?? '';
  const rows = await read(`select * from seen."Extract"."rows" order by ${identifier(idName)}`);
  expect(rows).toHaveLength(random.columns[0]?.cells.length ?? 0);
  for (const [index, column] of random.columns.entries()) {
    const name = random.dialect.hasHeader ? column.name : (names[index] ?? '');
    const declared = tables.rows.columns[name];
    const type = typeof declared === 'string' ? declared : declared?.type;
    for (const [row, cell] of column.cells.entries()) {
      const isThere = column.isMissing[fileOfRow(row, random)] !== true;
      const loaded = rows[row]?.[name] ?? null;
      expect(wordsFor(isThere ? cell : null, type, random), `${name} (${type}) in row ${row}`).toContain(
        type === 'text' ? loaded : plain(loaded),
      );
    }
  }
}

/** What may be loaded for a cell: one word, except for a null text that stays a text in a column of texts. */
function wordsFor(cell: RandomCell, type: string | undefined, { dialect }: RandomFiles): (string | null)[] {
  if (cell === null) return type === 'text' ? [null, dialect.nullText] : [null];
  return [type === 'text' ? cell.written : plain(cell.value)];
}

/** Zeros at the end of decimals mean nothing. */
function plain(value: string | null): string | null {
  if (value === null || !/^-?\d+\.\d+$/.test(value)) return value;
  return value.replace(/0+$/, '').replace(/\.$/, '');
}
