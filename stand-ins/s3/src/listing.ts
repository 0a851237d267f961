import { compareKeys, firstIndex } from './key-order.ts';

export interface ListingQuery {
  prefix: string;
  /** Empty: none. */
  delimiter: string;
  /** Start behind this key, or behind everything that begins with this common prefix. */
  after?: Position | undefined;
  maxKeys: number;
}

export type Position = { readonly key: string } | { readonly commonPrefix: string };

export interface Listing {
  keys: string[];
  commonPrefixes: string[];
  /** The start of the next page; absent on the last page. */
  next?: Position;
}

/**
 * One page of a listing over sorted keys: a key is shown itself, or, when the delimiter occurs in it behind the
 * prefix, as the common prefix up to and including the delimiter. Both count against `maxKeys`.
 */
export function listPage(sorted: readonly string[], query: ListingQuery): Listing {
  const page: Listing = { keys: [], commonPrefixes: [] };
  if (query.maxKeys === 0) return page;

  let index = startIndex(sorted, query);
  let last: Position | undefined;
  for (let key = sorted[index]; key?.startsWith(query.prefix); key = sorted[index]) {
    if (page.keys.length + page.commonPrefixes.length === query.maxKeys) {
      return last ? { ...page, next: last } : page;
    }
    const commonPrefix = commonPrefixOf(key, query);
    if (commonPrefix === undefined) {
      page.keys.push(key);
      last = { key };
      index++;
    } else {
      page.commonPrefixes.push(commonPrefix);
      last = { commonPrefix };
      index = indexBehind(sorted, commonPrefix, index);
    }
  }
  return page;
}

function startIndex(sorted: readonly string[], query: ListingQuery): number {
  const { prefix, after } = query;
  const first = firstIndex(sorted.length, (index) => compareKeys(sorted[index]!, prefix) >= 0);
  if (!after) return first;
  if ('commonPrefix' in after) {
    const start = firstIndex(sorted.length, (index) => compareKeys(sorted[index]!, after.commonPrefix) >= 0);
    return Math.max(first, indexBehind(sorted, after.commonPrefix, start));
  }
  return Math.max(
    first,
    firstIndex(sorted.length, (index) => compareKeys(sorted[index]!, after.key) > 0),
  );
}

/**
 * Returns the index behind a prefix. Keys with a common prefix are adjacent, so the end of their run is found by
 * halving.
 */
function indexBehind(sorted: readonly string[], prefix: string, from: number): number {
  return firstIndex(sorted.length, (index) => !sorted[index]!.startsWith(prefix), from);
}

function commonPrefixOf(key: string, { prefix, delimiter }: ListingQuery): string | undefined {
  if (delimiter === '') return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}
