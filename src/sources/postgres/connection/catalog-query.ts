import { createHash } from 'node:crypto';
import type pg from 'pg';
import { majorOf } from '../../../postgres/server-version.ts';
import { isOwnSession } from './transaction.ts';

/**
 * Queries the catalogs. Planning some of these questions costs the server more than answering them, and a family of
 * pipelines asks the same ones for each item: where the session is ours alone they are prepared under a name, and
 * planned a few times instead of each time.
 */
export function catalogQuery<Row extends pg.QueryResultRow>(
  client: pg.Client,
  text: string,
  values: readonly unknown[],
): Promise<pg.QueryResult<Row>> {
  const name = isOwnSession(client) ? { name: nameOf(text) } : {};
  return client.query<Row>({ ...name, text, values: [...values] });
}

/**
 * The same for a question whose planning is most of its cost each time: left to itself, PostgreSQL plans it
 * for the values of each time. The setting lasts for this question only, since functions of the user obey it, too.
 */
export async function largeCatalogQuery<Row extends pg.QueryResultRow>(
  client: pg.Client,
  text: string,
  values: readonly unknown[],
): Promise<pg.QueryResult<Row>> {
  if (!isOwnSession(client) || majorOf(client) < 12) return catalogQuery<Row>(client, text, values);
  await client.query('set local plan_cache_mode = force_generic_plan');
  const result = await catalogQuery<Row>(client, text, values);
  await client.query('reset plan_cache_mode');
  return result;
}

const names = new Map<string, string>();

function nameOf(text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  const name = `extracts_${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
  names.set(text, name);
  return name;
}
