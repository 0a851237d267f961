import { randomBytes } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { isAbandoned, ownMark } from '../../disk/process-identity.ts';

/** A name beside a lock or a note for the moment in which it is written or removed; it says whose moment that is. */
export async function momentaryName(file: string): Promise<string> {
  const { dir, base } = path.parse(file);
  return path.join(dir, `.${base}.${await ownMark()}.${randomBytes(6).toString('hex')}`);
}

const momentary = /^\..+\.(?:lock|json)\.(\d+-\d+-[0-9a-f]{12})\.[0-9a-f]{12}$/;
/** Version 0.1.0 did not say whose they are. */
const unmarked =
  /^(?:[^.].*\.lock\.(?:[0-9a-f]{16}|[0-9a-f]{12}\.stale)|\.\.run-[0-9a-f]+\.json\.draft-[0-9a-f]{12})$/;
/** They were there for a moment only: one of ten minutes ago is of a process that was killed. */
const longest = 10 * 60 * 1000;

/** Removes what killed runs have left in the moment in which they took a lock or noted their beginning. */
export async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name);
    const mark = momentary.exec(name)?.[1];
    const isOurs = mark === undefined ? unmarked.test(name) && (await isOld(file)) : await isAbandoned(mark);
    if (isOurs) await rm(file, { force: true });
  }
}

async function isOld(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > longest;
}
