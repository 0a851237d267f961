import { createHash } from 'node:crypto';
import type { AppliedRecord } from '../model/world/applied-record.ts';
import type { BegunRun } from '../model/ports/state-port.ts';
import { RunError } from '../model/errors/run-error.ts';
import { holderShape, type Holder } from './holder.ts';
import { foreign } from '../model/errors/secrets.ts';
import { recordShape } from './record-shape.ts';
import { every, listOf, mapWith, text, type Shape } from './shape.ts';

const noteShape = every(mapWith({ id: text, addresses: listOf(text) }), holderShape);

/**
 * Returns what was parsed, if it is a record of this address that this version of the program understands. Taken for that of
 * another pipeline it would be compared, locked and removed in the place of the other's own.
 */
export function soundRecord(parsed: unknown, address: string): AppliedRecord {
  const { format } = (parsed ?? {}) as { format?: unknown };
  if (format !== 1) throw new Error(`its format is ${JSON.stringify(format)}, not 1`);
  const record = sound(recordShape, parsed) as AppliedRecord;
  if (record.address !== address) throw new Error(`it is the record of ${record.address}, not of ${address}`);
  return record;
}

/** Returns what was parsed if it has the shape; fails with what is wrong. */
export function sound(shape: Shape, parsed: unknown): unknown {
  const problem = shape(parsed, '');
  if (problem !== undefined) throw new Error(problem);
  return parsed;
}

export function versionOf(record: AppliedRecord): string {
  return createHash('sha256').update(JSON.stringify(record)).digest('hex');
}

/** Addresses are safe in names of files and objects except for the brackets and slashes of `name[key]`. */
export function recordName(address: string): string {
  return `${encodeURIComponent(address)}.json`;
}

export function lockName(address: string): string {
  return `${encodeURIComponent(address)}.lock`;
}

/** The address of a lease. No pipeline has one that begins with a dot. */
export function leaseAddress(name: string): string {
  return `.lease-${name}`;
}

/** The address of the lock on a rate, and the name of what is kept of it. */
export function rateAddress(name: string): string {
  return `.rate-${name}`;
}

/** No address begins with a dot. */
export function runName(id: string): string {
  return `.run-${id}.json`;
}

export function runOfName(name: string): string | undefined {
  return /^\.run-([0-9a-f]+)\.json$/.exec(name)?.[1];
}

/** Parses the note of a run; `shown` is its place. */
export function parseNote(shown: string, note: string): BegunRun & Holder {
  try {
    return sound(noteShape, JSON.parse(note)) as BegunRun & Holder;
  } catch (error) {
    throw new RunError(
      'EXT6002',
      `cannot read the note of a run ${shown}: ${foreign((error as Error).message)}`,
      {
        hint: 'delete it: what that run has left is planned as everything else',
        cause: error,
      },
    );
  }
}

/** The address that a name is of; undefined for names that are not ours. */
export function addressOfRecord(name: string): string | undefined {
  return decoded(/^([^./][^/]*)\.json$/.exec(name)?.[1]);
}

/** The same of the name of a lock. */
export function addressOfLock(name: string): string | undefined {
  return decoded(/^([^./][^/]*)\.lock$/.exec(name)?.[1]);
}

function decoded(encoded: string | undefined): string | undefined {
  if (encoded === undefined) return undefined;
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}
