/* eslint-disable @typescript-eslint/no-non-null-assertion -- every index in the loop below is bounded by the number of positions, and positions by the bytes. */
import type { NonDigits } from '../common-form.ts';
import type { CsvDialect } from '../dialect.ts';
import type { ScannedRecord } from '../field-checks.ts';
import { fieldKind } from '../scan.ts';
import type { ByteWindow } from '../window.ts';
import { INDEX_BYTES, StructuralIndex } from './structural-index.ts';

const LF = 0x0a;
const CR = 0x0d;
const QUOTE = '"';

/**
 * Finds the fields of ordinary records as `RecordScanner` does, in a tenth of its time: it goes from one byte that may
 * end a field to the next. It leaves to the scanner every record that holds anything else than fields, delimiters,
 * quotes around whole fields and one line break at its end, and so all that is wrong.
 */
export class RecordSplitter implements ScannedRecord, NonDigits {
  /** The physical line where the record begins, from 1: the scanner's, which must be kept in step. */
  line = 1;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly fieldKinds: Uint8Array;

  readonly #index: StructuralIndex;
  readonly #delimiter: number;
  readonly #quote: number;
  /** The positions in the window at which the indexed bytes begin and end. */
  #base = 0;
  #end = 0;
  /** The first position that has not been passed. */
  #next = 0;

  private constructor(index: StructuralIndex, delimiter: number, quote: number, fields: number) {
    this.#index = index;
    this.#delimiter = delimiter;
    this.#quote = quote;
    this.starts = new Int32Array(fields);
    this.ends = new Int32Array(fields);
    this.fieldKinds = new Uint8Array(fields);
  }

  /** Returns undefined for a dialect whose records only the scanner splits, and where there is no index. */
  static open({ delimiter, quote, escape }: CsvDialect, fields: number): RecordSplitter | undefined {
    if (quote !== QUOTE || escape !== QUOTE) return undefined;
    const index = StructuralIndex.open();
    return index && new RecordSplitter(index, delimiter.charCodeAt(0), quote.charCodeAt(0), fields);
  }

  /**
   * Must be called when the window was appended to or moved, and before records are split in the same turn: others who
   * check texts use the same index. A window of one long record is left to the scanner.
   */
  look({ bytes, start, end }: ByteWindow): void {
    const isShort = end - start <= INDEX_BYTES;
    this.#base = start;
    this.#end = isShort ? end : start;
    this.#next = 0;
    this.#index.index(bytes.subarray(start, this.#end), this.#delimiter, this.#quote);
  }

  /**
   * Returns where the record after the one at `from` begins, or -1 if the scanner must look at this one: it is not
   * ordinary, has another number of fields, or does not end in the window.
   */
  split(bytes: Uint8Array, from: number): number {
    const { starts, ends, fieldKinds } = this;
    const { positions, count } = this.#index;
    const base = this.#base;
    const delimiter = this.#delimiter;
    const quote = this.#quote;
    const fields = starts.length;
    let next = this.#next;
    while (next < count && positions[next]! + base < from) next++;
    this.#next = next;
    let start = from;
    for (let field = 0; ; field++) {
      if (next >= count || field === fields) return -1;
      let at = positions[next++]! + base;
      let byte = bytes[at]!;
      let kind: number = fieldKind.plain;
      if (byte === quote) {
        next = at === start ? this.#closingQuote(bytes, next) : -1;
        if (next < 0) return -1;
        at = positions[next - 1]! + base + 1;
        // The byte after the quote ends the field, or the record is not ordinary.
        if (next >= count || positions[next]! + base !== at) return -1;
        next++;
        byte = bytes[at]!;
        kind = fieldKind.quoted;
      }
      starts[field] = start;
      ends[field] = at;
      fieldKinds[field] = kind;
      start = at + 1;
      if (byte === delimiter) continue;
      if (field + 1 !== fields) return -1;
      if (byte === CR) {
        if (next >= count || positions[next++]! + base !== start || bytes[start] !== LF) return -1;
        start++;
      } else if (byte !== LF) return -1;
      this.#next = next;
      return start;
    }
  }

  nonDigits(at: number, length: number): number {
    return this.#index.nonDigits(at - this.#base, length);
  }

  /** Returns the index after that of the quote that closes the one before `next`; -1 if a line break comes before. */
  #closingQuote(bytes: Uint8Array, next: number): number {
    const { positions, count } = this.#index;
    const base = this.#base;
    const quote = this.#quote;
    for (let index = next; index < count; index++) {
      const at = positions[index]! + base;
      const byte = bytes[at];
      if (byte === LF || byte === CR) return -1;
      if (byte !== quote) continue;
      if (at + 1 >= this.#end) return -1;
      if (bytes[at + 1] !== quote) return index + 1;
      index++;
    }
    return -1;
  }
}
