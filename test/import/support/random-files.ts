import { gzipSync } from 'node:zlib';
import fc from 'fast-check';

/** A value, as its file writes it and as a query of the extract prints it where its column has a type of its own. */
interface RandomValue {
  written: string;
  value: string;
}

/** NULL, or a value. */
export type RandomCell = RandomValue | null;

export interface RandomColumn {
  name: string;
  /** Values of all kinds but `text` may come in columns of their own type. */
  kind: 'int' | 'decimal' | 'text' | 'code' | 'date' | 'moment' | 'instant' | 'truth' | 'nothing';
  cells: RandomCell[];
  /** By file: the header lacks it. */
  isMissing: boolean[];
}

export interface RandomDialect {
  delimiter: ',' | ';' | '\t' | '|';
  lineEnd: '\n' | '\r\n';
  encoding: 'utf-8' | 'bom' | 'utf-16le' | 'windows-1252';
  decimal: '.' | ',';
  dates: 'iso' | 'DMY' | 'MDY';
  nullText: '' | 'NULL' | '\\N' | '-';
  quotesAll: boolean;
  hasHeader: boolean;
  isPacked: boolean;
  title: boolean;
}

export interface RandomFiles {
  dialect: RandomDialect;
  files: number;
  /** The first column is `id`, a number for each row. */
  columns: RandomColumn[];
}

const dialects: fc.Arbitrary<RandomDialect> = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t', '|'),
  lineEnd: fc.constantFrom('\n', '\r\n'),
  encoding: fc.constantFrom('utf-8', 'bom', 'utf-16le', 'windows-1252'),
  decimal: fc.constantFrom('.', ','),
  dates: fc.constantFrom('iso', 'DMY', 'MDY'),
  nullText: fc.constantFrom('', 'NULL', '\\N', '-'),
  quotesAll: fc.boolean(),
  hasHeader: fc.boolean(),
  isPacked: fc.boolean(),
  title: fc.boolean(),
});

const words = fc.array(
  fc.constantFrom(
    'a',
    'Zürich',
    'x y',
    'é',
    '#',
    "'",
    '"',
    ',',
    ';',
    '|',
    '\t',
    '\\',
    '5%',
    '€',
    'ß',
    '$',
    '{',
  ),
  { minLength: 1, maxLength: 5 },
);

const day = fc.record({
  year: fc.integer({ min: 1900, max: 2100 }),
  month: fc.integer({ min: 1, max: 12 }),
  day: fc.integer({ min: 1, max: 28 }),
  seconds: fc.integer({ min: 0, max: 86_399 }),
  offset: fc.integer({ min: -11, max: 13 }),
});

type Day = typeof day extends fc.Arbitrary<infer One> ? One : never;

