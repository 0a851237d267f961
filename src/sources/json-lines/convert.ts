/* eslint-disable @typescript-eslint/no-non-null-assertion -- the scanner has an entry for every column. */
import type { Column } from '../../model/config/pipeline.ts';
import type { JsonLinesFormat } from '../../model/config/source.ts';
import { CsvValueError, nullRemedy } from '../csv/index.ts';
import { nameInFile } from '../delimited/layout.ts';
import { CopyTextWriter } from '../rows/copy-text-writer.ts';
import { RowField, type FieldProblem } from '../rows/row-field.ts';
import { wholeLines, type Lines } from './lines.ts';
import { JsonLineError, JsonProblem } from './problem.ts';
import { jsonKind, JsonScanner } from './scan.ts';
import { decodeText } from './text.ts';
import { wantedIn } from './wanted.ts';

const LF = 0x0a;

export interface JsonLinesOptions {
  /** The columns that are read from records, in the order of the fields. */
  columns: readonly Column[];
  format: JsonLinesFormat;
  /** The texts of further fields at the end of each row. */
  constants: readonly string[];
  /** The number of records to read at most. */
  most?: number | undefined;
  /** Is called with each record after it was converted. */
  onRecord?: ((record: JsonRecord) => void) | undefined;
}

export interface JsonRecord {
  bytes: Buffer;
  start: number;
  end: number;
  line: number;
}

/**
 * Turns JSON lines into COPY text: numbers as they are written, texts unescaped, NULL for null, nested values as they are
 * written for columns of json and text. Blank lines are passed over. Fails with a `CsvError`, which names the line.
 */
export class JsonLinesToCopy {
  /** Rows written. */
  records = 0;

  readonly #options: JsonLinesOptions;
  readonly #out = new CopyTextWriter();
  readonly #fields: readonly RowField[];
  readonly #scanner: JsonScanner;
  readonly #constants: Buffer;

  constructor(options: JsonLinesOptions) {
    const { columns, format, constants } = options;
    this.#options = options;
    this.#fields = columns.map((column) => new RowField(column, format, this.#out, false));
    this.#scanner = new JsonScanner(wantedIn(columns.map(nameInFile)), columns.length);
    this.#constants = constantFields(constants, columns.length > 0);
  }

  async *bytes(text: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
    const { most = Infinity } = this.#options;
    for await (const lines of wholeLines(text)) {
      yield* this.#rowsIn(lines, most);
      if (this.records >= most) break;
    }
    yield this.#out.take();
  }

  *#rowsIn({ bytes, start, end, line }: Lines, most: number): Generator<Buffer, void> {
    let at = start;
    for (let number = line; at < end && this.records < most; number++) {
      const found = bytes.indexOf(LF, at);
      const lineEnd = found < 0 || found > end ? end : found;
      if (!isBlank(bytes, at, lineEnd)) this.#take({ bytes, start: at, end: lineEnd, line: number });
      at = lineEnd + 1;
      if (this.#out.isFull) yield this.#out.take();
    }
  }

  #take(record: JsonRecord): void {
    const { bytes, start, end, line } = record;
    try {
      this.#scanner.scan(bytes, start, end);
    } catch (error) {
      if (!(error instanceof JsonProblem)) throw error;
      throw new JsonLineError(error, record);
    }
    for (let field = 0; field < this.#fields.length; field++) {
      if (field > 0) this.#out.endField();
      const problem = this.#write(field, record);
      if (problem !== undefined) throw this.#refused(problem, field, line, bytes);
    }
    this.#out.plain(this.#constants, 0, this.#constants.length);
    this.#out.endRow();
    this.records++;
    this.#options.onRecord?.(record);
  }

  /** Writes a field, or returns why its value cannot be taken. */
  #write(index: number, { bytes }: JsonRecord): FieldProblem | undefined {
    const field = this.#fields[index]!;
    const start = this.#scanner.starts[index]!;
    const end = this.#scanner.ends[index]!;
    const { column } = field;
    const isJson = column.type.kind === 'json';
    switch (this.#scanner.kinds[index]) {
      case jsonKind.missing:
        return column.optional === true ? field.null() : missing(column);
      case jsonKind.null:
        return field.null();
      case jsonKind.text:
        if (!isJson) return field.bytes(bytes, start, end, true);
        return field.raw(bytes, start - 1, end + 1);
      case jsonKind.escapedText:
        if (isJson) return field.raw(bytes, start - 1, end + 1);
        return this.#writeEscaped(field, bytes, start, end);
      case jsonKind.nested:
        if (isJson || column.type.kind === 'text') return field.raw(bytes, start, end);
        return nested;
      default:
        if (isJson) return field.raw(bytes, start, end);
        return field.bytes(bytes, start, end, false);
    }
  }

  #writeEscaped(field: RowField, bytes: Buffer, start: number, end: number): FieldProblem | undefined {
    const text = decodeText(bytes, start, end);
    return typeof text === 'string' ? field.text(text, true) : text;
  }

  #refused({ problem, hint, ways }: FieldProblem, field: number, line: number, bytes: Buffer): CsvValueError {
    const kind = this.#scanner.kinds[field]!;
    const raw = bytes.toString('utf8', this.#scanner.starts[field], this.#scanner.ends[field]);
    const isText = kind === jsonKind.text || kind === jsonKind.escapedText;
    const value = kind <= jsonKind.null ? null : raw;
    const { nulls } = this.#options.format;
    const nullHint =
      isText && ways ? nullRemedy(ways, { isQuoted: false, raw, value: raw }, nulls) : undefined;
    return new CsvValueError(
      { problem, hint, ...(nullHint !== undefined && { nullHint }) },
      { line, field, value },
    );
  }
}

const nested: FieldProblem = {
  problem: 'the value is an object or an array',
  hint: 'take a value inside it by a path, such as from: $.key.inner or from: $.key[0]; a column of json or text takes all of it as it is written',
};

function missing(column: Column): FieldProblem {
  return {
    problem: `the record has no ${JSON.stringify(nameInFile(column))}`,
    hint: column.notNull
      ? 'correct the file, or the name of the key: from'
      : 'correct the file; if records may lack it, write optional: true in the column: it is NULL then',
  };
}

function constantFields(constants: readonly string[], hasFields: boolean): Buffer {
  const out = new CopyTextWriter();
  for (const [index, text] of constants.entries()) {
    if (index > 0 || hasFields) out.endField();
    out.text(text);
  }
  return Buffer.from(out.take());
}

function isBlank(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false;
  }
  return true;
}
