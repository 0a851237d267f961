import { explainS3, staleObject } from '../../aws/explain-error.ts';
import { retrying } from '../../aws/retry.ts';
import { RunError } from '../../model/errors/run-error.ts';
import type { FoundObject } from './bucket.ts';
import type { Reader } from './reader.ts';
import type { Version } from './same-version.ts';

/** The object that was asked for, as a plan has seen it. */
export type Seen = Pick<Version, 'key' | 'etag'> & Partial<Pick<Version, 'size' | 'modified'>>;

/**
 * Returns whether an error says that an object is another one than the plan saw although the bucket still lists that one:
 * a service or proxy that contradicts itself. Planning again would not help then, but asking again may.
 */
export async function isContradicted(
  error: unknown,
  reader: Reader,
  seen: Seen,
  signal: AbortSignal,
): Promise<boolean> {
  if (!(error instanceof RunError) || error.code !== staleObject) return false;
  const listed = await listAgain(reader, seen.key, signal);
  if (listed === undefined || (seen.size !== undefined && listed.size !== seen.size)) return false;
  return seen.etag === undefined
    ? listed.etag === undefined && listed.modified === seen.modified
    : listed.etag === seen.etag;
}

/**
 * Returns the object of a key in a new listing. The prefix ends before the first character that services encode in ways
 * of their own: some list "a%20b" and know only "a b".
 */
async function listAgain(
  { bucket, patience, source }: Reader,
  wanted: string,
  signal: AbortSignal,
): Promise<FoundObject | undefined> {
  const prefix = /^[\w./-]*/.exec(wanted)?.[0] ?? '';
  let after: string | undefined;
  try {
    do {
      const from = after;
      const page = await retrying((one) => bucket.list(prefix, from, one), patience, signal);
      const found = page.objects.find(({ key }) => key === wanted);
      if (found !== undefined) return found;
      after = page.next;
    } while (after !== undefined);
  } catch (reason) {
    signal.throwIfAborted();
    // Without a listing nothing contradicts the answer, which is reported.
    const explained = explainS3(reason, source, { list: prefix });
    if (!(explained instanceof RunError)) throw explained;
  }
  return undefined;
}

/** The error where a second request was answered like the first. */
export function contradiction({ source }: Reader, { key, etag }: Seen, error: unknown): RunError {
  const listed = etag === undefined ? 'as it was' : `with the ETag "${etag}"`;
  const said = error instanceof RunError ? error.message : String(error);
  return new RunError(
    'EXT2214',
    `s3://${source.bucket}/${key} is listed ${listed}, but requests for it are answered otherwise: ${said}`,
    {
      hint: 'the listing and the objects of this service contradict each other, so none of it was used; check how it answers If-Match, and proxies in between',
      place: source.place,
      cause: error,
    },
  );
}
