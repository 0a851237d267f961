import type pg from 'pg';
import { probe, relationColumns, relationName, describe, type CatalogColumn } from '../contract/catalog.ts';
import { isDatabaseError } from '../../../postgres/connect-errors.ts';
import { isAboutSql } from '../connection/errors.ts';
import { attempt } from '../connection/transaction.ts';
import { foreign } from '../../../model/errors/secrets.ts';
import { RunError } from '../../../model/errors/run-error.ts';
import type { ListedRelation } from './relations.ts';

/** Lists the columns of a relation in their order. */
export function listColumns(
  client: pg.Client,
  { oid }: Pick<ListedRelation, 'oid'>,
): Promise<CatalogColumn[]> {
  return relationColumns(client, oid);
}

/** Returns the relation as SQL. */
export function fromClauseOf({ schema, name }: Pick<ListedRelation, 'schema' | 'name'>): string {
  return relationName({ schema, name });
}

/** Describes the columns of a query without reading a row. */
export async function describeQuery(client: pg.Client, sql: string): Promise<CatalogColumn[]> {
  try {
    return await attempt(client, async () => {
      await probe(client, `select from ${queryClause(sql)} limit 0`);
      return describe(client, '*', queryClause(sql));
    });
  } catch (error) {
    if (!isDatabaseError(error) || !isAboutSql(error)) throw error;
    const code = error.code === '42501' ? 'EXT2016' : 'EXT2011';
    throw new RunError(code, `PostgreSQL refuses the query: ${foreign(error.message)}`, {
      hint: error.hint && foreign(error.hint),
      cause: error,
    });
  }
}

/** Returns the query as SQL in the place of a table. */
export function queryClause(sql: string): string {
  return `(\n${sql.replace(/;\s*$/, '')}\n) as source`;
}
