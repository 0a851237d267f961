import pg from 'pg';
import { child, type Diagnostic } from '../../model/diagnostic.ts';
import type { PostgresOrigin, Table } from '../../model/pipeline.ts';
import { countParams } from './bind.ts';
import {
  describe,
  findRelation,
  fromClause,
  probe,
  relationColumns,
  type CatalogColumn,
  type Relation,
} from './catalog.ts';
import { missingPrivilege, missingRelation, refused } from './complaints.ts';
import { settleColumns, type Settled } from './columns.ts';
import { attempt } from './transaction.ts';

/** What came of holding a table's contract against the catalog. */
export interface Agreement {
  problems: Diagnostic[];
  /** The `select` that yields the contract's columns in order; undefined when something is in the way. */
  select: string | undefined;
  /** The SQL of each column of the contract, in order; as complete as `select`. */
  items: readonly string[];
  /** `from …` and `where …` of `select`. */
  origin: string;
  untaken: string[];
  relation: Relation | undefined;
  columns: CatalogColumn[];
}

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
  if (denied !== undefined) problems.push(denied);
  const filtered = withWhere(table.from, origin);
  const whereProblem =
    denied === undefined ? await checkWhere(client, table, table.from, filtered) : undefined;
  if (whereProblem !== undefined) problems.push(whereProblem);
  const select = `select ${selectList(table, settled)} from ${filtered}`;
  if (!problems.some(isError)) problems.push(...(await checkWhole(client, table, select)));
  return {
    problems,
    select: problems.some(isError) ? undefined : select,
    items: settled.map(({ sql }) => sql ?? ''),
    origin: filtered,
    untaken: untaken(table, columns),
    relation,
    columns,
  };
}

const isError = ({ severity }: Diagnostic) => severity === 'error';

const disagreement = (problems: Diagnostic[]): Agreement => ({
  problems,
  select: undefined,
  items: [],
  origin: '',
  untaken: [],
  relation: undefined,
  columns: [],
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
      return { problems: [refused(error, table, child(place, 'table'))] };
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
    return { problems: [refused(error, table, child(place, 'query'))] };
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
    hint: '$1 stands for the first of params, $2 for the second',
    place: child(place, mentioned > given ? 'query' : 'params'),
  };
}

function withWhere({ where }: PostgresOrigin, origin: string): string {
  return where === undefined ? origin : `${origin} where (${where}\n)`;
}

async function checkWhere(
  client: pg.Client,
  table: Table,
  { where }: PostgresOrigin,
  filtered: string,
): Promise<Diagnostic | undefined> {
  if (where === undefined) return undefined;
  try {
    await attempt(client, () => probe(client, `select 1 from ${filtered} limit 0`));
    return undefined;
  } catch (error) {
    return refused(error, table, child(table.place, 'from', 'where'));
  }
}

/** What only shows when all of it is put together: a privilege behind a view, an aggregate beside a column. */
async function checkWhole(client: pg.Client, table: Table, select: string): Promise<Diagnostic[]> {
  try {
    await attempt(client, () => probe(client, `${select} limit 0`));
    return [];
  } catch (error) {
    return [refused(error, table, child(table.place, 'from'))];
  }
}

function selectList(table: Table, settled: readonly Settled[]): string {
  return settled
    .map(({ sql }, index) => `${sql ?? ''} as ${pg.escapeIdentifier(table.columns[index]?.name ?? '')}`)
    .join(', ');
}

function untaken(table: Table, columns: readonly CatalogColumn[]): string[] {
  const taken = new Set(table.columns.map(({ origin }) => (origin.kind === 'column' ? origin.name : '')));
  return columns.map(({ name }) => name).filter((name) => !taken.has(name));
}
