import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { draftPath } from '../disk/draft-file.ts';
import { reasonOf } from '../disk/reason.ts';
import type { ExtractTable } from '../model/world/observation.ts';
import { bytes as inBytes, grouped } from '../model/base/numbers.ts';
import type { Portion } from '../model/ports/extract-port.ts';
import { RunError } from '../model/errors/run-error.ts';
import { digestOf, rowText } from './digest.ts';
import { readTables } from './observe-extract.ts';
import { isServerError, type HyperSession } from './session.ts';
import { identifier, literal, tableName } from './sql.ts';

/** The number of buckets that rows fall into, by the first four hexadecimal digits of a hash of their values. */
const buckets = 0x10000;

/**
 * Divides the rows of an extract by a hash of their values, not by their places: those differ from one build
 * of the same rows to the next. A range of buckets is halved until its rows fit, so only one small file is on
 * the disk at a time.
 */
export async function* splitExtract(
  openSession: () => Promise<HyperSession>,
  file: string,
  maxBytes: number,
  signal: AbortSignal,
): AsyncGenerator<Portion> {
  const session = await openSession();
  try {
    await session.query(`attach database ${identifier(file)} as whole with (access_mode = 'readonly')`);
    const tables = await readTables(session, 'whole');
    const rowsInAll = rowsOf(tables);
    const { size } = await stat(file);
    if (size <= maxBytes) {
      yield {
        path: file,
        size,
        rows: rowsInAll,
        rowsInAll,
        digest: await digestOf(session, 'whole', tables),
      };
      return;
    }
    const ranges = [...firstRanges(size, maxBytes)];
    for (let range = ranges.shift(); range !== undefined; range = ranges.shift()) {
      const draft = draftPath(file);
      try {
        const portion = await writePortion(session, { tables, file: draft, range }, signal);
        if (portion.size > maxBytes) {
          ranges.unshift(...halvesOf(range, portion, maxBytes));
          continue;
        }
        yield { ...portion, rowsInAll };
      } finally {
        await rm(draft, { force: true });
      }
    }
  } finally {
    await session.end();
  }
}

interface Range {
  from: number;
  /** The first bucket that does not belong to it. */
  to: number;
}

/**
 * Yields as many ranges as the size suggests; a power of two, so that a few bytes more or less seldom change the
 * number.
 */
function* firstRanges(size: number, maxBytes: number): Generator<Range> {
  let count = 1;
  while (size / count > maxBytes && count < buckets) count *= 2;
  const width = buckets / count;
  for (let from = 0; from < buckets; from += width) yield { from, to: from + width };
}

function halvesOf(
  { from, to }: Range,
  { size, rows }: Pick<Portion, 'size' | 'rows'>,
  maxBytes: number,
): Range[] {
  if (to - from === 1) {
    throw new RunError(
      'EXT3011',
      `${grouped(rows)} rows that are alike have ${inBytes(size)}, and no portion may have more than ${inBytes(maxBytes)}`,
      { hint: 'allow larger portions, or publish the whole with method: publish' },
    );
  }
  const middle = (from + to) / 2;
  return [
    { from, to: middle },
    { from: middle, to },
  ];
}

async function writePortion(
  session: HyperSession,
  { tables, file, range }: { tables: readonly ExtractTable[]; file: string; range: Range },
  signal: AbortSignal,
): Promise<Omit<Portion, 'rowsInAll'>> {
  try {
    await session.query(`create database ${identifier(file)} with version 3`);
    await session.query(`attach database ${identifier(file)} as portion`);
    for (const table of tables) await copyRows(session, table, range, signal);
    const written = await readTables(session, 'portion');
    const digest = await digestOf(session, 'portion', written);
    await session.query('detach database portion');
    return { path: file, size: (await stat(file)).size, rows: rowsOf(written), digest };
  } catch (error) {
    if (!isServerError(error)) throw error;
    const folder = path.dirname(file);
    throw new RunError('EXT3004', `cannot write a portion of the extract to ${folder}: ${reasonOf(error)}`, {
      hint: 'check that the folder is writable and has room; the extract itself is untouched',
      cause: error,
    });
  }
}

async function copyRows(
  session: HyperSession,
  { schema, name, columns }: ExtractTable,
  { from, to }: Range,
  signal: AbortSignal,
): Promise<void> {
  const names = columns.map((column) => identifier(column.name));
  const [whole, portion] = [tableName('whole', schema, name), tableName('portion', schema, name)];
  await session.query(`create schema if not exists portion.${identifier(schema)}`);
  const bucket = `substr(md5(${rowText(names)}), 1, 4)`;
  const [first, last] = [from, to - 1].map((number) => literal(number.toString(16).padStart(4, '0')));
  await session.copyFile(
    `create table ${portion} as (select ${names.join(', ')} from ${whole} where ${bucket} between ${first} and ${last})`,
    signal,
  );
}

const rowsOf = (tables: readonly ExtractTable[]) => tables.reduce((sum, { rows }) => sum + rows, 0);
