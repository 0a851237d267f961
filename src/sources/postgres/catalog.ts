import pg from 'pg';
import type { Table } from '../../model/pipeline.ts';
import { bindParams } from './bind.ts';
import type { PostgresType } from './types.ts';

/** One column of a relation or query, as the server describes it. */
export interface CatalogColumn {
  name: string;
  type: PostgresType;
  /** Declared NOT NULL; false where nothing is known (views, queries). */
  notNull: boolean;
}

export interface Relation {
  oid: string;
  /** pg_class.relkind: r table, p partitioned, v view, m materialized view, f foreign table. */
  kind: string;
}

/** `from` as SQL: the relation, or the query in brackets, with values in the place of parameters. */
export function fromClause({ from }: Table): string {
  if (from.type !== 'postgres') throw new Error(`a ${from.type} table came to the postgres source`);
  if (from.relation !== undefined) return relationName(from.relation);
  return `(\n${bindParams(from.query ?? '', from.params)}\n) as source`;
}

export function relationName({ schema, name }: { schema?: string; name: string }): string {
  return [...(schema === undefined ? [] : [schema]), name].map(pg.escapeIdentifier).join('.');
}

/** Finds the relation, or undefined if there is none of that name. */
export async function findRelation(
  client: pg.Client,
  relation: { schema?: string; name: string },
): Promise<Relation | undefined> {
  const { rows } = await client.query<{ oid: string; kind: string }>(
    'select c.oid::text, c.relkind as kind from pg_class c where c.oid = to_regclass($1)',
    [relationName(relation)],
  );
  return rows[0];
}

/** Names of tables and views that the user could have meant. */
export async function relationNames(client: pg.Client, schema: string | undefined): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select case when $1::text is null then n.nspname || '.' || c.relname else c.relname end as name
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname not in ('pg_catalog', 'information_schema')
       and n.nspname !~ '^pg_t' and ($1::text is null or n.nspname = $1)`,
    [schema ?? null],
  );
  return rows.map(({ name }) => name);
}

/** Describes `select items from origin` without reading a row. Domains appear as what they are made of. */
export async function describe(client: pg.Client, items: string, origin: string): Promise<CatalogColumn[]> {
  const { fields } = await client.query(`select ${items} from ${origin} limit 0`);
  if (fields.length === 0) return [];
  const { rows } = await client.query<{
    ord: string;
    name: string;
    formatted: string;
    category: string;
    notnull: boolean | null;
  }>(
    `select f.ord, t.typname as name, format_type(f.type, nullif(f.modifier, -1)) as formatted, t.typcategory as category,
            a.attnotnull as notnull
     from unnest($1::oid[], $2::int[], $3::oid[], $4::int[]) with ordinality as f(type, modifier, rel, att, ord)
     join pg_type t on t.oid = f.type
     left join pg_class c on c.oid = f.rel and c.relkind in ('r', 'p')
     left join pg_attribute a on a.attrelid = c.oid and a.attnum = f.att
     order by f.ord`,
    [
      fields.map((field) => field.dataTypeID),
      fields.map((field) => field.dataTypeModifier),
      fields.map((field) => field.tableID),
      fields.map((field) => field.columnID),
    ],
  );
  return rows.map(({ name, formatted, category, notnull }, index) => ({
    name: fields[index]?.name ?? '',
    type: { name, formatted, category, modifier: fields[index]?.dataTypeModifier ?? -1 },
    notNull: notnull ?? false,
  }));
}
