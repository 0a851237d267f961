import fc from 'fast-check';
import type { WorkbookFormat } from '../../../src/model/config/source.ts';

/** The columns of every random sheet. */
export const types = { a: 'text', b: 'bigint', c: 'numeric(18,4)', d: 'date', e: 'boolean' } as const;

/** A cell as XML without its name, and its value in the column; `refused` is a cell that must not arrive. */
interface RandomCell {
  type: string;
  content: string;
  value: string | null;
  refused?: true;
}

export interface RandomSheet {
  /** Undefined is a row without cells. */
  rows: (readonly RandomCell[] | undefined)[];
  merged: string | undefined;
  allows: Partial<WorkbookFormat>;
  values: (string | null)[][];
  /** The place in the message of the error, if there must be one. */
  refusedAt: string | undefined;
}

const letters = ['A', 'B', 'C', 'D', 'E'];
const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const inline = (text: string, value: string | null = text): RandomCell => ({
  type: 't="inlineStr"',
  content: `<is><t xml:space="preserve">${escaped(text)}</t></is>`,
  value,
});
const stored = (type: string, text: string, value: string | null): RandomCell => ({
  type,
  content: `<v>${text}</v>`,
  value,
});
const nothing = fc.constant<RandomCell>({ type: 's="1"', content: '', value: null });
const refused = fc.constantFrom<RandomCell>(
  { type: 't="e"', content: '<v>#N/A</v>', value: null, refused: true },
  { type: '', content: '<f>1+1</f>', value: null, refused: true },
);

/** Characters that XML can hold; a carriage return would be read as a line feed. */
const texts = fc
  .array(fc.constantFrom('a', '0', 'ß', '日', '🙂', '\t', '\n', '\\', '"', ',', '&', '<', ' '), {
    maxLength: 8,
  })
  .map((characters) => inline(characters.join('')));
const whole = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
const scaled = fc.integer({ min: -999_999_999, max: 999_999_999 }).map((units) => {
  const sign = units < 0 ? '-' : '';
  const digits = String(Math.abs(units)).padStart(5, '0');
  return `${sign}${digits.slice(0, -4)}.${digits.slice(-4)}`;
});
const days = fc.integer({ min: 61, max: 2_958_465 });
const dayOf = (serial: number) => new Date((serial - 25_569) * 86_400_000).toISOString().slice(0, 10);

const cellsOf: readonly fc.Arbitrary<RandomCell>[] = [
  texts,
  whole.chain((text) => fc.constantFrom(stored('', text, text), inline(text), stored('t="str"', text, text))),
  scaled.chain((text) => fc.constantFrom(stored('', text, text), inline(text))),
  days.chain((serial) =>
    fc.constantFrom(stored('s="1"', String(serial), dayOf(serial)), inline(dayOf(serial))),
  ),
  fc.boolean().map((is) => stored('t="b"', is ? '1' : '0', is ? 'true' : 'false')),
];

const rowOf = fc.tuple(
  ...cellsOf.map((cells) =>
    fc.oneof(
      { arbitrary: cells, weight: 40 },
      { arbitrary: nothing, weight: 8 },
      { arbitrary: refused, weight: 1 },
    ),
  ),
);

export const randomSheets: fc.Arbitrary<RandomSheet> = fc
  .record({
    rows: fc.array(fc.option(rowOf, { freq: 12, nil: undefined }), { minLength: 1, maxLength: 8 }),
    isMerged: fc.integer({ min: 0, max: 4 }).map((dice) => dice === 0),
    skipsEmpty: fc.boolean(),
    keepsMerged: fc.boolean(),
  })
  .map(({ rows, isMerged, skipsEmpty, keepsMerged }) => {
    const merged = isMerged ? 'A2:B2' : undefined;
    const sheet = {
      rows,
      merged,
      allows: {
        ...(skipsEmpty && { emptyRows: 'skip' as const }),
        ...(keepsMerged && { mergedCells: 'keep' as const }),
      },
    };
    const values = rows.flatMap((row) => (isEmpty(row) ? [] : [row.map(({ value }) => value)]));
    return { ...sheet, values, refusedAt: refusedIn(sheet) };
  });

/** The rows below the header, and what is behind them. */
export function sheetXml({ rows, merged }: RandomSheet): { rows: string; after: string } {
  const header = letters.map((letter, at) => cellXml(`${letter}1`, inline(Object.keys(types)[at] ?? '')));
  const lines = rows.map((row, at) => {
    const cells = (row ?? []).map((cell, place) => cellXml(`${letters[place]}${at + 2}`, cell));
    return `<row r="${at + 2}">${cells.join('')}</row>`;
  });
  const after = merged === undefined ? '' : `<mergeCells><mergeCell ref="${merged}"/></mergeCells>`;
  return { rows: `<row r="1">${header.join('')}</row>${lines.join('')}`, after };
}

function cellXml(name: string, { type, content }: RandomCell): string {
  return `<c r="${name}" ${type}>${content}</c>`;
}

/** A row is empty if none of its cells has a content. */
function isEmpty(row: readonly RandomCell[] | undefined): row is undefined {
  return row === undefined || row.every(({ content }) => content === '');
}

/** The first place that must be refused: rows come in their order, and merged cells are known after the last. */
function refusedIn({ rows, merged, allows }: Pick<RandomSheet, 'rows' | 'merged' | 'allows'>) {
  const places = rows.map((row, at) => ({ row, number: at + 2 })).filter(({ row }) => !isEmpty(row));
  let last = places[0]?.number ?? 0;
  for (const { row = [], number } of places) {
    if (number > last + 1 && allows.emptyRows !== 'skip')
      return number === last + 2
        ? `: row ${last + 1} is empty`
        : `: rows ${last + 1} to ${number - 1} are empty`;
    last = number;
    const found = row.findIndex((cell) => cell.refused);
    if (found >= 0) return `!${letters[found]}${number}: `;
  }
  const isBelow = (places[0]?.number ?? Infinity) <= 2;
  return merged !== undefined && isBelow && allows.mergedCells !== 'keep' ? `!${merged}: ` : undefined;
}
