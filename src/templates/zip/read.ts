import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { openPromise } from 'yauzl';
import type { Entry } from 'yauzl';
import { reasonOf as reasonOfSystem } from '../../disk/reason.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { locateEntry, refuseOverlaps } from './entry-data.ts';
import { decodeName, unsafeName } from '../../disk/zip-entry-names.ts';
import { deflated, flag, stored, withoutZip64 } from './records.ts';
import type { Header } from './records.ts';

/** An archive as it was when it was listed. Plain data: no file stays open. */
export interface ZipArchive {
  path: string;
  /** Size and time of the file, to notice when it changes between listing and copying. */
  fileSize: number;
  modified: number;
  /** The entries, in the order of the central directory. */
  entries: readonly ZipEntry[];
  comment: Buffer;
}

export interface ZipEntry extends Header {
  name: string;
  /** First byte of the local header; first byte of the data; first byte after the data and its descriptor, if any. */
  start: number;
  dataStart: number;
  end: number;
  /** The extra field of the local header, without ZIP64. */
  localExtra: Buffer;
}

/** Real packages hold a handful of entries. */
const maxEntries = 10_000;

/**
 * Lists an archive and checks all that can be checked without unpacking: names, duplicates, methods, encryption, and
 * that local headers, sizes and offsets agree with the central directory and do not overlap.
 *
 * Throws RunError EXT4001 (no archive, truncated, contradicting itself), EXT4002 (unsafe or repeated names) or EXT4003
 * (encrypted, or compressed in a way Tableau does not).
 */
export async function readZip(path: string): Promise<ZipArchive> {
  const file = await openFile(path);
  try {
    const { size, mtimeMs } = await file.stat();
    const { entries, comment } = await readDirectory(path);
    refuseBadNames(path, entries);
    const located: ZipEntry[] = [];
    for (const entry of entries) located.push(await locate(path, file, entry, size));
    refuseOverlaps(path, located, await directoryStart(path, file, size, comment.length, entries));
    return { path, fileSize: size, modified: mtimeMs, entries: located, comment };
  } finally {
    await file.close();
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    throw new RunError('EXT4000', `cannot open ${path}: ${reasonOfSystem(cause)}`, { cause });
  }
}

async function readDirectory(path: string): Promise<{ entries: Entry[]; comment: Buffer }> {
  try {
    const zip = await openPromise(path, { decodeStrings: false, validateEntrySizes: false, autoClose: true });
    // With decodeStrings off yauzl hands out Buffers where its types say string.
    const comment = zip.comment as unknown as Buffer;
    if (zip.entryCount > maxEntries) {
      zip.close();
      throw new Error(`it lists ${zip.entryCount} entries, more than the ${maxEntries} a package may have`);
    }
    const entries: Entry[] = [];
    for await (const entry of zip.eachEntry()) entries.push(entry);
    return { entries, comment };
  } catch (cause) {
    throw new RunError('EXT4001', `${path} is not a sound zip archive: ${reasonOf(cause)}`, {
      hint: 'a .tdsx is a zip archive: save the data source again in Tableau Desktop, and check how it was copied',
      cause,
    });
  }
}

function reasonOf(cause: unknown): string {
  const { message } = cause as Error;
  return message.startsWith('End of central directory record signature not found')
    ? 'it is another kind of file, or its end is missing'
    : message;
}

function refuseBadNames(path: string, entries: readonly Entry[]): void {
  const seen = new Set<string>();
  for (const entry of entries) {
    const name = decodeName(entry);
    const shown = JSON.stringify(name);
    // An extra field may give another name than the header; other programs read the header.
    const unsafe = unsafeName(name) ?? unsafeName(entry.fileNameRaw.toString('latin1'));
    if (unsafe !== undefined)
      throw new RunError('EXT4002', `${path}: the entry name ${shown} ${unsafe}`, {
        ...(name.includes('\\') && {
          hint: 'a program of Windows packed it in a way that the zip standard forbids: pack it again with the Explorer or 7-Zip, or save it again from Tableau Desktop',
        }),
      });
    if (seen.has(name)) throw new RunError('EXT4002', `${path}: there are two entries named ${shown}`);
    seen.add(name);
  }
}

async function locate(path: string, file: FileHandle, entry: Entry, fileSize: number): Promise<ZipEntry> {
  const name = decodeName(entry);
  const flags = entry.generalPurposeBitFlag;
  if ((flags & (flag.encrypted | flag.strongEncryption | flag.masked)) !== 0) {
    throw new RunError('EXT4003', `${path}: the entry "${name}" is encrypted`);
  }
  if (entry.compressionMethod !== stored && entry.compressionMethod !== deflated) {
    const method = entry.compressionMethod;
    throw new RunError(
      'EXT4003',
      `${path}: the entry "${name}" is compressed with method ${method}, not 0 or 8`,
    );
  }
  const header: Header = {
    versionMadeBy: entry.versionMadeBy,
    versionNeeded: entry.versionNeededToExtract,
    flags,
    method: entry.compressionMethod,
    time: entry.lastModFileTime,
    date: entry.lastModFileDate,
    crc32: entry.crc32,
    compressedSize: entry.compressedSize,
    size: entry.uncompressedSize,
    internalAttributes: entry.internalFileAttributes,
    externalAttributes: entry.externalFileAttributes,
    rawName: entry.fileNameRaw,
    extra: withoutZip64(entry.extraFieldRaw),
    comment: entry.fileCommentRaw,
  };
  const place = await locateEntry(path, file, name, header, entry.relativeOffsetOfLocalHeader, fileSize);
  return { ...header, name, ...place };
}

/** Returns the start of the central directory, after checking that it is as long as the end record says. */
// eslint-disable-next-line max-params -- no two of them belong together
async function directoryStart(
  path: string,
  file: FileHandle,
  fileSize: number,
  commentLength: number,
  entries: readonly Entry[],
): Promise<number> {
  const end = Buffer.alloc(22);
  await file.read(end, 0, end.length, fileSize - end.length - commentLength);
  const listed = entries.reduce(
    (sum, entry) => sum + 46 + entry.fileNameLength + entry.extraFieldLength + entry.fileCommentLength,
    0,
  );
  const [size, offset] = [end.readUInt32LE(12), end.readUInt32LE(16)];
  const needsZip64 = size === 0xffff_ffff || offset === 0xffff_ffff || end.readUInt16LE(10) === 0xffff;
  const start = needsZip64 ? await zip64DirectoryStart(file, fileSize - end.length - commentLength) : offset;
  const room = fileSize - end.length - commentLength - start;
  if ((!needsZip64 && size !== listed) || listed > room) {
    throw new RunError(
      'EXT4001',
      `${path} is not a sound zip archive: its directory is not as long as it says`,
    );
  }
  return start;
}

async function zip64DirectoryStart(file: FileHandle, endRecord: number): Promise<number> {
  const locator = Buffer.alloc(20);
  await file.read(locator, 0, locator.length, endRecord - locator.length);
  const record = Buffer.alloc(56);
  await file.read(record, 0, record.length, Number(locator.readBigUInt64LE(8)));
  return Number(record.readBigUInt64LE(48));
}
