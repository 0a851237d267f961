import { Readable } from 'node:stream';
import { fromRandomAccessReaderPromise, RandomAccessReader, type Entry, type ZipFile } from 'yauzl';
import { decodeName, unsafeName } from '../../disk/zip-entry-names.ts';
import { counted } from '../../model/base/numbers.ts';
import { quotedVisible, visible } from '../../model/base/visible.ts';
import { FileProblem } from '../delimited/file-problem.ts';
import type { RandomAccess } from '../parquet/index.ts';
import { rangeOf } from './range.ts';

/** One file in an archive: where its packed bytes are, and the size and checksum of the unpacked ones. */
export interface ArchivedFile {
  /** With slashes between folders. */
  name: string;
  /** The bytes of the name, which the local header repeats. */
  rawName: Buffer;
  packedSize: number;
  size: number;
  crc32: number;
  isDeflated: boolean;
  /** Where its local header begins. */
  offset: number;
}

/** A longer list is hardly intended, and would fill the memory. */
const MOST_ENTRIES = 100_000;

const STORED = 0;
const DEFLATED = 8;

/**
 * Returns the files of an archive in the order in which it lists them, without folders and without the files that macOS and
 * Windows add. Throws a FileProblem for an archive that is damaged, that repeats names, or whose names lead elsewhere.
 */
export async function listArchive(access: RandomAccess): Promise<ArchivedFile[]> {
  const zip = await openZip(access);
  try {
    if (zip.entryCount > MOST_ENTRIES)
      throw refused(
        `lists ${counted(zip.entryCount, 'file')}`,
        `at most ${MOST_ENTRIES} are read: divide it`,
      );
    const files = new Map<string, ArchivedFile>();
    const entries = await entriesOf(zip);
    requireApart(entries);
    for (const entry of entries) {
      const file = fileOf(entry);
      if (file === undefined) continue;
      if (files.has(file.name))
        throw refused(`has two files named ${quotedVisible(file.name)}`, 'pack it again with one of them');
      files.set(file.name, file);
    }
    return [...files.values()];
  } finally {
    zip.close();
  }
}

/**
 * Returns the place of the first byte of a file: only its local header says it. That has the name, too: programs that go by the
 * one or the other would read different files.
 */
export async function dataStart(
  access: RandomAccess,
  { name, rawName, offset }: ArchivedFile,
): Promise<number> {
  const header = await access.read(offset, LOCAL_HEADER + rawName.length);
  if (header.length < LOCAL_HEADER || header.readUInt32LE(0) !== 0x0403_4b50)
    throw new FileProblem('EXT2102', `is damaged: ${quotedVisible(name)} has no header`, again);
  const length = header.readUInt16LE(26);
  if (length !== rawName.length || !header.subarray(LOCAL_HEADER).equals(rawName))
    throw new FileProblem(
      'EXT2102',
      `is damaged: the header of ${quotedVisible(name)} has another name than the list of the archive`,
      again,
    );
  return offset + LOCAL_HEADER + length + header.readUInt16LE(28);
}

/** The bytes of a local header before its name. */
const LOCAL_HEADER = 30;

/** Throws if files share bytes: an archive could unpack the same ones to any size, and no program packs so. */
function requireApart(entries: readonly Entry[]): void {
  const startOf = (entry: Entry) => entry.relativeOffsetOfLocalHeader;
  const inOrder = entries.toSorted((one, other) => startOf(one) - startOf(other));
  for (const [index, entry] of inOrder.entries()) {
    const next = inOrder[index + 1];
    const end = startOf(entry) + LOCAL_HEADER + entry.fileNameRaw.length + entry.compressedSize;
    if (next === undefined || end <= startOf(next)) continue;
    const names = [entry, next].map((one) => quotedVisible(decodeName(one)));
    throw new FileProblem('EXT2102', `is a damaged zip archive: ${names.join(' and ')} share bytes`, again);
  }
}

