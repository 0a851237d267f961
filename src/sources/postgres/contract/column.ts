import type pg from 'pg';
import { formatColumnType } from '../../../model/config/column-type.ts';
import { child, type Diagnostic } from '../../../model/errors/diagnostic.ts';
import type { Column, Table } from '../../../model/config/pipeline.ts';
import { describe, type CatalogColumn } from './catalog.ts';
import { adapt } from './adapted.ts';
import { bracketed, keyLabel, readable, sourceSql } from '../sql/column.ts';
import { missingColumn, refusalOf } from './query-errors.ts';
import { incrementalProblem } from './incremental-columns.ts';
import { attempt } from '../connection/transaction.ts';
import { mapType } from './map-type.ts';
import type { PostgresType } from './postgres-types.ts';

/** One column of the contract: the SQL that yields it, or its problem; there may be a note beside the SQL. */
export interface Settled {
  sql?: string;
  /** The column as the source has it, before it is guarded and converted. */
  raw?: RawColumn;
  problem?: Diagnostic;
}

export interface RawColumn {
  sql: string;
  type: PostgresType;
  notNull: boolean;
  neverNull: boolean;
}

/** Finds what every column of the contract is made from and how it gets into its type. */
export async function settleColumns(
  client: pg.Client,
  table: Table,
  available: readonly CatalogColumn[],
  origin: string,
): Promise<Settled[]> {
  const expressions = await describeExpressions(client, table, origin);
  const row = keyLabel(table);
  return table.columns.map((column) => {
    const from = column.origin;
    const asked = { table, column, sql: sourceSql(column), row };
    if (from.kind === 'column') {
      const found = available.find(({ name }) => name === from.name);
      if (found === undefined) return { problem: missingColumn(table, column, available) };
      return settle(asked, found);
    }
    const described = expressions.get(column);
    if (described === undefined) throw new Error(`expression of ${column.name} was not described`);
    return 'problem' in described ? described : settle(asked, described);
  });
}

type Described = CatalogColumn | { problem: Diagnostic };

/** All expressions in one question; one by one only to find which is wrong. */
async function describeExpressions(
  client: pg.Client,
  table: Table,
  origin: string,
): Promise<Map<Column, Described>> {
  const wanted = table.columns.flatMap((column) =>
    column.origin.kind === 'expression' ? [{ column, sql: bracketed(column.origin.sql) }] : [],
  );
  const described = new Map<Column, Described>();
  if (wanted.length === 0) return described;
  const ask = (items: typeof wanted) =>
    attempt(client, async () => {
      const found = await describe(client, items.map(({ sql }, i) => `${sql} as x${i}`).join(', '), origin);
      for (const [index, { column }] of items.entries()) {
        const one = found[index];
        if (one === undefined) throw new Error(`expression of ${column.name} was not described`);
        described.set(column, one);
      }
    });
  try {
    await ask(wanted);
  } catch {
    for (const one of wanted) {
      try {
        await ask([one]);
      } catch (error) {
        described.set(one.column, { problem: refusalOf(error, table, child(one.column.place, 'expr')) });
      }
    }
  }
  return described;
}

interface Asked {
  table: Table;
  column: Column;
  sql: string;
  /** SQL for what identifies a row. */
  row: string | undefined;
}

function settle({ table, column, sql, row }: Asked, found: CatalogColumn): Settled {
  const guarded = {
    label: `${table.name}.${column.name}`,
    onInfinite: column.onInfinite,
    sensitive: column.sensitive,
    row,
  };
  const problem = incrementalProblem(table, column, found);
  if (problem !== undefined) return { problem };
  const adapted = adapt({ sql, type: found.type }, column, guarded);
  const fit = mapType(adapted.type, column.type, guarded);
  if ('select' in fit) {
    const raw = { ...adapted, notNull: found.notNull, neverNull: found.neverNull };
    return { sql: fit.select(adapted.sql), raw, ...nullability(table, column, found) };
  }
  const named = column.origin.kind === 'column' ? readable(column.origin.name) : '…';
  return {
    problem: {
      code: 'EXT2014',
      severity: 'error',
      message: `column "${column.name}": PostgreSQL has ${found.type.formatted}, which does not fit ${formatColumnType(column.type)}`,
      hint: `${fit.holders.join(' or ')} would hold it${fit.hint === undefined ? '' : `; ${fit.hint.replace('COLUMN', named)}`}`,
      place: column.place,
    },
  };
}

function nullability(table: Table, column: Column, found: CatalogColumn): Settled {
  const isKnown = table.from.type === 'postgres' && table.from.relation !== undefined;
  if (!column.notNull || found.neverNull || !isKnown || column.origin.kind === 'expression') return {};
  return {
    problem: {
      code: 'EXT2015',
      severity: 'note',
      message: `column "${column.name}" is not null in the contract, but PostgreSQL allows NULL: a NULL will stop the load`,
      place: column.place,
    },
  };
}
