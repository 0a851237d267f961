import type { Column } from '../../model/config/pipeline.ts';
import type { ValueNotation } from '../../model/config/source.ts';
import type { FieldRule } from '../csv/index.ts';
import { ruleOf } from '../delimited/field-checks.ts';
import { isText } from '../delimited/layout.ts';
import { CopyTextWriter } from './copy-text-writer.ts';

/** The reason why a value cannot be taken, and what to do about it. */
export interface FieldProblem {
  problem: string;
  hint: string;
  /** Remedies besides listing the text as NULL, where it may mean that; shown instead of the hint. */
  ways?: readonly string[];
}

const notNullHint = 'correct the file, or allow NULL: remove "not null" from the column';

/**
 * Writes the values of one column as COPY text, by the same rules as those of CSV. Each call writes one field, or returns
 * the reason why the value cannot be taken.
 */
export class RowField {
  readonly column: Column;
  readonly #rule: FieldRule | undefined;
  readonly #nulls: ReadonlySet<string>;
  readonly #out: CopyTextWriter;
  readonly #emptyAsNull: boolean;

  /** With `emptyAsNull` the empty text is NULL in a column that is not text. */
  constructor(column: Column, notation: ValueNotation, out: CopyTextWriter, emptyAsNull: boolean) {
    this.column = column;
    this.#rule = ruleOf(column, notation);
    this.#nulls = new Set(notation.nulls);
    this.#out = out;
    this.#emptyAsNull = emptyAsNull && !isText(column);
  }

  /** Returns true for a text that the format lists as NULL. */
  isNullText(text: string): boolean {
    return this.#nulls.has(text);
  }

  /** Writes a NULL of the file. */
  null(): FieldProblem | undefined {
    if (this.column.notNull) return { problem: 'the value is NULL', hint: notNullHint };
    this.#out.null();
    return undefined;
  }

  /** Writes a value from bytes without backslashes and control characters. */
  bytes(bytes: Uint8Array, start: number, end: number, isText: boolean): FieldProblem | undefined {
    const rule = this.#rule;
    const mayBeNull = isText && (this.#nulls.size > 0 || this.#emptyAsNull);
    if (!mayBeNull && (rule === undefined || (start < end && rule.isExact(bytes, start, end)))) {
      this.#out.plain(bytes, start, end);
      return undefined;
    }
    return this.text(Buffer.from(bytes.subarray(start, end)).toString(), isText);
  }

  /** Writes a value as text. Only a value that is a text in its file may be one of the null strings. */
  text(text: string, isText: boolean): FieldProblem | undefined {
    if (isText && (this.#nulls.has(text) || (this.#emptyAsNull && text === ''))) return this.null();
    const reading = this.#rule?.read(text) ?? { text };
    if ('problem' in reading) return reading;
    if (reading.text === null) {
      if (this.column.notNull) return { problem: 'the value would be NULL', hint: notNullHint };
      this.#out.null();
    } else {
      this.#out.text(reading.text);
    }
    return undefined;
  }

  /** Writes any bytes as they are, without applying a rule. */
  raw(bytes: Uint8Array, start: number, end: number): FieldProblem | undefined {
    this.#out.escaped(bytes, start, end);
    return undefined;
  }
}
