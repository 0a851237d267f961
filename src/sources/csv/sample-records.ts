import type { CsvDialect } from './dialect.ts';
import { CsvError, CsvQuoteError } from './errors.ts';
import { fieldTexts } from './field.ts';
import { RecordStarts } from './record-starts.ts';
import { fieldKind, RecordScanner } from './scan.ts';

/** A record of the beginning of a file, as values. */
export interface SampledRecord {
  /** The 1-based physical line in which it begins. */
  readonly line: number;
  readonly values: readonly string[];
  /** The fields that are written in quotes, so that no null string can mean them. */
  readonly isQuoted: readonly boolean[];
}

export interface SampledText {
  records: SampledRecord[];
  /** The bytes behind the last record: more than one line of them hints at a quote that is never closed. */
  left: number;
  /** The error of the grammar at which reading ended. */
  problem?: CsvError;
}

/** The most fields of a record whose values are given. */
const MOST_FIELDS = 5000;

/**
 * Reads the records of the beginning of a file, given its UTF-8 bytes, as `CsvNormalizer` would find them: the header too, where
 * there is one. A record that the bytes end in is left out unless they are the whole file. Blank lines at the end of the whole
 * file are left out as well.
 */
export function sampleRecords(
  text: Uint8Array,
  dialect: CsvDialect,
  { isWhole, most = Infinity }: { isWhole: boolean; most?: number },
): SampledText {
  // The scanner needs one byte behind the text.
  const bytes = Buffer.alloc(text.length + 1);
  bytes.set(text);
  const end = text.length;
  const scanner = new RecordScanner(dialect, MOST_FIELDS);
  const starts = new RecordStarts(dialect, scanner);
  const records: SampledRecord[] = [];
  let at = 0;
  try {
    while (at < end && records.length < most) {
      at = starts.next(bytes, at, end, isWhole);
      if (!starts.isFound) break;
      const next = scanner.scan(bytes, at, end, isWhole);
      if (next < 0) {
        if (isWhole) throw new CsvQuoteError(records.length, scanner.openQuote);
        break;
      }
      records.push(recordOf(dialect, scanner, bytes));
      at = next;
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return { records, left: end - at, problem: error };
  }
  if (at === end && isWhole) dropBlank(records);
  return { records, left: records.length < most ? end - at : 0 };
}

function recordOf(dialect: CsvDialect, scanner: RecordScanner, bytes: Uint8Array): SampledRecord {
  const values = fieldTexts(dialect, scanner, bytes);
  const isQuoted = values.map((_, field) => ((scanner.fieldKinds[field] ?? 0) & fieldKind.quoted) !== 0);
  return { line: scanner.line, values, isQuoted };
}

/** Blank lines at the end of a file of several columns are no records. */
function dropBlank(records: SampledRecord[]): void {
  if ((records[0]?.values.length ?? 0) < 2) return;
  while (records.length > 0 && isBlank(records.at(-1))) records.pop();
}

function isBlank(record: SampledRecord | undefined): boolean {
  return record?.values.length === 1 && record.values[0] === '' && record.isQuoted[0] === false;
}
