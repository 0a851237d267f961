import type pg from 'pg';
import { child, type Diagnostic } from '../../../model/errors/diagnostic.ts';
import type { CursorLoad, WindowLoad } from '../../../model/config/load-mode.ts';
import type { Table } from '../../../model/config/pipeline.ts';
import type { Horizon } from '../../../model/world/watermark.ts';
import type { Relation } from '../contract/catalog.ts';
import { isDatabaseError } from '../../../postgres/connect-errors.ts';
import { attempt } from '../connection/transaction.ts';

/** The transactions of a snapshot. */
export interface Present {
  /** The oldest transaction that is not over. */
  horizon: Horizon;
  /** The first transaction that is not begun, in 64 bits as text: no row that is seen was written by it or a later one. */
  next: string;
}

/**
 * Returns the horizon as this transaction's snapshot sees it. Undefined where rows do not show the transaction that
 * wrote them: views, queries, foreign tables, and tables that are not kept in PostgreSQL's own heap.
 */
export async function takeHorizon(
  client: pg.Client,
  relation: Relation | undefined,
): Promise<Present | undefined> {
  if (relation === undefined || !(await isHeap(client, relation.oid))) return undefined;
  const { rows } = await client.query<{ oldest: string; next: string }>(
    `select txid_snapshot_xmin(seen)::pg_catalog.text as oldest, txid_snapshot_xmax(seen)::pg_catalog.text as next
     from txid_current_snapshot() as seen`,
  );
  const { oldest = '', next = '' } = rows[0] ?? {};
  return { horizon: { transaction: oldest, system: await systemOf(client) }, next };
}

/**
 * Returns whether a row that is committed late is found: it is matched by its key, and shows the transaction that
 * wrote it.
 */
export async function findsLate(
  client: pg.Client,
  { primaryKey }: Table,
  relation: Relation | undefined,
): Promise<boolean> {
  return primaryKey.length > 0 && relation !== undefined && (await isHeap(client, relation.oid));
}

async function isHeap(client: pg.Client, oid: string): Promise<boolean> {
  const { rows } = await client.query<{ heap: boolean }>(
    `with recursive tree(oid) as (
       select $1::pg_catalog.oid union select i.inhrelid from pg_catalog.pg_inherits i join tree on tree.oid = i.inhparent
     )
     select bool_and(c.relkind = 'p' or (c.relkind in ('r', 'm') and a.amname = 'heap')) as heap
     from tree join pg_catalog.pg_class c on c.oid = tree.oid left join pg_catalog.pg_am a on a.oid = c.relam`,
    [oid],
  );
  return rows[0]?.heap === true;
}

/**
 * Returns the identity of server and database. Where this user may not read the server's, the database alone must do.
 */
export async function systemOf(client: pg.Client): Promise<string> {
  const ask = async (server: string) => {
    const { rows } = await client.query<{ system: string }>(
      `select ${server} || '/' || oid::pg_catalog.text as system from pg_catalog.pg_database where datname = current_database()`,
    );
    return rows[0]?.system ?? '';
  };
  try {
    return await attempt(client, () =>
      ask('(select system_identifier::pg_catalog.text from pg_control_system())'),
    );
  } catch (error) {
    if (!isDatabaseError(error) || error.code !== '42501') throw error;
    return await ask(`'-'`);
  }
}

/**
 * Returns why rows can no longer be distinguished by a horizon; undefined if they can. A window needs the same server
 * only.
 */
export function horizonBreak(
  then: Horizon | undefined,
  now: Horizon | undefined,
  kind: (CursorLoad | WindowLoad)['kind'],
): string | undefined {
  if (then === undefined) return undefined;
  if (now === undefined) return 'its rows no longer show their transactions: it is another kind of table';
  if (then.system !== now.system) return 'it is another server or database than before';
  if (kind === 'window') return undefined;
  const passed = BigInt(now.transaction) - BigInt(then.transaction);
  if (passed < 0n)
    return 'the server is behind what was read before: it was restored, or is a replica that lags';
  return passed > furthest ? 'too many transactions ago to tell late ones' : undefined;
}

/**
 * The furthest distance between transactions: they are compared by 32 bits, half of them before and half after the
 * present one; with room until it is read.
 */
const furthest = 2n ** 31n - 10n ** 8n;

/** Versions of rows that were written by transactions that were not over then, `horizon`, as they are seen now. */
export interface Late {
  horizon: Horizon;
  /** The next transaction, as in `Present`. */
  next: string;
}

/**
 * Returns the rows written late. Undefined also without either argument: nothing was read, or rows do not show their
 * transactions.
 */
export function lateSince(horizon: Horizon | undefined, present: Present | undefined): Late | undefined {
  return horizon && present && { horizon, next: present.next };
}

/**
 * Returns the condition for versions of rows that these transactions wrote. Transactions have no order in PostgreSQL, as their 32 bits begin again at 3; the bytes of
 * them have. There is age(), but it keeps a scan from being shared among parallel workers.
 */
export function writtenSince({ horizon, next }: Late): string {
  const begin = BigInt.asUintN(32, BigInt(horizon.transaction));
  const end = BigInt.asUintN(32, BigInt(next));
  const isFrom = `xidsend(xmin) >= xidsend('${begin}'::pg_catalog.xid)`;
  const isBefore = `xidsend(xmin) < xidsend('${end}'::pg_catalog.xid)`;
  if (begin <= end) return `${isFrom} and ${isBefore}`;
  return `${isFrom} or ${isBefore} and xidsend(xmin) >= xidsend('3'::pg_catalog.xid)`;
}

/** Returns an error if the role may not read xmin: with privileges on some columns only, it needs its own. */
export async function missingXmin(
  client: pg.Client,
  table: Table,
  { oid, name, role }: Relation,
): Promise<Diagnostic | undefined> {
  if (table.primaryKey.length === 0 || !(await isHeap(client, oid))) return undefined;
  const { rows } = await client.query<{ readable: boolean }>(
    `select has_column_privilege($1::pg_catalog.oid, 'xmin', 'select') as readable`,
    [oid],
  );
  if (rows[0]?.readable !== false) return undefined;
  return {
    code: 'EXT2016',
    severity: 'error',
    message: `user ${role} may not read column "xmin" of ${name}, which shows rows that are committed late`,
    hint: `grant select (xmin) on ${name} to ${role}`,
    place: child(table.place, 'from', 'table'),
  };
}
