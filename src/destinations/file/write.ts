import { constants, copyFile } from 'node:fs/promises';
import { beginDraft, type Draft } from '../../disk/draft.ts';
import { reasonOf } from '../../disk/reason.ts';
import type { FileDestination } from '../../model/pipeline.ts';
import type { BuiltExtract, Delivered } from '../../model/ports.ts';
import { RunError } from '../../model/run-error.ts';

/**
 * Copies the extract beside its target and renames it there. Where the file system can share blocks (XFS, Btrfs), the
 * copy costs nothing.
 */
export async function writeFile(destination: FileDestination, extract: BuiltExtract): Promise<Delivered> {
  let draft: Draft | undefined;
  try {
    draft = await beginDraft(destination.path);
    await copyFile(extract.path, draft.path, constants.COPYFILE_FICLONE);
    return await draft.commit();
  } catch (error) {
    await draft?.discard();
    throw new RunError('EXT5002', `cannot write ${destination.shown}: ${reasonOf(error)}`, {
      hint: 'check that the folder is writable and has room; what was there before is untouched',
      place: destination.place,
      cause: error,
    });
  }
}
