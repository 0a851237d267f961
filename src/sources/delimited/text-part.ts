import { pipeline, type Readable, type Transform } from 'node:stream';
import { child } from '../../model/diagnostic.ts';
import type { Refusal, StreamPart } from '../../model/feed.ts';
import type { CsvFormat, Table } from '../../model/pipeline.ts';
import { RunError } from '../../model/run-error.ts';
import { stripBom } from '../csv/index.ts';
import { constantsOf, type NamedFile } from './constants.ts';
import { explainText } from './explain.ts';
import { wanted } from './layout.ts';
import { addFields } from './text-fields.ts';
import { hasOtherLines, RecordLines } from './text-lines.ts';
import { unifyNulls } from './text-nulls.ts';

export interface TextFile extends NamedFile {
  size: number;
}

/**
 * A file in PostgreSQL's text format: its columns are those of the table, in order. hyperd parses it; what it
 * cannot (several null strings, columns that are not in the file) is put into the bytes. `open` gives them as
 * UTF-8.
 */
export function textStreamPart(
  table: Table,
  file: TextFile,
  format: CsvFormat,
  open: (signal: AbortSignal) => { bytes: Readable; taken?: () => number },
): StreamPart {
  const constants = constantsOf(table, file);
  const texts = constants.map(({ text }) => text);
  let lines: RecordLines | undefined;
  return {
    kind: 'stream',
    label: file.shown,
    size: file.size,
    columns: [...fieldsOf(table), ...constants.map(({ column }) => column)],
    format: { type: 'text', ...textOptions(format) },
    open(signal) {
      const { bytes, ...more } = open(signal);
      lines = hasOtherLines(format) ? new RecordLines(format) : undefined;
      const stages: Transform[] = [
        stripBom(),
        ...(lines === undefined ? [] : [lines]),
        ...(format.nulls.length > 1 ? [unifyNulls(format.nulls, format.delimiter)] : []),
        ...(constants.length > 0 ? [addFields(texts, textOptions(format))] : []),
      ];
      const last = stages.at(-1) ?? bytes;
      pipeline([bytes, ...stages], () => undefined);
      return Promise.resolve({ bytes: last, rows: () => undefined, ...more });
    },
    explain({ record, ...refusal }) {
      const line = record === undefined ? undefined : (lines?.lineOf(record) ?? record);
      return Promise.resolve(
        explainTextRecord(table, file, { ...refusal, ...(line !== undefined && { line }) }),
      );
    },
    translate: (error) => explainText(error, file, table),
  };
}

/** The columns that are fields, in their order. */
export function fieldsOf({ columns }: Table): string[] {
  return columns.filter(({ origin }) => origin.kind === 'column').map(({ name }) => name);
}

export function textOptions({ delimiter, nulls, dateOrder }: CsvFormat) {
  return { delimiter, null: nulls[0] ?? '\\N', dateOrder };
}

/** In this format a record is a line, unless a backslash stands before a line break. */
export function explainTextRecord(
  table: Table,
  { shown }: { shown: string },
  { message, line, column: name }: Omit<Refusal, 'record'> & { line?: number },
): RunError {
  const column = table.columns.find((one) => one.name === name);
  const at = `${shown}${line === undefined ? '' : `:${line}`}`;
  const what = column === undefined ? message : `column "${column.name}" (${wanted(column)}): ${message}`;
  return new RunError('EXT2103', `${at}: ${what}`, {
    hint: 'correct the file, the format, or the contract',
    place: column?.place ?? child(table.place, 'columns'),
  });
}
