import { pipeline, type Readable, type Transform } from 'node:stream';
import { child } from '../../model/errors/diagnostic.ts';
import type { ByteStream, Refusal, StreamPart } from '../../model/ports/feed.ts';
import type { Column, Table } from '../../model/config/pipeline.ts';
import type { CsvFormat } from '../../model/config/source.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { locateTextRecord, normalizeText, TextCheck, type TextOptions } from '../copy-text/index.ts';
import { checkedText, CsvError, NotAsWritten, stripBom } from '../csv/index.ts';
import { constantsOf, type NamedFile } from './constants.ts';
import { explainText, refusalText, refusedHint } from './explain-refusal.ts';
import { rewritesFields, ruleOf } from './field-checks.ts';
import { hasOtherLines, RecordLines } from './text-lines.ts';
import { foreign } from '../../model/errors/secrets.ts';

export interface TextFile extends NamedFile {
  size: number;
}

/** The bytes of a file as UTF-8, and how much of it was read for them. */
export interface OpenText {
  bytes: Readable;
  taken?: () => number;
}

/**
 * A file in PostgreSQL's text format: its columns are those of the table, in order. hyperd parses it while we watch the
 * bytes; what it cannot read (several null strings, an end mark, other signs of numbers) and columns that are not in
 * the file are put into the bytes. `open` gives them; `reopen` once more, to look for a record.
 */
export function textStreamPart(
  table: Table,
  file: TextFile,
  format: CsvFormat,
  { open, reopen }: { open: (signal: AbortSignal) => OpenText; reopen: () => Readable },
): StreamPart {
  const part: StreamPart = {
    kind: 'stream',
    label: file.shown,
    size: file.size,
    columns: [
      ...fieldsOf(table).map(({ name }) => name),
      ...constantsOf(table, file, format).map(({ column }) => column),
    ],
    format: { type: 'text', ...textOptions(format) },
    open: (signal, most) => Promise.resolve(normalized(table, file, format, open(signal), most)),
    explain: (refusal) => explainTextRecord(table, file, format, refusal, reopen),
    translate: (error) => explainText(error, file, table, fieldNames(table)),
  };
  if (!isTextAsWritten(table, format)) return part;
  return {
    ...part,
    open: (signal, most) => Promise.resolve(checked(table, format, open(signal), most)),
    fallback: (why) => (why instanceof NotAsWritten ? part : undefined),
  };
}

/** hyperd reads a file as it is written, if it has no byte order mark and no end mark. */
export function isTextAsWritten(table: Table, format: CsvFormat): boolean {
  return (
    format.nulls.length === 1 &&
    !hasOtherLines(format) &&
    table.columns.every(({ origin }) => origin.kind !== 'file') &&
    !rewritesFields(format, fieldsOf(table))
  );
}

/** Returns the check that watches the bytes of a file while hyperd reads them. */
export function textCheck(table: Table, format: CsvFormat, most?: number): TextCheck {
  return new TextCheck(recordOptions(table, format, most));
}

function checked(
  table: Table,
  format: CsvFormat,
  { bytes, ...more }: OpenText,
  most: number | undefined,
): ByteStream {
  const check = textCheck(table, format, most);
  const text = checkedText(bytes, check, 0);
  const rows = () => check.records;
  return {
    bytes: {
      [Symbol.asyncIterator]: () => text,
      destroy: (reason) => bytes.destroy(reason),
    },
    rows,
    rowsSoFar: rows,
    ...more,
  };
}

// eslint-disable-next-line max-params -- no two of them belong together
function normalized(
  table: Table,
  file: NamedFile,
  format: CsvFormat,
  { bytes, ...more }: OpenText,
  most: number | undefined,
): ByteStream {
  const constants = constantsOf(table, file, format).map(({ text }) => text);
  const { lines, lineOf } = recordLines(format);
  const out = normalizeText({ ...recordOptions(table, format, most), constants, lineOf });
  pipeline([bytes, ...lines, out], () => undefined);
  const rows = () => out.records;
  return { bytes: out, rows, rowsSoFar: rows, ...more };
}

/** The stages that leave out what is no record, and where the lines are that they let pass. */
function recordLines(format: CsvFormat): { lines: Transform[]; lineOf?: (line: number) => number } {
  if (!hasOtherLines(format)) return { lines: [] };
  const lines = new RecordLines(format);
  return { lines: [stripBom(), lines], lineOf: (line) => lines.lineOf(line) };
}

function recordOptions(table: Table, format: CsvFormat, most: number | undefined): TextOptions {
  const columns = fieldsOf(table);
  return {
    delimiter: format.delimiter,
    nulls: format.nulls,
    fields: columns.length,
    checks: columns.map((column, field) => ({
      field,
      rule: ruleOf(column, format),
      isRequired: column.notNull,
      emptyAsNull: false,
    })),
    most,
  };
}

/** The columns that are fields, in their order. */
export function fieldsOf({ columns }: Table): Column[] {
  return columns.filter(({ origin }) => origin.kind === 'column');
}

function fieldNames(table: Table) {
  const columns = fieldsOf(table);
  return { columns, select: columns.map((_, index) => index), header: [] };
}

export function textOptions({ delimiter, nulls, dateOrder }: CsvFormat) {
  return { delimiter, null: nulls[0] ?? '\\N', dateOrder };
}

// eslint-disable-next-line max-params -- no two of them belong together
async function explainTextRecord(
  table: Table,
  { shown }: { shown: string },
  format: CsvFormat,
  { message, record, column: name }: Refusal,
  reopen: () => Readable,
): Promise<RunError> {
  const columns = fieldsOf(table);
  const field = columns.findIndex((one) => one.name === name);
  const column = columns[field];
  const found =
    record === undefined
      ? undefined
      : await locateIn(reopen(), format, columns.length, record).catch(ignoreTextError);
  const value = found?.fields[field];
  const at = `${shown}${found === undefined ? '' : `:${found.line}`}`;
  const what = column === undefined ? foreign(message) : refusalText(column, message, value);
  return new RunError('EXT2103', `${at}: ${what}`, {
    hint: refusedHint(column),
    place: column?.place ?? child(table.place, 'columns'),
  });
}

function locateIn(text: Readable, format: CsvFormat, fields: number, record: number) {
  const { lines, lineOf } = recordLines(format);
  const last: Readable = lines.at(-1) ?? text;
  if (last !== text) pipeline([text, ...lines], () => undefined);
  return locateTextRecord(last, format.delimiter, { fields, record, ...(lineOf && { lineOf }) });
}

/** Ignores an error of the text before the record: it cannot be searched, and hyperd's message is shown. */
function ignoreTextError(error: unknown): undefined {
  if (!(error instanceof CsvError)) throw error;
}
