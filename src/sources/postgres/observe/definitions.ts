import type pg from 'pg';
import type { Table } from '../../../model/config/pipeline.ts';
import type { Agreement } from '../contract/contract.ts';
import { majorOf } from '../connection/server-version.ts';

/**
 * Returns the definitions that decide the values of a table beside its rows, by name: the numbers of its columns,
 * labels of enums, expressions of generated columns, and bodies of functions that the configuration may call. No
 * counter moves when one of them is changed. Undefined where calls are nested too deeply to follow.
 */
export async function takeDefinitions(
  client: pg.Client,
  table: Table,
  { relation, columns }: Agreement,
): Promise<Record<string, string> | undefined> {
  const called = await calledFunctions(client, textsOf(table));
  if (called === undefined) return undefined;
  const numbers = columns.flatMap(({ name, number }) =>
    number === undefined ? [] : [[`column ${name}`, String(number)] as const],
  );
  const inside = relation === undefined ? [] : await relationDefinitions(client, relation.oid);
  return Object.fromEntries([...numbers, ...inside, ...called]);
}

function textsOf({ from, columns }: Table): string[] {
  const expressions = columns.flatMap(({ origin }) => (origin.kind === 'expression' ? [origin.sql] : []));
  return from.type === 'postgres'
    ? [...expressions, ...[from.where, from.query].filter((text) => text !== undefined)]
    : expressions;
}

type Definition = readonly [name: string, text: string];

async function relationDefinitions(client: pg.Client, oid: string): Promise<Definition[]> {
  const { rows } = await client.query<{ name: string; text: string }>(
    relationQuery(majorOf(client) < 12 ? '' : generatedColumns),
    [oid],
  );
  return rows.map(({ name, text }) => [name, text]);
}

/** A label is known by its oid, so that one which is added later changes nothing. */
const relationQuery = (more: string) => `
  with recursive used(oid) as (
    select atttypid from pg_catalog.pg_attribute where attrelid = $1 and attnum > 0 and not attisdropped
    union
    select part.oid from used join pg_catalog.pg_type t on t.oid = used.oid cross join lateral (
      select t.typelem union all select t.typbasetype
      union all select r.rngsubtype from pg_catalog.pg_range r where r.rngtypid = t.oid
      union all select a.atttypid from pg_catalog.pg_attribute a
                where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
    ) as part(oid) where part.oid <> 0
  )
  select 'enum ' || format_type(e.enumtypid, -1) || ' #' || e.oid as name, e.enumlabel as text
  from used join pg_catalog.pg_enum e on e.enumtypid = used.oid ${more}
  order by 1`;

const generatedColumns = `
  union all
  select 'generated column ' || a.attname, pg_get_expr(d.adbin, d.adrelid)
  from pg_catalog.pg_attribute a join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attrelid = $1 and a.attgenerated <> ''`;

/** Functions that are called by functions that are called; more is not followed. */
const deepest = 8;

/**
 * Returns every function outside of PostgreSQL's own that a text may call, in any schema: one conservative scan takes
 * every word as a name, and every operator, and follows the calls in the bodies. A cast may call one without naming
 * it.
 */
async function calledFunctions(
  client: pg.Client,
  texts: readonly string[],
): Promise<Definition[] | undefined> {
  const found = new Map<string, string>();
  const asked = new Set<string>();
  let wanted = symbolsIn(texts);
  for (let depth = 0; wanted.length > 0; depth++) {
    if (depth === deepest) return undefined;
    for (const symbol of wanted) asked.add(symbol);
    const { rows } = await client.query<{ name: string; source: string; mark: string }>(
      functionsQuery(majorOf(client) < 11 ? 'p.proisagg' : `p.prokind = 'a'`),
      [wanted, wanted.includes('::') || wanted.includes('cast')],
    );
    for (const { name, mark } of rows) found.set(`function ${name}`, mark);
    wanted = symbolsIn(rows.map(({ source }) => source)).filter((symbol) => !asked.has(symbol));
  }
  return [...found];
}

/** Overloads of one name are one definition: a new one may be called where an old one was. */
const functionsQuery = (isAggregate: string) => `
  with called as (
    select p.oid from pg_catalog.pg_proc p where p.proname = any ($1)
    union select o.oprcode from pg_catalog.pg_operator o
    where o.oprname = any ($1) and o.oprnamespace <> 'pg_catalog'::regnamespace
    union select c.castfunc from pg_catalog.pg_cast c where $2 and c.castfunc <> 0
  ), body as (
    select p.pronamespace::regnamespace || '.' || p.proname || '()' as name, p.oid,
           case when ${isAggregate}
             then (select a::text from pg_catalog.pg_aggregate a where a.aggfnoid = p.oid)
             else pg_get_functiondef(p.oid) end as source
    from called join pg_catalog.pg_proc p on p.oid = called.oid
    where p.pronamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
  )
  select name, string_agg(source, E'\\n' order by oid) as source, md5(string_agg(source, E'\\n' order by oid)) as mark
  from body group by name`;

/**
 * Returns words as PostgreSQL folds them, words within quotes unchanged, and operators. Strings and comments count,
 * too: a body is a string, and may hold statements in strings.
 */
function symbolsIn(texts: readonly string[]): string[] {
  const symbols = new Set<string>();
  for (const text of texts) {
    for (const [word] of text.matchAll(/[a-z_\u0080-\uffff][\w$\u0080-\uffff]*/gi))
      symbols.add(word.toLowerCase());
    for (const [, name = ''] of text.matchAll(/"((?:[^"]|"")+)"/g)) symbols.add(name.replaceAll('""', '"'));
    for (const [operator] of text.matchAll(/::|[-+*/<>=~!@#%^&|`?]+/g)) symbols.add(operator);
  }
  return [...symbols];
}
