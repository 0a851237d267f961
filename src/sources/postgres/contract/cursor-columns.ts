import pg from 'pg';
import type { CursorLoad, Lag, WindowLoad } from '../../../model/config/load-mode.ts';
import type { Column, Table } from '../../../model/config/pipeline.ts';
import type { Settled } from './column.ts';
import type { PostgresType } from './postgres-types.ts';
import { allOf, anyOf } from '../sql/selection.ts';

/**
 * The columns that a load goes by, as the source has them: what guards a value on its way into Hyper would
 * hide an index.
 */
export interface Cursor {
  load: CursorLoad | WindowLoad;
  columns: readonly CursorColumn[];
}

export interface CursorColumn {
  column: Column;
  sql: string;
  type: PostgresType;
  mayBeNull: boolean;
  /** PostgreSQL calls it NOT NULL, whether or not it is. */
  notNull: boolean;
  /** It becomes NULL in the extract. */
  infiniteIsNull: boolean;
}

/** Undefined for tables that are always read as a whole, and where a column did not settle. */
export function cursorOf(table: Table, settled: readonly Settled[], major: number): Cursor | undefined {
  const { load } = table;
  if (load.kind !== 'cursor' && load.kind !== 'window') return undefined;
  const names = load.kind === 'cursor' ? load.cursor : [load.column];
  const columns = names.flatMap((name) => {
    const index = table.columns.findIndex((column) => column.name === name);
    const [column, raw] = [table.columns[index], settled[index]?.raw];
    if (column === undefined || raw === undefined) return [];
    return [
      { column, ...raw, mayBeNull: !raw.neverNull, infiniteIsNull: losesInfinity(column, raw.type, major) },
    ];
  });
  return columns.length === names.length ? { load, columns } : undefined;
}

const moments = ['date', 'timestamp', 'timestamptz', 'interval'];

/** Returns true if a column can lose infinity: since 14 a numeric may be infinite, if it has no precision. */
function losesInfinity({ onInfinite, type: to }: Column, type: PostgresType, major: number): boolean {
  if (onInfinite !== 'null') return false;
  if (moments.includes(type.name)) return moments.includes(to.kind);
  return isOpenNumeric(type) && to.kind === 'numeric' && major >= 14;
}

const isOpenNumeric = ({ name, modifier }: PostgresType) => name === 'numeric' && modifier < 4;

const isFinite = ({ sql, type }: CursorColumn) =>
  isOpenNumeric(type) ? `${sql} not in ('Infinity'::numeric, '-Infinity'::numeric)` : `isfinite(${sql})`;

export const cursorNames = ({ load }: Cursor): readonly string[] =>
  load.kind === 'cursor' ? load.cursor : [load.column];

/** Returns the condition for rows whose cursor is not NULL; undefined where that is all of them. */
export function present({ columns }: Cursor): string | undefined {
  return allOf(
    ...columns.flatMap((column) => [
      column.mayBeNull ? isPresent(column) : undefined,
      column.infiniteIsNull ? isFinite(column) : undefined,
    ]),
  );
}

/** Returns the condition for rows with NULL in the cursor; undefined if there can be none. */
export function absent({ columns }: Cursor): string | undefined {
  return anyOf(
    ...columns.map((column) =>
      column.infiniteIsNull
        ? `(${isFinite(column)}) is not true`
        : column.mayBeNull
          ? isNull(column)
          : undefined,
    ),
  );
}

/**
 * Returns the test for NULL. Since 17 the planner takes `is null` for false where a column is NOT NULL, of a foreign
 * table as well.
 */
const isNull = ({ sql, notNull }: CursorColumn) => (notNull ? `num_nulls(${sql}) > 0` : `${sql} is null`);
const isPresent = ({ sql, notNull }: CursorColumn) =>
  notNull ? `num_nulls(${sql}) = 0` : `${sql} is not null`;

/**
 * Compares the cursor, or its first columns, as a tuple. The literals take types and collations from the columns, so
 * that the order is the one by which the highest was found.
 */
export function compare(
  { columns }: Cursor,
  sign: '>' | '>=' | '=' | '<=' | '<',
  values: readonly string[],
): string {
  const tuple = (parts: readonly string[]) =>
    parts.length === 1 ? (parts[0] ?? '') : `(${parts.join(', ')})`;
  const compared = columns.slice(0, values.length).map(({ sql }) => sql);
  return `${tuple(compared)} ${sign} ${tuple(values.map((value) => pg.escapeLiteral(value)))}`;
}

/**
 * Returns the value minus `lag`, in the type of the column. For numbers it is one that the extract can hold: rows
 * that are read again are found by it there, and Hyper would round it.
 */
export function lessLag({ column, type }: CursorColumn, lag: Lag, value: string): string {
  if ('seconds' in lag) {
    const earlier = `(${value} - make_interval(secs => ${lag.seconds}))`;
    return type.name === 'date' ? `${earlier}::pg_catalog.date` : earlier;
  }
  const lowest = lowestOf[type.name];
  if (lowest !== undefined) return `greatest(floor((${value})::numeric - ${lag.units}), ${lowest})`;
  if (type.category !== 'N') return `(${value} - ${lag.units})`;
  const { precision, scale } = column.type.kind === 'numeric' ? column.type : { precision: 38, scale: 0 };
  const lower = `floor(((${value})::numeric - ${lag.units}) * 1e${scale})`;
  return `round(greatest(${lower}, 1 - 1e${precision}) / 1e${scale}, ${scale})`;
}

/** Next to the end of its type the lower bound would not be a value of it. */
const lowestOf: Readonly<Record<string, string>> = {
  int2: '-32768',
  int4: '-2147483648',
  int8: '-9223372036854775808',
};
