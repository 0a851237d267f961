import { rm } from 'node:fs/promises';
import { lookAt } from '../../disk/look.ts';
import { reasonOf } from '../../disk/reason.ts';
import type { AppliedDestination } from '../../model/observation.ts';
import type { FileDestination } from '../../model/pipeline.ts';
import type { Standing } from '../../model/ports.ts';
import { RunError } from '../../model/run-error.ts';

export async function standingFile(
  destination: FileDestination,
  last: AppliedDestination,
): Promise<Standing> {
  const found = await lookAt(destination.path, { code: 'EXT5003', ...destination });
  if (found === undefined) return 'gone';
  const isSame =
    'modified' in last && last.size === Number(found.size) && last.modified === String(found.mtimeNs);
  return isSame ? 'ours' : 'changed';
}

export async function removeFile(destination: FileDestination, last: AppliedDestination): Promise<Standing> {
  const standing = await standingFile(destination, last);
  if (standing !== 'ours') return standing;
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
