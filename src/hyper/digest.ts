import { createHash } from 'node:crypto';
import { formatColumnType } from '../model/config/column-type.ts';
import type { ExtractTable } from '../model/world/observation.ts';
import type { HyperSession } from './session.ts';
import { identifier, tableName } from './sql.ts';

/**
 * Returns the same digest for the same tables, columns and rows, whatever the order of the rows. The bytes of the
 * file cannot serve: the engine writes the same rows differently each time.
 */
export async function digestOf(
  session: HyperSession,
  alias: string,
  tables: readonly ExtractTable[],
): Promise<string> {
  const hash = createHash('sha256');
  for (const { schema, name, columns } of tables) {
    const names = columns.map((column) => identifier(column.name));
    const sums = [0, 4, 8, 12].map((byte) => `sum(${fourBytes(byte)})::text`);
    const [row = {}] = await session.query(
      `select count(*), ${sums.map((sum, n) => `${sum} as s${n}`).join(', ')} ` +
        `from (select sha256(${rowText(names)}) as h from ${tableName(alias, schema, name)}) as rows`,
    );
    const types = columns.map(({ name: column, type }) => [
      column,
      type.kind === 'other' ? type.name : formatColumnType(type),
    ]);
    hash.update(JSON.stringify([schema, name, types, Object.values(row)]));
  }
  return hash.digest('hex');
}

/** All values of a row as one text in which no two rows look alike. */
export function rowText(columns: readonly string[]): string {
  return columns
    .map((name) => `coalesce(length(${name}::text)::text || ':' || ${name}::text, 'null')`)
    .join(' || ');
}

/** Sums of hashes do not depend on the order of rows, and unlike exclusive or they count rows that are alike. */
function fourBytes(start: number): string {
  return [0, 1, 2, 3].map((n) => `get_byte(h, ${start + n})::bigint * ${256 ** n}`).join(' + ');
}
