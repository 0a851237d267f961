import type { ByteStream, FeedPart, PathPart, Refusal, StreamPart } from '../../model/ports/feed.ts';
import type { CsvFormat } from '../../model/config/source.ts';
import type { Table } from '../../model/config/pipeline.ts';
import type { RunError } from '../../model/errors/run-error.ts';
import { checkedText, csvDialect, NotAsWritten, RecordCheck } from '../csv/index.ts';
import { asWritten, type AsWritten } from '../delimited/as-written.ts';
import { explainRecord, explainText } from '../delimited/explain-refusal.ts';
import { recordCheckOptions } from '../delimited/field-checks.ts';
import { withAbsent, type Layout } from '../delimited/layout.ts';
import { normalizeLayout } from '../delimited/normalize.ts';
import { isGzip } from '../delimited/text.ts';
import { checkFile } from './check-file.ts';
import type { FoundFile } from './list.ts';
import { openText, readText, type TextReading } from './open.ts';

/** One CSV file, how it is written, and how its fields become columns. */
interface CsvFile {
  table: Table;
  file: FoundFile;
  format: CsvFormat;
  layout: Layout;
}

/**
 * One CSV file on its way into Hyper. hyperd opens the file by itself where it can read it as it is written, and gets the
 * unpacked bytes of one that is packed; we watch the same bytes. Else they pass through `NormalizedCsv`, which turns them
 * into the CSV that hyperd reads. So they do if columns are added: hyperd adds none in a COPY, and its `INSERT` of a query
 * takes more than a third more of its CPU.
 */
export function csvPart(table: Table, file: FoundFile, format: CsvFormat, layout: Layout): FeedPart {
  const csv: CsvFile = { table, file, format, layout };
  const normalized = normalizedPart({ ...csv, layout: withAbsent(layout, table) });
  const written = asWritten(format, layout);
  if (written === undefined || layout.constants.length > 0) return normalized;
  const isPlain = !isGzip(file, format) && !isUnpacked(file);
  return isPlain ? pathPart(csv, written, normalized) : streamPart(csv, written, normalized);
}

/**
 * Returns true if hyperd unpacks a file of that name, whatever the format says. It does not notice truncation, and unpacking
 * takes it longer than us. hyperd does not recognize other spellings of the ending.
 */
const isUnpacked = ({ absolute }: FoundFile) => absolute.endsWith('.gz');

function pathPart(csv: CsvFile, written: AsWritten, normalized: StreamPart): PathPart {
  const { file, format, layout } = csv;
  return {
    kind: 'path',
    label: file.shown,
    path: file.absolute,
    size: file.size,
    ...written,
    constants: [],
    check(signal, until) {
      return checkFile(file, new RecordCheck(recordCheckOptions(format, layout)), signal, until);
    },
    asStream: normalized,
    fallback: (why) => (isStructural(why) ? normalized : undefined),
    explain: (refusal) => normalized.explain(refusal),
    translate: (error) => normalized.translate(error),
  };
}

/** The bytes as they are written, watched as they pass. */
function streamPart(csv: CsvFile, written: AsWritten, normalized: StreamPart): StreamPart {
  const { file, format, layout } = csv;
  return {
    ...normalized,
    ...written,
    isJoinable: false,
    open(_signal, most) {
      const check = new RecordCheck(recordCheckOptions(format, layout, most));
      const reading = readText(file, format);
      return Promise.resolve(streamOf(reading, checkedText(reading.text, check, 0), check));
    },
    fallback: (why) => (isStructural(why) ? normalized : undefined),
  };
}

function normalizedPart({ table, file, format, layout }: CsvFile): StreamPart {
  return {
    kind: 'stream',
    label: file.shown,
    size: file.size,
    columns: [...layout.columns.map(({ name }) => name), ...layout.constants.map(({ column }) => column)],
    format: { type: 'csv', dateOrder: format.dateOrder },
    isJoinable: true,
    open(_signal, most) {
      const reading = readText(file, format);
      const normalized = normalizeLayout(reading.text, format, layout, most);
      return Promise.resolve(streamOf(reading, normalized, normalized));
    },
    explain: (refusal) => explain({ table, file, format, layout }, refusal),
    translate: (error) => explainText(error, file, table, layout),
  };
}

/** Returns what is made of a text that is being read as a stream for Hyper. */
function streamOf(
  { taken, destroy }: TextReading,
  made: AsyncIterable<Buffer>,
  counter: { readonly records: number },
): ByteStream {
  const rows = () => counter.records;
  const bytes = { [Symbol.asyncIterator]: () => made[Symbol.asyncIterator](), destroy };
  return { bytes, rows, rowsSoFar: rows, taken };
}

async function explain({ table, file, format, layout }: CsvFile, refusal: Refusal): Promise<RunError> {
  const text = () => openText(file, format);
  const index = layout.columns.findIndex(({ name }) => name === refusal.column);
  return explainRecord(table, file, csvDialect(format), refusal, text, layout.select[index]);
}

/**
 * hyperd is stricter about the form of a file than people are: a blank last line, old line ends, zeros behind gzip. Of bytes that are no
 * UTF-8 it says less than we can.
 */
function isStructural(why: unknown): boolean {
  if (why instanceof NotAsWritten) return true;
  if (why instanceof Error || typeof why !== 'object' || why === null || !('message' in why)) return false;
  return /too (few|many) columns|carriage return|quote|UTF-8|gzipped source/i.test(String(why.message));
}
