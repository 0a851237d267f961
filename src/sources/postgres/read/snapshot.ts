import type pg from 'pg';
import { recorded, type Fingerprint } from '../../../model/world/fingerprint.ts';
import type { PostgresSource } from '../../../model/config/source.ts';
import type { Table } from '../../../model/config/pipeline.ts';
import type { Snapshot } from '../../../model/ports/source-port.ts';
import { RunError } from '../../../model/errors/run-error.ts';
import { endedBy } from '../connection/cancel.ts';
import { changesOf, confirmContinued, confirmNoNulls } from '../incremental/changes.ts';
import { describeOrigin } from '../contract/query-errors.ts';
import { agree, type Agreed } from '../contract/contract.ts';
import type { Cursor } from '../contract/cursor-columns.ts';
import { explainQuery } from '../connection/errors.ts';
import { takeFingerprint } from '../observe/fingerprint.ts';
import { askAside, readPart, type Moment } from './part.ts';
import type { Pool } from '../connection/pool.ts';
import { lostSnapshot } from './lost-snapshot.ts';
import { beginRead, lookAt } from '../connection/transaction.ts';
import { confirmUnchanged } from './confirm-unchanged.ts';
import { watchLocks } from '../connection/lock-waits.ts';
import { watermarkOf } from '../incremental/watermark.ts';

interface Opening {
  source: PostgresSource;
  pool: Pool;
  /** Gets a line where a lock is waited for. */
  report: ((text: string, table?: string) => void) | undefined;
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
  { source, pool, report }: Opening,
  tables: readonly Table[],
  signal: AbortSignal,
): Promise<Snapshot> {
  const leased = await pool.lead(source);
  const { client: leader, host } = leased;
  try {
    const watched = <T>({ place }: Table, call: () => Promise<T>) =>
      watchLocks({ source, client: leader, host, report, place }, call);
    const agreements = new Map<string, Agreed>();
    const { fingerprints, snapshot } = await endedBy(signal, leader, async () => {
      await leased.begin({ report });
      const taken = await takeFingerprints(leader, tables, watched);
      await leased.begin({ report });
      const { rows } = await leader.query<{ snapshot: string }>('select pg_export_snapshot() as snapshot');
      for (const table of tables)
        agreements.set(
          table.name,
          await watched(table, () => lookAt(leader, () => stillAgreed(leader, table))),
        );
      return { fingerprints: taken, snapshot: rows[0]?.snapshot ?? '' };
    });
    const agreedOf = ({ name }: Table) => {
      const agreed = agreements.get(name);
      if (agreed === undefined) throw new Error(`table ${name} is not in the snapshot`);
      return agreed;
    };
    const moment: Moment = {
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
      confirm: (client, table, select) =>
        confirmUnchanged(client, { table, agreed: agreedOf(table) }, select),
      readers: new Map(),
    };
    leased.hold();
    return {
      async feed(table, signal, most) {
        const agreed = agreedOf(table);
        const { cursor, selection } = agreed;
        if (cursor !== undefined && most === undefined)
          await askAside(moment, table, signal, (client) => confirmNoNulls(client, agreed, cursor));
        return { parts: [readPart(moment, { table, selection, label: describeOrigin(table), most })] };
      },
      async changes(table, increment, before, signal) {
        const agreed = agreedOf(table);
        const continued = { table, agreed, cursor: cursorAmong(agreed), increment };
        const present = await askAside(moment, table, signal, async (client) => {
          const found = await confirmContinued(client, continued, [before, fingerprints.get(table.name)]);
          await confirmNoNulls(client, agreed, continued.cursor);
          return found;
        });
        return changesOf(continued, present, (selection, label) =>
          readPart(moment, { table, selection, label }),
        );
      },
      watermark(table, increment, signal) {
        const agreed = agreedOf(table);
        const counted = fingerprints.get(table.name)?.kind === 'postgres';
        return askAside(moment, table, signal, (client) =>
          watermarkOf(client, { table, agreed, cursor: cursorAmong(agreed), increment, counted }),
        );
      },
      // The transaction's snapshot is one moment by itself.
      confirm: () => Promise.resolve(),
      fingerprint: (table) => fingerprints.get(table.name),
      async end() {
        for (const copy of moment.readers.keys()) copy.destroy();
        await Promise.all([...moment.readers.values(), leased.free()]);
      },
    };
  } catch (error) {
    await leased.end();
    throw signal.aborted ? error : explainQuery(error, 'cannot open a snapshot', source.place);
  }
}

async function takeFingerprints(
  client: pg.Client,
  tables: readonly Table[],
  watched: <T>(table: Table, call: () => Promise<T>) => Promise<T>,
): Promise<Map<string, Fingerprint>> {
  const taken = new Map<string, Fingerprint>();
  for (const table of tables) {
    const fingerprint = await watched(table, () =>
      lookAt(client, async () => takeFingerprint(client, table, await stillAgreed(client, table))),
    );
    const kept = recorded(fingerprint);
    if (kept !== undefined) taken.set(table.name, kept);
  }
  await client.query('rollback');
  return taken;
}

/** The contract again: what was planned may no longer be so. */
async function stillAgreed(client: pg.Client, table: Table): Promise<Agreed> {
  const agreement = await agree(client, table);
  const { selection, problems } = agreement;
  if (selection !== undefined) return { ...agreement, selection };
  const problem = problems.find(({ severity }) => severity === 'error');
  throw new RunError('EXT2004', `table "${table.name}" changed since the plan: ${problem?.message ?? ''}`, {
    hint: problem?.hint,
    place: problem?.place ?? table.place,
  });
}

function cursorAmong({ cursor }: Agreed): Cursor {
  if (cursor === undefined) throw new Error('a table that is read as a whole was asked how it continues');
  return cursor;
}
