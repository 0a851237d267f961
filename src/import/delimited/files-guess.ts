import type { SampledRecord } from '../../sources/csv/index.ts';
import { HEAD_BYTES } from '../../sources/delimited/foreign-content.ts';
import { ColumnGuess } from './column.ts';
import { asUtf8, commonEncoding, encodingOf, type Encoding, type ShownEncoding } from './encoding.ts';
import { beginningOf, bestDialect, type Dialect } from './fit.ts';
import { hasHeader, headerBelowTitles, headerContradiction } from './header.ts';
import { ColumnUnion } from './union.ts';
import { fromTheStart, recordsOf, type Beginning, type Notation } from './notation.ts';
import { otherDelimiter } from './other-delimiter.ts';
import { brokenText, notTable, notText, unlike, wrongFields } from './problems.ts';
import type { Sample, TextSample } from './text-sample.ts';

/** A file whose records were read. */
interface ReadFile {
  shown: string;
  beginning: Beginning;
  names: readonly string[];
}

/**
 * Gathers what the beginnings of files have in common. The first files decide how all are written; of every file the values are taken.
 * Nothing but what they show is kept, so that there may be any number of files.
 */
export class FilesGuess {
  readonly hasHeader: boolean;
  /** Files have one column, of which every value has this character equally often: it may separate fields. */
  readonly otherDelimiter: string | undefined;
  readonly union: ColumnUnion;
  readonly files: ReadFile[] = [];
  readonly empty: string[] = [];
  /** Records other than headers. */
  records = 0;
  isSampled = false;

  readonly #dialect: Dialect;
  readonly #encodings: { shown: string; encoding: Exclude<ShownEncoding, 'unknown'> }[] = [];

  /** `first` are the first files, up to so many as are worth a decision. They are taken by `take` as all others. */
  constructor(first: readonly Sample[]) {
    const texts = first.flatMap((sample) => textOf(sample) ?? []).map(({ text }) => text);
    this.#dialect = bestDialect(texts);
    const records = texts.map((text) => this.#read(text).records);
    const differing = headerContradiction(records);
    if (differing !== undefined) {
      const [one, other] = [texts[differing.withHeader], texts[differing.without]];
      throw unlike(`${one?.shown ?? ''} has a header, and ${other?.shown ?? ''} seems to have none`);
    }
    this.hasHeader = hasHeader(records);
    this.otherDelimiter = otherDelimiter(records);
    this.union = new ColumnUnion(this.hasHeader);
  }

  get notation(): Notation {
    return this.#dialect.notation;
  }

  /** The encoding of all files. Throws if there is none. */
  get encoding(): Encoding {
    const found = commonEncoding(this.#encodings);
    if (typeof found === 'string') return found;
    throw unlike(`${found.one} and ${found.other} are in different encodings`);
  }

  /** The lines of all files that are no records. Throws if the files differ. */
  get beginning(): Beginning {
    const [first, ...others] = this.files;
    if (first === undefined) return fromTheStart;
    const other = others.find(({ beginning }) => !isSame(beginning, first.beginning));
    if (other === undefined) return first.beginning;
    throw unlike(`${first.shown} and ${other.shown} have different lines above their headers`);
  }

  /** Takes a file. Throws a RunError if it cannot be read as the others. */
  take(sample: Sample): void {
    const read = textOf(sample);
    if (!sample.isWhole) this.isSampled = true;
    if (read === undefined) {
      this.empty.push(sample.shown);
      return;
    }
    const { text, encoding } = read;
    this.#encodings.push({ shown: sample.shown, encoding });
    const { records, beginning } = this.#read(text);
    this.#takeRecords(sample.shown, beginning, records);
  }

  #read(text: TextSample): { records: SampledRecord[]; beginning: Beginning } {
    return fromHeader(text, this.notation, beginningOf(text, this.#dialect));
  }

  #takeRecords(shown: string, beginning: Beginning, records: readonly SampledRecord[]): void {
    const [first] = records;
    if (first === undefined) return;
    const fields = first.values.length;
    const wrong = records.findIndex(({ values }) => values.length !== fields);
    const found = records[wrong];
    if (found !== undefined) throw wrongFields(shown, found, this.hasHeader ? wrong : wrong + 1, fields);
    const names = this.hasHeader ? first.values : first.values.map((_, index) => String(index));
    if (this.hasHeader) this.#requireShared({ shown, beginning, names });
    this.files.push({ shown, beginning, names });
    const columns = this.union.take(shown, names);
    const rows = this.hasHeader ? records.slice(1) : records;
    this.records += rows.length;
    for (const row of rows) takeRow(columns, row, shown);
  }

  /** Throws if a file has no name in its header that others have: it is another table, or written in another way. */
  #requireShared(file: ReadFile): void {
    const [first] = this.files;
    if (first === undefined || this.union.hasOneOf(file.names)) return;
    const undivided = [file, first].find(({ names }) => names.length === 1);
    if (undivided === undefined)
      throw unlike(`${file.shown} has no name in its first line that ${first.shown} has`);
    const { delimiter } = this.notation;
    throw unlike(
      `${undivided.shown} has no ${JSON.stringify(delimiter)} in its first line, as other files have`,
    );
  }
}

function isSame(one: Beginning, other: Beginning): boolean {
  return one.skipLines === other.skipLines && one.comment === other.comment;
}

function takeRow(
  columns: readonly ColumnGuess[],
  { line, values, isQuoted }: SampledRecord,
  shown: string,
): void {
  for (const [field, value] of values.entries()) {
    columns[field]?.take(value, isQuoted[field] === true, () => `${shown}:${line}`);
  }
}

/** A sample as text; undefined if it has none. */
function textOf(
  sample: Sample,
): { text: TextSample; encoding: Exclude<ShownEncoding, 'unknown'> } | undefined {
  const encoding = encodingOf(sample);
  if (encoding === 'unknown') throw notText(sample.shown);
  const text = asUtf8(sample, encoding === 'ascii' ? 'utf-8' : encoding);
  if (text === undefined) throw notText(sample.shown);
  const { shown, isWhole } = sample;
  const other = otherContent(text.subarray(0, HEAD_BYTES).toString());
  if (other !== undefined) throw notTable(shown, other);
  const isBlank = text.length === 0 || text.toString() === '\ufeff';
  return isBlank ? undefined : { text: { shown, text, isWhole }, encoding };
}

/** The kind of a text that has no rows and fields; undefined for any other. */
function otherContent(beginning: string): 'HTML' | 'XML' | 'JSON' | undefined {
  const text = beginning.replace(/^\ufeff/, '').trimStart();
  if (/^<(?:!doctype html|html|head|body)\b/i.test(text)) return 'HTML';
  if (/^<\?xml\b/i.test(text)) return 'XML';
  return /^(?:\{\s*"(?:[^"\\]|\\.)*"\s*:|\[\s*[{[])/.test(text) ? 'JSON' : undefined;
}

/** The records from the header on, also where titles above it are written as records. */
function fromHeader(
  text: TextSample,
  notation: Notation,
  found: Beginning,
): { records: SampledRecord[]; beginning: Beginning } {
  const read = recordsOf(text, notation, found);
  const line = headerBelowTitles(read.records);
  const beginning = line === undefined ? found : { skipLines: line - 1, comment: undefined };
  const { records, problem } = line === undefined ? read : recordsOf(text, notation, beginning);
  if (problem !== undefined) throw brokenText(text.shown, problem);
  return { records, beginning };
}
