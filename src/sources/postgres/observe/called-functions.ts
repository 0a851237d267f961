import type pg from 'pg';
import { symbolsIn } from '../sql/symbols.ts';
import { majorOf } from '../../../postgres/server-version.ts';
import { catalogQuery } from '../connection/catalog-query.ts';

type Definition = readonly [name: string, text: string];

/** Functions that are called by functions that are called; more is not followed. */
const deepest = 8;

/**
 * Returns every function and operator outside of PostgreSQL's own that the texts may call: those of a name that occurs in
 * them, in a schema of the search path or one that is named, too. One conservative scan takes every word as a name, and
 * every operator, and follows what is found in the bodies. A cast may call a function without naming it; `oids` are
 * called anyhow. Undefined where it goes deeper than is followed.
 */
export async function calledFunctions(
  client: pg.Client,
  texts: readonly string[],
  oids: readonly string[],
): Promise<Definition[] | undefined> {
  const symbols = new Set(symbolsIn(texts));
  let found: Definition[] = [];
  let sources: string[] = [];
  let fresh = symbols.size + oids.length;
  for (let depth = 0; fresh > 0; depth++) {
    if (depth === deepest) return undefined;
    const { rows } = await catalogQuery<{ name: string; source: string; mark: string }>(
      client,
      calledQuery(majorOf(client) < 11 ? 'p.proisagg' : `p.prokind = 'a'`),
      [[...symbols], symbols.has('::') || symbols.has('cast'), oids],
    );
    found = rows.map(({ name, mark }) => [name, mark]);
    const before = symbols.size;
    sources = rows.map(({ source }) => source);
    for (const symbol of symbolsIn(sources)) symbols.add(symbol);
    fresh = symbols.size - before;
  }
  return [...found, ...(await readSettings(client, [...texts, ...sources]))];
}

/** Settings that the user has made up, as `current_setting('app.tenant')` reads them; values may be secret. */
async function readSettings(client: pg.Client, texts: readonly string[]): Promise<Definition[]> {
  const names = texts.flatMap((text) =>
    [...text.matchAll(/current_setting\s*\(\s*'([^']+)'/gi)].map(([, name = '']) => name),
  );
  if (names.length === 0) return [];
  const { rows } = await client.query<{ name: string; mark: string }>(
    `select 'setting ' || name as name, md5(coalesce(current_setting(name, true), '')) as mark
     from (select distinct unnest($1::pg_catalog.text[]) as name) as wanted order by 1`,
    [names],
  );
  return rows.map(({ name, mark }) => [name, mark]);
}

/** Overloads of one name are one definition: a new one may be called where an old one was. */
const calledQuery = (isAggregate: string) => `
  with path(schema) as (
    select n.oid from pg_catalog.pg_namespace n
    where (n.nspname = any (current_schemas(true)) or n.nspname = any ($1))
      and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_temp_'
  ), operator as (
    select o.oid, o.oprleft, o.oprright, o.oprcode, 'operator ' || o.oprnamespace::pg_catalog.regnamespace || '.' || o.oprname as name
    from pg_catalog.pg_operator o join path on path.schema = o.oprnamespace where o.oprname = any ($1)
  ), called as (
    select p.oid from pg_catalog.pg_proc p join path on path.schema = p.pronamespace where p.proname = any ($1)
    union select o.oprcode from operator o
    union select c.castfunc from pg_catalog.pg_cast c where $2 and c.castfunc <> 0
    union select unnest($3::pg_catalog.oid[])
  ), body as (
    select p.pronamespace::pg_catalog.regnamespace || '.' || p.proname || '()' as name, p.oid,
           case when ${isAggregate}
             then (select a::pg_catalog.text from pg_catalog.pg_aggregate a where a.aggfnoid = p.oid)
             else pg_get_functiondef(p.oid) end as source
    from called join pg_catalog.pg_proc p on p.oid = called.oid
    where p.pronamespace not in ('pg_catalog'::pg_catalog.regnamespace, 'information_schema'::pg_catalog.regnamespace)
  )
  select 'function ' || name as name, string_agg(source, E'\\n' order by oid) as source,
         md5(string_agg(source, E'\\n' order by oid)) as mark
  from body group by name
  union all
  select name, '', string_agg(concat_ws(' ', oprleft, oprright, oprcode::pg_catalog.oid), ', ' order by oid)
  from operator group by name
  order by 1`;
