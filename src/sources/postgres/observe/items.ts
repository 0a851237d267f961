import type pg from 'pg';
import type { ItemsAnswer, ItemsQuery } from '../../../model/ports/source-port.ts';
import { RunError } from '../../../model/errors/run-error.ts';
import { explainQuery, isAboutSql, isDatabaseError, privilegeHint } from '../connection/errors.ts';
import { foreign } from '../../../model/errors/secrets.ts';

/**
 * Returns the rows of a user's query, through a cursor: however many it would give, no more are made than are
 * requested. The transaction can only read. Values are as PostgreSQL prints them.
 */
export async function queryItems(
  client: pg.Client,
  { sql, limit: most, place }: ItemsQuery,
): Promise<ItemsAnswer> {
  try {
    // The extended protocol takes no second statement behind a semicolon.
    await client.query({
      text: `declare items no scroll cursor for ${sql.replace(/;\s*$/, '')}`,
      ...extended,
    });
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
        hint: isPrivilege ? privilegeHint(error.message) : error.hint && foreign(error.hint),
        place,
        cause: error,
      },
    );
  }
}

const extended = { queryMode: 'extended' } as object;
