import { pipeline, type Readable } from 'node:stream';
import type { FeedPart, PathPart, Refusal, StreamPart } from '../../model/feed.ts';
import type { CsvFormat, Table } from '../../model/pipeline.ts';
import type { RunError } from '../../model/run-error.ts';
import { csvDialect, type CsvDialect } from '../csv/index.ts';
import { conformLayout } from '../delimited/conform.ts';
import { explainRecord, explainText } from '../delimited/explain.ts';
import { isText, type Layout } from '../delimited/layout.ts';
import { isGzip } from '../delimited/text.ts';
import type { FoundFile } from './list.ts';
import { beginsWithMark, openCounted, openText } from './open.ts';

/**
 * One CSV file on its way into Hyper. hyperd opens the file by itself where it can read it as it is; else the bytes pass
 * through `conformCsv`, which turns them into the CSV that it can.
 */
export async function csvPart(
  table: Table,
  file: FoundFile,
  format: CsvFormat,
  layout: Layout,
): Promise<FeedPart> {
  const conformed = conformedPart(table, file, format, layout);
  const isPlain =
    // It knows others, but no single-byte ones, and says less about what is wrong in them.
    format.encoding === 'utf-8' &&
    format.nulls.length === 1 &&
    // hyperd takes an escape character out wherever it stands; PostgreSQL only where it escapes.
    format.escape === format.quote &&
    layout.constants.length === 0 &&
    layout.untaken.length === 0 &&
    isGzip(file, format) === file.shown.endsWith('.gz') &&
    (format.header || !(await beginsWithMark(file, format)));
  if (!isPlain) return conformed;
  return {
    kind: 'path',
    label: file.shown,
    path: file.absolute,
    size: file.size,
    // COPY takes the columns in the order of the file.
    columns: inFileOrder(layout).map(({ name }) => name),
    format: {
      type: 'csv',
      header: format.header,
      delimiter: format.delimiter,
      quote: format.quote,
      escape: format.escape,
      null: format.nulls[0] ?? '',
      encoding: 'utf-8',
      dateOrder: format.dateOrder,
      forceNull: layout.columns.filter((column) => !isText(column)).map(({ name }) => name),
    },
    constants: [],
    otherwise: (refusal) => (isStructural(refusal) ? conformed : undefined),
    explain: (refusal) => conformed.explain(refusal),
    translate: (error) => conformed.translate(error),
  } satisfies PathPart;
}

function conformedPart(table: Table, file: FoundFile, format: CsvFormat, layout: Layout): StreamPart {
  const dialect = csvDialect(format);
  return {
    kind: 'stream',
    label: file.shown,
    size: file.size,
    columns: [...layout.columns.map(({ name }) => name), ...layout.constants.map(({ column }) => column)],
    format: { type: 'csv', dateOrder: format.dateOrder },
    open() {
      const conformed = conformLayout(format, layout);
      const text = openCounted(file, format);
      pipeline(text.bytes, conformed, () => undefined);
      const { taken } = text;
      const rows = () => conformed.records;
      return Promise.resolve({ bytes: conformed, rows, rowsSoFar: rows, taken });
    },
    explain: (refusal) => explain(table, file, format, dialect, layout, refusal),
    translate: (error) => explainText(error, file, table),
  };
}

async function explain(
  table: Table,
  file: FoundFile,
  format: CsvFormat,
  dialect: CsvDialect,
  layout: Layout,
  refusal: Refusal,
): Promise<RunError> {
  const text = (): Readable => openText(file, format);
  const index = layout.columns.findIndex(({ name }) => name === refusal.column);
  return explainRecord(table, file, dialect, refusal, text, layout.select[index]);
}

function inFileOrder({ columns, select }: Layout) {
  return columns
    .map((column, index) => ({ column, field: select[index] ?? 0 }))
    .sort((a, b) => a.field - b.field)
    .map(({ column }) => column);
}

/**
 * hyperd is stricter about the form of a file than people are: a blank last line, old line ends. Of bytes that are no
 * UTF-8 it says less than we can.
 */
const isStructural = ({ message }: Refusal) =>
  /too (few|many) columns|carriage return|quote|UTF-8/i.test(message);
