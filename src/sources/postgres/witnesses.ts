import type pg from 'pg';
import type { Column, Table } from '../../model/pipeline.ts';
import { keyLabel } from './column-sql.ts';
import { rowsSql, type Selection } from './selection.ts';

/** A column in which a row may have a value that was refused. */
export interface Suspect {
  column: Column;
  /** The SQL that was read. */
  item: string;
  /** SQL that is true of such rows. */
  sign: string;
  /** What to do about it, where that is known. */
  hint?: string;
  /** SQL for a text of the value, where it has no text that can be sent. */
  shown?: string;
}

export interface Witnesses {
  suspect: Suspect;
  /** What identifies them. */
  rows: string[];
}

/** Up to three rows within five seconds. A search that fails finds nothing: the refusal itself is what matters. */
export async function findWitnesses(
  table: Table,
  selection: Selection,
  suspects: readonly Suspect[],
  connect: () => Promise<pg.Client>,
): Promise<Witnesses | undefined> {
  if (suspects.length === 0) return undefined;
  const client = await connect().catch(() => undefined);
  if (client === undefined) return undefined;
  const deadline = performance.now() + searchLimit;
  try {
    await client.query(`set local statement_timeout = ${searchLimit}`);
    for (const suspect of suspects) {
      const { rows } = await client.query<{ witness: string }>(
        `select ${labelOf(table, selection, suspect)} as witness from ${rowsSql(selection, suspect.sign)} limit 3`,
      );
      if (rows.length > 0) return { suspect, rows: rows.map(({ witness }) => witness) };
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

/** How a row is identified: by its key as `row_id = 17`, else by the value itself. */
function labelOf(table: Table, { columns, items }: Selection, { column, item, shown }: Suspect): string {
  const itemOf = (key: Column) => items[columns.indexOf(key)] ?? 'null';
  const value =
    column.sensitive === true ? `'•••'` : `coalesce(left(${shown ?? `(${item})::text`}, 60), 'NULL')`;
  return keyLabel(table, itemOf) ?? value;
}
