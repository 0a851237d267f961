import type {
  FileMark,
  FilesFingerprint,
  Fingerprint,
  ObjectMark,
  ObjectsFingerprint,
} from './fingerprint.ts';
import { getOwn } from '../base/get-own.ts';

/** Names of files or keys of objects, by what has become of them between two listings. */
export interface ListingChanges {
  fresh: readonly string[];
  changed: readonly string[];
  gone: readonly string[];
}

/** Returns undefined if the two are not listings of the same place. */
export function changesOfListing(
  before: Fingerprint | undefined,
  now: FilesFingerprint | ObjectsFingerprint,
): ListingChanges | undefined {
  if (now.kind === 'files') return before?.kind === 'files' ? changesOfFiles(before, now) : undefined;
  return before?.kind === 'objects' && before.bucket === now.bucket
    ? changesOfObjects(before, now)
    : undefined;
}

export function changesOfFiles(before: FilesFingerprint, now: FilesFingerprint): ListingChanges {
  return compareMarks(before.files, now.files, isSameFile);
}

export function changesOfObjects(before: ObjectsFingerprint, now: ObjectsFingerprint): ListingChanges {
  return compareMarks(before.objects, now.objects, isSameObject);
}

function compareMarks<Mark>(
  before: Readonly<Record<string, Mark>>,
  now: Readonly<Record<string, Mark>>,
  isSame: (before: Mark, now: Mark) => boolean,
): ListingChanges {
  const fresh: string[] = [];
  const changed: string[] = [];
  for (const [name, mark] of Object.entries(now)) {
    const last = getOwn(before, name);
    if (last === undefined) fresh.push(name);
    else if (!isSame(last, mark)) changed.push(name);
  }
  return { fresh, changed, gone: Object.keys(before).filter((name) => !Object.hasOwn(now, name)) };
}

/**
 * Returns true if the content is equal. A file that was only touched has the same content: its hash decides if the size
 * leaves a doubt.
 */
function isSameFile(before: FileMark, now: FileMark): boolean {
  if (before.size !== now.size) return false;
  if (before.modified === now.modified) return true;
  return before.sha256 !== undefined && before.sha256 === now.sha256;
}

export function isSameObject(before: ObjectMark, now: ObjectMark): boolean {
  const isSameTime =
    before.modified === undefined || now.modified === undefined || before.modified === now.modified;
  return before.etag === now.etag && before.size === now.size && isSameTime;
}
