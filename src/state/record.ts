import { createHash } from 'node:crypto';
import type { AppliedRecord } from '../model/observation.ts';
import { RunError } from '../model/run-error.ts';

/** What was parsed, if it is a record that this version of the program understands. */
export function soundRecord(parsed: unknown): AppliedRecord {
  const { format } = (parsed ?? {}) as { format?: unknown };
  if (format !== 1) throw new Error(`its format is ${String(format)}, not 1`);
  return parsed as AppliedRecord;
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

/** No address begins with a dot. */
export function runName(id: string): string {
  return `.run-${id}.json`;
}

export function runOfName(name: string): string | undefined {
  return /^\.run-([0-9a-f]+)\.json$/.exec(name)?.[1];
}

/** The note of a run, of which `shown` is the place. */
export function parseNote(shown: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RunError('EXT6002', `cannot read the note of a run ${shown}: ${(error as Error).message}`, {
      hint: 'delete it: what that run has left is planned as everything else',
      cause: error,
    });
  }
}

/** The address that a name is of; undefined for names that are not ours. */
export function addressOfRecord(name: string): string | undefined {
  const encoded = /^([^./][^/]*)\.json$/.exec(name)?.[1];
  if (encoded === undefined) return undefined;
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}
