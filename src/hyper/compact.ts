import { rename, rm, stat } from 'node:fs/promises';
import { draftPath } from '../disk/draft-file.ts';
import type { ExtractBase } from '../model/ports/extract-port.ts';
import type { HyperSession } from './session.ts';
import { identifier } from './sql.ts';

/** The waste up to which compacting is not worth the work, however small the rest is. */
const worthwhile = 1024 * 1024;

/**
 * Rewrites a file that is twice as large as its rows were when they were written at once: hyperd leaves the space of
 * deleted rows empty. This costs about as much as the first write did. No session has the file attached. Returns true
 * if it rewrote the file.
 */
// eslint-disable-next-line max-params -- no two of them belong together
export async function compact(
  session: HyperSession,
  file: string,
  target: string,
  rows: number,
  before: ExtractBase['compact'],
): Promise<boolean> {
  if (before === undefined || before.rows === 0) return false;
  const { size } = await stat(file);
  if (size < 2 * before.size * (rows / before.rows) + worthwhile) return false;
  const fresh = draftPath(target);
  try {
    await session.query(`create database ${identifier(fresh)} from ${identifier(file)}`);
    await rename(fresh, file);
  } finally {
    await rm(fresh, { force: true });
  }
  return true;
}
