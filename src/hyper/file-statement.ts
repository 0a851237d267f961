import type { ParquetValue, PathFormat, PathPart, WrittenCsv } from '../model/ports/feed.ts';
import type { LoadProgress } from '../model/ports/extract-port.ts';
import { never } from '../model/base/never.ts';
import type { HyperSession } from './session.ts';
import { identifier, literal } from './sql.ts';
import { sqlType } from './column-types.ts';

export interface LoadTarget {
  /** The table as SQL. */
  name: string;
  /** SQL types by column name. */
  types: ReadonlyMap<string, string>;
}

/** A load under way: where it goes, and who hears of it. */
export interface Load {
  session: HyperSession;
  target: LoadTarget;
  progress: LoadProgress;
  signal: AbortSignal;
}

/**
 * The statement that loads files which hyperd opens by itself: COPY where it will do, which is the faster. What it cannot
 * (other names, other types, constants, only the first rows) a query over Parquet files can.
 */
// eslint-disable-next-line max-params -- no two of them belong together
export function fileStatement(
  target: LoadTarget,
  { columns, constants }: PathPart,
  format: PathFormat,
  paths: readonly string[],
  maxRecords?: number,
): string {
  const [only = '', ...others] = paths;
  const from = others.length === 0 ? literal(only) : `array[${paths.map(literal).join(', ')}]`;
  const isWhole = maxRecords === undefined && constants.length === 0;
  if (isWhole && copies(format, columns))
    return `copy ${target.name} (${list(columns)}) from ${from} ${copyOptions(format)}`;
  if (format.type !== 'parquet') throw new Error('a file of text is loaded whole, and without constants');
  const values = format.columns.map(({ name, select = itself }) => select(identifier(name)));
  const all = [...columns, ...constants.map(({ column }) => column)];
  const selected = [
    ...values,
    ...constants.map(({ column, text }) => `${literal(text)}::${typeOf(target, column)}`),
  ];
  const limit = maxRecords === undefined ? '' : ` limit ${maxRecords}`;
  return (
    `insert into ${target.name} (${list(all)}) select ${selected.join(', ')} ` +
    `from external(${[from, "format => 'parquet'", ...parquetDescriptor(format.columns)].join(', ')})${limit}`
  );
}

/** Parquet columns go by their names, and by types that COPY widens by itself. */
function copies(format: PathFormat, columns: readonly string[]): boolean {
  if (format.type !== 'parquet') return true;
  return format.columns.every(({ name, select }, index) => select === undefined && name === columns[index]);
}

function copyOptions(format: PathFormat): string {
  switch (format.type) {
    case 'csv':
      return csvOptions(format);
    case 'text':
      return textOptions(format);
    case 'parquet':
      return 'with (format parquet)';
    default:
      return never(format);
  }
}

const itself = (column: string) => column;

/** Columns that are not named may be of types that hyperd cannot read: without it, it would refuse the whole file. */
function parquetDescriptor(columns: readonly ParquetValue[]): string[] {
  const types = new Map(columns.map(({ name, type }) => [name, type]));
  const typed = [...types].map(([name, type]) => `${identifier(name)} ${sqlType(type)}`);
  return typed.length === 0 ? [] : [`columns => descriptor(${typed.join(', ')})`];
}

const typeOf = ({ types }: LoadTarget, column: string) => types.get(column) ?? 'text';

const list = (columns: readonly string[]) => columns.map(identifier).join(', ');

/** Returns the options of COPY text, for a file or a stream. */
export function textOptions(format: { delimiter: string; null: string }): string {
  return `with (format text, delimiter ${literal(format.delimiter)}, null ${literal(format.null)})`;
}

/** Returns the options of COPY CSV, for a file or a stream. */
export function csvOptions(format: WrittenCsv): string {
  return `with (${[
    'format csv',
    `header ${format.header}`,
    `delimiter ${literal(format.delimiter)}`,
    `quote ${literal(format.quote)}`,
    `escape ${literal(format.escape)}`,
    `null ${literal(format.null)}`,
    `encoding ${literal(format.encoding)}`,
    ...(format.forceNull.length > 0 ? [`force_null (${list(format.forceNull)})`] : []),
  ].join(', ')})`;
}
