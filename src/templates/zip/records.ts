/**
 * The records of a ZIP archive, as PKWARE's APPNOTE.TXT 6.3 lays them out. Only what archives of Tableau
 * need: methods 0 (stored) and 8 (deflated), one disk, no encryption, ZIP64 where sizes ask for it.
 */

export const stored = 0;
export const deflated = 8;

/** General purpose bits. */
export const flag = {
  encrypted: 1 << 0,
  descriptor: 1 << 3,
  strongEncryption: 1 << 6,
  utf8: 1 << 11,
  masked: 1 << 13,
};

/** The facts about an entry that both the local header and the central directory hold. */
export interface Header {
  versionMadeBy: number;
  versionNeeded: number;
  flags: number;
  method: number;
  /** MS-DOS time and date, kept as they are. */
  time: number;
  date: number;
  crc32: number;
  compressedSize: number;
  size: number;
  internalAttributes: number;
  externalAttributes: number;
  rawName: Buffer;
  /** The extra fields without ZIP64, which depends on the sizes and is written again. */
  extra: Buffer;
  comment: Buffer;
}

const max16 = 0xffff;
const max32 = 0xffff_ffff;
const zip64Id = 1;

/**
 * Returns true if sizes like these need 64 bits. Deflate grows incompressible data by at most 5 bytes per 16 KiB
 * block.
 */
export function needsZip64(size: number): boolean {
  return size + Math.ceil(size / 16_000) * 5 + 64 >= max32;
}

/** A local header with its sizes in it: Tableau writes no data descriptors. `extra` is that of the local header. */
export function localHeader(header: Header, extra: Buffer, zip64: boolean): Buffer {
  const field = zip64 ? zip64Field([header.size, header.compressedSize]) : Buffer.alloc(0);
  const fixed = Buffer.alloc(30);
  fixed.writeUInt32LE(0x0403_4b50, 0);
  fixed.writeUInt16LE(zip64 ? Math.max(header.versionNeeded, 45) : header.versionNeeded, 4);
  writeShared(fixed, 6, header, zip64);
  fixed.writeUInt16LE(header.rawName.length, 26);
  fixed.writeUInt16LE(field.length + extra.length, 28);
  return Buffer.concat([fixed, header.rawName, field, extra]);
}

/** The record of an entry in the central directory; `offset` is that of its local header. */
export function centralHeader(header: Header, offset: number, zip64: boolean): Buffer {
  const needsSizes = zip64 || header.size >= max32 || header.compressedSize >= max32;
  const wide = [
    ...(needsSizes ? [header.size, header.compressedSize] : []),
    ...(offset >= max32 ? [offset] : []),
  ];
  const field = wide.length > 0 ? zip64Field(wide) : Buffer.alloc(0);
  const fixed = Buffer.alloc(46);
  fixed.writeUInt32LE(0x0201_4b50, 0);
  fixed.writeUInt16LE(header.versionMadeBy, 4);
  fixed.writeUInt16LE(wide.length > 0 ? Math.max(header.versionNeeded, 45) : header.versionNeeded, 6);
  writeShared(fixed, 8, header, needsSizes);
  fixed.writeUInt16LE(header.rawName.length, 28);
  fixed.writeUInt16LE(field.length + header.extra.length, 30);
  fixed.writeUInt16LE(header.comment.length, 32);
  fixed.writeUInt16LE(header.internalAttributes, 36);
  fixed.writeUInt32LE(header.externalAttributes, 38);
  fixed.writeUInt32LE(Math.min(offset, max32), 42);
  return Buffer.concat([fixed, header.rawName, field, header.extra, header.comment]);
}

/**
 * Returns the records after the central directory: the ZIP64 records if anything overflows, and the end record with
 * the comment.
 */
export function endRecords(
  count: number,
  directorySize: number,
  directoryOffset: number,
  comment: Buffer,
): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x0605_4b50, 0);
  end.writeUInt16LE(Math.min(count, max16), 8);
  end.writeUInt16LE(Math.min(count, max16), 10);
  end.writeUInt32LE(Math.min(directorySize, max32), 12);
  end.writeUInt32LE(Math.min(directoryOffset, max32), 16);
  end.writeUInt16LE(comment.length, 20);
  if (count < max16 && directorySize < max32 && directoryOffset < max32) return Buffer.concat([end, comment]);
  const end64 = Buffer.alloc(56);
  end64.writeUInt32LE(0x0606_4b50, 0);
  end64.writeBigUInt64LE(44n, 4);
  end64.writeUInt16LE(45, 12);
  end64.writeUInt16LE(45, 14);
  end64.writeBigUInt64LE(BigInt(count), 24);
  end64.writeBigUInt64LE(BigInt(count), 32);
  end64.writeBigUInt64LE(BigInt(directorySize), 40);
  end64.writeBigUInt64LE(BigInt(directoryOffset), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x0706_4b50, 0);
  locator.writeBigUInt64LE(BigInt(directoryOffset + directorySize), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([end64, locator, end, comment]);
}

/** An extra field without its ZIP64 part; bytes that are no well-formed field stay where they are. */
export function withoutZip64(extra: Buffer): Buffer {
  const kept: Buffer[] = [];
  let at = 0;
  while (at + 4 <= extra.length) {
    const end = at + 4 + extra.readUInt16LE(at + 2);
    if (end > extra.length) break;
    if (extra.readUInt16LE(at) !== zip64Id) kept.push(extra.subarray(at, end));
    at = end;
  }
  return Buffer.concat([...kept, extra.subarray(at)]);
}

/** The 64-bit numbers of the ZIP64 field, in their order, if there is one. */
export function zip64Numbers(extra: Buffer): number[] {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    const length = extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) !== zip64Id) continue;
    const field = extra.subarray(at + 4, at + 4 + length);
    return Array.from({ length: Math.floor(field.length / 8) }, (_, n) =>
      Number(field.readBigUInt64LE(n * 8)),
    );
  }
  return [];
}

function writeShared(record: Buffer, at: number, header: Header, zip64: boolean): void {
  record.writeUInt16LE(header.flags, at);
  record.writeUInt16LE(header.method, at + 2);
  record.writeUInt16LE(header.time, at + 4);
  record.writeUInt16LE(header.date, at + 6);
  record.writeUInt32LE(header.crc32, at + 8);
  record.writeUInt32LE(zip64 ? max32 : header.compressedSize, at + 12);
  record.writeUInt32LE(zip64 ? max32 : header.size, at + 16);
}

function zip64Field(numbers: readonly number[]): Buffer {
  const field = Buffer.alloc(4 + numbers.length * 8);
  field.writeUInt16LE(zip64Id, 0);
  field.writeUInt16LE(numbers.length * 8, 2);
  numbers.forEach((number, n) => field.writeBigUInt64LE(BigInt(number), 4 + n * 8));
  return field;
}