const two = (value: number) => String(value).padStart(2, '0');
const clock = (seconds: number) =>
  [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(':');

function dayText({ year, month, day }: Day, order: RandomDialect['dates']): string {
  if (order === 'DMY') return `${two(day)}.${two(month)}.${year}`;
  return order === 'MDY' ? `${two(month)}/${two(day)}/${year}` : `${year}-${two(month)}-${two(day)}`;
}

function cellOf(kind: RandomColumn['kind'], dialect: RandomDialect): fc.Arbitrary<RandomCell> {
  const same = (text: string): RandomValue => ({ written: text, value: text });
  switch (kind) {
    case 'int':
      return fc
        .oneof(fc.integer({ min: -2_000_000_000 }), fc.bigInt(-(2n ** 63n) + 1n, 2n ** 63n - 1n))
        .map(String)
        .map(same);
    case 'decimal':
      return fc
        .tuple(fc.integer({ min: -99_999, max: 99_999 }), fc.integer({ min: 1, max: 9 }))
        .map(([whole, part]) => ({
          written: `${whole}${dialect.decimal}${part}5`,
          value: `${whole}.${part}5`,
        }));
    case 'text':
      return words.map((parts) => same(`${parts.join('')}w`));
    case 'code':
      return fc.integer({ min: 0, max: 9999 }).map((value) => same(`0${String(value).padStart(4, '0')}`));
    case 'date':
      return day.map((one) => ({ written: dayText(one, dialect.dates), value: dayText(one, 'iso') }));
    case 'moment':
      return day.map((one) => ({
        written: `${dayText(one, dialect.dates)} ${clock(one.seconds)}`,
        value: `${dayText(one, 'iso')} ${clock(one.seconds)}`,
      }));
    case 'instant':
      return day.map((one) => {
        const wall = `${dayText(one, 'iso')}T${clock(one.seconds)}`;
        const instant = new Date(Date.parse(`${wall}Z`) - one.offset * 3_600_000).toISOString();
        return {
          written: `${wall}${one.offset < 0 ? '-' : '+'}${two(Math.abs(one.offset))}:00`,
          value: instant.replace('T', ' ').slice(0, 19),
        };
      });
    case 'truth':
      return fc.boolean().map((value) => ({ written: value ? 'True' : 'False', value: value ? 't' : 'f' }));
    case 'nothing':
      return fc.constant(null);
  }
}

const kinds = ['int', 'decimal', 'text', 'code', 'date', 'moment', 'instant', 'truth', 'nothing'] as const;

export const randomFiles: fc.Arbitrary<RandomFiles> = fc
  .tuple(dialects, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 4, max: 30 }))
  .chain(([dialect, files, rows]) => {
    const column = fc.constantFrom(...kinds).chain((kind) =>
      fc.record({
        kind: fc.constant(kind),
        cells: fc.array(fc.option(cellOf(kind, dialect), { freq: 6 }), { minLength: rows, maxLength: rows }),
        isMissing: fc.array(fc.boolean(), { minLength: files, maxLength: files }),
      }),
    );
    return fc.array(column, { minLength: 1, maxLength: 8 }).map((others): RandomFiles => {
      const id = {
        name: 'id',
        kind: 'int' as const,
        cells: Array.from({ length: rows }, (_, row) => ({ written: String(row), value: String(row) })),
        isMissing: Array.from({ length: files }, () => false),
      };
      const named = others.map((one, index) => ({
        ...one,
        name: `${one.kind} ${index}`,
        // Without a header every file has every column, and some file always has one.
        isMissing: one.isMissing.map((missing, file) => missing && dialect.hasHeader && file > 0),
      }));
      return { dialect, files, columns: [id, ...named] };
    });
  });

/** Rows go to the files in turn. */
export const fileOfRow = (row: number, { files }: RandomFiles) => row % files;

/** Returns the bytes of one of the files. */
export function writtenFile(random: RandomFiles, file: number): Buffer {
  const { dialect, columns } = random;
  const there = columns.filter(({ isMissing }) => isMissing[file] !== true);
  const rows = (columns[0]?.cells ?? []).flatMap((_, row) =>
    fileOfRow(row, random) === file ? [there.map(({ cells }) => field(cells[row] ?? null, dialect))] : [],
  );
  const header = dialect.hasHeader ? [there.map(({ name }) => name)] : [];
  const title = dialect.title && dialect.hasHeader ? ['Report', ''] : [];
  const lines = [...title, ...[...header, ...rows].map((fields) => fields.join(dialect.delimiter))];
  const bytes = encoded(`${lines.join(dialect.lineEnd)}${dialect.lineEnd}`, dialect.encoding);
  return dialect.isPacked ? gzipSync(bytes) : bytes;
}

function field(cell: RandomCell, { nullText, quotesAll, delimiter }: RandomDialect): string {
  if (cell === null) return nullText;
  const { written } = cell;
  const needs = quotesAll || written.includes(delimiter) || /["\r\n]/.test(written);
  return needs ? `"${written.replaceAll('"', '""')}"` : written;
}

function encoded(text: string, encoding: RandomDialect['encoding']): Buffer {
  if (encoding === 'utf-16le') return Buffer.from(`\ufeff${text}`, 'utf16le');
  if (encoding === 'windows-1252') return Buffer.from(text.replaceAll('€', '\u0080'), 'latin1');
  return Buffer.from(encoding === 'bom' ? `\ufeff${text}` : text);
}
