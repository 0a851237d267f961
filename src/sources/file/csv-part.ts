import { pipeline, type Readable } from 'node:stream';
import type { FeedPart, PathPart, Refusal, StreamPart } from '../../model/feed.ts';
import type { CsvFormat, Table } from '../../model/pipeline.ts';
import type { RunError } from '../../model/run-error.ts';
import { csvDialect, type CsvDialect } from '../csv/index.ts';
import { asWritten } from '../delimited/as-written.ts';
import { normalizeLayout } from '../delimited/normalize.ts';
import { explainRecord, explainText } from '../delimited/explain.ts';
import { withAbsent, type Layout } from '../delimited/layout.ts';
import { isGzip, isNamedGzip } from '../delimited/text.ts';
import type { FoundFile } from './list.ts';
import { openCounted, openText } from './open.ts';

/**
 * One CSV file on its way into Hyper. hyperd opens the file by itself where it can read it as it is; else the
 * bytes pass through `normalizeCsv`, which turns them into the CSV that it can.
 */
export function csvPart(table: Table, file: FoundFile, format: CsvFormat, layout: Layout): FeedPart {
  const normalized = normalizedPart(table, file, format, withAbsent(layout, table));
  const written = asWritten(format, layout);
  // hyperd would unpack a file of that name, whatever the format says, and would not see that it was cut off.
  const isPacked = isGzip(file, format) || isNamedGzip(file);
  if (written === undefined || isPacked) return normalized;
  return {
    kind: 'path',
    label: file.shown,
    path: file.absolute,
    size: file.size,
    ...written,
    constants: [],
    otherwise: (refusal) => (isStructural(refusal) ? normalized : undefined),
    explain: (refusal) => normalized.explain(refusal),
    translate: (error) => normalized.translate(error),
  } satisfies PathPart;
}

function normalizedPart(table: Table, file: FoundFile, format: CsvFormat, layout: Layout): StreamPart {
  const dialect = csvDialect(format);
  return {
    kind: 'stream',
    label: file.shown,
    size: file.size,
    columns: [...layout.columns.map(({ name }) => name), ...layout.constants.map(({ column }) => column)],
    format: { type: 'csv', dateOrder: format.dateOrder },
    open() {
      const normalized = normalizeLayout(format, layout);
      const text = openCounted(file, format);
      pipeline(text.bytes, normalized, () => undefined);
      const { taken } = text;
      const rows = () => normalized.records;
      return Promise.resolve({ bytes: normalized, rows, rowsSoFar: rows, taken });
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

/**
 * hyperd is stricter about the form of a file than people are: a blank last line, old line ends. Of bytes that are no
 * UTF-8 it says less than we can.
 */
const isStructural = ({ message }: Refusal) =>
  /too (few|many) columns|carriage return|quote|UTF-8/i.test(message);
