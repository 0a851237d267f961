import path from 'node:path';
import { linkAt } from '../../disk/link.ts';
import { markSince } from '../../disk/content-hash.ts';
import { lookAt, markOf } from '../../disk/look-at.ts';
import { whyUnwritable } from '../../disk/writable.ts';
import { child, type Diagnostic, type Place } from '../../model/errors/diagnostic.ts';
import type { AppliedDestination, AppliedFile } from '../../model/world/applied-record.ts';
import type { FileDestinationObservation } from '../../model/world/observation.ts';
import type { FileDestination } from '../../model/config/destination.ts';

/** Returns the entry at the path, and whether it could be written, as far as that can be seen without writing. */
export async function observeFile(
  destination: FileDestination,
  last: AppliedDestination | undefined,
  signal: AbortSignal,
): Promise<FileDestinationObservation> {
  const found = await lookAt(destination.path, { code: 'EXT5001', ...destination });
  const link = await linkAt(destination.path);
  if (link !== undefined) return { type: 'file', found: undefined, problem: linkProblem(destination, link) };
  if (found?.isDirectory() === true) {
    return { type: 'file', found: undefined, problem: unwritable(destination, 'it is a folder') };
  }
  // Renaming would replace a named pipe or a device, and those who read from it would wait for ever.
  if (found !== undefined && !found.isFile()) {
    return { type: 'file', found: undefined, problem: unwritable(destination, 'it is no regular file') };
  }
  const reason = await whyUnwritable(path.dirname(destination.path));
  return {
    type: 'file',
    found: found && (await markSince(destination.path, markOf(found), leftBy(last), signal)),
    ...(reason === undefined ? {} : { problem: unwritable(destination, reason) }),
  };
}

/** Returns what was delivered last, where that was a file. */
export const leftBy = (last: AppliedDestination | undefined): AppliedFile | undefined =>
  last !== undefined && 'modified' in last ? last : undefined;

/** Renaming would replace the link and leave the file that it points to as it is: neither is certain to be meant. */
export function linkProblem({ shown, place }: FileDestination, to: string): Diagnostic & { place: Place } {
  return {
    code: 'EXT5001',
    severity: 'error',
    message: `cannot write ${shown}: it is a symbolic link to ${to}`,
    hint: 'write the path of the file itself, or remove the link',
    place: child(place, 'path'),
  };
}

function unwritable(destination: FileDestination, reason: string): Diagnostic {
  return {
    code: 'EXT5001',
    severity: 'error',
    message: `cannot write ${destination.shown}: ${reason}`,
    hint: 'give another path, or the right to write there',
    place: child(destination.place, 'path'),
  };
}
