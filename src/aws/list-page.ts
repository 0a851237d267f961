import { NotS3 } from './answers.ts';
import type { Client } from './client.ts';
import type { Sdk } from './sdk.ts';

export interface ListQuery {
  bucket: string;
  prefix: string;
  /** The token of the page before. */
  after: string | undefined;
  delimiter?: string;
  /** The most entries of a page; the service has a limit of its own. */
  maxKeys?: number;
  requesterPays?: boolean;
}

/** One object of a listing. */
export interface ListedObject {
  key: string;
  /** The ETag without quotes; undefined if the service gives its objects none. */
  etag: string | undefined;
  size: number;
  modified: Date | undefined;
}

export interface ListedPage {
  objects: ListedObject[];
  /** The common prefixes of keys with the delimiter behind the prefix, with it. */
  prefixes: string[];
  next: string | undefined;
}

/**
 * Returns one page of a listing, in the order of keys. Fails with `NotS3` if it is not certain that all of the page is
 * here, and that there is a way to the next one: a listing that ends too early looks like objects that were deleted.
 */
export async function listPage(
  sdk: Sdk,
  client: Client,
  { bucket, prefix, after, delimiter, maxKeys, requesterPays = false }: ListQuery,
  signal: AbortSignal,
): Promise<ListedPage> {
  const command = new sdk.ListObjectsV2Command({
    Bucket: bucket,
    Prefix: prefix,
    // XML cannot hold all characters that a key can.
    EncodingType: 'url',
    ...(delimiter === undefined ? {} : { Delimiter: delimiter }),
    ...(maxKeys === undefined ? {} : { MaxKeys: maxKeys }),
    ...(after === undefined ? {} : { ContinuationToken: after }),
    ...(requesterPays ? { RequestPayer: 'requester' as const } : {}),
  });
  const unusable = (why: string) => new NotS3({ kind: 'unusable', why }, 200);
  const page = await client.send(command, { abortSignal: signal }).catch((error: unknown) => {
    throw isNotUnderstood(error) ? unusable(`a listing that cannot be read (${firstLine(error)})`) : error;
  });
  const decode = (text: string): string => {
    const key = page.EncodingType === 'url' ? decodeKey(text) : text;
    if (key === undefined) throw unusable('a listing with a key whose encoding is broken');
    if (!key.startsWith(prefix)) throw unusable(`a listing with "${key}", which was not asked for`);
    return key;
  };
  const objects = (page.Contents ?? []).map(({ Key, ETag, Size, LastModified }): ListedObject => {
    if (Key === undefined || Size === undefined)
      throw unusable('a listing with an object without key or size');
    const key = decode(Key);
    if (ETag === undefined && LastModified === undefined)
      throw unusable('a listing with an object that has neither an ETag nor a time');
    return { key, etag: ETag === undefined ? undefined : unquoted(ETag), size: Size, modified: LastModified };
  });
  const prefixes = (page.CommonPrefixes ?? []).map(({ Prefix }) => {
    if (Prefix === undefined) throw unusable('a listing with a common prefix without its text');
    return decode(Prefix);
  });
  const next = page.NextContinuationToken;
  const hasToken = next !== undefined && next !== '';
  if (page.IsTruncated === undefined)
    throw unusable('a listing that does not say whether more follows (IsTruncated)');
  if (!page.IsTruncated && hasToken)
    throw unusable('a listing that has no more pages and a token for the next one');
  if (!page.IsTruncated) return { objects, prefixes, next: undefined };
  if (!hasToken) throw unusable('a listing that has more pages and no token for the next one');
  if (next === after) throw unusable('the same page of a listing once more');
  return { objects, prefixes, next };
}

/** The SDK could not parse an answer that reports success. */
function isNotUnderstood(error: unknown): error is Error {
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return error instanceof Error && !(error instanceof NotS3) && $metadata?.httpStatusCode === 200;
}

/** The SDK's advice to its programmers is on the lines that follow. */
const firstLine = ({ message }: Error) => message.split('\n', 1)[0] ?? '';

/** S3 encodes keys as forms are: a blank is a plus. Undefined for bytes that are no UTF-8. */
function decodeKey(key: string): string | undefined {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/** Returns an ETag without its quotes; undefined if nothing is left. */
export function unquoted(etag: string): string | undefined {
  const text = etag.replace(/^"|"$/g, '');
  return text === '' ? undefined : text;
}
