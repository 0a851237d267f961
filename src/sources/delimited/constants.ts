import { formatColumnType } from '../../model/config/column-type.ts';
import { fileFacts, type Column, type FileFacts, type Table } from '../../model/config/pipeline.ts';
import { type CsvFormat } from '../../model/config/source.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { foreign } from '../../model/errors/secrets.ts';
import { isRefused, valueRule } from './values/index.ts';

/** A file by the name in messages, and what its rows may say about it. */
export interface NamedFile {
  shown: string;
  facts: FileFacts;
  /** It is a part of another file, so that no command finds it by this name. */
  isInside?: true;
}

/** The settings of a format for dates in the names of files; undefined for formats without them. */
export type OrderOfDates = Pick<CsvFormat, 'dateOrder' | 'isDateOrderSet'>;

/** A column that is the same in every row of a file. */
export interface Constant {
  column: string;
  text: string;
}

/**
 * The columns that a table adds, for the rows of this file. A file whose name does not fit a pattern is an error, and so is
 * a text that is no value of its column.
 */
export function constantsOf(table: Table, { shown, facts }: NamedFile, order?: OrderOfDates): Constant[] {
  return table.columns.flatMap((column) => {
    const { name, origin, place } = column;
    if (origin.kind !== 'file') return [];
    const missing = fileFacts.find((fact) => facts[fact] === undefined && usesFact(origin.template, fact));
    if (missing !== undefined) throw unknownFact(column, shown, missing);
    const whole = fileFacts.reduce(
      (text, fact) => text.replaceAll(`\${file.${fact}}`, () => facts[fact] ?? ''),
      origin.template,
    );
    const found = origin.pattern === undefined ? whole : new RegExp(origin.pattern).exec(whole)?.[1];
    if (found !== undefined) {
      requireLength(column, found, shown);
      return [{ column: name, text: valueOf(column, found, { shown, order }) }];
    }
    throw new RunError(
      'EXT2105',
      `"${name}" cannot be derived from ${shown}: "${whole}" does not match ${origin.pattern}`,
      {
        hint: 'exclude such files in the source, or write a pattern that fits all of them',
        place,
      },
    );
  });
}

const usesFact = (template: string, fact: string) => template.includes(`\${file.${fact}}`);

function unknownFact({ name, place }: Column, shown: string, fact: string): RunError {
  return new RunError('EXT2105', `"${name}" cannot be made for ${shown}, which has no ${fact}`, {
    hint:
      fact === 'entry'
        ? 'it is no archive: keep archives and other files in sources of their own'
        : 'its service does not say it: add a column from another part of the file',
    place,
  });
}

/** Hyper would cut it off where it makes a value of it. */
function requireLength({ name, type, place }: Column, text: string, shown: string): void {
  if (!('length' in type) || Array.from(text).length <= type.length) return;
  throw new RunError('EXT2105', `"${name}" of ${shown} is longer than ${formatColumnType(type)}: "${text}"`, {
    hint: 'give the column a longer type, or text',
    place,
  });
}

/** The text that Hyper reads as the value, by the rules for fields. Signs of numbers belong to what is in files. */
function valueOf(
  column: Column,
  text: string,
  { shown, order }: { shown: string; order: OrderOfDates | undefined },
): string {
  const { name, type, place } = column;
  const rule = valueRule({ ...column, onInfinite: 'error' }, order ?? { dateOrder: 'MDY' });
  const reading = rule?.read(text) ?? { text };
  if (!isRefused(reading)) return reading.text ?? text;
  const value = column.sensitive === true ? '•••' : JSON.stringify(foreign(text));
  const message = `"${name}" (${formatColumnType(type)}) of ${shown}: ${reading.problem}; the value is ${value}`;
  // Signs of numbers in the format are not about names.
  const isAboutSigns = /format: \{(?:decimal|thousands)/.test(reading.hint);
  // Only formats of text have an order of dates.
  const isWithoutOrder = order === undefined && reading.hint.includes('date_order');
  const hint = isAboutSigns
    ? 'write a pattern that finds the digits alone, or declare the column as text'
    : isWithoutOrder
      ? 'write the date in the name year first, such as 2024-12-31, or declare the column as text'
      : aboutNames(reading.hint, column);
  throw new RunError('EXT2105', message, { hint, place });
}

/** Rewords a hint about a field: the value is in the name of the file, or in another fact that no one can correct. */
function aboutNames(hint: string, { origin }: Column): string {
  if (!/\b(?:in|from|correct) the file\b/.test(hint)) return hint;
  const isInName =
    origin.kind === 'file' && ['path', 'name', 'key'].some((fact) => usesFact(origin.template, fact));
  if (!isInName) return 'declare the column as text';
  return hint
    .replace(/\b(in|from) the file\b/g, '$1 the name of the file')
    .replace(/\bcorrect the file\b/g, 'rename the file');
}
