import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { Table } from '../../../model/config/pipeline.ts';
import { behindViews, type SourceDefinitions } from '../../../model/world/fingerprint.ts';
import type { Agreement } from '../contract/contract.ts';
import { majorOf } from '../../../postgres/server-version.ts';
import { symbolsIn } from '../sql/symbols.ts';
import { calledFunctions } from './called-functions.ts';
import { definitionsQuery } from './definitions-query.ts';
import { largeCatalogQuery } from '../connection/catalog-query.ts';

/** Everything beside rows that decides the values of a table. No counter moves when one of these is changed. */
interface Decisive {
  definitions: SourceDefinitions;
  /** A type whose text depends on names that are found nowhere in here. */
  moving?: string;
}

/** Returns everything beside rows that decides the values of a table; undefined if calls go deeper than they are followed. */
export async function takeDefinitions(
  client: pg.Client,
  table: Table,
  agreement: Agreement,
): Promise<Decisive | undefined> {
  const { relation, columns, types, cursor } = agreement;
  const texts = textsOf(table);
  const taken = table.columns.flatMap(({ origin }) => (origin.kind === 'column' ? [origin.name] : []));
  const ordered = cursor?.columns.flatMap(({ column: { origin } }) =>
    origin.kind === 'column' ? [origin.name] : [],
  );
  const { rows } = await largeCatalogQuery<{ name: string; text: string }>(
    client,
    definitionsQuery(majorOf(client)),
    [...[relation?.oid ?? null, taken, types, symbolsIn(texts), texts.length > 0, ordered ?? []]],
  );
  const textsNamed = (wanted: string) => rows.flatMap(({ name, text }) => (name === wanted ? [text] : []));
  const scanned = [...texts, ...textsNamed('scan')];
  const called = await calledFunctions(client, scanned, textsNamed('call'));
  if (called === undefined) return undefined;
  const resolves = scanned.length > 0 || called.length > 0;
  const [moving] = textsNamed('moving');
  const numbers = columns.flatMap(({ name, number }) =>
    number === undefined ? [] : [[`column ${name}`, String(number)] as const],
  );
  const found = rows.flatMap(({ name, text }) => {
    const isDefinition = !['scan', 'call', 'moving'].includes(name) && (name !== 'search path' || resolves);
    return isDefinition ? [[name, text] as const] : [];
  });
  return {
    definitions: Object.fromEntries([...numbers, ...found, ...called, ['scope', scopeOf(texts, taken)]]),
    ...(moving !== undefined && { moving }),
  };
}

/** Returns true if the same things were looked for: what is missing then has gone, and was not left out. */
function scopeOf(texts: readonly string[], taken: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify([texts, taken]));
  return `${behindViews}${hash.digest('hex').slice(0, 16)}`;
}

function textsOf({ from, columns }: Table): string[] {
  const expressions = columns.flatMap(({ origin }) => (origin.kind === 'expression' ? [origin.sql] : []));
  return from.type === 'postgres'
    ? [...expressions, ...[from.where, from.query].filter((text) => text !== undefined)]
    : expressions;
}
