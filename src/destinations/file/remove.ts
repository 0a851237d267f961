import { rm } from 'node:fs/promises';
import { markSince } from '../../disk/content-hash.ts';
import { lookAt, markOf } from '../../disk/look-at.ts';
import { reasonOf } from '../../disk/reason.ts';
import type { AppliedDestination } from '../../model/world/applied-record.ts';
import type { FileDestination } from '../../model/config/destination.ts';
import type { Existing } from '../../model/ports/destination-port.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { leftBy } from './observe.ts';

export async function existingFile(
  destination: FileDestination,
  last: AppliedDestination,
): Promise<Existing> {
  const found = await lookAt(destination.path, { code: 'EXT5003', ...destination });
  if (found === undefined) return 'gone';
  const left = leftBy(last);
  const mark = await markSince(destination.path, markOf(found), left);
  return left?.size === mark.size && left.modified === mark.modified ? 'ours' : 'changed';
}

export async function removeFile(destination: FileDestination, last: AppliedDestination): Promise<Existing> {
  const existing = await existingFile(destination, last);
  if (existing !== 'ours') return existing;
  try {
    await rm(destination.path, { force: true });
    return 'ours';
  } catch (error) {
    throw new RunError('EXT5003', `cannot delete ${destination.shown}: ${reasonOf(error)}`, {
      hint: 'check the permissions of its folder',
      place: destination.place,
      cause: error,
    });
  }
}
