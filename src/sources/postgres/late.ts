import type pg from 'pg';
import { child, type Diagnostic } from '../../model/diagnostic.ts';
import type { CursorLoad, WindowLoad } from '../../model/load.ts';
import type { Table } from '../../model/pipeline.ts';
import type { Horizon } from '../../model/watermark.ts';
import type { Relation } from './catalog.ts';
import { isDatabaseError } from './errors.ts';
import { attempt } from './transaction.ts';

/**
 * The oldest transaction that is not over, as this transaction's snapshot sees it. Undefined where rows do not tell the
 * transaction that wrote them: views, queries, foreign tables, and tables that are not kept in PostgreSQL's own heap.
 */
export async function takeHorizon(
  client: pg.Client,
  relation: Relation | undefined,
): Promise<Horizon | undefined> {
  if (relation === undefined || !(await isHeap(client, relation.oid))) return undefined;
  const { rows } = await client.query<{ transaction: string }>(
    'select txid_snapshot_xmin(txid_current_snapshot())::text as transaction',
  );
  return { transaction: rows[0]?.transaction ?? '', system: await systemOf(client) };
}

async function isHeap(client: pg.Client, oid: string): Promise<boolean> {
  const { rows } = await client.query<{ heap: boolean }>(
    `with recursive tree(oid) as (
       select $1::oid union select i.inhrelid from pg_catalog.pg_inherits i join tree on tree.oid = i.inhparent
     )
     select bool_and(c.relkind = 'p' or (c.relkind in ('r', 'm') and a.amname = 'heap')) as heap
     from tree join pg_catalog.pg_class c on c.oid = tree.oid left join pg_catalog.pg_am a on a.oid = c.relam`,
    [oid],
  );
  return rows[0]?.heap === true;
}

/** Server and database. Where this user may not ask which server it is, the database has to do. */
async function systemOf(client: pg.Client): Promise<string> {
  const ask = async (server: string) => {
    const { rows } = await client.query<{ system: string }>(
      `select ${server} || '/' || oid::text as system from pg_catalog.pg_database where datname = current_database()`,
    );
    return rows[0]?.system ?? '';
  };
  try {
    return await attempt(client, () => ask('(select system_identifier::text from pg_control_system())'));
  } catch (error) {
    if (!isDatabaseError(error) || error.code !== '42501') throw error;
    return await ask(`'-'`);
  }
}

/** Why rows cannot be told by a horizon any more; undefined if they can. A window has only its server to agree on. */
export function horizonBreak(
  then: Horizon | undefined,
  now: Horizon | undefined,
  kind: (CursorLoad | WindowLoad)['kind'],
): string | undefined {
  if (then === undefined) return undefined;
  if (now === undefined)
    return 'its rows do not tell their transactions any more: it is another kind of table';
  if (then.system !== now.system) return 'it is another server or database than before';
  if (kind === 'window') return undefined;
  const passed = BigInt(now.transaction) - BigInt(then.transaction);
  if (passed < 0n)
    return 'the server is behind what was read before: it was restored, or is a replica that lags';
  return passed > furthest ? 'too many transactions ago to tell late ones' : undefined;
}

/** Transactions are told by 32 bits, half of them before and half after the present one; with room until it is read. */
const furthest = 2n ** 31n - 10n ** 8n;

/**
 * For versions of rows that were written by transactions that were not over then. Ages are counted back from
 * the present transaction, so that they compare where numbers do not. Below zero are rows of two thousand
 * million transactions ago.
 */
export function writtenSince({ transaction }: Horizon): string {
  return `age(xmin) between 0 and age('${BigInt(transaction) % 2n ** 32n}'::xid)`;
}

/** With privileges on some columns only, that one needs its own. */
export async function missingXmin(
  client: pg.Client,
  table: Table,
  { oid, name, role }: Relation,
): Promise<Diagnostic | undefined> {
  if (table.primaryKey.length === 0 || !(await isHeap(client, oid))) return undefined;
  const { rows } = await client.query<{ readable: boolean }>(
    `select has_column_privilege($1::oid, 'xmin', 'select') as readable`,
    [oid],
  );
  if (rows[0]?.readable !== false) return undefined;
  return {
    code: 'EXT2016',
    severity: 'error',
    message: `user ${role} may not read column "xmin" of ${name}, which tells rows that are committed late`,
    hint: `grant select (xmin) on ${name} to ${role}`,
    place: child(table.place, 'from', 'table'),
  };
}
