import type * as Written from '../../model/config/written.gen.ts';
import type { CatalogColumn } from '../../sources/postgres/contract/catalog.ts';
import { fromClauseOf, listColumns } from '../../sources/postgres/listing/columns.ts';
import { columnComments } from '../../sources/postgres/listing/constraints.ts';
import { measure, type Measurement } from '../../sources/postgres/listing/measure.ts';
import type { ListedRelation } from '../../sources/postgres/listing/relations.ts';
import type { ListingClient } from '../../sources/postgres/listing/session.ts';
import type { FoundColumn, FoundTable } from '../found.ts';
import { looksPersonal, personalNote } from '../personal.ts';
import { suggestLoad } from './load-mode.ts';
import { relationText } from './names.ts';
import { chooseType } from './choose-type.ts';

/** A table as it was found, and what of it is not in the pipeline. */
export interface TableResult {
  table: FoundTable;
  leftOut: readonly string[];
}

export interface TableRequest {
  client: ListingClient;
  /** Its name under `tables`, and that of its source. */
  name: string;
  source: string;
  generatesTemplate: boolean;
}

/** Bytes up to which all rows are looked at; of larger tables only a sample. */
const smallEnough = 256 * 1024 * 1024;

/** Rows that are looked at where there is no size to judge by. */
const mostRows = 100_000;

export async function importRelation(
  request: TableRequest,
  relation: ListedRelation,
  primaryKey: readonly string[] | undefined,
): Promise<TableResult> {
  const { client, name, source } = request;
  const columns = await listColumns(client, relation);
  const comments = await columnComments(client, relation.oid);
  const { rows, within, measurement } = await look(client, relation, columns);
  const from = { source, table: relationText(relation) };
  const result = build(request, { from, columns, comments, measurement, within });
  const key = primaryKey?.every((column) => result.table.columns.some((one) => one.name === column))
    ? primaryKey
    : undefined;
  const load = /[rp]/.test(relation.kind) ? suggestLoad(result.table.columns, key) : undefined;
  return {
    leftOut: result.leftOut,
    table: {
      ...result.table,
      name,
      ...rows,
      ...(key !== undefined && { primaryKey: key }),
      ...(relation.comment !== null && { comments: [relation.comment] }),
      ...(load !== undefined && { load }),
    },
  };
}

interface Look {
  rows: Pick<FoundTable, 'rows' | 'rowsAreEstimated'>;
  within: string;
  measurement: Measurement;
}

/** Looks at all rows of small tables, at some pages of large ones, and at the first rows of views. */
async function look(
  client: ListingClient,
  { kind, size, estimate, ...relation }: ListedRelation,
  columns: readonly CatalogColumn[],
): Promise<Look> {
  const origin = fromClauseOf(relation);
  const isStored = /[rpm]/.test(kind);
  if (isStored && size <= smallEnough) {
    const measurement = await measure(client, columns, origin);
    return { rows: { rows: measurement.rows }, within: '', measurement };
  }
  const percent = Math.max(0.01, Math.min(100, (smallEnough / Math.max(size, 1)) * 100));
  const some = isStored
    ? `(select * from ${origin} tablesample system (${percent.toFixed(4)}))`
    : `(select * from ${origin} limit ${mostRows})`;
  const measurement = await measure(client, columns, some);
  if (isStored) {
    const rows = estimate === null ? {} : { rows: Math.round(estimate), rowsAreEstimated: true };
    return { rows, within: ' in a sample of its rows', measurement };
  }
  const isWhole = measurement.rows < mostRows;
  return {
    rows: isWhole ? { rows: measurement.rows } : {},
    within: isWhole ? '' : ' in its first 100 000 rows',
    measurement,
  };
}

interface Parts {
  from: Written.From;
  columns: readonly CatalogColumn[];
  comments: ReadonlyMap<string, string>;
  measurement: Measurement;
  within: string;
}

/** Makes the columns of a table or query. */
export function build({ name, generatesTemplate }: TableRequest, parts: Parts): TableResult {
  const { from, columns, comments, measurement, within } = parts;
  const leftOut: string[] = [];
  const found: FoundColumn[] = [];
  for (const column of columns) {
    const reason = (text: string) => void leftOut.push(`${name}.${column.name} (${text})`);
    if (!column.readable) {
      reason('this user may not read it');
      continue;
    }
    if (columns.some((one) => one !== column && one.name === column.name)) {
      reason('the query has two columns of this name: give one an alias');
      continue;
    }
    const measured = measurement.columns.get(column.name);
    const choice = chooseType(column, { measured, within, generatesTemplate });
    if ('reason' in choice) {
      reason(choice.reason);
      continue;
    }
    const description = comments.get(column.name);
    found.push({
      name: column.name,
      settings: {
        ...choice.settings,
        ...(column.neverNull && { not_null: true }),
        ...(description !== undefined && { description }),
        ...(looksPersonal(column.name) && { sensitive: true }),
      },
      ...(choice.comment !== undefined && { comment: choice.comment }),
    });
  }
  const personal = found.filter(({ settings }) => settings.sensitive === true).map((one) => one.name);
  return { table: { name, from, columns: found, notes: personalNote(personal) }, leftOut };
}
