/** Looks into files for an import: their first bytes or their footers, and nothing else. */
import { createReadStream } from 'node:fs';
import type { FileSource, S3Source } from '../../model/config/source.ts';
import { withEndpoint } from '../../aws/endpoint.ts';
import { patience } from '../../aws/retry.ts';
import { listFiles, type FoundFile } from '../file/list.ts';
import { isNamedGzip } from '../delimited/text.ts';
import { withFile } from '../parquet/index.ts';
import type { FoundObject } from '../s3/bucket.ts';
import { openBuckets } from '../s3/buckets.ts';
import { listObjects } from '../s3/list.ts';
import { objectAccess } from '../s3/object-access.ts';
import { bytesOf } from '../s3/objects.ts';
import { ReadAhead } from '../s3/read-ahead.ts';
import { limits, processBudget, type Reader } from '../s3/reader.ts';
import { proxyFor, type Variables } from '../../model/base/proxy.ts';
import { explained, footerOf, readHead } from './head.ts';
import type { FileHead, FileListing, ListedFile } from './listing.ts';

export type { FileHead, FileListing, ListedFile } from './listing.ts';

/** Lists the local files of a source. `show` gives the name for messages of a path that is relative to the pipeline file. */
export async function listLocal(source: FileSource, show: (path: string) => string): Promise<FileListing> {
  const files = await listFiles(source);
  return {
    files: files.map((file) => localFile({ ...file, shown: show(file.shown) })),
    close: () => Promise.resolve(),
  };
}

function localFile(file: FoundFile): ListedFile {
  const { absolute, shown, size } = file;
  return {
    shown,
    size,
    async head(most, signal) {
      const raw = createReadStream(absolute, { signal, highWaterMark: 64 * 1024 });
      try {
        return { ...(await readHead(raw, shown, most)), isSaidPacked: isNamedGzip(file) };
      } finally {
        raw.destroy();
      }
    },
    footer: () => withFile(absolute, (access) => footerOf(access, shown)),
    open: (use) => opened(withFile(absolute, use), shown),
  };
}

/** Lists the objects of a source. The variables hold HTTPS_PROXY and NO_PROXY. */
export async function listBucket(
  source: S3Source,
  variables: Variables,
  signal: AbortSignal,
): Promise<FileListing> {
  const buckets = openBuckets((url) => proxyFor(url, variables));
  try {
    const reachable = await withEndpoint(source);
    const bucket = await buckets.open(reachable);
    const reader: Reader = { source: reachable, bucket, patience, limits, budget: processBudget };
    const objects = await listObjects(reader, signal, () => undefined);
    return { files: objects.map((object) => objectFile(reader, object)), close: () => buckets.close() };
  } catch (error) {
    await buckets.close();
    throw error;
  }
}

function objectFile(reader: Reader, object: FoundObject): ListedFile {
  const { shown, size } = object;
  return {
    shown,
    size,
    head: (most, signal) => headOfObject(reader, object, most, signal),
    footer: (signal) => footerOf(objectAccess(reader, object, signal), shown),
    open: (use, signal) => opened(use(objectAccess(reader, object, signal)), shown),
  };
}

async function opened<T>(read: Promise<T>, shown: string): Promise<T> {
  try {
    return await read;
  } catch (error) {
    throw explained(error, shown);
  }
}

/** One request for as many bytes as are wanted of it, and others only if they are packed so well. */
async function headOfObject(
  reader: Reader,
  object: FoundObject,
  most: number,
  signal: AbortSignal,
): Promise<FileHead> {
  const range = Math.min(most + 1, reader.limits.range);
  const ahead = new ReadAhead({ ...reader, limits: { requests: 1, bytes: range, range } }, [object]);
  const raw = bytesOf(ahead, object, signal);
  try {
    const read = await readHead(raw, object.shown, most);
    const isEncoded = /\bx?-?gzip\b/i.test(ahead.contentEncoding ?? '');
    return { ...read, isSaidPacked: isNamedGzip(object) || isEncoded };
  } finally {
    raw.destroy();
    ahead.close();
  }
}
