import { child, type Diagnostic, type Place } from '../../model/errors/diagnostic.ts';
import { counted, grouped } from '../../model/base/numbers.ts';
import { quotedVisible, visible } from '../../model/base/visible.ts';
import { sourceKinds } from '../../model/config/source-kinds.ts';
import type * as Written from '../../model/config/written.gen.ts';
import type { FoundFolder, ItemsAnswer } from '../../model/ports/source-port.ts';
import { codes } from '../codes.ts';
import { isPlaceholder } from '../references/reference-text.ts';
import type { LoadedFile } from '../read/loaded-file.ts';
import { notReadable, realPathOf } from '../read/readable.ts';
import type { RefusePath } from '../../model/config/readable-paths.ts';
import { problem } from '../problem.ts';
import { readItemsFile } from './file.ts';
import { alike } from '../../model/config/key-of-name.ts';
import { itemsOfFolders, type BlockedFolder } from './folders.ts';
import { checkItems, type Item, type Listed } from './item.ts';
import { folderAt, originProblem, underProblem, wayOf, ways, type Way } from './ways.ts';

export type { Item } from './item.ts';

/** The settings of `for_each`, with its items if files alone supply them. */
export interface Family {
  place: Place;
  written: Written.ForEach;
  /** The items, or undefined if something must be asked for them, or if the list has an error. */
  items: readonly Item[] | undefined;
  /** Folders that are no items; the others are. */
  blocked?: readonly BlockedFolder[];
  /** Something must be asked for the items. */
  asks?: Asks | undefined;
  /** The keys that are asked for; undefined for all. */
  keys?: WantedKeys | undefined;
  problems: readonly Diagnostic[];
  /** Files that were read for it. */
  files: readonly LoadedFile[];
}

/** Keys by their normal form: keys with the same form may be the same to a flag, a file system or a variable. */
export type WantedKeys = ReadonlyMap<string, string>;

export type Asks =
  | { kind: 'query'; query: Written.ForEachQuery }
  | { kind: 'prefixes'; source: string; under: string }
  /** An absolute path, and as messages show it. */
  | { kind: 'folders'; path: string; shown: string };

/** The answer about a family: the rows of its query, or the folders. */
export type Answer = ItemsAnswer | { folders: readonly FoundFolder[] };

export const mostItems = ({ max = 1000 }: Written.ForEach): number => max;

export interface FamilyContext {
  whole: unknown;
  loaded: LoadedFile;
  sources: Written.Pipeline['sources'];
  refusePath: RefusePath;
  keys?: WantedKeys | undefined;
}

/** `written` is the part under for_each with its references replaced; `whole` the same with what is misshapen. */
export function readFamily(written: Written.ForEach, context: FamilyContext): Family {
  const { whole, loaded, sources, refusePath, keys } = context;
  const place: Place = { file: loaded.file, pointer: '/for_each' };
  const family: Family = { place, written, items: undefined, keys, problems: [], files: [] };
  const way = wayOf(written, whole, place);
  if (way === undefined) return family;
  if (typeof way !== 'string') return { ...family, problems: [way] };
  switch (way) {
    case 'query':
    case 'prefixes': {
      const found =
        originProblem(written[way]?.source ?? '', sources, child(place, way, 'source')) ??
        underProblem(written.prefixes?.under, child(place, 'prefixes', 'under'));
      return found === undefined
        ? { ...family, asks: asksOf(way, written) }
        : { ...family, problems: [found] };
    }
    case 'folders':
      return readFolders(family, { loaded, refusePath });
    case 'file': {
      const { file = '' } = written;
      if (isPlaceholder(file)) return family;
      const { listed, problems, ...read } = readItemsFile(file, loaded, child(place, 'file'), refusePath);
      const files = read.loaded === undefined ? [] : [read.loaded];
      const checked = settle(family, listed);
      return { ...checked, problems: [...problems, ...(problems.length > 0 ? [] : checked.problems)], files };
    }
    case 'items':
      return settle(family, listedItems(written.items ?? [], child(place, 'items')));
  }
}

function asksOf(way: 'query' | 'prefixes', { query, prefixes }: Written.ForEach): Asks | undefined {
  if (way === 'query') return query && { kind: 'query', query };
  if (prefixes === undefined) return undefined;
  const { source, under = '' } = prefixes;
  return { kind: 'prefixes', source, under: under === '' || under.endsWith('/') ? under : `${under}/` };
}

/** Checks only that the folder may be read: its content is listed when the plan is made. */
function readFolders(
  family: Family,
  { loaded, refusePath }: Pick<FamilyContext, 'loaded' | 'refusePath'>,
): Family {
  const { path = '' } = family.written.folders ?? {};
  const { absolute, shown } = folderAt(path, loaded);
  const reason = isPlaceholder(path) ? undefined : refusePath(realPathOf(absolute));
  if (reason === undefined) return { ...family, asks: { kind: 'folders', path: absolute, shown } };
  return { ...family, problems: [notReadable(shown, reason, child(family.place, 'folders', 'path'))] };
}

