import type { Readable } from 'node:stream';
import type { Refusal } from '../../model/ports/feed.ts';
import type { Column, Table } from '../../model/config/pipeline.ts';
import { child } from '../../model/errors/diagnostic.ts';
import { RunError } from '../../model/errors/run-error.ts';
import {
  CsvEncodingError,
  CsvError,
  CsvFieldError,
  CsvRecordError,
  CsvValueError,
  cutOffHint,
  locateRecord,
  type CsvDialect,
} from '../csv/index.ts';
import { FileProblem } from './file-problem.ts';
import { MASK, quoted, wanted, type Layout } from './layout.ts';
import { foreign } from '../../model/errors/secrets.ts';

/** Hyper refused a record of a file: says the line, the column and the value. */
// eslint-disable-next-line max-params -- no two of them belong together
export async function explainRecord(
  table: Table,
  file: { shown: string },
  dialect: CsvDialect,
  { message, record, column: name }: Refusal,
  open: () => Readable,
  field: number | undefined,
): Promise<RunError> {
  const found =
    record === undefined ? undefined : await locateRecord(open(), dialect, record).catch(ignoreCsvError);
  const column = table.columns.find((one) => one.name === name);
  const value = field === undefined ? undefined : found?.fields[field];
  const at = `${file.shown}${found === undefined ? '' : `:${found.line}`}`;
  const what = column === undefined ? foreign(message) : refusalText(column, message, value);
  return new RunError('EXT2103', `${at}: ${what}`, {
    hint: refusedHint(column),
    place: column?.place ?? child(table.place, 'columns'),
  });
}

/** Returns the hint for a value that Hyper alone refuses: most values are checked before it reads them. */
export function refusedHint(column: Column | undefined): string {
  switch (column?.type.kind) {
    case undefined:
      return 'correct the file or the format of the source';
    case 'interval':
      return 'write 1 day 02:03:04 or P1DT2H3M4S in the file, or declare the column as text';
    case 'bytes':
      return 'write hexadecimal digits in the file, such as \\xdeadbeef, or declare the column as text';
    case 'geography':
      return 'write well-known text in the file, such as POINT(13.4 52.5), or declare the column as text';
    default:
      return 'correct the file, or declare the column as text';
  }
}

/** Returns Hyper's complaint about a value, which may contain the value. */
export function refusalText(column: Column, message: string, value: string | undefined): string {
  const said =
    column.sensitive === true && value !== undefined && value !== ''
      ? message.replaceAll(value, MASK)
      : foreign(message);
  const shown = value === undefined ? '' : `; the value is ${quoted(value, column)}`;
  return `column "${column.name}" (${wanted(column)}): ${said}${shown}`;
}

/**
 * Ignores an error of the file before the record: it is reported when the file is read again, and until then hyperd's
 * message is shown.
 */
function ignoreCsvError(error: unknown): undefined {
  if (!(error instanceof CsvError)) throw error;
}

/** The file could not be read, or is not what the format says. With its layout fields have the names of columns. */
export function explainText(
  error: unknown,
  file: { shown: string },
  table: Table,
  layout?: FieldNames,
): unknown {
  if (error instanceof RunError) return error;
  if (error instanceof FileProblem) {
    const { code, message, hint } = error;
    return new RunError(code, `${file.shown} ${message}`, { hint, place: table.place, cause: error });
  }
  if (error instanceof CsvFieldError) return explainField(error, file, table, layout);
  if (error instanceof CsvError) {
    return new RunError('EXT2103', `${placeIn(file, error)}: ${error.message}${lineOf(error, table)}`, {
      hint: error.hint ?? 'correct the file or the format of the source',
      place: table.place,
      cause: error,
    });
  }
  if (error instanceof CsvEncodingError) {
    return new RunError('EXT2103', `${file.shown}:${error.line}: ${error.message}`, {
      hint: encodingHint(error),
      place: table.place,
      cause: error,
    });
  }
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return error;
  return new RunError('EXT2102', `cannot read ${file.shown}: ${message}`, {
    hint: 'check that the file is there and may be read',
    place: table.place,
    cause: error,
  });
}

function encodingHint({ encoding, endsThere }: CsvEncodingError): string {
  if (endsThere)
    return `${cutOffHint}, write the encoding it is written in, such as encoding: utf-8, in its format`;
  return encoding === 'big5'
    ? 'characters of Hong Kong, and those that users defined, are not read: convert the file and write encoding: utf-8 in its format'
    : 'correct the file, or write the encoding it is written in, such as encoding: utf-8, in its format';
}

/** Shows a record that has too few or too many fields, unless a column is sensitive: its field may be any. */
function lineOf(error: CsvError, { columns }: Table): string {
  if (!(error instanceof CsvRecordError) || error.text === '') return '';
  if (columns.some(({ sensitive }) => sensitive === true)) return '';
  return `; the line is ${quoted(error.text)}`;
}

/** `data/orders.csv:7`, or `data/orders.csv:7:12` where one character is wrong. */
function placeIn({ shown }: { shown: string }, { line, character }: CsvError): string {
  return [shown, line, ...(character === undefined ? [] : [character])].join(':');
}

/** The parts of a layout that name fields. */
export type FieldNames = Pick<Layout, 'columns' | 'select' | 'header'>;

function explainField(
  error: CsvFieldError,
  file: { shown: string },
  table: Table,
  layout: FieldNames | undefined,
): RunError {
  const { field } = error;
  const column = layout?.columns[layout.select.indexOf(field)];
  const name = column?.name ?? layout?.header[field];
  const label = name === undefined ? `field ${field + 1}` : `column "${name}"`;
  const { what, hint } =
    error instanceof CsvValueError ? explainValue(error, column) : explainGrammar(error, column);
  return new RunError('EXT2103', `${placeIn(file, error)}: ${label}${what}`, {
    hint,
    place: column?.place ?? child(table.place, 'columns'),
    cause: error,
  });
}

function explainValue({ message, value, hint, nullHint }: CsvValueError, column: Column | undefined) {
  const type = column === undefined ? '' : ` (${wanted(column)})`;
  const what = `${type}: ${message}`;
  if (value === null) return { what, hint };
  if (isHeaderOf(value, column))
    return { what: `${what}; the value is ${quoted(value, column)}`, hint: headerHint };
  // A null string to be listed is the value.
  const safe =
    column?.sensitive !== true
      ? foreign(nullHint ?? hint)
      : value === ''
        ? hint
        : hint.replaceAll(value, MASK);
  return { what: `${what}; the value is ${quoted(value, column)}`, hint: safe };
}

const headerHint =
  'the line has the names of the columns: write header: true in the format, or header: skip to pass over it';

/** Returns true if a value is the name of its own column, as in a header that is read as a row. */
function isHeaderOf(value: string, column: Column | undefined): boolean {
  if (column === undefined) return false;
  const names = [column.name, ...(column.origin.kind === 'column' ? [column.origin.name] : [])];
  return names.some((name) => name.toLowerCase() === value.trim().toLowerCase());
}

function explainGrammar({ message, problem, hint }: CsvFieldError, column: Column | undefined) {
  return {
    what: `: ${column?.sensitive === true ? problem : foreign(message)}`,
    hint: hint && foreign(hint),
  };
}
