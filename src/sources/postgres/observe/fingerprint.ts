import type pg from 'pg';
import { child } from '../../../model/errors/diagnostic.ts';
import type {
  Fingerprint,
  PostgresFingerprint,
  RelationCounters,
  UnknownFingerprint,
  ValueFingerprint,
} from '../../../model/world/fingerprint.ts';
import type { Table } from '../../../model/config/pipeline.ts';
import { bindParams } from '../sql/bind.ts';
import { probe } from '../contract/catalog.ts';
import type { Agreement } from '../contract/contract.ts';
import { takeDefinitions } from './definitions.ts';
import { isDatabaseError } from '../../../postgres/connect-errors.ts';
import { explainQuery, explainTable } from '../connection/errors.ts';
import { volatilePart } from './volatile.ts';
import { attempt } from '../connection/transaction.ts';
import { foreign } from '../../../model/errors/secrets.ts';
import { catalogQuery } from '../connection/catalog-query.ts';

/**
 * A mark of the data as it is now, without reading it. For tables: the statistics counters, which move with every
 * insert, update and delete (also a rolled-back one, which costs a needless read) and reach the view about a second
 * after the commit; the file node, which a rewrite or truncate changes; the identity of server and database; and the
 * definitions that decide its values beside its rows. Views
 * and queries have no such mark unless the user gives a query for one.
 */
export async function takeFingerprint(
  client: pg.Client,
  table: Table,
  agreement: Agreement,
): Promise<Fingerprint | UnknownFingerprint> {
  if (table.from.type !== 'postgres') return unknown('it is no PostgreSQL table');
  const { changeDetection, params } = table.from;
  if (changeDetection !== undefined) {
    const mark = await userMark(client, table, bindParams(changeDetection, params));
    return await withDefinitions(client, table, agreement, mark);
  }
  const mark = await countedMark(client, table, agreement);
  if (mark.kind === 'unknown' && table.load.kind === 'full') return mark;
  return await withDefinitions(client, table, agreement, mark);
}

async function countedMark(
  client: pg.Client,
  table: Table,
  agreement: Agreement,
): Promise<PostgresFingerprint | UnknownFingerprint> {
  const { relation } = agreement;
  if (relation === undefined)
    return unknown('a query has no change counters; give change_detection: {sql: …}');
  if (relation.kind === 'v') return unknown('a view has no change counters; give change_detection: {sql: …}');
  try {
    const volatile = await volatilePart(client, table);
    if (volatile !== undefined) return unknown(otherAnswer(volatile));
    return await attempt(client, () => counters(client, relation.oid, agreement));
  } catch (error) {
    if (isDatabaseError(error) && error.code === '42501') {
      return unknown(`this user may not look at the change counters: ${foreign(error.message)}`);
    }
    throw explainTable(error, `table "${table.name}": cannot tell whether it has changed`, table);
  }
}

/**
 * Adds what decides the values beside the rows. A table that goes on from its extract needs it also where nothing counts
 * its changes: rows that are not read again would keep the values of before.
 */
async function withDefinitions(
  client: pg.Client,
  table: Table,
  agreement: Agreement,
  mark: PostgresFingerprint | ValueFingerprint | UnknownFingerprint,
): Promise<PostgresFingerprint | ValueFingerprint | UnknownFingerprint> {
  const decisive = await takeDefinitions(client, table, agreement);
  if (decisive === undefined)
    return mark.kind === 'unknown'
      ? mark
      : unknown('its functions call each other more deeply than is followed');
  const { definitions, moving } = decisive;
  if (mark.kind === 'postgres' && moving !== undefined)
    return {
      ...unknown(otherAnswer(`the text of ${moving}`)),
      ...(table.load.kind !== 'full' && { definitions }),
    };
  return { ...mark, definitions };
}

const otherAnswer = (part: string) => `${part} can give another answer while the table stays the same`;

const unknown = (reason: string): UnknownFingerprint => ({ kind: 'unknown', reason });

async function userMark(client: pg.Client, table: Table, sql: string): Promise<ValueFingerprint> {
  try {
    const { rows } = await attempt(client, () => probe(client, sql.replace(/;\s*$/, '')));
    return { kind: 'value', value: JSON.stringify(rows) };
  } catch (error) {
    const place = child(table.place, 'from', 'change_detection', 'sql');
    throw explainQuery(error, `table "${table.name}": the query of change_detection failed`, place);
  }
}

async function counters(
  client: pg.Client,
  oid: string,
  agreement: Agreement,
): Promise<PostgresFingerprint | UnknownFingerprint> {
  const { rows } = await client.query<{ standby: boolean; counting: boolean; system: string }>(worldQuery);
  const [world] = rows;
  if (world === undefined || world.standby) return unknown('a standby has no change counters of its own');
  if (!world.counting) return unknown('the server does not count changes (track_counts is off)');
  const { rows: leaves } = await catalogQuery<
    RelationCounters & { oid: string; kind: string; secured: boolean }
  >(client, leavesQuery, [oid]);
  if (leaves.some(({ secured }) => secured)) return unknown('row security decides which rows are seen');
  if (leaves.some(({ kind }) => kind === 'f')) return unknown('a foreign table has no change counters');
  return {
    kind: 'postgres',
    system: world.system,
    columns: agreement.columns.map(
      ({ name, type, notNull }) => `${name} ${type.formatted}${notNull ? ' not null' : ''}`,
    ),
    relations: Object.fromEntries(
      leaves
        .filter(({ kind }) => kind !== 'p')
        .map(({ oid: leaf, filenode, inserted, updated, deleted, reset }) => [
          leaf,
          { filenode, inserted, updated, deleted, reset },
        ]),
    ),
  };
}

/**
 * The query for the relation itself and all its partitions and inheritance children. After a crash the counters begin
 * at zero again, which only shows in the time since when the server counts: that of the database where it was reset,
 * and that of the whole server.
 */
const leavesQuery = `
  with recursive tree(oid) as (
    select $1::pg_catalog.oid union select i.inhrelid from pg_catalog.pg_inherits i join tree on tree.oid = i.inhparent
  )
  select c.oid::pg_catalog.text, c.relkind as kind, c.relrowsecurity as secured, pg_relation_filenode(c.oid)::pg_catalog.text as filenode,
         coalesce(s.n_tup_ins, 0)::pg_catalog.text as inserted, coalesce(s.n_tup_upd, 0)::pg_catalog.text as updated,
         coalesce(s.n_tup_del, 0)::pg_catalog.text as deleted,
         concat_ws('/', (select d.stats_reset from pg_catalog.pg_stat_database d where d.datname = current_database()),
                   (select b.stats_reset from pg_catalog.pg_stat_bgwriter b)) as reset
  from tree join pg_catalog.pg_class c on c.oid = tree.oid
  left join pg_catalog.pg_stat_all_tables s on s.relid = c.oid
  where c.relkind in ('r', 'm', 'f', 'p') order by c.oid`;

const worldQuery = `
  select pg_is_in_recovery() as standby, current_setting('track_counts')::bool as counting,
         (select system_identifier::pg_catalog.text from pg_control_system()) || '/' ||
         (select oid::pg_catalog.text from pg_catalog.pg_database where datname = current_database()) as system`;
