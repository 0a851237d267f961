import { Transform, type TransformCallback } from 'node:stream';
import { nullMatcher, type FieldCheck } from '../csv/index.ts';
import { escapeValue } from './escape.ts';
import { TextRecords, type TextOptions, type TextTaker } from './records.ts';
import type { TextScanner } from './scan.ts';

export interface NormalizeTextOptions extends TextOptions {
  /** Further fields at the end of every record. */
  readonly constants: readonly string[];
}

/** The stream made by `normalizeText`. */
export interface NormalizedText extends Transform {
  /** Data records written. */
  readonly records: number;
}

/**
 * Turns a file in PostgreSQL's text format into the text that hyperd reads by `COPY … WITH (format text)`: the first
 * of several null strings wherever a field is one of them, values as their rules want them, further fields at the end
 * of each record, no byte order mark, no end mark, a line break after the last record.
 */
export function normalizeText(options: NormalizeTextOptions): NormalizedText {
  return new TextNormalizer(options);
}

class TextNormalizer extends Transform implements NormalizedText, TextTaker {
  readonly #records: TextRecords;
  readonly #checks: readonly FieldCheck[];
  readonly #delimiter: string;
  readonly #null: string;
  readonly #isOtherNull: (bytes: Uint8Array, start: number, end: number) => boolean;
  readonly #hasOtherNulls: boolean;
  readonly #emptyIsNull: boolean;
  readonly #tail: Buffer;
  #parts: Buffer[] = [];

  constructor(options: NormalizeTextOptions) {
    super();
    const { delimiter, nulls, checks, constants } = options;
    const [first = '', ...others] = nulls;
    this.#checks = checks;
    this.#delimiter = delimiter;
    this.#null = first;
    this.#isOtherNull = nullMatcher(others);
    this.#hasOtherNulls = others.length > 0;
    this.#emptyIsNull = others.includes('');
    const tail = constants.map((value) => delimiter + escapeValue(value, delimiter, first));
    this.#tail = Buffer.from(`${tail.join('')}\n`);
    this.#records = new TextRecords(options, this);
  }

  get records(): number {
    return this.#records.records;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#attempt(() => this.#records.push(chunk), done);
  }

  override _flush(done: TransformCallback): void {
    this.#attempt(() => this.#records.end(), done);
  }

  onRecord(scanner: TextScanner, bytes: Uint8Array, isReplaced: boolean): void {
    let from = scanner.starts[0] ?? scanner.end;
    if (isReplaced || this.#hasOtherNulls) {
      for (let field = 0; field < scanner.count; field++) {
        const written = this.#rewritten(scanner, bytes, field);
        if (written === undefined) continue;
        this.#parts.push(Buffer.from(bytes.subarray(from, scanner.starts[field])), Buffer.from(written));
        from = scanner.ends[field] ?? scanner.end;
      }
    }
    this.#parts.push(Buffer.from(bytes.subarray(from, scanner.end)), this.#tail);
  }

  onEndMark(): void {
    // It ends the data in the file; in the stream to hyperd, which takes it for a value, the end does.
  }

  /** Returns the text to write instead of a field; undefined if the field stays unchanged. */
  #rewritten(scanner: TextScanner, bytes: Uint8Array, field: number): string | undefined {
    const check = this.#checks.find((one) => one.field === field);
    const replaced = check === undefined ? undefined : this.#records.checks.replacementOf(check);
    if (replaced !== undefined) {
      return replaced.text === null ? this.#null : escapeValue(replaced.text, this.#delimiter, this.#null);
    }
    const start = scanner.starts[field] ?? 0;
    const end = scanner.ends[field] ?? 0;
    const isNull = start === end ? this.#emptyIsNull : this.#isOtherNull(bytes, start, end);
    return isNull ? this.#null : undefined;
  }

  #attempt(step: () => void, done: TransformCallback): void {
    try {
      step();
      done(null, Buffer.concat(this.#parts.splice(0)));
    } catch (error) {
      done(error as Error);
    }
  }
}
