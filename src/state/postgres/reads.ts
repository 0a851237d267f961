import type { StatePort } from '../../model/ports/state-port.ts';
import type { Locks } from './lock.ts';
import type { Preparation } from './prepare.ts';
import type { Queue } from './queue.ts';
import { storedRecord } from './record.ts';
import type { Session } from './session.ts';
import type { Tables } from './tables.ts';

export interface ReadSettings {
  session: Session;
  preparation: Preparation;
  tables: Tables;
  queue: Queue;
  locks: Locks;
}

/** Reads records, and knows which of them have changed since. */
export function openReads(
  { session, preparation, tables, queue, locks }: ReadSettings,
  signal: AbortSignal,
): { read: StatePort['read']; changedSince: StatePort['changedSince'] } {
  /** The versions of the records that were read last. */
  const versions = new Map<string, string | undefined>();
  return {
    async read(address) {
      const known = locks.known(address);
      if (known !== undefined) return known.stored;
      const { record } = await queue.perform({ kind: 'read', address }, signal);
      versions.set(address, record?.version);
      return storedRecord(record, address, session.where);
    },
    /** One request: the versions of ten thousand records are a megabyte. */
    async changedSince(addresses) {
      const now = new Map<string, string>();
      if (await preparation.toRead(signal)) {
        const sql = `select address, version from ${tables.records}`;
        const { rows } = await session.ask(
          (client) => client.query<{ address: string; version: string }>(sql),
          signal,
        );
        for (const { address, version } of rows) now.set(address, version);
      }
      return addresses.filter((address) => versions.get(address) !== now.get(address));
    },
  };
}