/** Returns the problem of a source that cannot list items in this way. */
export function kindProblem(way: Way, name: string, type: keyof typeof sourceKinds, place: Place) {
  const { label, takesSql } = sourceKinds[type];
  if (way === 'query' && !takesSql) {
    const hint = { hint: 'list the items in a file, or ask PostgreSQL' };
    return problem(codes.eachOrigin, `"${name}" is ${label}, which answers no query`, place, hint);
  }
  if (way === 'prefixes' && type !== 's3') {
    const hint = {
      hint: 'name a source of type s3; folders of this machine are for_each: {folders: {path: …}}',
    };
    return problem(codes.eachOrigin, `"${name}" is ${label}: only a bucket has prefixes`, place, hint);
  }
  return undefined;
}

/** Returns the family with its items, which the answer gives. */
export function withAnswer(family: Family, answer: Answer): Family {
  if ('rows' in answer) return answeredByRows(family, answer);
  const way = family.asks?.kind === 'prefixes' ? 'prefixes' : 'folders';
  const place = child(family.place, way);
  const { folders } = answer;
  const wrong = countProblem(family, folders.length);
  if (wrong !== undefined) return { ...family, problems: [wrong] };
  const { items, blocked } = itemsOfFolders(folders, place);
  const isWanted = ({ key }: { key: string }) => family.keys?.has(alike(key)) ?? true;
  return { ...family, items: items.filter(isWanted), blocked: blocked.filter(isWanted) };
}

function answeredByRows(family: Family, { columns, rows }: ItemsAnswer): Family {
  const place = child(family.place, 'query', 'sql');
  const wrong = (message: string, hint: string): Family => ({
    ...family,
    problems: [problem(codes.eachKey, message, place, { hint })],
  });
  const twice = columns.find((name, index) => columns.indexOf(name) !== index);
  if (twice !== undefined)
    return wrong(`the query has two columns ${quotedVisible(twice)}`, 'rename one of them');
  const keyAt = columns.indexOf('key');
  if (keyAt < 0) {
    return wrong(
      'the query has no column "key"',
      `name one of its columns so: select ${visible(columns[0] ?? 'id')} as key`,
    );
  }
  const listed = rows.map((row, index) => ({
    key: row[keyAt],
    values: columns.map((name, at) => [name, row[at] ?? null] as const),
    place,
    label: `row ${index + 1}`,
  }));
  const settled = settle(family, listed);
  // A query without an order returns its rows in any order; the plan must be the same.
  const items = settled.items?.toSorted((one, other) => (one.key < other.key ? -1 : 1));
  return { ...settled, items };
}

/** Checks the number of items, and each of them. If only some keys were requested, other items are not checked. */
function settle(family: Family, listed: readonly Listed[]): Family {
  const wrong = countProblem(family, listed.length);
  if (wrong !== undefined) return { ...family, problems: [wrong] };
  const { keys } = family;
  const wanted =
    keys === undefined ? listed : listed.filter(({ key }) => typeof key === 'string' && keys.has(alike(key)));
  const { items, problems } = checkItems(wanted);
  return { ...family, items: problems.length > 0 ? undefined : items, problems };
}

/** Returns the problem with the number of items; undefined if there is none, or if only some keys were requested. */
function countProblem({ place, written, keys }: Family, count: number): Diagnostic | undefined {
  if (keys !== undefined) return undefined;
  const { min = 1 } = written;
  const max = mostItems(written);
  const way = ways.find((one) => Object.hasOwn(written, one));
  const at = way === undefined ? place : child(place, way);
  const wrong = (message: string, hint: string, where = place) =>
    problem(codes.eachCount, message, where, { hint });
  if (count > max) {
    const isPart = way !== 'items' && way !== 'file';
    const many = isPart ? `more than ${grouped(max)}` : grouped(count);
    const hint = 'is it the right list? If so, raise for_each.max';
    return wrong(`${many} items, where for_each allows ${grouped(max)}`, hint, at);
  }
  if (count >= min) return undefined;
  if (count > 0) {
    const message = `${counted(count, 'item')}, where for_each wants at least ${grouped(min)}`;
    return wrong(message, 'is it the whole list? If so, lower for_each.min', at);
  }
  const isFolders = way === 'prefixes' || way === 'folders';
  return wrong(
    isFolders ? 'there is no folder' : 'the list has no item',
    'everything that was applied would be removed; if you mean that, write min: 0',
    at,
  );
}

function listedItems(items: NonNullable<Written.ForEach['items']>, place: Place): Listed[] {
  if (Array.isArray(items)) {
    return items.map((key, index) => ({
      key,
      values: [],
      place: child(place, index),
      label: `item ${index + 1}`,
    }));
  }
  return Object.entries(items).map(([key, values]) => ({
    key,
    values: Object.entries(values ?? {}),
    place: { ...child(place, key), part: 'key' as const },
    label: quotedVisible(key),
  }));
}
