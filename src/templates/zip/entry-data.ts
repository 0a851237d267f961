import type { FileHandle } from 'node:fs/promises';
import { RunError } from '../../model/errors/run-error.ts';
import { flag, stored, withoutZip64, zip64Numbers } from './records.ts';
import type { Header } from './records.ts';

interface Place {
  start: number;
  dataStart: number;
  end: number;
  localExtra: Buffer;
}

const max32 = 0xffff_ffff;

/** Finds the bytes of an entry and refuses one whose local header contradicts the central directory. */
// eslint-disable-next-line max-params -- no two of them belong together
export async function locateEntry(
  path: string,
  file: FileHandle,
  name: string,
  header: Header,
  start: number,
  fileSize: number,
): Promise<Place> {
  const lie = (what: string) =>
    new RunError('EXT4001', `${path} is not a sound zip archive: entry "${name}" ${what}`);
  if (header.method === stored && header.size !== header.compressedSize)
    throw lie('is stored with two sizes');
  const fixed = Buffer.alloc(30);
  const { bytesRead } = await file.read(fixed, 0, fixed.length, start);
  if (bytesRead < fixed.length || fixed.readUInt32LE(0) !== 0x0403_4b50) throw lie('has no local header');
  const nameLength = fixed.readUInt16LE(26);
  const rest = Buffer.alloc(nameLength + fixed.readUInt16LE(28));
  await file.read(rest, 0, rest.length, start + fixed.length);
  const [rawName, extra] = [rest.subarray(0, nameLength), rest.subarray(nameLength)];
  const dataStart = start + fixed.length + rest.length;
  const dataEnd = dataStart + header.compressedSize;
  if (dataEnd > fileSize) throw lie('reaches beyond the end of the file');
  if (!rawName.equals(header.rawName)) throw lie('has another name in its local header');
  const hasDescriptor = (header.flags & flag.descriptor) !== 0;
  if (fixed.readUInt16LE(6) !== header.flags || fixed.readUInt16LE(8) !== header.method) {
    throw lie('has other flags or another method in its local header');
  }
  if (!hasDescriptor && !agrees(fixed, extra, header))
    throw lie('has another size or checksum in its local header');
  const end = hasDescriptor ? await descriptorEnd(file, dataEnd, header) : dataEnd;
  if (end === undefined) throw lie('has no data descriptor that agrees with the directory');
  return { start, dataStart, end, localExtra: withoutZip64(extra) };
}

/** Overlapping entries are how a small archive unpacks to a huge one. */
export function refuseOverlaps(
  path: string,
  entries: readonly { name: string; start: number; end: number }[],
  directory: number,
): void {
  const inOrder = entries.toSorted((one, other) => one.start - other.start);
  inOrder.forEach((entry, n) => {
    const next = inOrder[n + 1];
    if (entry.end > (next?.start ?? directory)) {
      const what = next === undefined ? 'the central directory' : `entry "${next.name}"`;
      throw new RunError(
        'EXT4001',
        `${path} is not a sound zip archive: entry "${entry.name}" overlaps ${what}`,
      );
    }
  });
}

function agrees(fixed: Buffer, extra: Buffer, header: Header): boolean {
  const wide = zip64Numbers(extra);
  const read = (at: number) => {
    const narrow = fixed.readUInt32LE(at);
    return narrow === max32 ? (wide.shift() ?? narrow) : narrow;
  };
  // The ZIP64 field has the size first, the fixed part the compressed size.
  const size = read(22);
  const compressedSize = read(18);
  return (
    fixed.readUInt32LE(14) === header.crc32 &&
    size === header.size &&
    compressedSize === header.compressedSize
  );
}

/**
 * Returns the end of a descriptor. It is 12 or 20 bytes, with or without a signature of 4 before it: only its content
 * decides which.
 */
async function descriptorEnd(file: FileHandle, at: number, header: Header): Promise<number | undefined> {
  const bytes = Buffer.alloc(24);
  await file.read(bytes, 0, bytes.length, at);
  for (const skip of [4, 0]) {
    if (skip === 4 && bytes.readUInt32LE(0) !== 0x0807_4b50) continue;
    if (bytes.readUInt32LE(skip) !== header.crc32) continue;
    const narrow = [bytes.readUInt32LE(skip + 4), bytes.readUInt32LE(skip + 8)];
    if (narrow[0] === header.compressedSize && narrow[1] === header.size) return at + skip + 12;
    const wide = [bytes.readBigUInt64LE(skip + 4), bytes.readBigUInt64LE(skip + 12)].map(Number);
    if (wide[0] === header.compressedSize && wide[1] === header.size) return at + skip + 20;
  }
  return undefined;
}
