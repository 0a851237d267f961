import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { years } from './calendar.ts';
import { inChunks } from './csv.ts';
import { generateOrders, type OrderRow } from './orders.ts';
import { csvLines, headerLine, orders, persons, returns, type Table } from './tables.ts';

/** A file that `writeCsvFiles` has seen to. */
export interface WrittenFile {
  /** Relative to the directory. */
  path: string;
  /** false: the file held the same bytes already and was left alone, with its modification time. */
  changed: boolean;
}

/**
 * Writes the shop into `directory`: orders.csv, returns.csv and people.csv, and the orders once more with a
 * file for each year, orders/orders_2023.csv and so on, the last one compressed. Each file appears whole or
 * not at all.
 */
export async function writeCsvFiles(directory: string, scale: number): Promise<WrittenFile[]> {
  const contents: [path: string, lines: Iterable<string>][] = [
    ['orders.csv', withHeader(orders, orders.rows(scale))],
    ['returns.csv', withHeader(returns, returns.rows(scale))],
    ['people.csv', withHeader(persons, persons.rows(scale))],
    ...years.map((year): [string, Iterable<string>] => [
      `orders/orders_${year}.csv${year === lastYear ? '.gz' : ''}`,
      withHeader(orders, ordersOfYear(year, scale)),
    ]),
  ];
  const written: WrittenFile[] = [];
  for (const [path, lines] of contents) {
    written.push({ path, changed: await writeIfChanged(join(directory, path), lines) });
  }
  return written;
}

const lastYear = years[years.length - 1];

function* withHeader<Row extends object>(
  table: Table<Row>,
  rows: Iterable<Row>,
): Generator<string, void, undefined> {
  yield headerLine(table);
  yield* csvLines(table, rows);
}

function* ordersOfYear(year: number, scale: number): Generator<OrderRow, void, undefined> {
  for (const row of generateOrders(scale)) {
    if (row.order_date.startsWith(`${year}-`)) yield row;
  }
}

async function writeIfChanged(path: string, lines: Iterable<string>): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  try {
    const text = Readable.from(inChunks(lines));
    const file = createWriteStream(temporary, { flags: 'wx' });
    await (path.endsWith('.gz') ? pipeline(text, createGzip(), file) : pipeline(text, file));
    const changed = !(await sameContent(path, temporary));
    if (changed) await rename(temporary, path);
    return changed;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Returns true if both files hold the same bytes; a missing one differs. */
async function sameContent(existing: string, fresh: string): Promise<boolean> {
  const before = await stat(existing).catch(absent);
  if (before?.size !== (await stat(fresh)).size) return false;
  return (await digest(existing)) === (await digest(fresh));
}

function absent(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}

async function digest(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
