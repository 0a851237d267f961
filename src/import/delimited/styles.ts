import type { ColumnGuess } from './column.ts';
import type { DateOrder, MomentReading } from './moments.ts';
import type { Notation } from './notation.ts';
import { numberStyles, type NumberFacts, type NumberStyle } from './numbers.ts';

/** A column by the name under which files have it. */
export interface NamedGuess {
  name: string;
  guess: ColumnGuess;
}

/** The signs of numbers that the columns of a source share. */
export interface Signs {
  style: NumberStyle;
  /** Returns what the numbers of a column need; undefined for other columns. */
  factsOf: (column: NamedGuess) => NumberFacts | undefined;
  /** A column of numbers with one separator each, of which no value shows what it separates. */
  isUndecided: (column: NamedGuess) => boolean;
}

/**
 * Returns the style that makes most columns numbers, the plainest of them. Where semicolons separate fields, commas are often the decimal
 * signs: there 1.000 may be a thousand.
 */
export function chooseSigns(
  columns: readonly NamedGuess[],
  { delimiter }: Pick<Notation, 'delimiter'>,
): Signs {
  const isPointCertain = delimiter !== ';';
  const readings = numberStyles.map((_, index) => readingIn(columns, index, isPointCertain));
  const scores = numberStyles.map((style, index) => {
    const decided = columns.filter((column) => readings[index]?.(column) !== undefined);
    const moments = columns.filter(({ guess }) => isMoment(guess) && hasDecimal(guess, style.decimal));
    return decided.length + moments.length;
  });
  const index = scores.indexOf(Math.max(...scores));
  const [style, factsOf] = [numberStyles[index], readings[index]];
  if (style === undefined || factsOf === undefined) throw new Error('there is a plainest style');
  return {
    style,
    factsOf,
    isUndecided: (column) =>
      factsOf(column) === undefined &&
      numberStyles.some((_, other) => (column.guess.numbers.factsIn(other)?.count ?? 0) > 0),
  };
}

/** Returns the facts of a column in a style, if it reads all of its numbers and what they mean is certain. */
function readingIn(columns: readonly NamedGuess[], index: number, isPointCertain: boolean): Signs['factsOf'] {
  const all = columns.map(({ guess }) => guess.numbers.factsIn(index));
  const [hasGroups, hasDecimals] = (['groupProofs', 'decimalProofs'] as const).map((key) =>
    all.some((facts) => (facts?.[key] ?? 0) > 0),
  );
  const isPlainest = index === 0 && isPointCertain;
  return ({ guess }) => {
    const own = guess.numbers.factsIn(index);
    if (own === undefined || own.count === 0) return undefined;
    const isGroupKnown = own.groupDoubts === 0 || own.decimalProofs > 0 || hasGroups === true;
    const isDecimalKnown = own.decimalDoubts === 0 || isPlainest || hasDecimals === true;
    return isGroupKnown && isDecimalKnown ? own : undefined;
  };
}

function isMoment({ moments, values }: ColumnGuess): boolean {
  return moments.isPossible && values > 0;
}

const orders: readonly DateOrder[] = ['MDY', 'DMY', 'YMD'];

function hasDecimal({ moments }: ColumnGuess, decimal: '.' | ','): boolean {
  return orders.some((order) => moments.readingIn(order, decimal) !== undefined);
}

/** The order of dates that the columns of a source share. */
export interface Dates {
  order: DateOrder;
  /** Some column is read otherwise, or not at all, in another order. */
  isNeeded: boolean;
  readingOf: (column: NamedGuess) => MomentReading | undefined;
  /** A column of dates that are two days each, of which no value shows which one. */
  isUndecided: (column: NamedGuess) => boolean;
}

/** Returns the order that makes most columns dates. */
export function chooseDates(columns: readonly NamedGuess[], { style, factsOf }: Signs): Dates {
  const candidates = columns.filter(
    (column) => isMoment(column.guess) && (factsOf(column) === undefined || isNamedDate(column)),
  );
  const read = ({ guess }: NamedGuess, order: DateOrder) => guess.moments.readingIn(order, style.decimal);
  const count = (order: DateOrder) => candidates.filter((column) => read(column, order) !== undefined).length;
  const counts = orders.map(count);
  const [monthFirst = 0, dayFirst = 0] = counts;
  const twoDays = candidates.filter(({ guess }) => guess.moments.meansTwoDays);
  const isTie = twoDays.length > 0 && monthFirst === dayFirst && monthFirst === Math.max(...counts);
  // Month first is rarely written with points.
  const isDotted = twoDays.every(({ guess }) => guess.moments.isDotted);
  const order = isTie ? (isDotted ? 'DMY' : 'MDY') : (orders[counts.indexOf(Math.max(...counts))] ?? 'MDY');
  const isOpen = isTie && !isDotted;
  const isUndecided = (column: NamedGuess) => isOpen && twoDays.includes(column);
  return {
    order,
    isNeeded: candidates.some(
      (column) =>
        read(column, order) !== undefined && !isUndecided(column) && column.guess.moments.dependsOnOrder,
    ),
    isUndecided,
    readingOf: (column) =>
      candidates.includes(column) && !isUndecided(column) ? read(column, order) : undefined,
  };
}

/** Days in digits alone are numbers, except in a column that has the name of a date. */
function isNamedDate({ name, guess }: NamedGuess): boolean {
  return guess.moments.isPacked && /date|datum|fecha|(?:^|[^a-z])(?:day|dt|tag|jour)(?:[^a-z]|$)/i.test(name);
}
