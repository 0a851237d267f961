import { child, type Diagnostic } from '../../model/errors/diagnostic.ts';
import { bytes, counted, grouped } from '../../model/base/numbers.ts';
import { visible } from '../../model/base/visible.ts';
import type { S3Source } from '../../model/config/source.ts';
import { emptyMatch } from '../by-file/empty-match.ts';
import { globMatcher, keyGlobs, literalPrefix } from '../globs.ts';
import { NotS3 } from '../../aws/answers.ts';
import type { FoundObject } from './bucket.ts';
import { explainS3 } from '../../aws/explain-error.ts';
import type { Reader } from './reader.ts';
import { retrying } from '../../aws/retry.ts';

/** The number of keys after which a long listing reports its progress again. */
const reportEvery = 10_000;

/**
 * The objects that a source means now, in the order of their keys (by code unit, the same on every machine).
 * Pages are forgotten once their keys were compared: memory is that of the objects that match.
 */
export async function listObjects(
  { source, bucket, patience }: Reader,
  signal: AbortSignal,
  tell: (progress: string) => void,
): Promise<FoundObject[]> {
  const matches = keyMatcher(source);
  const found = new Map<string, FoundObject>();
  let seen = 0;
  for (const prefix of prefixesOf(source.match)) {
    let after: string | undefined;
    const beginnings = new Set<string>();
    do {
      const from = after;
      const page = await retrying((one) => bucket.list(prefix, from, one), patience, signal).catch(
        (error: unknown) => {
          throw explainS3(error, source, { list: prefix });
        },
      );
      requireOtherPage({ first: page.objects[0]?.key, next: page.next }, beginnings, source, prefix);
      for (const object of page.objects) if (matches(object.key)) found.set(object.key, object);
      const before = seen;
      seen += page.keys;
      if (Math.floor(seen / reportEvery) > Math.floor(before / reportEvery)) {
        tell(`s3://${source.bucket}/${prefix}: ${grouped(seen)} keys listed, ${grouped(found.size)} match`);
      }
      after = page.next;
    } while (after !== undefined);
  }
  return [...found.values()].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

/** Fails if a service that ignores tokens begins again, with another token each time: that would never end. */
export function requireOtherPage(
  { first, next }: { first: string | undefined; next: string | undefined },
  beginnings: Set<string>,
  source: S3Source,
  prefix: string,
): void {
  if (first === undefined) return;
  if (beginnings.has(first)) {
    const reason = new NotS3({ kind: 'unusable', why: 'the same page of a listing once more' }, 200);
    throw explainS3(reason, source, { list: prefix });
  }
  if (next !== undefined) beginnings.add(first);
}

/** Returns the test for keys that a source reads. */
export function keyMatcher({ match, exclude }: S3Source): (key: string) => boolean {
  // A key with brackets in it may have been meant literally.
  const wanted = match.map((pattern) => {
    const matches = globMatcher(pattern, keyGlobs);
    return (key: string) => key === pattern || matches(key);
  });
  const unwanted = exclude.map((pattern) => globMatcher(pattern, keyGlobs));
  return (key) => wanted.some((is) => is(key)) && !unwanted.some((is) => is(key));
}

/** Returns the common beginnings of the keys of patterns; a prefix that begins with another one is listed by that. */
export function prefixesOf(patterns: readonly string[]): string[] {
  const prefixes = [...new Set(patterns.map(literalPrefix))].sort();
  return prefixes.filter((prefix) => !prefixes.some((other) => other !== prefix && prefix.startsWith(other)));
}

/** An empty match is an error, not an empty extract; a match of far too much is one before it is read. */
export function amountProblems(source: S3Source, objects: readonly FoundObject[]): Diagnostic[] {
  const patterns = source.match.map((pattern) => `"${visible(pattern)}"`).join(', ');
  const size = objects.reduce((sum, object) => sum + object.size, 0);
  if (objects.length < source.minFiles) {
    const message =
      objects.length === 0
        ? `no object of s3://${source.bucket} matches ${patterns}`
        : `${objects.length} of at least ${source.minFiles} objects of s3://${source.bucket} match ${patterns}`;
    const hint = matchHint(source, objects.length);
    return [{ code: 'EXT2101', severity: 'error', message, hint, place: child(source.place, 'match') }];
  }
  if (source.maxBytes !== undefined && size > source.maxBytes) {
    const message = `${counted(objects.length, 'object')} of s3://${source.bucket} with ${bytes(size)} match ${patterns}; at most ${bytes(source.maxBytes)} are allowed`;
    const hint = 'narrow match, or raise max_bytes';
    return [{ code: 'EXT2106', severity: 'error', message, hint, place: source.place }];
  }
  return [];
}

function matchHint({ match }: S3Source, found: number): string {
  const [first = ''] = match;
  const [, key] = /^s3:\/\/[^/]+\/(.+)$/i.exec(first) ?? [];
  if (key !== undefined) return `a pattern is a key without its bucket: write match: ${JSON.stringify(key)}`;
  if (found === 0 && !/[*?[\]{}()!]/.test(first) && !/\.[a-z0-9]+$/i.test(first)) {
    const folder = first.replace(/^\//, '').replace(/\/?$/, '/');
    return `a pattern matches whole keys: for all keys that begin with ${folder} write match: ${JSON.stringify(`${folder}**`)}`;
  }
  if (first.startsWith('/'))
    return `keys have no leading slash: write match: ${JSON.stringify(first.slice(1))}`;
  return `letter case matters; ${emptyMatch}`;
}
