import { refuse } from './refusal.ts';

type Operator = 'eq' | 'in' | 'gt' | 'gte' | 'lt' | 'lte';
type FieldValue = string | number | boolean | readonly string[] | undefined;

/** One field that may be filtered and sorted by: how it is read from an item, and which operators it takes. */
export interface FilterField<T> {
  operators: readonly Operator[];
  /** The form of its values; any text if absent. */
  values?: 'instant' | 'number';
  read: (item: T) => FieldValue;
}

export const textOperators: readonly Operator[] = ['eq', 'in'];
export const flagOperators: readonly Operator[] = ['eq'];
export const rangeOperators: readonly Operator[] = ['eq', 'gt', 'gte', 'lt', 'lte'];

/**
 * Applies `filter=field:op:value,...` (joined by AND) and `sort=field:asc,...`. The value has been percent-decoded
 * before the grammar is read, as on the server: `&` and `,` in a value therefore break the expression (400065), and `*`
 * in `name:eq:` is a wildcard.
 */
export function filterAndSort<T>(
  items: readonly T[],
  query: URLSearchParams,
  fields: Record<string, FilterField<T>>,
): T[] {
  const filter = query.get('filter');
  const tests =
    filter === null || filter === '' ? [] : splitTerms(filter).map((term) => testOf(term, fields));
  const found = items.filter((item) => tests.every((test) => test(item)));
  const sort = query.get('sort');
  if (sort === null || sort === '') return found;
  const orders = sort.split(',').map((term) => orderOf(term, fields));
  return found.sort((a, b) => orders.map((order) => order(a, b)).find((result) => result !== 0) ?? 0);
}

function splitTerms(filter: string): string[] {
  if (filter.includes('&'))
    throw refuse('400065', `The filter query '${filter}' contains the character '&'.`);
  return filter.split(/,(?![^[]*\])/);
}

function testOf<T>(term: string, fields: Record<string, FilterField<T>>): (item: T) => boolean {
  const [, key, operator, value] = /^([^:]+)(?::([^:]*)(?::(.*))?)?$/s.exec(term) ?? [];
  if (key === undefined)
    throw refuse('400065', `The filter query '${term}' is not of the form key:operator:value.`);
  const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
  if (operator === undefined || value === undefined || value === '') {
    throw refuse('400065', `The filter query is missing a value for key '${key}'`);
  }
  if (field === undefined) throw refuse('400065', `The filter query has an unknown key '${key}'.`);
  const known = field.operators.find((candidate) => candidate === operator);
  if (known === undefined) {
    throw refuse('400065', `The filter query has an invalid operator '${operator}' for key '${key}'.`);
  }
  const wanted = known === 'in' ? bracketed(value, key) : [value];
  const misfit = wanted.find((one) => field.values !== undefined && !isValue[field.values](one));
  if (misfit !== undefined) {
    throw refuse('400065', `The filter query has an invalid value '${misfit}' for key '${key}'.`);
  }
  return (item) => {
    const actual = field.read(item);
    const values = typeof actual === 'object' ? actual : actual === undefined ? [] : [String(actual)];
    return values.some((one) => wanted.some((other) => matches(one, known, other)));
  };
}

const isValue = {
  /** ISO 8601 in UTC, to the second: `2016-05-04T21:24:49Z`. */
  instant: (text: string) =>
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) && !Number.isNaN(Date.parse(text)),
  number: (text: string) => /^\d+$/.test(text),
};

function bracketed(value: string, key: string): string[] {
  const inner = /^\[(.*)\]$/s.exec(value)?.[1];
  if (inner === undefined) throw refuse('400065', `The filter query needs a [list] for key '${key}'.`);
  return inner.split(',').map((item) => item.trim());
}

function matches(actual: string, operator: Operator, wanted: string): boolean {
  switch (operator) {
    case 'eq':
      return wanted.includes('*') ? wildcard(wanted).test(actual) : actual === wanted;
    case 'in':
      return actual === wanted;
    case 'gt':
      return compare(actual, wanted) > 0;
    case 'gte':
      return compare(actual, wanted) >= 0;
    case 'lt':
      return compare(actual, wanted) < 0;
    case 'lte':
      return compare(actual, wanted) <= 0;
  }
}

function wildcard(pattern: string): RegExp {
  const pieces = pattern.split('*').map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${pieces.join('.*')}$`, 's');
}

function orderOf<T>(term: string, fields: Record<string, FilterField<T>>): (a: T, b: T) => number {
  const [key = '', direction] = term.split(':');
  const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
  if (field === undefined || (direction !== 'asc' && direction !== 'desc')) {
    throw refuse('400065', `The sort expression '${term}' is not of the form key:asc or key:desc.`);
  }
  const sign = direction === 'asc' ? 1 : -1;
  return (a, b) => sign * compare(String(field.read(a) ?? ''), String(field.read(b) ?? ''));
}

function compare(a: string, b: string): number {
  const bothNumbers = /^\d+$/.test(a) && /^\d+$/.test(b);
  if (bothNumbers) return Number(a) - Number(b);
  return a < b ? -1 : a > b ? 1 : 0;
}
