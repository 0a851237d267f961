import fc from 'fast-check';
import type { CsvFormat } from '../../../src/model/config/source.ts';

/** A table as text: what SQL must show of each value, NULL as null. */
export interface RandomFile {
  format: CsvFormat;
  columns: Record<string, string>;
  /** The file without any damage. */
  clean: string;
  /** The same, or with the damage of `damage`. */
  bytes: string;
  rows: (string | null)[][];
  damage: { kind: string; lines: readonly [first: number, last: number] } | undefined;
}

type Value = string | null;

const characters = [
  'a',
  'Z',
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
  '.',
];
const text = fc.string({ unit: fc.constantFrom(...characters), maxLength: 7 });
const digits = (value: number) => String(value).padStart(2, '0');
const day = fc
  .record({
    y: fc.integer({ min: 1900, max: 2100 }),
    m: fc.integer({ min: 1, max: 12 }),
    d: fc.integer({ min: 1, max: 28 }),
  })
  .map(({ y, m, d }) => `${y}-${digits(m)}-${digits(d)}`);
const time = fc.tuple(fc.nat(23), fc.nat(59), fc.nat(59)).map((parts) => parts.map(digits).join(':'));

/** By type: values as SQL shows them, and values that hyperd would change or refuse. */
export const types: Readonly<Record<string, { values: fc.Arbitrary<string>; damage: readonly string[] }>> = {
  int: { values: fc.integer().map(String), damage: ['1.5', '1,234', '1e3', 'x', '3000000000'] },
  'numeric(10,2)': {
    values: fc.integer({ min: -9_999_999, max: 9_999_999 }).map((cents) => (cents / 100).toFixed(2)),
    damage: ['1.005', '123456789.00', '1,5', '12%', 'NaN', '$5'],
  },
  'double precision': {
    values: fc.integer({ min: -9999, max: 9999 }).map((quarters) => String(quarters / 4)),
    damage: ['1e400', '1e-400', '1,5', 'x'],
  },
  date: {
    values: day,
    damage: ['2024-12-31 10:00:00', 'now', 'today', 'infinity', '31.12.2024', '2024-02-30'],
  },
  timestamp: {
    values: fc.tuple(day, time).map((parts) => parts.join(' ')),
    damage: [
      '2024-12-31 10:00:00+02',
      '2024-12-31T10:00:00Z',
      'now',
      '-infinity',
      '2024-12-31 10:00:00.1234567',
    ],
  },
  time: { values: time, damage: ['24:00:00', '10:00:00+02', '25:00'] },
  'char(1)': { values: fc.constantFrom('a', 'é', '"', ','), damage: ['ab'] },
  'varchar(7)': {
    values: text.map((one) => Array.from(one).slice(0, 7).join('')),
    damage: ['longer than it is'],
  },
  text: { values: text, damage: [] },
};

/** The ways to damage the form of a record. `q` is the quote, `d` the delimiter. */
const damages: Readonly<Record<string, (record: string, d: string, q: string) => string>> = {
  'a stray quote': (record, _, q) => `x${q}${record}`,
  'text after a closing quote': (record, d, q) => `${q}x${q}y${d}${record}`,
  'a blank after a closing quote': (record, d, q) => `${q}x${q} ${d}${record}`,
  'a field too many': (record, d) => `${record}${d}x`,
  'a bare carriage return': (record) => `x\rx${record}`,
  'a quote that is not closed': (record, d, q) => `${record}${d}${q}x`,
};

/** The damages that the dialect accepts where it allows a quote inside a field. */
const damagesWith: Readonly<Record<Dialect['quotes'], readonly string[]>> = {
  strict: Object.keys(damages),
  keep: ['text after a closing quote', 'a blank after a closing quote', 'a field too many'],
  none: ['a field too many'],
};

interface Dialect {
  /** `keep`: those inside an unquoted field are written as they are; `none`: all are. */
  quotes: 'strict' | 'keep' | 'none';
  delimiter: string;
  quote: string;
  backslash: boolean;
  header: boolean;
  nulls: string[];
  lineBreak: string;
  lastBreak: boolean;
  quoteAll: boolean;
}

const dialects: fc.Arbitrary<Dialect> = fc.record({
  quotes: fc.constantFrom('strict', 'strict', 'keep', 'none'),
  delimiter: fc.constantFrom(',', ';', '|', '\t'),
  quote: fc.constantFrom('"', "'"),
  backslash: fc.boolean(),
  header: fc.boolean(),
  nulls: fc.constantFrom([''], ['NA'], ['', 'NA']),
  lineBreak: fc.constantFrom('\n', '\r\n', '\n', '\r\n', '\r'),
  lastBreak: fc.boolean(),
  quoteAll: fc.boolean(),
});

