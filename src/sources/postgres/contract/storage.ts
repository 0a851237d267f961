import type pg from 'pg';
import { catalogQuery } from '../connection/catalog-query.ts';

/** A relation that holds rows of a table: the table itself, one of its partitions, or one that inherits from it. */
export interface Leaf {
  schema: string;
  name: string;
  /** pg_class.relkind. */
  kind: string;
  /** The access method by which its rows are stored; empty where there is none. */
  method: string;
  blocks: number;
  bytes: number;
}

/** Returns the relations that hold the rows of a relation. This transaction has locked them before: asking for a size takes a lock. */
export async function leavesOf(client: pg.Client, oid: string): Promise<Leaf[]> {
  const { rows } = await catalogQuery<Leaf>(
    client,
    `with recursive tree(oid) as (
       select $1::pg_catalog.oid union select i.inhrelid from pg_catalog.pg_inherits i join tree on tree.oid = i.inhparent
     ), leaves as (
       select n.nspname as schema, c.relname as name, c.relkind as kind, coalesce(a.amname, '') as method,
              case when c.relkind = 'r' then coalesce(pg_relation_size(c.oid), 0) else 0 end as bytes
       from tree join pg_catalog.pg_class c on c.oid = tree.oid
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
       left join pg_catalog.pg_am a on a.oid = c.relam
       where c.relkind <> 'p'
     )
     select schema, name, kind::pg_catalog.text, method, bytes::pg_catalog.float8,
            (bytes / current_setting('block_size')::pg_catalog.int4)::pg_catalog.float8 as blocks
     from leaves`,
    [oid],
  );
  return rows;
}

/** Returns true for a server that only replays what another one writes. */
export async function isReplica(client: pg.Client): Promise<boolean> {
  const { rows } = await catalogQuery<{ replica: boolean }>(
    client,
    'select pg_is_in_recovery() as replica',
    [],
  );
  return rows[0]?.replica === true;
}
