import type pg from 'pg';
import type { Diagnostic } from '../../../model/errors/diagnostic.ts';
import type { Table } from '../../../model/config/pipeline.ts';
import { probe, type Relation } from '../contract/catalog.ts';
import { lessLag, present, type Cursor } from '../contract/cursor-columns.ts';
import { settleDeletes } from './deleted-keys.ts';
import { isDatabaseError } from '../../../postgres/connect-errors.ts';
import { explainTable, isAboutSql } from '../connection/errors.ts';
import { missingXmin } from './late.ts';
import { rowsSql, type Selection } from '../sql/selection.ts';
import { attempt } from '../connection/transaction.ts';
import { foreign } from '../../../model/errors/secrets.ts';

interface Given {
  table: Table;
  selection: Selection;
  cursor: Cursor | undefined;
  relation: Relation | undefined;
}

/** Settles whether a table can continue from its extract in its load mode. Reads no row. */
export async function settleLoad(
  client: pg.Client,
  { table, selection, cursor, relation }: Given,
): Promise<{ problems: Diagnostic[]; deletes?: Selection }> {
  if (cursor === undefined) return { problems: [] };
  if (cursor.load.kind === 'window') return { problems: windowProblems(cursor) };
  const problems = [
    ...(await orderProblems(client, table, selection, cursor)),
    ...appendProblems(table, cursor),
  ];
  const xmin = relation === undefined ? undefined : await missingXmin(client, table, relation);
  if (xmin !== undefined) problems.push(xmin);
  const { deletes } = cursor.load;
  if (deletes?.kind !== 'query') return { problems };
  const settled = await settleDeletes(client, table, selection, deletes);
  if ('problem' in settled) return { problems: [...problems, settled.problem] };
  return { problems, deletes: settled };
}

function windowProblems({ load, columns: [first] }: Cursor): Diagnostic[] {
  if (first === undefined || ['date', 'timestamp', 'timestamptz'].includes(first.type.name)) return [];
  return [
    {
      code: 'EXT2019',
      severity: 'error',
      message: `column "${first.column.name}" is that of the window, which needs a date or a timestamp; PostgreSQL has ${first.type.formatted}`,
      place: load.place,
    },
  ];
}

/** The highest must be found, and what lies a lag behind it. */
async function orderProblems(
  client: pg.Client,
  table: Table,
  selection: Selection,
  cursor: Cursor,
): Promise<Diagnostic[]> {
  const { load, columns } = cursor;
  const ask = async (sql: string, wish: string): Promise<Diagnostic[]> => {
    try {
      await attempt(client, () => probe(client, sql));
      return [];
    } catch (error) {
      if (!isDatabaseError(error) || !isAboutSql(error))
        throw explainTable(error, `table "${table.name}"`, table);
      const message = `PostgreSQL cannot ${wish}: ${foreign(error.message)}`;
      return [{ code: 'EXT2019', severity: 'error', message, place: load.place }];
    }
  };
  const order = columns.map(({ sql }) => sql).join(', ');
  const rows = rowsSql(selection, present(cursor));
  const problems = await ask(
    `select 1 from ${rows} order by ${order} limit 0`,
    `order by ${namedColumns(cursor)}`,
  );
  const [first] = columns;
  if (problems.length > 0 || load.kind !== 'cursor' || load.lag === undefined || first === undefined)
    return problems;
  return await ask(
    `select ${lessLag(first, load.lag, first.sql)} from ${rows} limit 0`,
    `take the lag from "${first.column.name}"`,
  );
}

/** Without a key, rows that are read again are known by one column in which they are NULL. */
function appendProblems(table: Table, { load, columns }: Cursor): Diagnostic[] {
  if (load.kind !== 'cursor' || load.mode !== 'append' || table.primaryKey.length > 0) return [];
  const open = columns.filter(({ mayBeNull, infiniteIsNull }) => mayBeNull || infiniteIsNull);
  const [first] = open;
  const isKnown = open.length < 2 && (load.lag === undefined || first === undefined || first === columns[0]);
  if (load.nulls !== 'include' || isKnown) return [];
  return [
    {
      code: 'EXT2019',
      severity: 'error',
      message: `rows with NULL in ${open.map(({ column }) => `"${column.name}"`).join(' or ')} cannot be distinguished without a primary key`,
      hint: 'give the table a primary_key, or set nulls: exclude',
      place: load.place,
    },
  ];
}

/** `column "a"`, `columns "a", "b"`. */
function namedColumns({ columns }: Cursor): string {
  const names = columns.map(({ column }) => `"${column.name}"`).join(', ');
  return `column${columns.length === 1 ? '' : 's'} ${names}`;
}
