import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beginDraft, type Draft } from '../../disk/draft.ts';
import type { AppliedRecord } from '../../model/observation.ts';
import type { StoredRecord } from '../../model/ports.ts';
import { RunError } from '../../model/run-error.ts';

/** Where the record of an address lives. Addresses are safe in file names except for the brackets of `name[key]`. */
export function recordPath(folder: string, address: string): string {
  return path.join(folder, `${encodeURIComponent(address)}.json`);
}

/** The record and its version, which is a hash of its bytes; undefined if there is none. */
export async function readRecord(file: string): Promise<StoredRecord | undefined> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(file, error);
  });
  if (text === undefined) return undefined;
  try {
    const record = JSON.parse(text) as AppliedRecord;
    if ((record.format as number) !== 1) throw new Error(`its format is ${String(record.format)}, not 1`);
    return { record, version: versionOf(text) };
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** Replaces the record at once: whoever reads sees the old one or the new one. */
export async function writeRecord(file: string, record: AppliedRecord): Promise<void> {
  let draft: Draft | undefined;
  try {
    draft = await beginDraft(file);
    await writeFile(draft.path, `${JSON.stringify(record, undefined, 2)}\n`, { flag: 'wx', mode: 0o600 });
    await draft.commit();
  } catch (error) {
    await draft?.discard();
    throw new RunError('EXT6001', `cannot write the state ${file}: ${message(error)}`, {
      hint: 'the extract itself is in place; the next plan will see an unknown state and read again',
      cause: error,
    });
  }
}

const versionOf = (text: string) => createHash('sha256').update(text).digest('hex');

function unreadable(file: string, cause: unknown): RunError {
  return new RunError('EXT6002', `cannot read the state ${file}: ${message(cause)}`, {
    hint: 'delete the file to forget what was applied: everything will be observed and read again',
    cause,
  });
}

const message = (error: unknown) => (error instanceof Error ? error.message : String(error));
