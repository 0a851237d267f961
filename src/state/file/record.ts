import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beginDraft, type DraftFile } from '../../disk/draft-file.ts';
import { readRegularFile } from '../../disk/regular-file.ts';
import type { AppliedRecord } from '../../model/world/applied-record.ts';
import type { StoredRecord } from '../../model/ports/state-port.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { addressOfLock, addressOfRecord, recordName, soundRecord, versionOf } from '../record.ts';
import { foreign } from '../../model/errors/secrets.ts';

export function recordPath(folder: string, address: string): string {
  return path.join(folder, recordName(address));
}

/** The addresses of all records in the folder, sorted; none where there is no folder yet. */
export async function listRecords(folder: string): Promise<string[]> {
  return (await namesIn(folder)).flatMap((name) => addressOfRecord(name) ?? []).sort();
}

/** The addresses of all locks in the folder, sorted. */
export async function listLocks(folder: string): Promise<string[]> {
  return (await namesIn(folder)).flatMap((name) => addressOfLock(name) ?? []).sort();
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new RunError('EXT6002', `cannot read the state folder ${folder}: ${message(error)}`, {
      hint: 'check its permissions',
      cause: error,
    });
  });
}

/** Returns the record and its version; undefined if there is none. */
export async function readRecord(folder: string, address: string): Promise<StoredRecord | undefined> {
  const file = recordPath(folder, address);
  const text = await readRegularFile(file).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(file, error);
  });
  if (text === undefined) return undefined;
  try {
    const record = soundRecord(JSON.parse(text), address);
    return { record, version: versionOf(record) };
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** Returns a text that differs when the file was replaced; undefined without a file, or for one that cannot be looked at. */
export async function stampOf(folder: string, address: string): Promise<string | undefined> {
  const found = await stat(recordPath(folder, address), { bigint: true }).catch(() => undefined);
  return found && `${found.ino} ${found.mtimeNs} ${found.size}`;
}

/** Replaces the record at once: a reader sees the old one or the new one. */
export async function writeRecord(file: string, record: AppliedRecord): Promise<void> {
  let draft: DraftFile | undefined;
  try {
    draft = await beginDraft(file);
    await writeFile(draft.path, `${JSON.stringify(record, undefined, 2)}\n`, { flag: 'wx', mode: 0o600 });
    await draft.commitTo(file);
  } catch (error) {
    await draft?.discard();
    throw new RunError('EXT6001', `cannot write the state ${file}: ${message(error)}`, {
      hint: 'make room, or check the permissions of its folder; the state is as it was, and the next plan compares it with what is there',
      cause: error,
    });
  }
}

export async function removeRecord(file: string): Promise<void> {
  try {
    await rm(file);
  } catch (error) {
    throw new RunError('EXT6001', `cannot remove the state ${file}: ${message(error)}`, {
      hint: 'check the permissions of its folder',
      cause: error,
    });
  }
}

function unreadable(file: string, cause: unknown): RunError {
  return new RunError('EXT6002', `cannot read the state ${file}: ${message(cause)}`, {
    hint: 'delete the file to forget what was applied: everything will be observed and read again',
    cause,
  });
}

const message = (error: unknown) => foreign(error instanceof Error ? error.message : String(error));
