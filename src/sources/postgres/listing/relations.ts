import type pg from 'pg';

/** A table, view, materialized view, partitioned or foreign table that can be read as a whole. */
export interface ListedRelation {
  oid: string;
  schema: string;
  name: string;
  /** pg_class.relkind: r table, p partitioned, v view, m materialized view, f foreign table. */
  kind: string;
  comment: string | null;
  /** Rows by the statistics; null where there are none. */
  estimate: number | null;
  /** Bytes of its rows on disk, with all partitions; 0 for views. */
  size: number;
  /** False where this user may read none of its columns. */
  readable: boolean;
}

/**
 * Lists what has rows in the schemas of users: without partitions, which their table contains, and without what belongs to an
 * extension.
 */
export async function listRelations(client: pg.Client): Promise<ListedRelation[]> {
  const { rows } = await client.query<ListedRelation>(
    `select c.oid::pg_catalog.text, n.nspname as schema, c.relname as name, c.relkind as kind,
            obj_description(c.oid, 'pg_class') as comment,
            nullif(greatest(parts.estimate, -1), -1)::pg_catalog.float8 as estimate, parts.size::pg_catalog.float8 as size,
            has_any_column_privilege(c.oid, 'select') and has_schema_privilege(n.oid, 'usage') as readable
     from pg_catalog.pg_class c
     join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     cross join lateral (
       with recursive tree(oid) as (
         select c.oid union all select i.inhrelid from pg_catalog.pg_inherits i join tree on tree.oid = i.inhparent)
       select case when bool_or(p.reltuples < 0 and p.relkind <> 'p') then -1
                   else sum(p.reltuples) filter (where p.relkind <> 'p') end as estimate,
              coalesce(sum(pg_table_size(p.oid)) filter (where p.relkind in ('r', 'm')), 0) as size
       from tree join pg_catalog.pg_class p on p.oid = tree.oid
     ) as parts
     where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
       and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_t'
       and not exists (
         select from pg_catalog.pg_depend d
         where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e')
     order by n.nspname, c.relname`,
  );
  return rows;
}
