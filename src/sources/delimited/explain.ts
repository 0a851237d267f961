import type { Readable } from 'node:stream';
import type { Refusal } from '../../model/feed.ts';
import type { Table } from '../../model/pipeline.ts';
import { child } from '../../model/diagnostic.ts';
import { RunError } from '../../model/run-error.ts';
import { CsvEncodingError, CsvError, locateRecord, type CsvDialect } from '../csv/index.ts';
import { FileProblem } from './file-problem.ts';
import { wanted } from './layout.ts';

/** Hyper refused a record of a file: says the line, the column and the value. */
export async function explainRecord(
  table: Table,
  file: { shown: string },
  dialect: CsvDialect,
  { message, record, column: name }: Refusal,
  open: () => Readable,
  field: number | undefined,
): Promise<RunError> {
  const found = record === undefined ? undefined : await locateRecord(open(), dialect, record);
  const column = table.columns.find((one) => one.name === name);
  const value = field === undefined ? undefined : found?.fields[field];
  const at = `${file.shown}${found === undefined ? '' : `:${found.line}`}`;
  const what =
    column === undefined
      ? message
      : `column "${column.name}" (${wanted(column)}): ${message}${value === undefined ? '' : `; the value is ${quoted(value)}`}`;
  return new RunError('EXT2103', `${at}: ${what}`, {
    hint: 'correct the file, change the type in the contract, or name the text as a null string of the format',
    place: column?.place ?? child(table.place, 'columns'),
  });
}

/** The file could not be read, or is not what the format says. */
export function explainText(error: unknown, file: { shown: string }, table: Table): unknown {
  if (error instanceof RunError) return error;
  if (error instanceof FileProblem) {
    const { code, message, hint } = error;
    return new RunError(code, `${file.shown} ${message}`, { hint, place: table.place, cause: error });
  }
  if (error instanceof CsvError) {
    return new RunError('EXT2103', `${file.shown}:${error.line}: ${error.message}`, {
      hint: error.hint ?? 'correct the file or the format of the source',
      place: table.place,
      cause: error,
    });
  }
  if (error instanceof CsvEncodingError) {
    return new RunError('EXT2103', `${file.shown}: ${error.message}`, {
      hint: 'correct the file or the encoding of the format',
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

function quoted(value: string): string {
  const short = value.length > 60 ? `${value.slice(0, 60)}…` : value;
  return JSON.stringify(short);
}
