import { pipeline, Readable, Transform, type TransformCallback } from 'node:stream';
import type { CsvFormat } from '../../model/config/source.ts';

const LF = 0x0a;
const BACKSLASH = 0x5c;

/** Returns true if a text in PostgreSQL's format has lines that are no records. */
export function hasOtherLines({ skipLines, comment, header }: CsvFormat): boolean {
  return skipLines !== undefined || comment !== undefined || header;
}

/** Returns true if a text has anything beside such lines. Reads no further than up to the first record. */
export async function hasRecordLine(text: AsyncIterable<Buffer>, format: CsvFormat): Promise<boolean> {
  if (!hasOtherLines(format)) return true;
  const lines = pipeline(Readable.from(text), new RecordLines(format), () => undefined);
  for await (const chunk of lines as AsyncIterable<Buffer>) if (chunk.length > 0) return true;
  return false;
}

/**
 * Leaves out the lines of PostgreSQL's text format that are no records: those to be skipped, then comments and the
 * header. Remembers which lines of the file those are that have passed.
 */
export class RecordLines extends Transform {
  readonly #comment: number | undefined;
  #skip: number;
  #headerAhead: boolean;
  /** The next byte begins a line that is no continuation of a record. */
  #isStart = true;
  /** The kind of the present line: its end may be escaped only in a record or a header. */
  #kind: 'other' | 'header' | 'record' = 'other';
  #isEscaped = false;
  #line = 1;
  /** The lines that have passed. */
  #passed = 0;
  /** The lines that passed and do not follow the previous one in the file, and their line numbers there. */
  readonly #jumps: { passed: number; line: number }[] = [];

  constructor({ skipLines = 0, comment, header }: CsvFormat) {
    super();
    this.#skip = skipLines;
    this.#comment = comment?.charCodeAt(0);
    this.#headerAhead = header;
  }

  /** Returns the line of the file (from 1) that is a line of what has passed (from 1). */
  lineOf(passed: number): number {
    const jump = this.#jumps.findLast((one) => one.passed <= passed) ?? { passed: 1, line: 1 };
    return jump.line + passed - jump.passed;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    for (let at = 0; at < chunk.length;) {
      if (this.#isStart) this.#begin(chunk[at] ?? 0);
      const end = this.#endIn(chunk, at);
      if (this.#kind === 'record') this.push(chunk.subarray(at, end));
      at = end;
    }
    done();
  }

  #begin(byte: number): void {
    this.#isStart = false;
    if (this.#skip > 0) {
      this.#skip--;
      this.#kind = 'other';
    } else if (byte === this.#comment) this.#kind = 'other';
    else if (this.#headerAhead) {
      this.#headerAhead = false;
      this.#kind = 'header';
    } else {
      this.#kind = 'record';
      const passed = this.#passed + 1;
      if (this.lineOf(passed) !== this.#line) this.#jumps.push({ passed, line: this.#line });
    }
  }

  /** Returns where the present line, with the lines that continue it, ends; or the end of the chunk. */
  #endIn(chunk: Buffer, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at];
      if (byte === LF) {
        this.#line++;
        if (this.#kind === 'record') this.#passed++;
        const isContinued = this.#isEscaped && this.#kind !== 'other';
        this.#isEscaped = false;
        if (isContinued) continue;
        this.#isStart = true;
        return at + 1;
      }
      this.#isEscaped = byte === BACKSLASH && !this.#isEscaped;
    }
    return chunk.length;
  }
}
