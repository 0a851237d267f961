import { CsvError } from './errors.ts';

/** The bytes of a line that are kept for messages. */
const SHOWN_BYTES = 240;

/** The place of a record, and its bytes. */
interface WrongRecord {
  /** 1-based data record, the header not counted. */
  record: number;
  /** The line where the record starts. */
  line: number;
  bytes?: Uint8Array;
}

/** A record with too few or too many fields. */
export class CsvRecordError extends CsvError {
  override name = 'CsvRecordError';
  readonly record: number;
  readonly expected: number;
  readonly found: number;
  /** The beginning of the record as it is written. It may hold sensitive values, so the message does not have it. */
  readonly text: string;

  constructor({ record, line, bytes }: WrongRecord, expected: number, found: number) {
    const text = bytes === undefined ? '' : Buffer.from(bytes.subarray(0, SHOWN_BYTES)).toString();
    const isBlank = bytes?.length === 0;
    super(
      isBlank
        ? `line ${line} is blank; a record of ${expected} fields is expected there`
        : `line ${line} (record ${record}) has ${countFields(found)}, expected ${expected}`,
      line,
      isBlank ? blankHint : recordHint(text, expected, found),
    );
    this.record = record;
    this.expected = expected;
    this.found = found;
    this.text = text;
  }
}

const blankHint = 'remove the line from the file: only blank lines at the end are passed over';

function recordHint(text: string, expected: number, found: number): string {
  if (text.trim() === '\u001a') {
    return 'the character U+001A marks the end of a file in old programs: remove it from the file';
  }
  if (text.startsWith('#')) return 'if such lines are comments, set format: {comment: "#"}';
  if (found > expected) {
    return 'enclose values that contain the delimiter in quotes, or list all columns that the file has';
  }
  return 'complete the record in the file; if the line is a note or a total, remove it there';
}

function countFields(count: number): string {
  return count === 1 ? '1 field' : `${count} fields`;
}
