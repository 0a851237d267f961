import pg from 'pg';
import { formatColumnType } from '../../../model/config/column-type.ts';
import type { Diagnostic, Place } from '../../../model/errors/diagnostic.ts';
import type { Table } from '../../../model/config/pipeline.ts';
import { counted } from '../../../model/base/numbers.ts';
import { bindParams, countParams } from '../sql/bind.ts';
import { describe, probe, type CatalogColumn } from '../contract/catalog.ts';
import { refusalOf } from '../contract/query-errors.ts';
import { onlyColumns, rowsSql, selectSql, type Selection } from '../sql/selection.ts';
import { attempt } from '../connection/transaction.ts';
import { mapType } from '../contract/map-type.ts';

/**
 * Settles the keys that the user's query gives, in the types of the contract. Those that the table has are left out:
 * a key may have been deleted and be back, and an incremental load must give the same result as reading everything.
 */
export async function settleDeletes(
  client: pg.Client,
  table: Table,
  whole: Selection,
  { sql, place }: { sql: string; place: Place },
): Promise<Selection | { problem: Diagnostic }> {
  const params = table.from.type === 'postgres' ? table.from.params : [];
  const mentioned = countParams(sql);
  if (mentioned > params.length) {
    return wrong(
      place,
      `the query uses values up to $${mentioned}, but params has ${params.length}`,
      'EXT2017',
    );
  }
  const query = `(\n${bindParams(sql.replace(/;\s*$/, ''), params)}\n)`;
  try {
    const found = await attempt(client, () => describe(client, '*', `${query} as ${alias}`));
    const own = onlyColumns(whole, table.primaryKey);
    const mismatch = mismatchOf(own, found);
    if (mismatch !== undefined) return wrong(place, mismatch);
    const settled = selectionOf(table, own, found, query);
    await attempt(client, () => probe(client, `${selectSql(settled)} limit 0`));
    return settled;
  } catch (error) {
    return { problem: refusalOf(error, table, place) };
  }
}

/** No table has this name. */
const alias = 'extracts_deleted';

const wrong = (place: Place, message: string, code = 'EXT2020'): { problem: Diagnostic } => ({
  problem: { code, severity: 'error', message, place },
});

function mismatchOf({ columns }: Selection, found: readonly CatalogColumn[]): string | undefined {
  if (found.length !== columns.length) {
    const names = columns.map(({ name }) => `"${name}"`).join(', ');
    return `the query of deleted rows gives ${counted(found.length, 'column')}, and the primary key has ${columns.length}: ${names}`;
  }
  for (const [index, column] of columns.entries()) {
    const type = found[index]?.type;
    if (type === undefined || 'select' in mapType(type, column.type, { label: '', onInfinite: 'error' }))
      continue;
    return `the query of deleted rows gives ${type.formatted} as "${column.name}", which does not fit ${formatColumnType(column.type)}`;
  }
  return undefined;
}

function selectionOf(
  table: Table,
  own: Selection,
  found: readonly CatalogColumn[],
  query: string,
): Selection {
  const names = found.map((_, index) => `key_${index}`);
  const items = own.columns.map((column, index) => {
    const type = found[index]?.type;
    const fit =
      type === undefined
        ? undefined
        : mapType(type, column.type, {
            label: `${table.name}.${column.name}`,
            onInfinite: column.onInfinite,
          });
    return fit !== undefined && 'select' in fit ? fit.select(`${alias}.${names[index] ?? ''}`) : 'null';
  });
  const same = own.items.map((item, index) => `(${item}) = ${alias}.${names[index] ?? ''}`);
  // Inside, the columns of the table come before those around it, so that its own expressions mean what they do elsewhere.
  const isThere = `exists (select from ${rowsSql(own, ...same)})`;
  return {
    columns: own.columns,
    items,
    from: `${query} as ${alias}(${names.join(', ')})`,
    conditions: [...names.map((name) => `${alias}.${name} is not null`), `not ${isThere}`],
  };
}
