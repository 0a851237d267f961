import { foreign } from '../../model/errors/secrets.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { foreignContent, HEAD_BYTES, isGzipHead } from '../delimited/foreign-content.ts';
import { FileProblem } from '../delimited/file-problem.ts';
import { gunzip } from '../delimited/gunzip.ts';
import { peek } from '../delimited/peek.ts';
import { ParquetError } from '../parquet/index.ts';
import { readFooter, type ParquetFooter, type RandomAccess } from '../parquet/footer.ts';

/** Reads so many bytes of a file at most, unpacked. Throws a RunError for files that are not text. */
export async function readHead(
  raw: AsyncIterable<Buffer>,
  shown: string,
  most: number,
): Promise<{ bytes: Buffer; isWhole: boolean; isPacked: boolean }> {
  const { head, all } = await peek(raw, HEAD_BYTES);
  const isPacked = isGzipHead(head);
  if (!isPacked) refuseForeign(head, shown);
  try {
    const read = await firstBytes(isPacked ? gunzip(all) : all, most);
    if (isPacked) refuseForeign(read.bytes.subarray(0, HEAD_BYTES), shown);
    return { ...read, isPacked };
  } catch (error) {
    throw explained(error, shown);
  }
}

async function firstBytes(
  chunks: AsyncIterable<Buffer>,
  most: number,
): Promise<{ bytes: Buffer; isWhole: boolean }> {
  const kept: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    // Its memory may be used again for the next one.
    kept.push(Buffer.from(chunk));
    length += chunk.length;
    if (length > most) return { bytes: Buffer.concat(kept).subarray(0, most), isWhole: false };
  }
  return { bytes: Buffer.concat(kept), isWhole: true };
}

/** The remedies of the reader are keys of a format; here nothing is configured yet. */
function refuseForeign(head: Buffer, shown: string): void {
  const content = foreignContent(head, 'utf-8');
  if (content === undefined || content.what.startsWith('is text in UTF-16')) return;
  const isPacked = content.what.startsWith('is packed with gzip');
  throw new RunError('EXT2110', `${shown} ${isPacked ? 'is packed with gzip twice' : content.what}`, {
    hint:
      waysOut.find(([what]) => content.what.startsWith(what))?.[1] ??
      `${content.remedy}, or leave it out of the pattern`,
  });
}

/** The ways to import what is no text, by the beginning of the sentence about it. */
const waysOut: readonly (readonly [string, string])[] = [
  ['is a Parquet file', 'extracts import parquet reads it'],
  ['is packed with gzip', 'unpack it once'],
  [
    'is a zip archive',
    'unpack one of its files and import that; a pipeline reads the archive with format: {type: csv, compression: zip} in its source',
  ],
  ['is an Excel workbook', 'extracts import xlsx reads it'],
];

/** Returns what a Parquet file says about itself. Throws a RunError for others. */
export async function footerOf(source: RandomAccess, shown: string): Promise<ParquetFooter> {
  if (source.size === 0)
    throw new RunError('EXT2111', `${shown} is empty`, {
      hint: 'leave it out of the pattern, or write the file again',
    });
  try {
    return await readFooter(source);
  } catch (error) {
    throw explained(error, shown);
  }
}

/** Returns an error of a file as one that names it. */
export function explained(error: unknown, shown: string): unknown {
  if (error instanceof RunError) return error;
  if (error instanceof FileProblem)
    return new RunError(error.code, `${shown} ${error.message}`, { hint: error.hint, cause: error });
  if (error instanceof ParquetError) {
    const hint =
      error.reason === 'not-parquet'
        ? 'extracts import csv reads text; otherwise leave it out of the pattern'
        : 'write the file again, or leave it out of the pattern';
    return new RunError('EXT2102', `${shown} ${error.message}`, { hint, cause: error });
  }
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return error;
  return new RunError('EXT2102', `cannot read ${shown}: ${foreign(message)}`, {
    hint: 'check that the file is there and may be read',
    cause: error,
  });
}
