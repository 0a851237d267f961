import type { FileHead } from '../../sources/samples/index.ts';
import { unlike } from '../delimited/problems.ts';

/** Returns how the compression of a file is written in a format. */
export function packingOf({ bytes: { length }, isPacked, isSaidPacked }: FileHead): string {
  if (length === 0 || isPacked === isSaidPacked) return 'by-name';
  return isPacked ? 'gzip' : 'none';
}

/** Names and contents of all files agree, or all of them are packed, or none is. */
export function compressionOf(packings: ReadonlySet<string>): 'gzip' | 'none' | undefined {
  if (packings.size > 1)
    throw unlike('some files are packed with gzip as their names say, and others are not');
  const [only] = packings;
  return only === 'gzip' || only === 'none' ? only : undefined;
}
