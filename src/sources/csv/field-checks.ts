/* eslint-disable @typescript-eslint/no-non-null-assertion -- the lists have one entry per check, and the scanner keeps the place of every field. */
import { CommonForms, type CommonForm, type NonDigits } from './common-form.ts';
import type { CsvDialect } from './dialect.ts';
import { CsvValueError } from './errors.ts';
import { fieldText } from './field.ts';
import { nullRemedy } from './null-remedy.ts';
import { nullMatcher } from './nulls.ts';
import { fieldKind } from './scan.ts';

/** The places of the fields of one record, as a scanner found them. */
export interface ScannedRecord {
  readonly line: number;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly fieldKinds: Uint8Array;
}

/** The notation of values and NULL in a format. */
export interface FieldFormat {
  readonly nulls: readonly string[];
  /** True if the bytes between outer quotes are the value, wherever they look like a number or a moment. */
  readonly quotesArePlain: boolean;
  text(bytes: Uint8Array, start: number, end: number): string;
}

export function csvFields(dialect: CsvDialect): FieldFormat {
  const { nulls, quote = '', escape = '' } = dialect;
  return {
    nulls,
    quotesArePlain: !/[\w .:+-]/.test(quote + escape),
    text: (bytes, start, end) => fieldText(dialect, bytes, start, end),
  };
}

/** The rule by which the text of a field becomes a value. */
export interface FieldRule {
  /** A form that is exact, which can be recognized at a glance. */
  readonly commonForm?: CommonForm | undefined;
  /** True if hyperd reads exactly these bytes as the value they mean; false: ask `read`. */
  isExact(bytes: Uint8Array, start: number, end: number): boolean;
  /** The text that hyperd must be given (null is NULL), or why the value cannot be taken. */
  read(text: string): { text: string | null } | FieldProblem;
}

export interface FieldProblem {
  problem: string;
  hint: string;
  /** Instead of the hint, where the text may mean NULL: the ways out beside listing it as such. */
  ways?: readonly string[];
}

/** The condition on one field of every record. */
export interface FieldCheck {
  /** 0-based, in the file. */
  readonly field: number;
  /** Undefined where hyperd keeps or refuses any text, and changes none. */
  readonly rule: FieldRule | undefined;
  /** NULL is no value of the column. */
  readonly isRequired: boolean;
  /** The empty string is NULL, quoted or not, because the column is not text. */
  readonly emptyAsNull: boolean;
}

const requiredHint = 'correct the file, or allow NULL: remove "not null" from the column';

/** Looks at the fields of records in place; a JavaScript value is made of those only that are not plainly exact. */
export class FieldChecks {
  readonly #format: FieldFormat;
  /** In the order of the fields, so that the first problem of a record is the one that is found. */
  readonly #checks: readonly FieldCheck[];
  readonly #rules: readonly (FieldRule | undefined)[];
  readonly #forms: CommonForms;
  readonly #fields: Int32Array;
  /** The replacements in the record checked last: the text that hyperd must be given instead of a field. */
  readonly #replaced = new Map<FieldCheck, { text: string | null }>();
  readonly #emptyIsNull: boolean;
  readonly #hasNulls: boolean;
  readonly #isNull: (bytes: Uint8Array, start: number, end: number) => boolean;

  constructor(format: FieldFormat, checks: readonly FieldCheck[]) {
    this.#format = format;
    this.#checks = checks
      .filter(({ field, rule, isRequired }) => field >= 0 && (rule !== undefined || isRequired))
      .sort((a, b) => a.field - b.field);
    this.#rules = this.#checks.map(({ rule }) => rule);
    this.#forms = new CommonForms(this.#rules.map((rule) => rule?.commonForm));
    this.#fields = Int32Array.from(this.#checks, ({ field }) => field);
    this.#emptyIsNull = format.nulls.includes('');
    this.#hasNulls = format.nulls.some((text) => text !== '');
    this.#isNull = nullMatcher(format.nulls);
  }

  /** Returns the text that hyperd must be given instead of the field of a check, in the record checked last. */
  replacementOf(check: FieldCheck): { text: string | null } | undefined {
    return this.#replaced.get(check);
  }

  /**
   * Looks at the record last scanned, at a glance where it is known which bytes are digits. True if a field must be
   * replaced.
   *
   * @throws CsvValueError for the first field whose value cannot be taken.
   */
  look(record: ScannedRecord, bytes: Uint8Array, digits?: NonDigits): boolean {
    const fields = this.#fields;
    const hasNulls = this.#hasNulls;
    const { quotesArePlain } = this.#format;
    const { starts, ends, fieldKinds } = record;
    const replaced = this.#replaced;
    if (replaced.size > 0) replaced.clear();
    for (let index = 0; index < fields.length; index++) {
      const field = fields[index]!;
      const kind = fieldKinds[field]!;
      const outer = kind === fieldKind.quoted ? 1 : 0;
      const start = starts[field]! + outer;
      const end = ends[field]! - outer;
      const isValue =
        start < end &&
        (outer === 1
          ? quotesArePlain
          : kind === fieldKind.plain && !(hasNulls && this.#isNull(bytes, start, end)));
      if (isValue) {
        if (digits !== undefined && this.#forms.has(index, bytes, start, end, digits)) continue;
        const rule = this.#rules[index];
        if (rule === undefined || rule.isExact(bytes, start, end)) continue;
      }
      this.#lookAt(index, record, bytes);
    }
    return replaced.size > 0;
  }

  #lookAt(index: number, record: ScannedRecord, bytes: Uint8Array): void {
    const check = this.#checks[index]!;
    const { field, rule, isRequired, emptyAsNull } = check;
    const start = record.starts[field]!;
    const end = record.ends[field]!;
    const kind = record.fieldKinds[field]!;
    const isQuoted = (kind & fieldKind.quoted) !== 0;
    const isNull = isQuoted
      ? emptyAsNull && end - start === 2
      : start === end
        ? this.#emptyIsNull || emptyAsNull
        : this.#isNull(bytes, start, end);
    if (isNull) {
      if (isRequired) this.#fail({ problem: 'the value is NULL', hint: requiredHint }, index, record, null);
      return;
    }
    if (rule === undefined) return;
    if (isQuoted) {
      if (this.#format.quotesArePlain && rule.isExact(bytes, start + 1, end - 1)) return;
    } else if (kind === fieldKind.plain && rule.isExact(bytes, start, end)) return;
    const text = this.#format.text(bytes, start, end);
    const reading = rule.read(text);
    if ('problem' in reading) {
      const raw = Buffer.from(bytes.subarray(start, end)).toString();
      const { problem, hint, ways } = reading;
      const nullHint = ways && nullRemedy(ways, { isQuoted, raw, value: text }, this.#format.nulls);
      this.#fail({ problem, hint, ...(nullHint !== undefined && { nullHint }) }, index, record, text);
    }
    if (reading.text === text) return;
    if (reading.text === null && isRequired) {
      this.#fail({ problem: 'the value would be NULL', hint: requiredHint }, index, record, text);
    }
    this.#replaced.set(check, reading);
  }

  #fail(
    problem: { problem: string; hint: string; nullHint?: string },
    index: number,
    record: ScannedRecord,
    value: string | null,
  ): never {
    throw new CsvValueError(problem, { line: record.line, field: this.#fields[index]!, value });
  }
}
