import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** The additional checksums of S3, named as in `x-amz-checksum-NAME`; values travel as base64, big-endian. */
export const checksumNames = ['crc32', 'crc32c', 'crc64nvme', 'sha1', 'sha256'] as const;

export type ChecksumName = (typeof checksumNames)[number];

export interface Hasher {
  update(bytes: Uint8Array): void;
  digest(): Buffer;
}

export const checksumLength: Record<ChecksumName, number> = {
  crc32: 4,
  crc32c: 4,
  crc64nvme: 8,
  sha1: 20,
  sha256: 32,
};

export function createHasher(name: ChecksumName | 'md5'): Hasher {
  switch (name) {
    case 'crc32':
      return zlibCrc32();
    case 'crc32c':
      return crc32c();
    case 'crc64nvme':
      return crc64nvme();
    case 'md5':
    case 'sha1':
    case 'sha256': {
      const hash = createHash(name);
      return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest() };
    }
  }
}

function zlibCrc32(): Hasher {
  let value = 0;
  return {
    update: (bytes) => {
      value = crc32(bytes, value);
    },
    digest: () => bigEndian(value),
  };
}

/** Castagnoli: reflected polynomial 82F63B78. */
function crc32c(): Hasher {
  const table = (crc32cTable ??= crcTable(0n, 0x82f63b78n)).low;
  let value = 0xffffffff;
  return {
    update: (bytes) => {
      for (const byte of bytes) value = (value >>> 8) ^ table[(value ^ byte) & 0xff]!;
    },
    digest: () => bigEndian(~value),
  };
}

/** Reflected polynomial 9A6C9329AC4BC9B5, in two halves of 32 bits because BigInt is far too slow per byte. */
function crc64nvme(): Hasher {
  const { high: tableHigh, low: tableLow } = (crc64Table ??= crcTable(0x9a6c9329n, 0xac4bc9b5n));
  let high = 0xffffffff;
  let low = 0xffffffff;
  return {
    update: (bytes) => {
      for (const byte of bytes) {
        const index = (low ^ byte) & 0xff;
        low = ((low >>> 8) | (high << 24)) ^ tableLow[index]!;
        high = (high >>> 8) ^ tableHigh[index]!;
      }
    },
    digest: () => Buffer.concat([bigEndian(~high), bigEndian(~low)]),
  };
}

interface CrcTable {
  high: Uint32Array;
  low: Uint32Array;
}

let crc32cTable: CrcTable | undefined;
let crc64Table: CrcTable | undefined;

function crcTable(polynomialHigh: bigint, polynomialLow: bigint): CrcTable {
  const polynomial = (polynomialHigh << 32n) | polynomialLow;
  const table = { high: new Uint32Array(256), low: new Uint32Array(256) };
  for (let index = 0; index < 256; index++) {
    let value = BigInt(index);
    for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ polynomial : value >> 1n;
    table.high[index] = Number(value >> 32n);
    table.low[index] = Number(value & 0xffffffffn);
  }
  return table;
}

function bigEndian(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}
