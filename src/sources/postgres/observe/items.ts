import type pg from 'pg';
import type { ItemsAnswer, ItemsQuery } from '../../../model/ports/source-port.ts';
import { RunError } from '../../../model/errors/run-error.ts';
import { isDatabaseError } from '../../../postgres/connect-errors.ts';
import { explainQuery, isAboutSql, sqlHint } from '../connection/errors.ts';
import { foreign } from '../../../model/errors/secrets.ts';

/**
 * Returns the rows of a user's query, through a cursor: however many it would give, no more are made than are
 * requested. The transaction can only read. Values are as PostgreSQL prints them.
 */
export async function queryItems(
  client: pg.Client,
  { sql, keys, limit: most, place }: ItemsQuery,
): Promise<ItemsAnswer> {
  try {
    if (keys === undefined) await openCursor(client, sql);
    else await openFiltered(client, sql, keys);
    const { fields, rows } = await client.query<(string | null)[]>({
      text: `fetch forward ${most} from items`,
      rowMode: 'array',
      types: { getTypeParser: () => (text: string) => text },
    } as pg.QueryArrayConfig);
    return { columns: fields.map(({ name }) => name), rows };
  } catch (error) {
    if (!isDatabaseError(error) || !isAboutSql(error))
      throw explainQuery(error, 'the query of for_each', place);
    const isPrivilege = error.code === '42501';
    throw new RunError(
      isPrivilege ? 'EXT2016' : 'EXT2011',
      `PostgreSQL refuses the query: ${foreign(error.message)}`,
      {
        hint: sqlHint(error),
        place,
        cause: error,
      },
    );
  }
}

const extended = { queryMode: 'extended' } as object;

/** The extended protocol takes no second statement behind a semicolon. */
async function openCursor(client: pg.Client, sql: string, values: readonly unknown[] = []): Promise<void> {
  const text = `declare items no scroll cursor for ${sql.replace(/;\s*$/, '')}`;
  await client.query({ text, values: [...values], ...extended });
}

/**
 * Opens the cursor for the rows with these keys. Not every query can be a part of another one: whatever is wrong then,
 * the whole query is run, and says it in its own words.
 */
async function openFiltered(client: pg.Client, sql: string, keys: readonly string[]): Promise<void> {
  await client.query('savepoint whole');
  try {
    // The line ends before the bracket: a comment may be the last of the query.
    const inner = `(${sql.replace(/;\s*$/, '')}\n) as listed`;
    const filter = `pg_catalog.regexp_replace(pg_catalog.lower(pg_catalog.format('%s', listed.key)), '[^a-z0-9_]', '_', 'g') = any($1)`;
    await openCursor(client, `select listed.* from ${inner} where ${filter}`, [keys]);
  } catch (error) {
    if (!isDatabaseError(error) || !isAboutSql(error)) throw error;
    await client.query('rollback to savepoint whole');
    await openCursor(client, sql);
  }
}
