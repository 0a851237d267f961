import { contentOf } from '../../disk/content-hash.ts';
import type { FileMark, FilesFingerprint, Fingerprint } from '../../model/world/fingerprint.ts';
import type { FoundFile } from './list.ts';
import { getOwn } from '../../model/base/get-own.ts';

/** Larger files get no content hash: when only their time has changed, reading them is as quick as hashing them. */
const hashLimit = 64 * 1024 * 1024;

/**
 * Returns size and time of every file. A content hash is computed where it will be needed: where the size is as
 * before but the time is not, as after a fresh checkout.
 */
export async function markFiles(
  files: readonly FoundFile[],
  before: Fingerprint | undefined,
  signal?: AbortSignal,
): Promise<FilesFingerprint> {
  const last = before?.kind === 'files' ? before.files : {};
  const marks = new Map<string, FileMark>();
  for (const file of files) {
    const known = getOwn(last, file.shown);
    const isSameTime = known?.size === file.size && known.modified === file.modified;
    const isDoubtful =
      known?.size === file.size && known.modified !== file.modified && known.sha256 !== undefined;
    const sha256 = isSameTime
      ? known.sha256
      : isDoubtful
        ? await contentOf(file.absolute, signal)
        : undefined;
    marks.set(file.shown, {
      size: file.size,
      modified: file.modified,
      ...(sha256 === undefined ? {} : { sha256 }),
    });
  }
  return { kind: 'files', files: Object.fromEntries(marks) };
}

/** The marks to remember, with the hashes that a later plan may want. */
export async function markForRecord(
  files: readonly FoundFile[],
  signal: AbortSignal,
): Promise<FilesFingerprint> {
  const marks = new Map<string, FileMark>();
  for (const file of files) {
    const sha256 = file.size <= hashLimit ? { sha256: await contentOf(file.absolute, signal) } : {};
    marks.set(file.shown, { size: file.size, modified: file.modified, ...sha256 });
  }
  return { kind: 'files', files: Object.fromEntries(marks) };
}

/** The same where some were read and the others are as they were: what is known of those stays known. */
export async function markSomeForRecord(
  all: FilesFingerprint,
  read: readonly FoundFile[],
  signal: AbortSignal,
): Promise<FilesFingerprint> {
  const { files } = await markForRecord(read, signal);
  return { kind: 'files', files: { ...all.files, ...files } };
}
