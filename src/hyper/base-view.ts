import type { Extract, Table } from '../model/config/pipeline.ts';
import type { InterruptibleBase } from './base-copy.ts';
import type { ChangeTarget } from './change-table.ts';
import { isServerError, type HyperSession } from './session.ts';
import { identifier, tableName } from './sql.ts';

/**
 * Shows a session rows of the table as they were before changes, unless its columns were others. A base that is a file is
 * attached: after the copy was made, which would be empty otherwise, and before the draft, because Hyper refuses to attach
 * ("non-serializable data access") while another session commits to a database that this session has attached already.
 * A base that was unpacked from a package exists in the draft alone, so its rows are set aside before they change.
 */
export function viewOfBase(
  session: HyperSession,
  { extract, table, base }: { extract: Extract; table: Table; base: InterruptibleBase | undefined },
): { attach: () => Promise<void>; before?: NonNullable<ChangeTarget['before']> } {
  const attach = () => Promise.resolve();
  const isReshaped = base?.reshaped?.some((one) => one.table === table.name) === true;
  if (base === undefined || isReshaped) return { attach };
  if (!('path' in base.from)) {
    const before = (rowsOf: (name: string) => string) =>
      setAside(session, rowsOf(tableName('draft', extract.schema, table.name)), base.signal);
    return { attach, before };
  }
  const { path } = base.from;
  let isAttached = false;
  return {
    async attach() {
      try {
        await session.query(`attach database ${identifier(path)} as base with (access_mode = 'readonly')`);
        isAttached = true;
      } catch (error) {
        // Another program may hold the file since it was copied. Then the rows count as others: they are written.
        if (!isServerError(error)) throw error;
      }
    },
    before: (rowsOf) =>
      Promise.resolve(isAttached ? rowsOf(tableName('base', extract.schema, table.name)) : undefined),
  };
}

/** Copies rows (SQL that can follow `from`) into a temporary table; resolves to its name in SQL. */
async function setAside(session: HyperSession, rows: string, signal: AbortSignal): Promise<string> {
  const name = identifier('rows before');
  await session.query(`create temporary table ${name} as (select * from ${rows})`, signal);
  return name;
}
