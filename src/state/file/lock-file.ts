import { link, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { isRunning, thisProcess, type ProcessIdentity } from '../../disk/process-identity.ts';
import { reasonOf } from '../../disk/reason.ts';
import { readRegularFile } from '../../disk/regular-file.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { holderShape, type Holder } from '../holder.ts';
import { lockName, sound } from '../record.ts';
import { every, mapWith, optional, text } from '../shape.ts';
import { momentaryName } from './leftovers.ts';
import { foreign } from '../../model/errors/secrets.ts';

/** The content of a lock file. Locks of version 0.1.0 name neither boot nor namespace. */
export interface FileHolder extends Holder, ProcessIdentity {
  /** Distinguishes this lock from any other. */
  token: string;
}

const fileHolderShape = every(
  holderShape,
  mapWith({ started: text, boot: optional(text), pidNamespace: optional(text), token: text }),
);

export function lockPath(folder: string, address: string): string {
  return path.join(folder, lockName(address));
}

/** Gives the draft its name; returns false if the name is taken. */
export async function claim(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

export async function readHolder(file: string): Promise<FileHolder | undefined> {
  try {
    return sound(fileHolderShape, JSON.parse(await readRegularFile(file))) as FileHolder;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new RunError('EXT6002', `cannot read the lock ${file}: ${foreign(reasonOf(error))}`, {
      hint: 'if no run is under way, delete the file',
      cause: error,
    });
  }
}

/**
 * Returns whether the holder still runs, or undefined for one that cannot be seen from here: on another machine, in
 * another container, or before this machine was started the last time.
 */
export async function isAlive(holder: Omit<FileHolder, 'token'>): Promise<boolean | undefined> {
  return (await isNear(holder)) ? isRunning(holder) : undefined;
}

async function isNear({ host, boot, pidNamespace }: Omit<FileHolder, 'token'>): Promise<boolean> {
  if (boot === undefined && pidNamespace === undefined) return host === hostname();
  const here = await thisProcess();
  return boot === here.boot && pidNamespace === here.pidNamespace;
}

/** Renaming decides between two who both saw the same dead holder: the second finds nothing to rename. */
export async function removeLock(file: string): Promise<void> {
  const aside = await momentaryName(file);
  try {
    await rename(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  await rm(aside, { force: true });
}