export const again = 'copy it again, or pack it again';

async function openZip(access: RandomAccess): Promise<ZipFile> {
  try {
    const options = { autoClose: false, decodeStrings: false, validateEntrySizes: false };
    return await fromRandomAccessReaderPromise(new Access(access), access.size, options);
  } catch (error) {
    throw damaged(error);
  }
}

async function entriesOf(zip: ZipFile): Promise<Entry[]> {
  const entries: Entry[] = [];
  try {
    for await (const entry of zip.eachEntry()) entries.push(entry);
  } catch (error) {
    throw damaged(error);
  }
  return entries;
}

/** Errors of the service and of the disk stay what they are. */
function damaged(error: unknown): unknown {
  if (!(error instanceof Error) || 'code' in error) return error;
  const [, what] = reasons.find(([pattern]) => pattern.test(error.message)) ?? [
    /./,
    `is a damaged zip archive: ${visible(error.message)}`,
  ];
  return new FileProblem(
    'EXT2102',
    what,
    `${again}; if it is no archive, write compression: none in its format`,
  );
}

/** The messages of the library, and what they mean. */
const reasons: readonly (readonly [RegExp, string])[] = [
  [/end of central directory/i, 'is no zip archive, or is cut off: it has no directory at its end'],
  [/invalid comment length/i, 'is a damaged zip archive: something follows its end'],
];

function fileOf(entry: Entry): ArchivedFile | undefined {
  // Old programs of Windows write backslashes between folders.
  const name = decodeName(entry).replaceAll('\\', '/');
  const shown = quotedVisible(name);
  if (name.endsWith('/') || isOfSystem(name)) return undefined;
  const unsafe = unsafeName(name) ?? unsafeName(entry.fileNameRaw.toString('latin1').replaceAll('\\', '/'));
  if (unsafe !== undefined)
    throw refused(`has a file whose name ${shown} ${unsafe}`, 'pack it again with plain names');
  if (entry.isEncrypted())
    throw refused(
      `has the file ${shown}, which is encrypted`,
      'ask for it without a password: none is asked for here',
    );
  const { compressionMethod: method } = entry;
  if (method !== STORED && method !== DEFLATED) {
    throw refused(
      `has the file ${shown}, which is packed by method ${method}`,
      'pack it again as Deflate, the usual method of zip',
    );
  }
  if (method === STORED && entry.compressedSize !== entry.uncompressedSize)
    throw new FileProblem('EXT2102', `is damaged: ${shown} has two sizes`, again);
  return {
    name,
    rawName: entry.fileNameRaw,
    packedSize: entry.compressedSize,
    size: entry.uncompressedSize,
    crc32: entry.crc32,
    isDeflated: method === DEFLATED,
    offset: entry.relativeOffsetOfLocalHeader,
  };
}

function refused(what: string, hint: string): FileProblem {
  return new FileProblem('EXT2123', what, hint);
}

/** Returns true for files that an operating system adds to those that a user packs. */
function isOfSystem(name: string): boolean {
  return /^__MACOSX\/|(?:^|\/)(?:\._[^/]*|\.DS_Store|Thumbs\.db|desktop\.ini)$/i.test(name);
}

/** Adapts a RandomAccess to the reader that yauzl expects. */
class Access extends RandomAccessReader {
  readonly #access: RandomAccess;

  constructor(access: RandomAccess) {
    super();
    this.#access = access;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(rangeOf(this.#access, start, end), { objectMode: false });
  }

  // eslint-disable-next-line max-params -- the shape that yauzl calls
  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    this.#access.read(position, length).then(
      (bytes) => {
        bytes.copy(buffer, offset);
        callback(bytes.length < length ? new Error('unexpected EOF') : null);
      },
      (error: unknown) => callback(error as Error),
    );
  }

  override close(callback: (error: Error | null) => void): void {
    setImmediate(() => callback(null));
  }
}
