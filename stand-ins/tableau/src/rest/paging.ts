import type { Element } from './element.ts';
import { element } from './element.ts';
import { refuse } from './refusal.ts';

const defaultPageSize = 100;

/** Cuts one page out of all items by `pageSize` (1 to 1000) and `pageNumber` (from 1), with its `<pagination>`. */
export function pageOf<T>(
  items: readonly T[],
  query: URLSearchParams,
  maximumPageSize: number,
): { items: T[]; pagination: Element } {
  const size = wholeNumber(query.get('pageSize'), defaultPageSize);
  if (size === undefined || size < 1) {
    throw refuse('400007', `Invalid page size '${query.get('pageSize') ?? ''}'.`);
  }
  if (size > maximumPageSize) {
    throw refuse('403014', `The page size ${size} is larger than the maximum page size ${maximumPageSize}.`);
  }
  const lastPage = Math.max(1, Math.ceil(items.length / size));
  const number = wholeNumber(query.get('pageNumber'), 1);
  if (number === undefined || number < 1 || number > lastPage) {
    throw refuse('400006', `Invalid page number '${query.get('pageNumber') ?? ''}'.`);
  }
  return {
    items: items.slice((number - 1) * size, number * size),
    pagination: element('pagination', { pageNumber: number, pageSize: size, totalAvailable: items.length }),
  };
}

function wholeNumber(text: string | null, otherwise: number): number | undefined {
  if (text === null) return otherwise;
  return /^-?\d+$/.test(text) ? Number(text) : undefined;
}
