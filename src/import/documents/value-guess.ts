import type * as Written from '../../model/config/written.gen.ts';
import { momentType, numberType } from '../delimited/choose-type.ts';
import { ColumnGuess } from '../delimited/column.ts';

import { chooseDates, type Dates, type Signs } from '../delimited/styles.ts';

/** A value of JSON or of a cell: unlike a field of CSV, it has a type of its own. */
export interface TypedValue {
  kind: 'null' | 'number' | 'text' | 'boolean' | 'nested' | 'date' | 'timestamp' | 'time' | 'error';
  text: string;
}

/** Gathers the types of the values of a column, and what its numbers and texts could be. */
export class ValueGuess {
  readonly kinds = new Set<Exclude<TypedValue['kind'], 'null' | 'error'>>();
  readonly numbers = new ColumnGuess();
  readonly texts = new ColumnGuess();

  take({ kind, text }: TypedValue, place: () => string): void {
    if (kind === 'null' || kind === 'error') return;
    this.kinds.add(kind);
    if (kind === 'number') this.numbers.take(text, false, place);
    if (kind === 'text') this.texts.take(text, true, place);
  }
}

/** A column, and the values that files have for it. */
export interface GuessedColumn {
  name: string;
  guess: ValueGuess;
}

export interface ChosenColumn {
  settings: Written.ColumnSettings;
  comment?: string;
}

/** The point is the decimal sign of JSON and of stored numbers, and texts stay texts. */
const plainSigns: Signs = {
  style: { decimal: '.', thousands: undefined },
  factsOf: ({ guess }) => guess.numbers.factsIn(0),
  isUndecided: () => false,
};

/** Chooses the types of columns, and the order of the dates in their texts if they need one. */
export function chooseColumns(
  columns: readonly GuessedColumn[],
  isSampled: boolean,
): { columns: ChosenColumn[]; dateOrder: Dates['order'] | undefined } {
  const texts = new Map(
    columns
      .filter(({ guess: { kinds } }) => kinds.size === 1 && kinds.has('text'))
      .map((column) => [column, { name: column.name, guess: column.guess.texts }]),
  );
  const dates = chooseDates([...texts.values()], plainSigns);
  return {
    columns: columns.map((column) => {
      const text = texts.get(column);
      return text === undefined ? chooseByKinds(column.guess, isSampled) : chooseForTexts(text, dates);
    }),
    dateOrder: dates.isNeeded ? dates.order : undefined,
  };
}

function chooseForTexts(column: { name: string; guess: ColumnGuess }, dates: Dates): ChosenColumn {
  if (dates.isUndecided(column)) {
    const comment =
      'REVIEW: dates that can be read in two ways: write date_order: DMY or date_order: MDY in the format, and date here';
    return { settings: { type: 'text' }, comment };
  }
  const reading = dates.readingOf(column);
  if (reading === undefined) return { settings: { type: 'text' } };
  // An empty text is no date.
  if (column.guess.hasQuotedEmpty)
    return {
      settings: { type: 'text' },
      comment: 'REVIEW: dates, and empty texts: list "" as null, and write date here',
    };
  return momentType(reading.kind);
}

function chooseByKinds({ kinds, numbers }: ValueGuess, isSampled: boolean): ChosenColumn {
  if (kinds.size === 0) return { settings: { type: 'text' }, comment: 'no values' };
  if (kinds.has('nested')) return { settings: { type: 'json' } };
  if ([...kinds].every((kind) => kind === 'date' || kind === 'timestamp'))
    return { settings: { type: kinds.has('timestamp') ? 'timestamp' : 'date' } };
  const [only] = kinds;
  if (kinds.size > 1 || only === undefined) {
    const comment = `REVIEW: some values are ${[...kinds].map((kind) => plural[kind]).join(', some ')}`;
    return { settings: { type: 'text' }, comment };
  }
  if (only !== 'number') return { settings: { type: only } };
  const facts = numbers.numbers.factsIn(0);
  return { settings: { type: (facts && numberType(facts, isSampled)) ?? 'text' } };
}

const plural = {
  number: 'numbers',
  text: 'texts',
  boolean: 'booleans',
  nested: 'nested',
  date: 'dates',
  timestamp: 'dates with a time',
  time: 'times',
} as const;
