import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { beginDraft, type DraftFile, type FileMark } from '../../disk/draft-file.ts';
import { reasonOf } from '../../disk/reason.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { copyRange, type FilePlace } from './copy.ts';
import { pack, type PackOptions } from './pack.ts';
import type { Compression } from '../../model/config/template.ts';
import type { PackSource } from './pack.ts';
import type { ZipArchive, ZipEntry } from './read.ts';
import { centralHeader, deflated, endRecords, flag, localHeader, needsZip64, stored } from './records.ts';
import type { Header } from './records.ts';

/** The parts of the new archive, in order. */
export type ZipPart =
  /** An entry of `from`, raw: the same bytes at another offset. */
  | { kind: 'copy'; entry: ZipEntry }
  /** New bytes in the place of an entry of `from`: its name, times, attributes, extra fields and comment stay. */
  | { kind: 'replace'; entry: ZipEntry; source: PackSource }
  | { kind: 'add'; name: string; source: PackSource };

export interface ZipOrder {
  target: string;
  parts: readonly ZipPart[];
  /** The archive that `copy` and `replace` speak of. Its comment is kept. */
  from?: ZipArchive;
  compression: Compression;
  signal?: AbortSignal | undefined;
  /** Looks at the finished file before it takes its name; what it throws leaves no file behind. */
  verify?: (path: string) => Promise<void>;
}

/**
 * Writes an archive beside its target, in a file that takes the target's name when it is complete and on the disk.
 * Sizes are in the local headers, not in data descriptors, and ZIP64 appears only where 32 bits are too few: so does
 * Tableau. Memory does not depend on the sizes of entries.
 *
 * Throws RunError EXT4005 (a file changed meanwhile) or EXT4006 (cannot write); an abort throws the signal's reason.
 */
export async function writeZip(order: ZipOrder): Promise<FileMark> {
  const { target, signal } = order;
  signal?.throwIfAborted();
  let draft: DraftFile | undefined;
  try {
    draft = await beginDraft(target);
    const file = await open(draft.path, 'wx');
    try {
      await writeParts(file, order);
    } finally {
      await file.close();
    }
    await order.verify?.(draft.path);
    signal?.throwIfAborted();
    return await draft.commit();
  } catch (cause) {
    await draft?.discard();
    signal?.throwIfAborted();
    throw isSystemError(cause) ? cannotWrite(target, cause) : cause;
  }
}

async function writeParts(file: FileHandle, { from, parts, compression, signal }: ZipOrder): Promise<void> {
  const original = from === undefined ? undefined : await reopen(from);
  try {
    const directory: Buffer[] = [];
    let at = 0;
    for (const part of parts) {
      if (part.kind === 'copy') {
        if (original === undefined) throw new Error('a copied entry needs the archive it comes from');
        const { entry } = part;
        await copyRange({ file: original, start: entry.start, end: entry.end }, { file, at }, signal);
        directory.push(centralHeader(entry, at, false));
        at += entry.end - entry.start;
        continue;
      }
      const written = await writeEntry({ file, at }, part, { compression, signal });
      directory.push(written.record);
      at = written.end;
    }
    const records = Buffer.concat(directory);
    const end = endRecords(parts.length, records.length, at, from?.comment ?? Buffer.alloc(0));
    await file.write(Buffer.concat([records, end]), 0, records.length + end.length, at);
  } finally {
    await original?.close();
  }
}

/** The sizes are known only after the data: the header is written first with room for them, and again at the end. */
async function writeEntry(
  { file, at }: FilePlace,
  part: Exclude<ZipPart, { kind: 'copy' }>,
  options: PackOptions,
): Promise<{ record: Buffer; end: number }> {
  const { compression } = options;
  const blank =
    part.kind === 'replace' ? headerLike(part.entry, compression) : newHeader(part.name, compression);
  const localExtra = part.kind === 'replace' ? part.entry.localExtra : Buffer.alloc(0);
  const zip64 = needsZip64(part.source.size);
  const room = localHeader(blank, localExtra, zip64).length;
  const packed = await pack(part.source, { file, at: at + room }, options);
  const header: Header = { ...blank, ...packed };
  await file.write(localHeader(header, localExtra, zip64), 0, room, at);
  return { record: centralHeader(header, at, zip64), end: at + room + packed.compressedSize };
}

/** The bits 1 and 2 of each level, which say how hard deflate tried; Tableau writes "super fast", 6. */
const levelBits: Record<Compression, number> = { store: 0, fast: 6, best: 2 };

function headerLike(entry: ZipEntry, compression: Compression): Header {
  const flags = (entry.flags & flag.utf8) | levelBits[compression];
  return { ...entry, flags, method: compression === 'store' ? stored : deflated };
}

/** The earliest time MS-DOS knows: an archive made twice from the same files is the same, byte for byte. */
const epoch = { time: 0, date: (1 << 5) | 1 };

function newHeader(name: string, compression: Compression): Header {
  const rawName = Buffer.from(name, 'utf8');
  const flags = (rawName.length === name.length ? 0 : flag.utf8) | levelBits[compression];
  return {
    versionMadeBy: 20,
    versionNeeded: 20,
    flags,
    method: compression === 'store' ? stored : deflated,
    ...epoch,
    crc32: 0,
    compressedSize: 0,
    size: 0,
    internalAttributes: 0,
    externalAttributes: 0,
    rawName,
    extra: Buffer.alloc(0),
    comment: Buffer.alloc(0),
  };
}

async function reopen(zip: ZipArchive): Promise<FileHandle> {
  const file = await open(zip.path, 'r');
  const { size, mtimeMs } = await file.stat();
  if (size === zip.fileSize && mtimeMs === zip.modified) return file;
  await file.close();
  throw new RunError('EXT4005', `${zip.path} was changed while it was being read`, { hint: 'run it again' });
}

function cannotWrite(target: string, cause: unknown): RunError {
  return new RunError('EXT4006', `cannot write ${target}: ${reasonOf(cause)}`, { cause });
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
