/**
 * CSV as bytes, for sources that read files. hyperd parses CSV by itself, but only one kind of it: UTF-8, one null
 * string, exactly the table's columns in the table's order, and errors that name neither the file nor the value. This
 * folder turns the files people have into that kind on the way through, at a few hundred MB/s, without ever making a
 * JavaScript value of a field; and it reports where in the file something is wrong.
 *
 * A source composes it per file: `transcodeToUtf8`, then `NormalizedCsv`, then hyperd's
 * `COPY … FROM STDIN WITH (format csv, null '')`. `readHeader` returns beforehand which field has which name;
 * `locateRecord` returns the line and the values of a record that hyperd refused afterwards.
 */
export { BOM_BYTES, bomLength, stripBom } from './bom.ts';
export { CsvNormalizer, type NormalizeOptions } from './normalizer.ts';
export { NormalizedCsv } from './normalized-csv.ts';
export { characterAt } from './character.ts';
export type { CommonForm } from './common-form.ts';
export { csvDialect, type CsvDialect } from './dialect.ts';
export {
  CsvEncodingError,
  CsvError,
  CsvFieldError,
  CsvGrammarError,
  CsvQuoteError,
  CsvSeparatorError,
  CsvSizeError,
  CsvUtf8Error,
  CsvValueError,
  cutOffHint,
} from './errors.ts';
export type { GrammarProblem } from './grammar-hint.ts';
export { CsvRecordError } from './record-error.ts';
export { readHeader, readHeaderRecord, type HeaderRecord } from './header.ts';
export { FieldChecks, type FieldCheck, type FieldRule } from './field-checks.ts';
export { nullRemedy } from './null-remedy.ts';
export { nullMatcher } from './nulls.ts';
export { fieldKind } from './scan.ts';
export { ByteWindow } from './window.ts';
export { NotAsWritten, RecordCheck, type RecordCheckOptions } from './record-check.ts';
export { checkedText } from './checked-text.ts';
export { locateRecord } from './locate.ts';
export { ABSENT } from './record-writer.ts';
export { sampleRecords, type SampledRecord, type SampledText } from './sample-records.ts';
export { decoderOf, transcodeToUtf8 } from './transcode.ts';
export { completeEnd, endsWithin, findBadByte, Utf8Watch } from './utf8.ts';
