import type pg from 'pg';
import type { Table } from '../../../model/config/pipeline.ts';
import { RunError } from '../../../model/errors/run-error.ts';
import { foreign } from '../../../model/errors/secrets.ts';
import { probe } from '../contract/catalog.ts';
import type { Agreed } from '../contract/contract.ts';
import { otherRelation } from '../contract/dividing.ts';
import { isDatabaseError } from '../../../postgres/connect-errors.ts';
import { selectSql, type Selection } from '../sql/selection.ts';
import {
  alteredAmong,
  describeReached,
  lockedRelations,
  probeColumns,
  withRows,
  type Reached,
  type ReachedRelations,
} from './reached.ts';
import { hasSubquery } from '../observe/volatile.ts';
import type { Before } from './before-snapshot.ts';
import { catalogQuery } from '../connection/catalog-query.ts';

/** A table as the holder of the snapshot has found it. */
export interface Found {
  table: Table;
  agreed: Agreed;
  before: Before;
}

/**
 * Fails where what this transaction reads, and now locks, is no longer what its snapshot saw. PostgreSQL shows the rows of a
 * moment only as long as they are kept: `truncate`, a rewriting `alter table` and `refresh materialized view` put other rows in
 * their place for every snapshot. And a statement finds relations and columns by the names that they have when it is
 * planned, whatever its snapshot. The readers of a run hold no lock before they read, so each asks this when it has one.
 */
export async function confirmUnchanged(
  client: pg.Client,
  { table, agreed, before }: Found,
  selection: Selection | undefined,
): Promise<void> {
  const isDeletes = selection !== undefined && selection === agreed.deletes;
  const read = (isDeletes ? before.deletes : undefined) ?? before.rows;
  const select = selectSql(isDeletes ? selection : agreed.selection);
  const others = [...(before.deletes ?? []), ...before.rows].filter(([oid]) => !read.has(oid));
  const name =
    (await movedColumns(client, agreed)) ?? (await replaced(client, table, select, { read, others }));
  if (name !== undefined) throw wasAltered(table, altered(name));
}

/**
 * Fails where the definition of a view, or a column that a query names, was another one while the table was read. This shows
 * in the catalogs only, which readers see as their snapshot has them: it is asked at another moment, after the last row.
 */
export async function confirmDefinitions(client: pg.Client, { table, before }: Found): Promise<void> {
  for (const relations of [before.rows, before.deletes ?? new Map<string, never>()]) {
    const name = alteredAmong(relations, await describeReached(client, [...relations.keys()]));
    if (name !== undefined) throw wasAltered(table, altered(name));
  }
}

/** Fails where the ranges of a divided read do not all come from the same relations. */
export async function confirmRelations(
  client: pg.Client,
  { table, selection, relations }: { table: Table; selection: Selection; relations: ReadonlySet<string> },
): Promise<void> {
  const name = await otherRelation(client, selection, relations);
  if (name !== undefined) throw wasAltered(table, `${name} was attached or detached`);
}

/** Returns true if there is more than the columns of a relation itself, which its reader compares. */
export const hasDefinitions = ({ table, agreed, before }: Found): boolean =>
  agreed.relation === undefined ||
  agreed.deletes !== undefined ||
  hasSubquery(table) ||
  [...before.rows.values()].some(({ mark }) => mark.startsWith('v'));

const wasAltered = ({ name, place }: Table, what: string, cause?: unknown) =>
  new RunError('EXT2004', `table "${name}": ${what} while this run was reading`, {
    hint: 'run again; truncate, alter table (attach partition, too), vacuum full and refresh materialized view do that (refresh … concurrently does not)',
    place,
    cause,
  });

const altered = (relation: string) => `${relation} was replaced or altered`;

/** The relations that a statement reads, and others that this transaction may have read before. */
interface Expected {
  read: ReachedRelations;
  others: readonly (readonly [oid: string, reached: Reached])[];
}

async function replaced(
  client: pg.Client,
  table: Table,
  select: string,
  { read, others }: Expected,
): Promise<string | undefined> {
  try {
    await probe(client, `${select} limit 0`);
  } catch (error) {
    // It read this a moment ago and can no longer; a privilege that is revoked is an error of its own.
    const isOther = isDatabaseError(error) && error.code?.startsWith('42') === true && error.code !== '42501';
    throw isOther ? wasAltered(table, `what it reads was altered (${foreign(error.message)})`, error) : error;
  }
  const { rows } = await catalogQuery<{ oid: string; name: string }>(client, replacedQuery, [
    [...read.keys()],
    others.map(([oid]) => oid),
  ]);
  const [first] = rows;
  return first && (read.get(first.oid)?.name ?? first.name);
}

/**
 * Relations whose file is another one than the snapshot sees, or that it does not see at all; and those that are read although
 * they were not before, or no longer. Of an index none of that matters. pg_relation_filenode() looks at the
 * catalog as it is now, a query at the catalog of the snapshot.
 */
const replacedQuery = `
  with locked as (${lockedRelations})
  select coalesce(l.oid, e.oid) as oid, coalesce(l.oid, e.oid)::pg_catalog.oid::pg_catalog.regclass::pg_catalog.text as name
  from locked l full join unnest($1::pg_catalog.text[]) as e(oid) on e.oid = l.oid
  left join pg_catalog.pg_class c on c.oid = l.oid::pg_catalog.oid
  where case
    when l.oid is null then true
    when c.oid is null then
      (pg_identify_object('pg_class'::pg_catalog.regclass, l.oid::pg_catalog.oid, 0)).type in ('table', 'materialized view', 'view', 'foreign table')
    else c.relkind in (${withRows}) and e.oid is null and l.oid <> all ($2::pg_catalog.text[])
      or c.relkind in ('r', 'm') and c.relfilenode <> pg_relation_filenode(c.oid)
  end
  order by e.oid is null limit 1`;

/**
 * A column that was dropped and added again has another number; its values are other ones, in the same file. One may have
 * another type in the same file as well: the SQL that reads it was made for the type before.
 */
async function movedColumns(client: pg.Client, agreed: Agreed): Promise<string | undefined> {
  const { relation } = agreed;
  if (relation === undefined) return undefined;
  const readable = agreed.columns.filter((column) => column.readable);
  try {
    const fields = (await probeColumns(client, agreed)) ?? [];
    const isSame = fields.every(({ tableID, columnID, dataTypeID }, index) => {
      const column = readable[index];
      return (
        String(tableID) === relation.oid &&
        columnID === column?.number &&
        String(dataTypeID) === column.type.oid
      );
    });
    return isSame ? undefined : relation.name;
  } catch (error) {
    if (isDatabaseError(error) && isAbsent.has(error.code)) return relation.name;
    throw error;
  }
}

/** undefined_table, undefined_column. */
const isAbsent: ReadonlySet<string | undefined> = new Set(['42P01', '42703']);
