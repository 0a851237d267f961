import { Readable } from 'node:stream';
import fc from 'fast-check';
import { csvDialect, type CsvDialect } from '../../../src/sources/csv/index.ts';

export type Cell = string | null;

/** A file, what it was written from, and what shall be made of it. */
export interface Sample {
  file: string;
  dialect: CsvDialect;
  fields: number;
  select: number[];
  constants: Cell[];
  emptyAsNull: boolean[];
  header: string[];
  rows: Cell[][];
  /** The cells that hyperd shall see. */
  expected: Cell[][];
}

const characters = [
  'a',
  'N',
  'A',
  '0',
  ' ',
  'é',
  '語',
  '😀',
  ',',
  ';',
  '|',
  '\t',
  '"',
  "'",
  '\\',
  '\r',
  '\n',
];
const text = fc.string({ unit: fc.constantFrom(...characters), maxLength: 6 });

const dialects = fc
  .record({
    delimiter: fc.constantFrom(',', ';', '|', '\t'),
    quote: fc.constantFrom('"', "'"),
    backslash: fc.boolean(),
    header: fc.boolean(),
    nulls: fc.subarray(['', 'NA', 'NULL', '\\N', 'N,A', 'N"A', 'ÿ']),
  })
  .map(({ delimiter, quote, backslash, header, nulls }) => {
    const escape = backslash ? '\\' : quote;
    return csvDialect({
      ...{ delimiter, quote, escape, header },
      nulls: nulls.filter((string) => !string.includes(delimiter) && !string.includes(quote)),
    });
  });

/** Random tables in random dialects, written in every way the dialect allows. */
export const samples: fc.Arbitrary<Sample> = fc
  .tuple(dialects, fc.integer({ min: 1, max: 5 }))
  .chain(([dialect, fields]) => {
    const cell: fc.Arbitrary<Cell> = dialect.nulls.length > 0 ? fc.option(text, { freq: 3 }) : text;
    const record = fc.array(cell, { minLength: fields, maxLength: fields });
    const styles = fc.array(fc.nat(99), { minLength: 40, maxLength: 40 });
    return fc
      .record({
        rows: fc.array(record, { maxLength: 8 }),
        header: fc.array(text, { minLength: fields, maxLength: fields }),
        lineBreaks: fc.constantFrom(['\n'], ['\r\n'], ['\r'], ['\n', '\r\n']),
        bom: fc.boolean(),
        ending: fc.constantFrom('break', 'none', 'blank lines'),
        styles,
        select: fc.array(fc.nat(fields - 1), { maxLength: 6 }),
        inOrder: fc.boolean(),
        constants: fc.array(fc.option(text), { maxLength: 2 }),
        flags: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
      })
      .map((drawn) => {
        let styled = 0;
        const style = () => drawn.styles[styled++ % drawn.styles.length]!;
        const all = Array.from({ length: fields }, (_, field) => field);
        const nothing = drawn.select.length + drawn.constants.length === 0;
        const select = drawn.inOrder || nothing ? all : drawn.select;
        const emptyAsNull = select.map((_, target) => drawn.flags[target] ?? false);
        const { rows, header, constants } = drawn;
        const expected = rows.map((row) => [
          ...select.map((field, target) => (row[field] === '' && emptyAsNull[target] ? null : row[field]!)),
          ...constants,
        ]);
        const records = [...(dialect.header ? [header] : []), ...rows].map((row) =>
          row.map((value) => writeField(value, dialect, style)).join(dialect.delimiter),
        );
        let file = drawn.bom ? '\uFEFF' : '';
        for (const [index, record] of records.entries()) {
          const cutShort = index === records.length - 1 && drawn.ending === 'none' && record !== '';
          file += record + (cutShort ? '' : drawn.lineBreaks[style() % drawn.lineBreaks.length]!);
        }
        if (drawn.ending === 'blank lines' && fields > 1) file += drawn.lineBreaks[0].repeat(2);
        return { file, dialect, fields, select, constants, emptyAsNull, header, rows, expected };
      });
  });

function writeField(value: Cell, dialect: CsvDialect, style: () => number): string {
  const { delimiter, quote = '', nulls } = dialect;
  if (value === null) return nulls[style() % nulls.length] ?? '';
  const isBare = (part: string) => ![delimiter, quote, '\r', '\n'].some((special) => part.includes(special));
  const way = style();
  if (way < 50 && isBare(value) && !nulls.includes(value)) return value;
  return writeQuoted(value, dialect, style);
}

function writeQuoted(value: string, { quote = '', escape = '' }: CsvDialect, style: () => number): string {
  const parts = Array.from(value).map((character, index, { [index + 1]: next }) => {
    if (character === quote) return escape + quote;
    const mustEscape = next === undefined || next === quote || next === escape;
    return character === escape && (mustEscape || style() % 2 === 0) ? escape + escape : character;
  });
  return quote + parts.join('') + quote;
}

/** The bytes of a text in chunks of the given sizes, over and over. */
export function inChunks(bytes: Buffer, sizes: readonly number[]): Readable {
  const chunks: Buffer[] = [];
  for (let from = 0; from < bytes.length;) {
    const size = sizes[chunks.length % sizes.length]!;
    chunks.push(bytes.subarray(from, from + size));
    from += size;
  }
  return Readable.from(chunks);
}

/** Reads CSV as hyperd does with `null ''`: a reader small enough to be seen to be right. */
export function readAsHyperd(csv: string): Cell[][] {
  const rows: Cell[][] = [];
  let at = 0;
  while (at < csv.length) {
    const row: Cell[] = [];
    for (;;) {
      const bare = /^[^",\r\n]*/.exec(csv.slice(at))![0];
      const quoted = bare === '' ? /^"((?:[^"]|"")*)"/.exec(csv.slice(at)) : null;
      row.push(quoted ? quoted[1]!.replaceAll('""', '"') : bare === '' ? null : bare);
      at += (quoted?.[0] ?? bare).length;
      if (csv[at] !== ',') break;
      at++;
    }
    const lineBreak = /^\r?\n/.exec(csv.slice(at));
    if (!lineBreak) throw new Error(`unexpected ${JSON.stringify(csv.slice(at, at + 10))} at ${at}`);
    at += lineBreak[0].length;
    rows.push(row);
  }
  return rows;
}
