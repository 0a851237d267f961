import pg from 'pg';
import { formatColumnType } from '../../model/column-type.ts';
import { child, type Diagnostic } from '../../model/diagnostic.ts';
import { nearest } from '../../model/nearest.ts';
import type { Column, Table } from '../../model/pipeline.ts';
import { countParams } from './bind.ts';
import {
  describe,
  findRelation,
  fromClause,
  relationNames,
  type CatalogColumn,
  type Relation,
} from './catalog.ts';
import { explainQuery, isDatabaseError } from './errors.ts';
import { fitType } from './types.ts';

/** What came of holding a table's contract against the catalog. */
export interface Agreement {
  problems: Diagnostic[];
  /** The `select` that yields the contract's columns in order; undefined when something is in the way. */
  select: string | undefined;
  untaken: string[];
  relation: Relation | undefined;
  columns: CatalogColumn[];
}

/**
 * Holds the contract against what the server has now, without reading a row: every column must be there, and its type
 * must fit, so that every value arrives exactly or stops the load with an error that names it.
 */
export async function agree(client: pg.Client, table: Table): Promise<Agreement> {
  const disagreed = (problems: Diagnostic[]): Agreement => ({
    problems,
    select: undefined,
    untaken: [],
    relation: undefined,
    columns: [],
  });
  if (table.from.type !== 'postgres') return disagreed([]);
  const { relation: wanted, query, params } = table.from;
  const place = child(table.place, 'from');
  let relation: Relation | undefined;
  if (wanted !== undefined) {
    relation = await findRelation(client, wanted);
    if (relation === undefined) return disagreed([await missingRelation(client, table, wanted)]);
  } else if (countParams(query ?? '') > params.length) {
    return disagreed([
      {
        code: 'EXT2011',
        severity: 'error',
        message: `the query uses $${countParams(query ?? '')}, but params has ${params.length}`,
        place: child(place, 'query'),
      },
    ]);
  }
  const origin = fromClause(table);
  let columns: CatalogColumn[];
  try {
    columns = await describe(client, '*', withWhere(table, origin));
  } catch (error) {
    return disagreed([
      refused(error, table, child(place, query === undefined ? (wherePart(error) ?? 'table') : 'query')),
    ]);
  }
  const settled: Settled[] = [];
  for (const column of table.columns) settled.push(await settle(client, table, column, columns, origin));
  const problems = settled.flatMap(({ problem }) => problem ?? []);
  const items = settled.map(
    ({ sql }, index) => `${sql ?? ''} as ${pg.escapeIdentifier(table.columns[index]?.name ?? '')}`,
  );
  const taken = new Set(table.columns.map(({ origin: from }) => (from.kind === 'column' ? from.name : '')));
  return {
    problems,
    select: problems.some(({ severity }) => severity === 'error')
      ? undefined
      : `select ${items.join(', ')} from ${withWhere(table, origin)}`,
    untaken: columns.map(({ name }) => name).filter((name) => !taken.has(name)),
    relation,
    columns,
  };
}

function withWhere(table: Table, origin: string): string {
  const where = table.from.type === 'postgres' ? table.from.where : undefined;
  return where === undefined ? origin : `${origin} where (${where}\n)`;
}

const wherePart = (error: unknown) =>
  isDatabaseError(error) && error.code !== '42501' ? 'where' : undefined;

interface Settled {
  sql?: string;
  problem?: Diagnostic;
}

/** The SQL for one column of the contract, or what is wrong with it. */
async function settle(
  client: pg.Client,
  table: Table,
  column: Column,
  available: readonly CatalogColumn[],
  origin: string,
): Promise<Settled> {
  const from = column.origin;
  if (from.kind === 'file') throw new Error('a file column came to the postgres source');
  let found: CatalogColumn | undefined;
  let sql: string;
  if (from.kind === 'expression') {
    sql = `(${from.sql}\n)`;
    try {
      [found] = await describe(client, `${sql} as x`, origin);
    } catch (error) {
      return { problem: refused(error, table, child(column.place, 'expr')) };
    }
  } else {
    sql = pg.escapeIdentifier(from.name);
    found = available.find(({ name }) => name === from.name);
  }
  if (found === undefined) return { problem: missingColumn(table, column, available) };
  const fit = fitType(found.type, column.type, {
    label: `${table.name}.${column.name}`.replaceAll("'", "''"),
    onInfinite: column.onInfinite,
  });
  if ('select' in fit) return { sql: fit.select(sql), ...nullability(column, found) };
  return {
    problem: {
      code: 'EXT2014',
      severity: 'error',
      message: `column "${column.name}": PostgreSQL has ${found.type.formatted}, which does not fit ${formatColumnType(column.type)}`,
      hint: `${fit.holders.join(' or ')} would hold it${fit.hint === undefined ? '' : `; ${fit.hint.replace('COLUMN', from.kind === 'column' ? from.name : '…')}`}`,
      place: column.place,
    },
  };
}

function nullability(column: Column, found: CatalogColumn): Settled {
  if (!column.notNull || found.notNull || column.origin.kind === 'expression') return {};
  return {
    problem: {
      code: 'EXT2015',
      severity: 'note',
      message: `column "${column.name}" is not null in the contract, but PostgreSQL allows NULL: a NULL will stop the load`,
      place: column.place,
    },
  };
}

function missingColumn(table: Table, column: Column, available: readonly CatalogColumn[]): Diagnostic {
  const wanted = column.origin.kind === 'column' ? column.origin.name : column.name;
  const near = nearest(
    wanted,
    available.map(({ name }) => name),
  );
  return {
    code: 'EXT2013',
    severity: 'error',
    message: `${describeOrigin(table)} has no column "${wanted}"`,
    hint:
      near === undefined ? `it has ${listed(available.map(({ name }) => name))}` : `did you mean "${near}"?`,
    place: column.place,
  };
}

async function missingRelation(
  client: pg.Client,
  table: Table,
  wanted: { schema?: string; name: string },
): Promise<Diagnostic> {
  const asked = wanted.schema === undefined ? wanted.name : `${wanted.schema}.${wanted.name}`;
  const names = await relationNames(client, wanted.schema);
  const near = nearest(
    wanted.name,
    names.map((name) => (wanted.schema === undefined ? (name.split('.').at(-1) ?? name) : name)),
  );
  return {
    code: 'EXT2012',
    severity: 'error',
    message: `there is no table or view ${asked} in the database`,
    hint:
      near === undefined
        ? 'check the name and the schema; a table that this user may not see counts as absent'
        : `did you mean "${wanted.schema === undefined ? near : `${wanted.schema}.${near}`}"?`,
    place: child(table.place, 'from', 'table'),
  };
}

function refused(error: unknown, table: Table, place: Diagnostic['place']): Diagnostic {
  if (!isDatabaseError(error)) throw explainQuery(error, `table "${table.name}"`, table.place);
  const hint =
    error.code === '42501' ? 'grant it: docs/postgresql.md has the exact GRANT statements' : error.hint;
  return {
    code: 'EXT2011',
    severity: 'error',
    message: `PostgreSQL refuses it: ${error.message}`,
    ...(hint === undefined ? {} : { hint }),
    ...(place === undefined ? {} : { place }),
  };
}

export function describeOrigin(table: Table): string {
  if (table.from.type !== 'postgres' || table.from.relation === undefined) return 'the query';
  const { schema, name } = table.from.relation;
  return schema === undefined ? name : `${schema}.${name}`;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 8).map((name) => `"${name}"`);
  return names.length > shown.length
    ? `${shown.join(', ')} and ${names.length - shown.length} more`
    : shown.join(', ');
}
