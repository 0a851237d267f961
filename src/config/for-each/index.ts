import { child, type Diagnostic, type Place } from '../../model/errors/diagnostic.ts';
import { suggestion } from '../../model/base/nearest.ts';
import { grouped } from '../../model/base/numbers.ts';
import type * as Written from '../../model/config/written.gen.ts';
import { codes } from '../codes.ts';
import { isPlaceholder } from '../references/interpolate.ts';
import type { LoadedFile } from '../read/loaded-file.ts';
import type { RefusePath } from '../../model/config/readable-paths.ts';
import { problem } from '../problem.ts';
import { readItemsFile } from './file.ts';
import { checkItems, type Item, type Listed } from './item.ts';

export type { Item } from './item.ts';

/** The settings of `for_each`, with its items if files alone supply them. */
export interface Family {
  place: Place;
  written: Written.ForEach;
  /** The items, or undefined if a source must be asked, or if the list has an error. */
  items: readonly Item[] | undefined;
  /** The query to run. */
  query?: Written.ForEachQuery;
  problems: readonly Diagnostic[];
  /** Files that were read for it. */
  files: readonly LoadedFile[];
}

/** The answer to the query of a family. */
export interface Answer {
  columns: readonly string[];
  rows: readonly (readonly (string | null)[])[];
}

export const mostItems = ({ max = 1000 }: Written.ForEach): number => max;

export interface FamilyContext {
  whole: unknown;
  loaded: LoadedFile;
  sources: Written.Pipeline['sources'];
  refusePath: RefusePath;
}

/** `written` is the part under for_each with its references replaced; `whole` the same with what is misshapen. */
export function readFamily(
  written: Written.ForEach,
  { whole, loaded, sources, refusePath }: FamilyContext,
): Family {
  const place: Place = { file: loaded.file, pointer: '/for_each' };
  const family: Family = { place, written, items: undefined, problems: [], files: [] };
  const isWritten = (way: string) => Object.hasOwn(whole ?? {}, way);
  const [way, second] = (['items', 'file', 'query'] as const).filter(isWritten);
  // A value that was removed for its shape is already reported.
  if (way !== undefined && second === undefined && written[way] === undefined) return family;
  if (way === undefined || second !== undefined) {
    const message =
      way === undefined ? 'for_each has no items' : `for_each has both ${way} and ${second ?? ''}`;
    const hint = { hint: 'it takes one of items, file and query' };
    const at = second === undefined ? { ...place, part: 'key' as const } : child(place, second);
    return { ...family, problems: [problem(codes.eachOrigin, message, at, hint)] };
  }
  if (written.query !== undefined) {
    const { source } = written.query;
    if (Object.hasOwn(sources, source)) return { ...family, query: written.query };
    const at = child(place, 'query', 'source');
    const message = `there is no source "${source}"`;
    const hint = suggestion(source, Object.keys(sources));
    return { ...family, problems: [problem(codes.unknownSource, message, at, hint)] };
  }
  if (written.file !== undefined) {
    if (isPlaceholder(written.file)) return family;
    const {
      listed,
      problems,
      loaded: read,
    } = readItemsFile(written.file, loaded, child(place, 'file'), refusePath);
    const files = read === undefined ? [] : [read];
    const checked = settle(family, listed);
    return { ...checked, problems: [...problems, ...(problems.length > 0 ? [] : checked.problems)], files };
  }
  return settle(family, listedItems(written.items ?? [], child(place, 'items')));
}

/** Returns the family with the items from its source. */
export function answered(family: Family, { columns, rows }: Answer): Family {
  const place = child(family.place, 'query', 'sql');
  const wrong = (message: string, hint: string): Family => ({
    ...family,
    problems: [problem(codes.eachKey, message, place, { hint })],
  });
  const twice = columns.find((name, index) => columns.indexOf(name) !== index);
  if (twice !== undefined) return wrong(`the query has two columns "${twice}"`, 'rename one of them');
  const keyAt = columns.indexOf('key');
  if (keyAt < 0) {
    return wrong(
      'the query has no column "key"',
      `name one of its columns so: select ${columns[0] ?? 'id'} as key`,
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

/** Checks the number of items, and each of them. */
function settle(family: Family, listed: readonly Listed[]): Family {
  const { place, written } = family;
  const { min = 1 } = written;
  const max = mostItems(written);
  const count = (message: string, at: Place, hint: string) =>
    ({ ...family, problems: [problem(codes.eachCount, message, at, { hint })] }) satisfies Family;
  const way = written.query === undefined ? (written.file === undefined ? 'items' : 'file') : 'query';
  if (listed.length > max) {
    const many = way === 'query' ? `more than ${grouped(max)}` : grouped(listed.length);
    const message = `${many} items, where for_each allows ${grouped(max)}`;
    return count(message, child(place, way), 'is it the right list? If so, raise for_each.max');
  }
  if (listed.length < min) {
    const message =
      listed.length === 0
        ? 'the list has no item'
        : `${grouped(listed.length)} items, where for_each wants at least ${grouped(min)}`;
    const hint =
      listed.length === 0
        ? 'everything that was applied would be removed; if you mean that, write min: 0'
        : 'is it the whole list? If so, lower for_each.min';
    return count(message, child(place, way), hint);
  }
  const { items, problems } = checkItems(listed);
  return { ...family, items: problems.length > 0 ? undefined : items, problems };
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
    label: `"${key}"`,
  }));
}
