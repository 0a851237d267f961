import pg from 'pg';
import { formatColumnType, type ColumnType } from '../../model/column-type.ts';
import { child } from '../../model/diagnostic.ts';
import type { Refusal } from '../../model/feed.ts';
import { grouped } from '../../model/numbers.ts';
import type { Column, Table } from '../../model/pipeline.ts';
import { RunError } from '../../model/run-error.ts';
import { rowsSql, type Selection } from './selection.ts';

/**
 * Hyper took a value for none of its type: the contract is stricter than the data. Hyper names the row by its number
 * only, which means nothing in a table; so rows with such a value are looked up again, where SQL can say what is wrong.
 */
export async function explainRefusal(
  { message, record, column }: Refusal,
  table: Table,
  selection: Selection,
  connect: () => Promise<pg.Client>,
): Promise<RunError> {
  const wanted = table.columns.find(({ name }) => name === column);
  const row = record === undefined ? '' : `, row ${grouped(record)} as read`;
  const type =
    wanted === undefined ? '' : ` (${formatColumnType(wanted.type)}${wanted.notNull ? ' not null' : ''})`;
  const witnesses = await findWitnesses(message, wanted, table, selection, connect);
  const named = wanted?.name ?? witnesses?.column;
  return new RunError(
    'EXT2003',
    `${table.name}${named === undefined ? '' : `.${named}`}${row}: a value does not fit the contract${type}: ${message}` +
      (witnesses === undefined ? '' : `; for example ${witnesses.rows.join(' and ')}`),
    {
      hint: 'change the type in the contract, or the value with expr: or where:',
      place: wanted?.place ?? child(table.place, 'columns'),
    },
  );
}

interface Witnesses {
  column: string;
  rows: string[];
}

/** Up to three rows within five seconds. A search that fails finds nothing: the refusal itself is what matters. */
async function findWitnesses(
  message: string,
  wanted: Column | undefined,
  table: Table,
  selection: Selection,
  connect: () => Promise<pg.Client>,
): Promise<Witnesses | undefined> {
  // Without a key, the witness for a NULL would be the NULL.
  if (message.includes('NOT NULL') && table.primaryKey.length === 0) return undefined;
  const suspects = selection.columns.flatMap((column, index) => {
    const item = selection.items[index] ?? '';
    const sign = wanted === undefined || wanted === column ? signOf(column, item, message) : undefined;
    return sign === undefined ? [] : [{ column, item, sign }];
  });
  if (suspects.length === 0) return undefined;
  const client = await connect().catch(() => undefined);
  if (client === undefined) return undefined;
  const deadline = performance.now() + searchLimit;
  try {
    await client.query(`set local statement_timeout = ${searchLimit}`);
    for (const { column, item, sign } of suspects) {
      const { rows } = await client.query<{ witness: string }>(
        `select ${witnessOf(table, selection, item)} as witness from ${rowsSql(selection, sign)} limit 3`,
      );
      if (rows.length > 0) return { column: column.name, rows: rows.map(({ witness }) => witness) };
      if (performance.now() > deadline) break;
    }
    return undefined;
  } catch {
    return undefined;
  } finally {
    await client.end();
  }
}

/** Milliseconds. */
const searchLimit = 5000;

/** A condition for rows that Hyper refuses in this column, if SQL can say one. */
function signOf({ type, notNull }: Column, item: string, message: string): string | undefined {
  if (message.includes('NOT NULL')) return notNull ? `(${item}) is null` : undefined;
  return signOfType(type, item);
}

function signOfType(type: ColumnType, item: string): string | undefined {
  switch (type.kind) {
    case 'varchar':
    case 'char':
      return `length((${item})::text) > ${type.length}`;
    case 'numeric':
      // NaN counts as greater than every number.
      return `abs((${item})::numeric) >= 1e${type.precision - type.scale}`;
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      return `(${item}) > '294276-12-31'`;
    default:
      return undefined;
  }
}

/** How a row is told: by its key as `row_id = 17`, else by the value itself. */
function witnessOf(table: Table, { columns, items }: Selection, item: string): string {
  const keys = table.primaryKey.map((name) => {
    const key = items[columns.findIndex((column) => column.name === name)] ?? 'null';
    return `${pg.escapeLiteral(`${name} = `).trim()} || coalesce((${key})::text, 'NULL')`;
  });
  return keys.length > 0 ? keys.join(" || ', ' || ") : `coalesce(left((${item})::text, 60), 'NULL')`;
}
