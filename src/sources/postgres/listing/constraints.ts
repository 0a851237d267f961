import type pg from 'pg';

/** The key of a table, or columns of it that refer to another table. */
export interface ListedConstraint {
  /** The oid of the table that has it. */
  table: string;
  kind: 'key' | 'reference';
  columns: string[];
  /** The oid, schema and name of the table that it refers to. */
  target: string | null;
  targetSchema: string | null;
  targetName: string | null;
  targetColumns: string[] | null;
  /** False for a reference that PostgreSQL has not checked for all rows. */
  valid: boolean;
}

/** Lists primary keys and foreign keys of these tables, keys first, in the order of their columns. */
export async function listConstraints(
  client: pg.Client,
  oids: readonly string[],
): Promise<ListedConstraint[]> {
  const { rows } = await client.query<ListedConstraint>(
    `select k.conrelid::pg_catalog.text as table, case k.contype when 'p' then 'key' else 'reference' end as kind,
            array(select a.attname::pg_catalog.text from unnest(k.conkey) with ordinality as u(att, ord)
                  join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.att order by u.ord) as columns,
            t.oid::pg_catalog.text as target, n.nspname as "targetSchema", t.relname as "targetName",
            case when t.oid is null then null else
            array(select a.attname::pg_catalog.text from unnest(k.confkey) with ordinality as u(att, ord)
                  join pg_catalog.pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.att order by u.ord)
            end as "targetColumns", k.convalidated as valid
     from pg_catalog.pg_constraint k
     left join pg_catalog.pg_class t on t.oid = k.confrelid
     left join pg_catalog.pg_namespace n on n.oid = t.relnamespace
     where k.conrelid = any ($1::pg_catalog.oid[]) and k.contype in ('p', 'f')
     order by k.contype desc, k.conrelid, k.conkey, k.conname`,
    [oids],
  );
  return rows;
}

/** Returns the comments on columns, by name. */
export async function columnComments(client: pg.Client, oid: string): Promise<ReadonlyMap<string, string>> {
  const { rows } = await client.query<{ name: string; comment: string }>(
    `select a.attname as name, d.description as comment
     from pg_catalog.pg_description d
     join pg_catalog.pg_attribute a on a.attrelid = d.objoid and a.attnum = d.objsubid
     where d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objoid = $1 and a.attnum > 0`,
    [oid],
  );
  return new Map(rows.map(({ name, comment }) => [name, comment]));
}
