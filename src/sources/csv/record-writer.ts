/* eslint-disable @typescript-eslint/no-non-null-assertion -- `select` is checked against the scanned fields once, above. */
import type { OutputBlocks } from './blocks.ts';
import type { CsvDialect } from './dialect.ts';
import type { NonDigits } from './common-form.ts';
import {
  csvFields,
  FieldChecks,
  type FieldCheck,
  type FieldRule,
  type ScannedRecord,
} from './field-checks.ts';
import { fieldRewriter } from './field.ts';
import { nullMatcher } from './nulls.ts';
import { fieldKind } from './scan.ts';

const LF = 0x0a;
const COMMA = 0x2c;
const QUOTE = 0x22;
const EMPTY_STRING = Buffer.from('""');

/** In the place of a field: the file has none for the target column, which is NULL. */
export const ABSENT = -1;

export interface RecordShape {
  readonly dialect: CsvDialect;
  /** Fields in every record of the file. */
  readonly fields: number;
  /** 0-based fields of the file, or `ABSENT`, in the order of the target columns. */
  readonly select: readonly number[];
  /** Values of further target columns, the same in every record. */
  readonly constants: readonly (string | null)[];
  /** Has, for each target column of `select`, true if the empty string is NULL, too, because the column is not text. */
  readonly emptyAsNull: readonly boolean[];
  /** Has, for each target column of `select`, the rule by which its text becomes a value, where hyperd would change any. */
  readonly rules?: readonly (FieldRule | undefined)[];
  /** Has, for each target column of `select`, true if NULL is not allowed. */
  readonly required?: readonly boolean[];
}

/** A record with everything that is known of it. */
export interface WholeRecord extends ScannedRecord {
  /** All kinds of its fields, or-ed. */
  readonly kinds: number;
  /** The position where its last field ends and its line break (if any) begins. */
  readonly end: number;
}

/**
 * Writes a record; `next` is where its successor starts in `bytes`. Changes its bytes. `digits` where it is known which of
 * them are digits.
 */
export type RecordWriter = (record: WholeRecord, bytes: Uint8Array, next: number, digits?: NonDigits) => void;

/**
 * Turns records into hyperd's one dialect by editing: what is right already is kept as a range of the input.
 * Delimiters, outer quotes and line breaks are changed in the input itself, so that the ranges stay whole.
 */
export function recordWriter(shape: RecordShape, out: OutputBlocks): RecordWriter {
  const { fields } = shape;
  const delimiter = shape.dialect.delimiter.charCodeAt(0);
  const select = Int32Array.from(shape.select);
  const last = select.length - 1;
  const runs = consecutiveRuns(shape.select);
  const tail = constantTail(shape);
  const keepsLineBreak = tail.length === 0 && select.indexOf(fields - 1) === last;
  const isCarefree = carefreeRecords(shape);
  const byTarget = checksOf(shape);
  const checks = new FieldChecks(csvFields(shape.dialect), byTarget);
  const replacement = (target: number) => checks.replacementOf(byTarget[target]!);
  const writeValue = valueWriter(shape, replacement, out);

  return (record, bytes, next, digits) => {
    const { starts, ends, end } = record;
    const isReplaced = checks.look(record, bytes, digits);
    if (delimiter !== COMMA) for (let field = 0; field < fields - 1; field++) bytes[ends[field]!] = COMMA;
    if (!keepsLineBreak) bytes[end] = COMMA;
    else if (next <= end + 1) bytes[end] = LF;

    // A comma is kept with the value before it. The last one is before the constants, or is left out again.
    if (!isReplaced && isCarefree(record, bytes)) {
      for (let run = 0; run < runs.length; run += 2) {
        if (run > 0) out.keep(ends[runs[run - 1]!]!, ends[runs[run - 1]!]! + 1);
        out.keep(starts[runs[run]!]!, ends[runs[run + 1]!]!);
      }
    } else {
      for (let target = 0; target <= last; target++) {
        const before = target === 0 ? undefined : select[target - 1]!;
        if (before === ABSENT) out.put(COMMA);
        else if (before !== undefined) out.keep(ends[before]!, ends[before]! + 1);
        if (select[target] !== ABSENT) writeValue(target, record, select[target]!, bytes);
      }
    }
    if (keepsLineBreak) {
      out.keep(end, Math.max(next, end + 1));
    } else if (tail.length === 0) {
      out.put(LF);
    } else {
      out.putAll(tail);
    }
  };
}

