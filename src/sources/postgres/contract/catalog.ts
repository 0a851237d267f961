import pg from 'pg';
import type { Table } from '../../../model/config/pipeline.ts';
import { bindParams } from '../sql/bind.ts';
import type { PostgresType } from './postgres-types.ts';
import { catalogQuery } from '../connection/catalog-query.ts';

/** One column of a relation or query, as the server describes it. */
export interface CatalogColumn {
  name: string;
  /** pg_attribute.attnum: a column that is dropped and added again has another one. Absent in queries. */
  number?: number;
  /** Domains appear as what they are made of. */
  type: PostgresType;
  /** Declared NOT NULL; false where nothing is known (views, queries). */
  notNull: boolean;
  /** Declared so in a way that PostgreSQL enforces for every row. */
  neverNull: boolean;
  /** False where this user lacks the privilege to read it. */
  readable: boolean;
}

export interface Relation {
  oid: string;
  /** pg_class.relkind: r table, p partitioned, v view, m materialized view, f foreign table. */
  kind: string;
  /** The name as PostgreSQL writes it: quoted where necessary, with its schema. */
  name: string;
  /** The user that we are. */
  role: string;
}

/** `from` as SQL: the relation, or the query in brackets, with values in the place of parameters. */
export function fromClause({ from }: Table): string {
  if (from.type !== 'postgres') throw new Error(`a ${from.type} table came to the postgres source`);
  if (from.relation !== undefined) return relationName(from.relation);
  return `(\n${bindParams((from.query ?? '').replace(/;\s*$/, ''), from.params)}\n) as source`;
}

export function relationName({ schema, name }: { schema?: string; name: string }): string {
  return [...(schema === undefined ? [] : [schema]), name].map(pg.escapeIdentifier).join('.');
}

/** Finds the relation, or undefined if no relation of that name has rows. */
export async function findRelation(
  client: pg.Client,
  relation: { schema?: string; name: string },
): Promise<Relation | undefined> {
  const { rows } = await catalogQuery<Relation>(
    client,
    `select c.oid::pg_catalog.text, c.relkind as kind, format('%I.%I', n.nspname, c.relname) as name,
            quote_ident(current_user) as role
     from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where c.oid = to_regclass($1) and c.relkind in ('r', 'p', 'v', 'm', 'f')`,
    [relationName(relation)],
  );
  return rows[0];
}

/** Names of tables and views that the user could have meant. */
export async function relationNames(client: pg.Client, schema: string | undefined): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select case when $1::pg_catalog.text is null then n.nspname || '.' || c.relname else c.relname end as name
     from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname not in ('pg_catalog', 'information_schema')
       and n.nspname !~ '^pg_t' and ($1::pg_catalog.text is null or n.nspname = $1) and not c.relispartition`,
    [schema ?? null],
  );
  return rows.map(({ name }) => name);
}

interface CatalogRow {
  oid: string;
  column: string;
  number: number;
  name: string;
  formatted: string;
  category: string;
  modifier: number;
  notNull: boolean;
  neverNull: boolean;
  readable: boolean;
}

/**
 * Returns all columns of a relation; the catalog shows them also to users who may not read them. NOT NULL proves
 * little for foreign tables, which PostgreSQL does not check, for a constraint that is not valid yet (since 18), and
 * for a parent whose children lack it.
 */
export async function relationColumns(client: pg.Client, oid: string): Promise<CatalogColumn[]> {
  const { rows } = await catalogQuery<CatalogRow>(
    client,
    `with recursive base(att, type, modifier) as (
       select attnum, atttypid, atttypmod from pg_catalog.pg_attribute
       where attrelid = $1 and attnum > 0 and not attisdropped
       union all
       select b.att, t.typbasetype, t.typtypmod
       from base b join pg_catalog.pg_type t on t.oid = b.type where t.typtype = 'd'
     ), tree(oid) as (
       select $1::pg_catalog.oid union select i.inhrelid from pg_catalog.pg_inherits i join tree on tree.oid = i.inhparent
     ), unsure(name) as (
       select x.attname from tree join pg_catalog.pg_class c on c.oid = tree.oid
       join pg_catalog.pg_attribute x on x.attrelid = tree.oid and x.attnum > 0 and not x.attisdropped
       where not x.attnotnull or c.relkind = 'f' or exists (
         select from pg_catalog.pg_constraint k
         where k.conrelid = tree.oid and k.contype = 'n' and not k.convalidated and x.attnum = any (k.conkey))
     )
     select t.oid::pg_catalog.text, a.attname as column, a.attnum as number, t.typname as name, format_type(b.type, nullif(b.modifier, -1)) as formatted,
            t.typcategory as category, b.modifier, a.attnotnull as "notNull",
            a.attname not in (select name from unsure) as "neverNull",
            has_column_privilege(a.attrelid, a.attnum, 'select') as readable
     from base b join pg_catalog.pg_type t on t.oid = b.type
     join pg_catalog.pg_attribute a on a.attrelid = $1 and a.attnum = b.att
     where t.typtype <> 'd' order by b.att`,
    [oid],
  );
  return rows.map(
    ({ oid, column, number, name, formatted, category, modifier, notNull, neverNull, readable }) => ({
      name: column,
      number,
      type: { oid, name, formatted, category, modifier },
      notNull,
      neverNull,
      readable,
    }),
  );
}

/** Describes `select items from origin` without reading a row. */
export async function describe(client: pg.Client, items: string, origin: string): Promise<CatalogColumn[]> {
  const { fields } = await probe(client, `select ${items} from ${origin} limit 0`);
  if (fields.length === 0) return [];
  const { rows } = await catalogQuery<CatalogRow>(
    client,
    `select t.oid::pg_catalog.text, t.typname as name, format_type(f.type, nullif(f.modifier, -1)) as formatted,
            t.typcategory as category
     from unnest($1::pg_catalog.oid[], $2::int[]) with ordinality as f(type, modifier, ord)
     join pg_catalog.pg_type t on t.oid = f.type order by f.ord`,
    [fields.map((field) => field.dataTypeID), fields.map((field) => field.dataTypeModifier)],
  );
  return rows.map(({ oid, name, formatted, category }, index) => ({
    name: fields[index]?.name ?? '',
    type: { oid, name, formatted, category, modifier: fields[index]?.dataTypeModifier ?? -1 },
    // An outer join makes any column nullable, so what the catalog says of it is no promise here.
    notNull: false,
    neverNull: false,
    readable: true,
  }));
}

/**
 * Runs one statement of a user. The extended protocol takes no second one behind a semicolon, so that the statement
 * tried here is the one that COPY gets.
 */
export function probe(client: pg.Client, sql: string): Promise<pg.QueryArrayResult<unknown[]>> {
  return client.query<unknown[]>({
    text: sql,
    rowMode: 'array',
    queryMode: 'extended',
  } as pg.QueryArrayConfig);
}
