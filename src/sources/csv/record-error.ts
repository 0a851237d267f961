import { CsvError } from './errors.ts';
import { delimiterYaml, usualDelimiters } from './grammar-hint.ts';

/** The bytes of a line that are kept for messages. */
const SHOWN_BYTES = 240;

/** The place of a record, and its bytes. */
interface WrongRecord {
  /** 1-based data record, the header not counted. */
  record: number;
  /** The line where the record starts. */
  line: number;
  bytes?: Uint8Array;
  /** The format by which it was read. */
  format?: RecordFormat;
}

interface RecordFormat {
  readonly delimiter: string;
  /** The number of fields is that of the header. */
  readonly header: boolean;
  readonly byPosition?: boolean | undefined;
}

/** A record with too few or too many fields. */
export class CsvRecordError extends CsvError {
  override name = 'CsvRecordError';
  readonly record: number;
  readonly expected: number;
  readonly found: number;
  /** The beginning of the record as it is written. It may hold sensitive values, so the message does not have it. */
  readonly text: string;

  constructor({ record, line, bytes, format }: WrongRecord, expected: number, found: number) {
    const text = bytes === undefined ? '' : Buffer.from(bytes.subarray(0, SHOWN_BYTES)).toString();
    const isBlank = bytes?.length === 0;
    super(
      isBlank
        ? `line ${line} is blank; a record of ${expected} fields is expected there`
        : `line ${line} (record ${record}) has ${countFields(found)}, expected ${expected}`,
      line,
      isBlank ? blankHint : recordHint(text, { expected, found }, format),
    );
    this.record = record;
    this.expected = expected;
    this.found = found;
    this.text = text;
  }
}

const blankHint = 'remove the line from the file: only blank lines at the end are passed over';

function recordHint(
  text: string,
  { expected, found }: { expected: number; found: number },
  format: RecordFormat | undefined,
): string {
  if (text.trim() === '\u001a') {
    return 'the character U+001A marks the end of a file in old programs: remove it from the file';
  }
  if (text.startsWith('#')) return 'if such lines are comments, set format: {comment: "#"}';
  const other = found === 1 ? usualDelimiters.find((one) => text.split(one).length === expected) : undefined;
  if (other !== undefined) return `if ${JSON.stringify(other)} separates the fields, ${delimiterYaml(other)}`;
  if (found > expected) return tooManyHint(text, format);
  return 'complete the record in the file; if the line is a note or a total, remove it there';
}

function tooManyHint(text: string, format: RecordFormat | undefined): string {
  const hasSingleQuotes =
    format !== undefined &&
    text
      .split("'")
      .some(
        (part, index, parts) =>
          index % 2 === 1 && index < parts.length - 1 && part.includes(format.delimiter),
      );
  if (hasSingleQuotes) return 'if single quotes enclose values, set format: {quote: "\'"}';
  return format?.header === true && format.byPosition !== true
    ? 'enclose values that contain the delimiter in quotes; if all records have more fields than the header, set format: {header: skip} and list a column for each field'
    : 'enclose values that contain the delimiter in quotes, or list all columns that the file has';
}

function countFields(count: number): string {
  return count === 1 ? '1 field' : `${count} fields`;
}
