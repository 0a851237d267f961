import pg from 'pg';
import type { Diagnostic } from '../../../model/errors/diagnostic.ts';
import { counted } from '../../../model/base/numbers.ts';
import { RunError } from '../../../model/errors/run-error.ts';
import { probe } from '../contract/catalog.ts';
import {
  absent,
  compare,
  lessLag,
  present,
  type Cursor,
  type CursorColumn,
} from '../contract/cursor-columns.ts';
import { withNulls } from './range.ts';
import { rowsSql, type Selection } from '../sql/selection.ts';

export interface Highest {
  values: readonly string[];
  /** Lower than what was read before. */
  fell: boolean;
}

/** The highest cursor there is, as PostgreSQL writes it; an index on the columns gives it at once. */
export async function findHighest(
  client: pg.Client,
  selection: Selection,
  cursor: Cursor,
  before?: readonly string[],
): Promise<Highest | undefined> {
  // A cast keeps the name of its column, and `order by` would take the text for the column.
  const texts = cursor.columns
    .map(({ sql }, index) => `(${sql})::pg_catalog.text as "extracts ${index}"`)
    .join(', ');
  const fell = before === undefined ? 'false' : compare(cursor, '<', before);
  const order = cursor.columns.map(({ sql }) => `${sql} desc`).join(', ');
  const { rows } = await probe(
    client,
    `select ${fell}, ${texts} from ${rowsSql(selection, present(cursor))} order by ${order} limit 1`,
  );
  const [row] = rows;
  return row === undefined
    ? undefined
    : { values: row.slice(1).map((value) => textOf(value, cursor)), fell: row[0] === true };
}

/** A watermark that is the word "null" would hide every row before it in the alphabet. */
function textOf(value: unknown, cursor: Cursor): string {
  if (typeof value === 'string') return value;
  throw new RunError(
    'EXT2018',
    `${isTheCursor(cursor)}, and it is NULL although PostgreSQL calls it NOT NULL`,
    {
      hint: 'correct the rows, or leave them out with where:',
      place: cursor.load.place,
    },
  );
}

/** Counts the rows whose cursor is NULL; undefined where there can be none. */
export async function countNulls(
  client: pg.Client,
  selection: Selection,
  cursor: Cursor,
): Promise<number | undefined> {
  const missing = absent(cursor);
  if (missing === undefined) return undefined;
  const { rows } = await probe(
    client,
    `select count(*) from ${rowsSql(withNulls(selection, cursor), missing)}`,
  );
  return Number(rows[0]?.[0]);
}

/** Reports rows whose cursor is NULL: it cannot show where they are. */
export function nullsProblem(cursor: Cursor, nulls: number | undefined): Diagnostic[] {
  if (cursor.load.nulls !== 'error' || nulls === undefined || nulls === 0) return [];
  return [
    {
      code: 'EXT2018',
      severity: 'error',
      message: `${isTheCursor(cursor)}, and ${counted(nulls, 'row')} ${nulls === 1 ? 'has' : 'have'} NULL there`,
      hint: 'nulls: include reads them every time, nulls: exclude leaves them out',
      place: cursor.load.place,
    },
  ];
}

/** A row behind which no other can come: nothing would ever be beyond it. */
export function endlessProblem(cursor: Cursor, { values }: Highest): Diagnostic[] {
  const end = values.find((value, index) => isEndless(cursor.columns[index]?.type.name, value));
  if (end === undefined) return [];
  return [
    {
      code: 'EXT2018',
      severity: 'error',
      message: `${isTheCursor(cursor)}, and its highest value is ${end}: no row can come behind it`,
      hint: 'leave such rows out with where:',
      place: cursor.load.place,
    },
  ];
}

const isEndless = (type: string | undefined, value: string) =>
  ['date', 'timestamp', 'timestamptz', 'interval', 'float4', 'float8', 'numeric'].includes(type ?? '') &&
  ['infinity', 'Infinity', 'NaN'].includes(value);

function isTheCursor({ load, columns }: Cursor): string {
  const names = columns.map(({ column }) => `"${column.name}"`).join(', ');
  if (load.kind === 'window') return `column ${names} is that of the window`;
  return columns.length === 1 ? `column ${names} is the cursor` : `columns ${names} are the cursor`;
}

/** Returns the position from which rows are read that may have come late; with a lag only the first column counts. */
export async function afterOf(
  client: pg.Client,
  { load, columns: [first] }: Cursor,
  upTo: readonly string[] | undefined,
): Promise<readonly string[] | undefined> {
  const highest = upTo?.[0];
  if (load.kind !== 'cursor' || load.lag === undefined || first === undefined || highest === undefined)
    return upTo;
  const value = `${pg.escapeLiteral(highest)}::${first.type.formatted}`;
  const { rows } = await probe(client, `select (${lessLag(first, load.lag, value)})::pg_catalog.text`);
  return [String(rows[0]?.[0])];
}

/**
 * Returns the beginning of a window by the clock of the server: whole days back at the beginning of a day, otherwise
 * of an hour, in the zone of `at_zone` or in UTC. When it was read longer ago than it is long, it begins where it
 * ended then, so that no row is left between.
 */
export async function beginningOf(
  client: pg.Client,
  { load, columns: [first] }: Cursor,
  before: string | undefined,
): Promise<string | undefined> {
  if (load.kind !== 'window' || first === undefined) return undefined;
  const { seconds } = load.last;
  const unit = seconds % 86_400 === 0 ? 'day' : 'hour';
  const type = first.type.formatted;
  const length = `make_interval(secs => ${seconds})`;
  const begins = [
    `${truncatedNow(unit, `now() - ${length}`, first)}::${type}`,
    ...(before === undefined ? [] : [`(${pg.escapeLiteral(before)}::${type} + ${length})::${type}`]),
  ];
  const { rows } = await probe(client, `select least(${begins.join(', ')})::pg_catalog.text`);
  return String(rows[0]?.[0]);
}

/** Sessions are in UTC: without a zone the clock is that of UTC. An instant stays one. */
function truncatedNow(unit: string, moment: string, { column, type }: CursorColumn): string {
  if (column.atZone === undefined) return `date_trunc('${unit}', ${moment})`;
  const zone = pg.escapeLiteral(column.atZone);
  const wall = `date_trunc('${unit}', (${moment}) at time zone ${zone})`;
  return type.name === 'timestamptz' ? `(${wall} at time zone ${zone})` : wall;
}
