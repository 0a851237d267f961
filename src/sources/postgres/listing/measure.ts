import pg from 'pg';
import type { CatalogColumn } from '../contract/catalog.ts';

/** Facts that only the values of a column show. */
export interface Measured {
  /** The most digits before the point, at least 1, and after it; undefined for other types, and without a value. */
  digits?: { whole: number; scale: number };
  /** There are values that the type of the contract cannot hold: NaN, ±infinity, 24:00, or a far date. */
  special: boolean;
}

export interface Measurement {
  /** The number of rows that were looked at. */
  rows: number;
  columns: ReadonlyMap<string, Measured>;
}

/** Looks at the values of the columns that need it, and counts rows. `origin` is a relation, sample or query as SQL. */
export async function measure(
  client: pg.Client,
  columns: readonly CatalogColumn[],
  origin: string,
): Promise<Measurement> {
  const isOne = ({ name }: CatalogColumn) => columns.filter((one) => one.name === name).length === 1;
  const wanted = columns.filter((column) => isOne(column) && aggregatesOf(column) !== undefined);
  const items = wanted.map((column) => aggregatesOf(column) ?? '');
  const { rows } = await client.query<string[]>({
    text: `select ${['count(*)::pg_catalog.text', ...items].join(', ')} from ${origin} as measured`,
    rowMode: 'array',
  } as pg.QueryArrayConfig);
  const [count = '0', ...values] = (rows[0] ?? []) as (string | null)[];
  const measured = wanted.map(({ name }, index): [string, Measured] => {
    const [special, whole, scale] = values.slice(index * 3, index * 3 + 3);
    const digits =
      typeof whole === 'string' && typeof scale === 'string'
        ? { digits: { whole: Number(whole), scale: Number(scale) } }
        : {};
    return [name, { special: special === 'true', ...digits }];
  });
  return { rows: Number(count), columns: new Map(measured) };
}

/** Three values for each column: whether there is a special one, and digits on both sides of the point. */
function aggregatesOf({ name, type, readable }: CatalogColumn): string | undefined {
  if (!readable) return undefined;
  const column = `measured.${pg.escapeIdentifier(name)}`;
  const only = (special: string) => `bool_or(${special})::pg_catalog.text, null, null`;
  switch (type.name) {
    case 'numeric':
      // Typed ones may hold a NaN, too.
      return digits(column);
    case 'money':
      return digits(`(${column})::numeric`);
    case 'date':
      return only(`not isfinite(${column}) or ${column} > '294276-12-31'`);
    case 'timestamp':
    case 'timestamptz':
    case 'interval':
      return only(`not isfinite(${column})`);
    case 'time':
      return only(`${column} = '24:00'`);
    default:
      return undefined;
  }
}

/** scale() is NULL for NaN and infinity. */
function digits(number: string): string {
  return (
    `bool_or(scale(${number}) is null and ${number} is not null)::pg_catalog.text, ` +
    `(max(length(trunc(abs(${number}))::pg_catalog.text)) filter (where scale(${number}) is not null))::pg_catalog.text, ` +
    `max(scale(${number}))::pg_catalog.text`
  );
}
