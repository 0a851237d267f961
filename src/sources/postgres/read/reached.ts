import pg from 'pg';
import { probe } from '../contract/catalog.ts';
import type { Agreed } from '../contract/contract.ts';
import { ruleOf } from '../observe/definitions-query.ts';
import { selectSql, type Selection } from '../sql/selection.ts';
import { catalogQuery } from '../connection/catalog-query.ts';

/** A relation that a statement reads: its name, what kind it is and a view's definition, and its columns. */
export interface Reached {
  name: string;
  mark: string;
  columns: readonly string[];
}

/** Relations by their oid. */
export type ReachedRelations = ReadonlyMap<string, Reached>;

/** The columns of the relation itself that may be read, as the server numbers them now; all of its partitions are locked. */
export async function probeColumns(
  client: pg.Client,
  { relation, columns }: Agreed,
): Promise<pg.FieldDef[] | undefined> {
  const names = columns.flatMap(({ name, readable }) => (readable ? [pg.escapeIdentifier(name)] : []));
  if (relation === undefined || names.length === 0) return undefined;
  const { fields } = await probe(client, `select ${names.join(', ')} from ${relation.name} limit 0`);
  return fields;
}

/** The relations that reading a selection needs: those that this transaction, which had no locks, has then locked. */
export async function reachedBy(
  client: pg.Client,
  agreed: Agreed,
  selection: Selection,
): Promise<ReachedRelations> {
  await probeColumns(client, agreed);
  await probe(client, `${selectSql(selection)} limit 0`);
  const { rows } = await client.query<{ oid: string }>(lockedRelations);
  return await describeReached(
    client,
    rows.map(({ oid }) => oid),
  );
}

/** Describes relations as this transaction's snapshot has them, and locks none. Those that are gone are left out. */
export async function describeReached(client: pg.Client, oids: readonly string[]): Promise<ReachedRelations> {
  const { rows } = await catalogQuery<Reached & { oid: string }>(
    client,
    `select c.oid::pg_catalog.text, format('%I.%I', n.nspname, c.relname) as name,
            concat_ws(' ', c.relkind, (
              select ${ruleOf('r')} from pg_catalog.pg_rewrite r
              where r.ev_class = c.oid and r.ev_type = '1' and c.relkind = 'v')) as mark,
            array(select concat_ws(' ', a.attnum, a.attname, a.atttypid) from pg_catalog.pg_attribute a
                  where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
     from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where c.oid = any ($1::pg_catalog.oid[]) and c.relkind in (${withRows})`,
    [oids],
  );
  return new Map(rows.map(({ oid, ...reached }) => [oid, reached]));
}

/** Returns a relation that is not what it was. One with further columns still is: no statement of before names them. */
export function alteredAmong(before: ReachedRelations, now: ReachedRelations): string | undefined {
  const altered = [...before].find(([oid, { name, mark, columns }]) => {
    const current = now.get(oid);
    const isSame =
      current?.name === name &&
      current.mark === mark &&
      columns.every((column) => current.columns.includes(column));
    return !isSame;
  });
  return altered?.[1].name;
}

/**
 * The kinds of relations that have rows: tables, views, materialized and foreign ones. Those of a partitioned table are in its
 * partitions, and PostgreSQL locks it or not where only a partition is read.
 */
export const withRows = `'r', 'v', 'm', 'f'`;

/** Selects the relations of this database that this transaction has locked, without PostgreSQL's own. They are those of now. */
export const lockedRelations = `
  select distinct l.relation::pg_catalog.text as oid from pg_catalog.pg_locks l
  where l.pid = pg_backend_pid() and l.locktype = 'relation' and l.relation >= 16384
    and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())`;