export const randomFiles: fc.Arbitrary<RandomFile> = fc
  .tuple(dialects, fc.array(fc.constantFrom(...Object.keys(types)), { minLength: 1, maxLength: 5 }))
  .chain(([dialect, chosen]) => {
    const cells = chosen.map((type) => fc.option(types[type]?.values ?? text, { freq: 5 }));
    return fc
      .record({
        rows: fc.array(fc.tuple(...cells), { minLength: 1, maxLength: 12 }),
        at: fc.nat(),
        what: fc.nat(),
        isDamaged: fc.boolean(),
        form: fc.boolean(),
      })
      .map((drawn) => written(dialect, chosen, drawn));
  });

function written(
  dialect: Dialect,
  chosen: readonly string[],
  drawn: { rows: Value[][]; at: number; what: number; isDamaged: boolean; form: boolean },
): RandomFile {
  const { delimiter, quote, quotes, header, lineBreak } = dialect;
  const escape = dialect.backslash && quotes === 'strict' ? '\\' : quote;
  const rows = drawn.rows.map((row) => row.map((value) => writable(value, dialect)));
  // char(n) cannot keep a value apart from NULL where '' is one; texts that read like NULL are quoted.
  const records = rows.map((row) => row.map((value) => field(value, dialect, escape)).join(delimiter));
  const asFile = (some: readonly string[]) => {
    const lines = [...(header ? [names.join(delimiter)] : []), ...some];
    return lines.join(lineBreak) + (dialect.lastBreak || lines.at(-1) === '' ? lineBreak : '');
  };
  const names = chosen.map((_, index) => `c${index}`);
  const clean = asFile(records);
  const at = drawn.at % records.length;
  const column = drawn.what % chosen.length;
  const wrong = types[chosen[column] ?? '']?.damage ?? [];
  const value = wrong[drawn.at % Math.max(1, wrong.length)];
  let kind: string | undefined;
  if (drawn.isDamaged && (drawn.form || value === undefined)) {
    const kinds = damagesWith[quotes].filter((one) => lineBreak !== '\r' || one !== 'a bare carriage return');
    kind = kinds[drawn.what % kinds.length] ?? '';
    records[at] = damages[kind]?.(records[at] ?? '', delimiter, quote) ?? '';
  } else if (drawn.isDamaged && value !== undefined) {
    kind = `${value} in ${chosen[column]}`;
    const row = (rows[at] ?? []).map((one, index) => (index === column ? value : one));
    records[at] = row.map((one) => field(one, dialect, escape)).join(delimiter);
  }
  const lines = [...(header ? [names.join(delimiter)] : []), ...records];
  const before = lines.slice(0, at + (header ? 1 : 0)).reduce((sum, one) => sum + countLines(one), 1);
  const last = kind === 'a quote that is not closed' ? Infinity : before + countLines(records[at] ?? '') - 1;
  return {
    format: {
      type: 'csv',
      ...{ delimiter, quote, escape, header, nulls: dialect.nulls },
      ...(quotes === 'none' && { quote: undefined, escape: undefined }),
      ...(quotes === 'keep' && { strayQuotes: 'keep' }),
      encoding: 'utf-8',
      dateOrder: 'MDY',
      compression: 'by-name',
    },
    columns: Object.fromEntries(chosen.map((type, index) => [`c${index}`, type])),
    clean,
    bytes: asFile(records),
    rows,
    damage: kind === undefined ? undefined : { kind, lines: [before, last] },
  };
}

/** Returns what the dialect can write of a value: without quotes, no delimiter, line break or text that means NULL. */
function writable(value: Value, { quotes, delimiter, lineBreak, nulls }: Dialect): Value {
  if (value === null) return null;
  const kept = lineBreak === '\r' ? value.replace(/[\r\n]/g, ' ') : value;
  if (quotes !== 'none') return kept;
  const bare = kept.replaceAll(delimiter, '_').replace(/[\r\n]/g, ' ');
  return nulls.includes(bare) ? null : bare;
}

function field(value: Value, { quotes, delimiter, quote, nulls, quoteAll }: Dialect, escape: string): string {
  if (value === null) return nulls[0] ?? '';
  if (quotes === 'none') return value;
  const special = quotes === 'keep' && !value.startsWith(quote) ? [delimiter] : [delimiter, quote];
  const needsQuotes =
    quoteAll || nulls.includes(value) || [...special, '\r', '\n'].some((one) => value.includes(one));
  if (!needsQuotes) return value;
  const inside = Array.from(value, (one) => (one === quote || one === escape ? escape + one : one)).join('');
  return quote + inside + quote;
}

const countLines = (record: string) => record.split('\n').length;
