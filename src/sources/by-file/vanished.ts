import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import { changesOfListing } from '../../model/world/listing.ts';
import { counted } from '../../model/base/numbers.ts';
import type { FilesFingerprint, ObjectsFingerprint } from '../../model/world/fingerprint.ts';
import type { SourceRequest } from '../../model/ports/source-port.ts';
import type { NamedFile } from '../delimited/constants.ts';

/** The number of files that a message names. */
const named = 3;

/**
 * Reports files that are missing, where that is an error. A table that is defined in another way than before is read
 * as a whole, and may mean fewer of them.
 */
export function vanishedProblems(
  { table: { name, load }, before, redefined }: SourceRequest,
  now: FilesFingerprint | ObjectsFingerprint,
  nameOf: (name: string) => NamedFile,
): Diagnostic[] {
  if (load.kind !== 'files' || load.onVanished !== 'error' || redefined === true) return [];
  const gone = changesOfListing(before, now)?.gone ?? [];
  if (gone.length === 0) return [];
  const shown = gone.slice(0, named).map((one) => nameOf(one).shown);
  const more = gone.length > named ? ` and ${gone.length - named} more` : '';
  const what = counted(gone.length, now.kind === 'files' ? 'file' : 'object');
  return [
    {
      code: 'EXT2118',
      severity: 'error',
      message: `${what} that table "${name}" has rows of ${gone.length === 1 ? 'is' : 'are'} gone: ${shown.join(', ')}${more}`,
      hint: 'put back what is missing, or say what becomes of its rows: on_vanished: keep or delete',
      place: load.place,
    },
  ];
}
