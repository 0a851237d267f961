import type pg from 'pg';
import type { Column, Table } from '../../../model/config/pipeline.ts';
import { keyLabel } from '../sql/column.ts';
import { rowsSql, type Selection } from '../sql/selection.ts';

/** A column in which a row may have a value that was refused. */
export interface Suspect {
  column: Column;
  /** The SQL that was read. */
  item: string;
  /** SQL that is true of such rows. */
  sign: string;
  /** The problem of such a row, where Hyper's own message says less. */
  problem?: string;
  /** The remedy, where it is known. */
  hint?: string;
  /** The same for the largest size that was found: `sql` is its number. */
  sized?: { sql: string; hint: (size: number) => string };
  /** The value is shown beside the key: it is what is wrong. */
  showsValue?: boolean;
  /** SQL for a text of the value, where it has no text that can be sent. */
  shown?: string;
}

export interface SampleRows {
  suspect: Suspect;
  /** The labels that identify the rows. */
  rows: string[];
  /** The remedy, where it is known. */
  hint: string | undefined;
}

/** Returns up to three rows within five seconds. A search that fails finds nothing: the refusal itself is what matters. */
export async function findSampleRows(
  table: Table,
  selection: Selection,
  suspects: readonly Suspect[],
  connect: () => Promise<pg.Client>,
): Promise<SampleRows | undefined> {
  if (suspects.length === 0) return undefined;
  const client = await connect().catch(() => undefined);
  if (client === undefined) return undefined;
  const deadline = performance.now() + searchLimit;
  try {
    await client.query(`set local statement_timeout = ${searchLimit}`);
    for (const suspect of suspects) {
      const { rows } = await client.query<{ label: string; size: number }>(
        `select ${labelOf(table, selection, suspect)} as label, (${suspect.sized?.sql ?? '0'})::int as size ` +
          `from ${rowsSql(selection, suspect.sign)} limit 3`,
      );
      if (rows.length > 0) {
        const largest = Math.max(...rows.map(({ size }) => size));
        const hint = suspect.sized?.hint(largest) ?? suspect.hint;
        return { suspect, rows: rows.map(({ label }) => label), hint };
      }
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

/**
 * Returns the label of a row: its key as `row_id = 17`, possibly with the value behind it, otherwise the value
 * itself.
 */
function labelOf(table: Table, { columns, items }: Selection, suspect: Suspect): string {
  const { column, item, shown } = suspect;
  const itemOf = (key: Column) => items[columns.indexOf(key)] ?? 'null';
  const value =
    column.sensitive === true
      ? `'•••'`
      : `coalesce(left(${shown ?? `(${item})::pg_catalog.text`}, 60), 'NULL')`;
  const key = keyLabel(table, itemOf);
  const isInKey = table.primaryKey.includes(column.name);
  return key === undefined || suspect.showsValue !== true || isInKey
    ? (key ?? value)
    : `${key} || ': ' || ${value}`;
}
