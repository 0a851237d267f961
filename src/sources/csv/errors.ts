import { grammarHint, skippedHint, type GrammarFacts, type GrammarProblem } from './grammar-hint.ts';

/** An error in a CSV file, and its place. The file's name is not known here: the code that opened the file adds it. */
export class CsvError extends Error {
  override name = 'CsvError';
  /** 1-based physical line in the file, the header counted. */
  readonly line: number;
  /** The place in that line, in characters from 1, if it is one place. */
  readonly character: number | undefined;
  /** The remedy, where more is known than that file and format disagree. */
  readonly hint: string | undefined;

  constructor(message: string, line: number, hint?: string, character?: number) {
    super(message);
    this.line = line;
    this.hint = hint;
    this.character = character;
  }
}

/** Excel's first line names another delimiter than the dialect. */
export class CsvSeparatorError extends CsvError {
  override name = 'CsvSeparatorError';

  constructor(line: number, found: string, expected: string) {
    const [names, has] = [found, expected].map((character) => JSON.stringify(character));
    super(
      `the line "sep=" names the delimiter ${names}, the format has ${has}`,
      line,
      `write delimiter: ${names} in its format`,
    );
  }
}

interface FieldPlace {
  line: number;
  /** The place in the line, in characters from 1. */
  character?: number;
  field: number;
  near?: string;
}

/** Something is wrong with one field. The message names neither the line nor the field: its column has a name. */
export class CsvFieldError extends CsvError {
  override name = 'CsvFieldError';
  /** 0-based, in the record. */
  readonly field: number;
  override readonly hint: string;
  /** The message without any text of the file. */
  readonly problem: string;

  constructor(problem: string, at: FieldPlace, hint: string) {
    super(at.near === undefined ? problem : `${problem}: ${visible(at.near)}`, at.line, hint, at.character);
    this.problem = problem;
    this.field = at.field;
    this.hint = hint;
  }
}

/** A field that does not follow the grammar of the dialect. */
export class CsvGrammarError extends CsvFieldError {
  override name = 'CsvGrammarError';

  constructor(problem: GrammarProblem, at: Required<FieldPlace> & GrammarFacts) {
    super(problem, at, grammarHint(problem, at));
  }
}

/** A value that Hyper would change or refuse. */
export class CsvValueError extends CsvFieldError {
  override name = 'CsvValueError';
  /** The value as the file has it; null for NULL. */
  readonly value: string | null;
  /** Says more than `hint` where the text may mean NULL: it may repeat the value. */
  readonly nullHint: string | undefined;

  constructor(
    problem: { problem: string; hint: string; nullHint?: string },
    at: { line: number; field: number; value: string | null },
  ) {
    super(problem.problem, at, problem.hint);
    this.value = at.value;
    this.nullHint = problem.nullHint;
  }
}

/** Returns the text on one line, with control characters as escapes. */
function visible(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are the ones
  return text.replace(/[\u0000-\u001f\u007f]/g, (character) => JSON.stringify(character).slice(1, -1));
}

const quoteHint =
  'close the quote, or get the file again if it was cut off; if quotes mean nothing in this file, set format: {quote: none}';

/** A quote that is still open at the end of the file. `line` and `character` are where it opened. */
export class CsvQuoteError extends CsvError {
  override name = 'CsvQuoteError';
  /** 1-based data record; 0 is the header. */
  readonly record: number;

  constructor(
    record: number,
    quote: { line: number; character: number; skipped?: number | undefined } | undefined,
  ) {
    if (quote === undefined) throw new Error('a quote is open that was not opened');
    const whose = record === 0 ? 'header' : `record ${record}`;
    super(
      `the quote opened in line ${quote.line} (${whose}) is never closed`,
      quote.line,
      quote.skipped === undefined ? quoteHint : `${skippedHint(quote.skipped)}; if not, ${quoteHint}`,
      quote.character,
    );
    this.record = record;
  }
}

/** A record (or header) longer than this reader keeps in memory. `line` is where it starts. */
export class CsvSizeError extends CsvError {
  override name = 'CsvSizeError';
  readonly limit: number;

  constructor(what: string, line: number, limit: number) {
    super(
      `the ${what} starting in line ${line} is longer than ${limit} bytes; is a quote left open?`,
      line,
      quoteHint,
    );
    this.limit = limit;
  }
}

/** The bytes to which windows-1252 gives no character of its own. */
const notIn1252 = [0x81, 0x8d, 0x8f, 0x90, 0x9d];

/**
 * Bytes that are not UTF-8. `offset` is 0-based, in the bytes given to this reader; `endsThere` if they would be the
 * beginning of a character that the text ends within.
 */
export class CsvUtf8Error extends CsvError {
  override name = 'CsvUtf8Error';
  readonly offset: number;

  constructor(line: number, offset: number, byte: number, endsThere = false) {
    const hex = byte.toString(16).toUpperCase().padStart(2, '0');
    const at = `(byte 0x${hex} at offset ${offset})`;
    const remedy = notIn1252.includes(byte) ? otherEncoding : windowsEncoding;
    super(
      endsThere
        ? `the file ends within a character of UTF-8 ${at}`
        : `line ${line} is not valid UTF-8 ${at}; set the encoding the file is written in`,
      line,
      endsThere ? `${cutOffHint}, ${remedy}` : remedy,
    );
    this.offset = offset;
  }
}

/** The beginning of a hint for text that ends within a character. */
export const cutOffHint = 'if the file is cut off, copy it again; if it is whole';

const windowsEncoding =
  'write the encoding in its format: text of Excel and Windows is mostly encoding: windows-1252';
const otherEncoding =
  'write the encoding in its format, such as encoding: shift_jis, or convert the file to UTF-8; it is hardly windows-1252, which has no such character';

/** The error for bytes that mean nothing in the declared encoding of the file. */
export class CsvEncodingError extends Error {
  override name = 'CsvEncodingError';
  readonly encoding: string;
  /** 0-based, in the file as it is stored: of the byte that cannot be decoded, or that ends a sequence that cannot. */
  readonly offset: number;
  /** 1-based. */
  readonly line: number;
  /** The file ends within a character. */
  readonly endsThere: boolean;

  /** Without `what`, the bytes before the offset are the beginning of a character that the file ends within. */
  constructor(encoding: string, at: { offset: number; line: number }, what?: string) {
    const { offset, line } = at;
    super(
      what === undefined
        ? `the file ends within a character of ${encoding} (at byte offset ${offset})`
        : `${what} at byte offset ${offset} is not valid ${encoding}; set the encoding the file is written in`,
    );
    this.encoding = encoding;
    this.endsThere = what === undefined;
    this.offset = offset;
    this.line = line;
  }
}
