/**
 * Words that files have for a value that is missing. The strong ones mean nothing else where they stand alone in a column of
 * numbers or dates, so they mean NULL in the columns of text beside it, too. The weak ones may be a value there: NA is Namibia.
 */
const strong = new Set(['\\N', 'NULL', '(null)', '[NULL]', '<null>']);
const weak = new Set([
  ...['null', 'Null', 'NA', 'N/A', 'n/a', 'n.a.', '#N/A', '#NA', 'None', 'none', 'nil', 'NIL'],
  ...['-', '--', '---', '–', '—', '.', '..', '?', '0000-00-00', '0000-00-00 00:00:00'],
]);

/** The text of databases, which no one writes into a text. */
export const databaseNull = '\\N';

/** A longer blank is hardly a missing value. */
const MOST_BLANKS = 20;

/** Returns true for a text that may mean NULL, as it is written without quotes. */
export function mayMeanNull(text: string): boolean {
  return strong.has(text) || weak.has(text) || (/^[ \t]+$/.test(text) && text.length <= MOST_BLANKS);
}

export function isStrongNull(text: string): boolean {
  return strong.has(text);
}
