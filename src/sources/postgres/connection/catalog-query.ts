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
  return onceInTransaction(client, [text, ...values], () => {
    const name = isOwnSession(client) ? { name: nameOf(text) } : {};
    return client.query<Row>({ ...name, text, values: [...values] });
  });
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
  return onceInTransaction(client, ['generic', text, ...values], async () => {
    await client.query('set local plan_cache_mode = force_generic_plan');
    const result = await catalogQuery<Row>(client, text, values);
    await client.query('reset plan_cache_mode');
    return result;
  });
}

const answers = new WeakMap<pg.Client, Map<string, unknown>>();

/**
 * Keeps the answers about catalogs until they are forgotten: in one transaction, all tables that are looked at see the same
 * moment, and most of what those of a family ask is the same.
 */
export function keepAnswers(client: pg.Client): void {
  answers.set(client, new Map());
}

export function forgetAnswers(client: pg.Client): void {
  answers.delete(client);
}

/** Asks a question whose answer is kept, if answers are kept now. An error is no answer. */
export async function onceInTransaction<T>(
  client: pg.Client,
  question: readonly unknown[],
  ask: () => Promise<T>,
): Promise<T> {
  const kept = answers.get(client);
  if (kept === undefined) return ask();
  const key = JSON.stringify(question);
  if (kept.has(key)) return kept.get(key) as T;
  const answer = await ask();
  kept.set(key, answer);
  return answer;
}

const names = new Map<string, string>();

function nameOf(text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  const name = `extracts_${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
  names.set(text, name);
  return name;
}
