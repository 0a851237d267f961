import type pg from 'pg';
import { child, type Diagnostic } from '../../../model/errors/diagnostic.ts';
import type { PostgresOrigin, Table } from '../../../model/config/pipeline.ts';
import { countParams } from '../sql/bind.ts';
import {
  describe,
  findRelation,
  fromClause,
  probe,
  relationColumns,
  type CatalogColumn,
  type Relation,
} from './catalog.ts';
import { missingPrivilege, missingRelation, refusalOf, rowSecurityWarning } from './query-errors.ts';
import { settleColumns } from './column.ts';
import { cursorOf, present, type Cursor } from './cursor-columns.ts';
import { settleLoad } from '../incremental/settle-mode.ts';
import { selectSql, type Selection } from '../sql/selection.ts';
import { attempt } from '../connection/transaction.ts';
import { majorOf } from '../../../postgres/server-version.ts';
import { oldCursorProblem } from '../connection/old-version.ts';

/** The result of comparing a table's contract with the catalog. */
export interface Agreement {
  problems: Diagnostic[];
  /** The selection that yields the contract's columns in order; undefined when there is a problem. */
  selection: Selection | undefined;
  /** The cursor of a table that continues from its extract. */
  cursor: Cursor | undefined;
  /** The keys of deleted rows, where a query gives them. */
  deletes: Selection | undefined;
  unusedColumns: string[];
  relation: Relation | undefined;
  columns: CatalogColumn[];
  /** The types that the columns of the contract are cast from, by oid. */
  types: string[];
}

export type Agreed = Agreement & { selection: Selection };

/**
 * Holds the contract against what the server has now, without reading a row: every column must be there, and its type
 * must fit, so that every value arrives exactly or stops the load with an error that names it. Runs in a transaction.
 */
export async function agree(client: pg.Client, table: Table): Promise<Agreement> {
  if (table.from.type !== 'postgres')
    throw new Error(`a ${table.from.type} table came to the postgres source`);
  const found = await lookUp(client, table, table.from);
  if ('problems' in found) return disagreement(found.problems);
  const { columns, relation } = found;
  const origin = fromClause(table);
  const settled = await settleColumns(client, table, columns, origin);
  const problems = settled.flatMap(({ problem }) => problem ?? []);
  const denied = relation === undefined ? undefined : missingPrivilege(table, relation, columns);
  const secured = relation === undefined ? undefined : await rowSecurityWarning(client, table, relation);
  problems.push(...[denied, secured].filter((one) => one !== undefined));
  const whereProblem = denied === undefined ? await checkWhere(client, table, table.from, origin) : undefined;
  if (whereProblem !== undefined) problems.push(whereProblem);
  const cursor = cursorOf(table, settled, majorOf(client));
  if (cursor !== undefined) problems.push(...oldCursorProblem(client, cursor));
  const selection = {
    columns: table.columns,
    items: settled.map(({ sql }) => sql ?? ''),
    from: origin,
    conditions: conditionsOf(table.from, cursor),
  };
  if (!problems.some(isError)) problems.push(...(await checkWhole(client, table, selectSql(selection))));
  const given = { table, selection, cursor, relation };
  const load = problems.some(isError) ? undefined : await settleLoad(client, given);
  problems.push(...(load?.problems ?? []));
  return {
    problems,
    selection: problems.some(isError) ? undefined : selection,
    cursor,
    deletes: load?.deletes,
    unusedColumns: unusedColumns(table, columns),
    relation,
    columns,
    types: [...new Set(settled.flatMap(({ raw }) => raw?.type.oid ?? []))],
  };
}

const isError = ({ severity }: Diagnostic) => severity === 'error';

const disagreement = (problems: Diagnostic[]): Agreement => ({
  problems,
  selection: undefined,
  cursor: undefined,
  deletes: undefined,
  unusedColumns: [],
  relation: undefined,
  columns: [],
  types: [],
});

type Found = { relation: Relation | undefined; columns: CatalogColumn[] } | { problems: Diagnostic[] };

/** The columns that the relation or query has. */
async function lookUp(client: pg.Client, table: Table, from: PostgresOrigin): Promise<Found> {
  const place = child(table.place, 'from');
  const wanted = from.relation;
  if (wanted !== undefined) {
    try {
      const relation = await attempt(client, () => findRelation(client, wanted));
      if (relation === undefined) return { problems: [await missingRelation(client, table, wanted)] };
      return { relation, columns: await relationColumns(client, relation.oid) };
    } catch (error) {
      return { problems: [refusalOf(error, table, child(place, 'table'))] };
    }
  }
  const mentioned = countParams(from.query ?? '');
  if (mentioned !== from.params.length) {
    return { problems: [paramsProblem(mentioned, from.params.length, place)] };
  }
  try {
    const columns = await attempt(client, () => describe(client, '*', fromClause(table)));
    return { relation: undefined, columns };
  } catch (error) {
    return { problems: [refusalOf(error, table, child(place, 'query'))] };
  }
}

function paramsProblem(mentioned: number, given: number, place: Table['place']): Diagnostic {
  return {
    code: 'EXT2017',
    severity: 'error',
    message:
      mentioned === 0
        ? `params has ${given === 1 ? 'a value' : `${given} values`}, but the query uses none`
        : `the query uses values up to $${mentioned}, but params has ${given}`,
    hint: '$1 is the first of params, $2 the second',
    place: child(place, mentioned > given ? 'query' : 'params'),
  };
}

function conditionsOf({ where }: PostgresOrigin, cursor: Cursor | undefined): string[] {
  const withCursor = cursor?.load.nulls === 'exclude' ? present(cursor) : undefined;
  return [where === undefined ? undefined : `${where}\n`, withCursor].filter((one) => one !== undefined);
}

async function checkWhere(
  client: pg.Client,
  table: Table,
  { where }: PostgresOrigin,
  origin: string,
): Promise<Diagnostic | undefined> {
  if (where === undefined) return undefined;
  try {
    await attempt(client, () => probe(client, `select 1 from ${origin} where (${where}\n) limit 0`));
    return undefined;
  } catch (error) {
    return refusalOf(error, table, child(table.place, 'from', 'where'));
  }
}

/**
 * Reports problems that only show when all of it is put together: a privilege behind a view, an aggregate beside a
 * column.
 */
async function checkWhole(client: pg.Client, table: Table, select: string): Promise<Diagnostic[]> {
  try {
    await attempt(client, () => probe(client, `${select} limit 0`));
    return [];
  } catch (error) {
    return [refusalOf(error, table, child(table.place, 'from'))];
  }
}

function unusedColumns(table: Table, columns: readonly CatalogColumn[]): string[] {
  const taken = new Set(table.columns.map(({ origin }) => (origin.kind === 'column' ? origin.name : '')));
  return columns.map(({ name }) => name).filter((name) => !taken.has(name));
}
