import type { PostgresSource } from '../../../model/config/source.ts';
import type { Table } from '../../../model/config/pipeline.ts';
import type { SnapshotPlace } from '../../../model/ports/source-port.ts';
import type { Snapshot } from '../../../model/ports/source-port.ts';
import { endedBy } from '../../../postgres/cancel.ts';
import { changesOf, confirmContinued, confirmNoNulls } from '../incremental/changes.ts';
import { describeOrigin } from '../contract/query-errors.ts';
import type { Agreed } from '../contract/contract.ts';
import type { Cursor } from '../contract/cursor-columns.ts';
import { explainQuery } from '../connection/errors.ts';
import type { SnapshotConnections } from './snapshot-connections.ts';
import { askAtSnapshot, askNow, readPart } from './read-part.ts';
import { lookBefore, agreeAgain, type Before } from './before-snapshot.ts';
import type { Pool } from '../connection/pool.ts';
import { lostSnapshot } from './lost-snapshot.ts';
import { beginRead, lookAt, risk } from '../connection/transaction.ts';
import type { Leased } from '../connection/lease.ts';
import { confirmDefinitions, confirmUnchanged, hasDefinitions, type Found } from './confirm-unchanged.ts';
import { watchLocks } from '../connection/lock-waits.ts';
import { watermarkOf } from '../incremental/watermark.ts';

interface Opening {
  source: PostgresSource;
  pool: Pool;
  /** Gets a line where a lock is waited for. */
  report: ((text: string, table?: string) => void) | undefined;
  /** The place of the leader, if it has been taken already. */
  place: SnapshotPlace | undefined;
}

/**
 * Opens all tables at one moment: a leader exports the snapshot of its read-only transaction and every table is read
 * on a separate connection that imports it, so that tables agree with each other and are read side by side.
 * Fingerprints are taken before: a commit in between is in the snapshot and will be read once more, never missed.
 *
 * The leader holds no lock while it waits for the readers, and a reader locks only what it reads, while it reads it
 * (docs/decisions.md). So readers confirm that they read what the snapshot saw.
 */
// eslint-disable-next-line max-lines-per-function -- its parts share one transaction
export async function openSnapshot(
  opening: Opening,
  tables: readonly Table[],
  signal: AbortSignal,
): Promise<Snapshot> {
  const { source, pool, report, place } = opening;
  const leased = await pool.lead(source, { signal, place });
  const { client: leader, host } = leased;
  try {
    const watched = <T>({ place }: Table, call: () => Promise<T>) =>
      watchLocks({ source, client: leader, host, report, place }, call);
    const found = new Map<string, Found>();
    const snapshot = await endedBy(signal, leader, async () => {
      const befores = await inTransaction(opening, leased, async () => {
        const seen = new Map<Table, Before>();
        for (const table of tables) seen.set(table, await watched(table, () => lookBefore(leader, table)));
        return seen;
      });
      await leader.query('rollback');
      return inTransaction(opening, leased, async () => {
        const { rows } = await leader.query<{ snapshot: string }>('select pg_export_snapshot() as snapshot');
        for (const [table, before] of befores) {
          const agreed = await watched(table, () => lookAt(leader, () => agreeAgain(leader, table)));
          found.set(table.name, { table, agreed, before });
        }
        return rows[0]?.snapshot ?? '';
      });
    });
    const foundOf = ({ name }: Table) => {
      const one = found.get(name);
      if (one === undefined) throw new Error(`table ${name} is not in the snapshot`);
      return one;
    };
    const agreedOf = (table: Table) => foundOf(table).agreed;
    const fingerprint = (table: Table) => found.get(table.name)?.before.fingerprint;
    const connections: SnapshotConnections = {
      source,
      pool,
      host,
      join: (reader, table) =>
        reader.begin({ snapshot, report: (text) => report?.(text, table.name) }).catch((error: unknown) => {
          throw lostSnapshot(error, leased, table);
        }),
      joinAside: (client) => beginRead(client, snapshot),
      watch: (client, table, call) =>
        watchLocks(
          {
            source,
            client,
            host,
            report: (text) => report?.(text, table.name),
            place: table.place,
          },
          call,
        ),
      confirm: (client, table, selection) => confirmUnchanged(client, foundOf(table), selection),
      relationOf: (table) => agreedOf(table).relation,
      report: (text, { name }) => report?.(text, name),
      readers: new Map(),
    };
    leased.hold();
    return {
      async feed(table, signal, { limit: most, backends } = {}) {
        const agreed = agreedOf(table);
        const { cursor, selection } = agreed;
        if (cursor !== undefined && most === undefined)
          await askAtSnapshot(connections, table, signal, (client) => confirmNoNulls(client, agreed, cursor));
        const label = describeOrigin(table);
        return { parts: [readPart(connections, { table, selection, label, most, backends })] };
      },
      async changes(table, increment, before, signal) {
        const agreed = agreedOf(table);
        const continued = { table, agreed, cursor: cursorAmong(agreed), increment };
        const present = await askAtSnapshot(connections, table, signal, async (client) => {
          const found = await confirmContinued(client, continued, [before, fingerprint(table)]);
          await confirmNoNulls(client, agreed, continued.cursor);
          return found;
        });
        return changesOf(continued, present, (selection, label) =>
          readPart(connections, { table, selection, label }),
        );
      },
      watermark(table, increment, signal) {
        const agreed = agreedOf(table);
        const isCounted = fingerprint(table)?.kind === 'postgres';
        return askAtSnapshot(connections, table, signal, (client) =>
          watermarkOf(client, { table, agreed, cursor: cursorAmong(agreed), increment, counted: isCounted }),
        );
      },
      // The transaction's snapshot is one moment of the rows by itself.
      async confirm(table, signal) {
        const one = foundOf(table);
        if (hasDefinitions(one))
          await askNow(connections, table, signal, (client) => confirmDefinitions(client, one));
      },
      fingerprint,
      async end() {
        for (const copy of connections.readers.keys()) copy.destroy();
        await Promise.all([...connections.readers.values(), leased.free()]);
      },
    };
  } catch (error) {
    await leased.end();
    throw signal.aborted ? error : explainQuery(error, 'cannot open a snapshot', source.place);
  }
}

/** Pools in which PostgreSQL has refused a statement: it may well refuse that of the next snapshot, too. */
const careful = new WeakSet<Pool>();

/**
 * Looks at tables in a new transaction. Savepoints for each statement that may be refused would be a quarter of the messages, so
 * there are none unless one is refused: then all is done again with them.
 */
async function inTransaction<T extends object | string>(
  { pool, report }: Opening,
  leased: Leased,
  look: () => Promise<T>,
): Promise<T> {
  await leased.begin({ report });
  if (careful.has(pool)) return look();
  const seen = await risk(leased.client, look);
  if (seen !== undefined) return seen;
  careful.add(pool);
  await leased.client.query('rollback');
  await leased.begin({ report });
  return look();
}

function cursorAmong({ cursor }: Agreed): Cursor {
  if (cursor === undefined) throw new Error('a table that is read as a whole was asked how it continues');
  return cursor;
}