function checksOf({ select, rules, required, emptyAsNull }: RecordShape): FieldCheck[] {
  return select.map((field, target) => ({
    field,
    rule: rules?.[target],
    isRequired: required?.[target] ?? false,
    emptyAsNull: emptyAsNull[target] ?? false,
  }));
}

/** First and last field of each run of neighbours that stay neighbours. */
function consecutiveRuns(select: readonly number[]): Int32Array {
  const runs: number[] = [];
  for (const [target, field] of select.entries()) {
    if (target > 0 && select[target - 1] === field - 1) runs[runs.length - 1] = field;
    else runs.push(field, field);
  }
  return Int32Array.from(runs);
}

/** Returns the bytes after the selected fields in every record, if there are constants: they and the line break. */
function constantTail({ select, constants }: RecordShape): Buffer {
  if (constants.length === 0) return Buffer.alloc(0);
  const values = constants.map((value) => (value === null ? '' : quoted(value))).join(',');
  return Buffer.from(`${select.length > 0 ? ',' : ''}${values}\n`);
}

function quoted(value: string): string {
  return `"${value.replaceAll('"', '""')}"`;
}

/** Returns a test that shows, mostly by a record's kinds, that hyperd reads all of its values as intended. */
function carefreeRecords({
  dialect,
  select,
  emptyAsNull,
}: RecordShape): (record: WholeRecord, bytes: Uint8Array) => boolean {
  if (select.includes(ABSENT)) return () => false;
  const isOneOfNulls = otherNulls(dialect, select);
  if (dialect.quote !== '"') {
    return (record, bytes) => record.kinds === fieldKind.plain && !isOneOfNulls(record, bytes);
  }
  /** Fields that may be NULL in quotes. */
  const typed = Int32Array.from(select.filter((_, target) => emptyAsNull[target] === true));
  return (record, bytes) => {
    const { kinds, fieldKinds } = record;
    if (kinds === fieldKind.plain) return !isOneOfNulls(record, bytes);
    if (kinds !== fieldKind.quoted) return false;
    for (const field of typed) if (fieldKinds[field] !== fieldKind.plain) return false;
    return !isOneOfNulls(record, bytes);
  };
}

/**
 * Returns a test for records with a field whose bytes hyperd, for which only the empty string is NULL, would read otherwise: another
 * null string, or the empty string where it is none.
 */
function otherNulls(
  { nulls }: CsvDialect,
  select: readonly number[],
): (record: WholeRecord, bytes: Uint8Array) => boolean {
  if (nulls.length === 1 && nulls[0] === '') return () => false;
  const emptyIsNull = nulls.includes('');
  const isNull = nullMatcher(nulls);
  const fields = Int32Array.from(select);
  return ({ starts, ends, fieldKinds }, bytes) => {
    for (const field of fields) {
      if (fieldKinds[field] !== fieldKind.plain) continue;
      const start = starts[field]!;
      const end = ends[field]!;
      if (start === end ? !emptyIsNull : isNull(bytes, start, end)) return true;
    }
    return false;
  };
}

/** Returns a function that writes one value; it writes nothing for NULL. */
function valueWriter(
  shape: RecordShape,
  replacement: (target: number) => { text: string | null } | undefined,
  out: OutputBlocks,
) {
  const { dialect } = shape;
  const emptyAsNull = Uint8Array.from(shape.emptyAsNull, Number);
  const emptyIsNull = dialect.nulls.includes('');
  const isNull = nullMatcher(dialect.nulls);
  const rewrite = fieldRewriter(dialect, out);

  return (target: number, record: WholeRecord, field: number, bytes: Uint8Array) => {
    const start = record.starts[field]!;
    const end = record.ends[field]!;
    const kind = record.fieldKinds[field]!;
    const emptyToNull = emptyAsNull[target] === 1;
    const replaced = replacement(target);
    if (replaced !== undefined) {
      if (replaced.text !== null) out.putAll(Buffer.from(quoted(replaced.text)));
    } else if ((kind & fieldKind.rewrite) !== 0) {
      if ((kind & fieldKind.quoted) !== 0 || !isNull(bytes, start, end))
        rewrite(bytes, start, end, emptyToNull);
    } else if (kind === fieldKind.quoted) {
      if (emptyToNull && end - start === 2) return;
      bytes[start] = bytes[end - 1] = QUOTE;
      out.keep(start, end);
    } else if (start === end) {
      if (!emptyIsNull && !emptyToNull) out.putAll(EMPTY_STRING);
    } else if (!isNull(bytes, start, end)) {
      out.keep(start, end);
    }
  };
}
