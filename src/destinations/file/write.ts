import { copyInterruptibly } from '../../disk/copy.ts';
import { beginDraft, type DraftFile } from '../../disk/draft-file.ts';
import { reasonOf } from '../../disk/reason.ts';
import { linkAt } from '../../disk/link.ts';
import type { AppliedFile } from '../../model/world/applied-record.ts';
import type { FileDestination } from '../../model/config/destination.ts';
import type { BuiltExtract } from '../../model/ports/extract-port.ts';
import type { Delivery } from '../../model/ports/destination-port.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { linkProblem } from './observe.ts';

/**
 * Copies the extract beside its target and renames it there. Where the file system can share blocks (XFS, Btrfs), the
 * copy costs nothing.
 */
export async function writeFile(
  destination: FileDestination,
  extract: BuiltExtract,
  { signal, confirm, progress, doing }: Pick<Delivery, 'signal' | 'confirm' | 'progress' | 'doing'>,
): Promise<AppliedFile> {
  let draft: DraftFile | undefined;
  try {
    await refuseLink(destination);
    draft = await beginDraft(destination.path);
    await copyInterruptibly(extract.path, draft.path, signal, progress);
    signal.throwIfAborted();
    await confirm();
    const { content } = extract;
    doing('making it durable');
    return { ...(await draft.commit()), ...(content !== undefined && { content }) };
  } catch (error) {
    await draft?.discard();
    signal.throwIfAborted();
    if (error instanceof RunError) throw error;
    throw new RunError('EXT5002', `cannot write ${destination.shown}: ${reasonOf(error)}`, {
      hint: 'check that the folder is writable and has room; what was there before is untouched',
      place: destination.place,
      cause: error,
    });
  }
}

/** A link that was put there since the plan looked. */
async function refuseLink(destination: FileDestination): Promise<void> {
  const to = await linkAt(destination.path);
  if (to === undefined) return;
  const { code, message, hint, place } = linkProblem(destination, to);
  throw new RunError(code, message, { ...(hint !== undefined && { hint }), place });
}
