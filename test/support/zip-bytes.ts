import { crc32, deflateRawSync } from 'node:zlib';

/** A file of an archive, and how it is packed; sound in all that is not set. */
export interface ZipMember {
  name: string | Buffer;
  content: string | Buffer;
  /** General purpose bits: 1 is encrypted, 8 a data descriptor, 0x800 a name in UTF-8. */
  flags?: number;
  method?: number;
  /** Lies in the directory. */
  size?: number;
  crc?: number;
  /** The number of the member at which this one begins, too. */
  sharesWith?: number;
  /** The name in the local header. */
  localName?: string;
  /** Sizes and offset are in the ZIP64 fields. */
  isWide?: boolean;
}

/** Archives that a test makes byte by byte, so that they may be as wrong as those of the world. */
export function zipBytes(members: readonly ZipMember[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  const offsets: number[] = [];
  let offset = 0;
  for (const member of members) {
    const { local, central } = recordsOf(member, offsets[member.sharesWith ?? -1] ?? offset);
    offsets.push(offset);
    parts.push(local);
    directory.push(central);
    offset += local.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x0605_4b50, 0);
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, list, end]);
}

function recordsOf(member: ZipMember, offset: number): { local: Buffer; central: Buffer } {
  const { method = 8, flags = 0x800, isWide = false } = member;
  const name = Buffer.from(member.name);
  const content = Buffer.from(member.content);
  const packed = method === 8 ? deflateRawSync(content) : content;
  const crc = member.crc ?? crc32(content);
  const size = member.size ?? content.length;
  const isDescribed = (flags & 8) !== 0;
  const shared = (isLocal: boolean) => {
    const bytes = Buffer.alloc(20);
    bytes.writeUInt16LE(flags, 0);
    bytes.writeUInt16LE(method, 2);
    const isLater = isLocal && isDescribed;
    bytes.writeUInt32LE(isLater ? 0 : crc, 8);
    bytes.writeUInt32LE(isLater ? 0 : isWide ? 0xffff_ffff : packed.length, 12);
    bytes.writeUInt32LE(isLater ? 0 : isWide ? 0xffff_ffff : size, 16);
    return bytes;
  };
  const wide = Buffer.alloc(isWide ? 20 : 0);
  if (isWide) {
    wide.writeUInt16LE(1, 0);
    wide.writeUInt16LE(16, 2);
    wide.writeBigUInt64LE(BigInt(size), 4);
    wide.writeBigUInt64LE(BigInt(packed.length), 12);
  }
  const localName = Buffer.from(member.localName ?? member.name);
  const lengths = (after: number, { length } = name) => {
    const bytes = Buffer.alloc(after);
    bytes.writeUInt16LE(length, 0);
    bytes.writeUInt16LE(wide.length, 2);
    return bytes;
  };
  const head = (signature: number, versions: number) => {
    const bytes = Buffer.alloc(versions + 4);
    bytes.writeUInt32LE(signature, 0);
    bytes.writeUInt16LE(45, 4);
    return bytes;
  };
  const descriptor = Buffer.alloc(isDescribed ? 16 : 0);
  if (isDescribed) {
    descriptor.writeUInt32LE(0x0807_4b50, 0);
    descriptor.writeUInt32LE(crc, 4);
    descriptor.writeUInt32LE(packed.length, 8);
    descriptor.writeUInt32LE(size, 12);
  }
  const tail = lengths(18);
  tail.writeUInt32LE(offset, 14);
  return {
    local: Buffer.concat([
      ...[head(0x0403_4b50, 2), shared(true), lengths(4, localName), localName, wide, packed, descriptor],
    ]),
    central: Buffer.concat([head(0x0201_4b50, 4), shared(false).subarray(0, 20), tail, name, wide]),
  };
}
