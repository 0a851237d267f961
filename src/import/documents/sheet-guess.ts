import { readSerial, type Cell, type Row } from '../../sources/workbook/index.ts';
import { columnNames } from '../delimited/names.ts';
import type { Dates } from '../delimited/styles.ts';
import type { FoundColumn } from '../found.ts';
import { chooseColumns, ValueGuess, type TypedValue } from './value-guess.ts';

/** The header is not looked for any further. */
const MOST_TITLES = 20;

/** The columns of a sheet, and how it is read. */
export interface SheetFound {
  columns: FoundColumn[];
  /** The texts of the header, which all files of a table share. */
  header: readonly string[];
  skipLines: number;
  hasEmptyRows: boolean;
  /** Errors in cells, such as `#N/A`. */
  errors: ReadonlySet<string>;
  rows: number;
  dateOrder: Dates['order'] | undefined;
}

/** Guesses from the first rows of a sheet where its header is, and the types of its columns; undefined if it has none. */
export function guessSheet(
  rows: readonly Row[],
  { shown, is1904, isSampled }: { shown: string; is1904: boolean; isSampled: boolean },
): SheetFound | undefined {
  const at = headerAt(rows);
  const head = rows[at];
  if (head === undefined) return undefined;
  const places = Array.from(head.cells, (cell) => cell?.text ?? '').flatMap((text, place) =>
    text.trim() === '' ? [] : [{ text, place }],
  );
  const names = columnNames(places.map(({ text }) => text));
  const guesses = places.map((_, column) => ({ name: names[column] ?? '', guess: new ValueGuess() }));
  const below = rows.slice(at + 1).filter(({ cells }) => places.some(({ place }) => cells[place]));
  const errors = new Set<string>();
  for (const row of below) {
    for (const [column, { place }] of places.entries()) {
      const value = typed(row.cells[place], is1904);
      if (value.kind === 'error') errors.add(value.text);
      guesses[column]?.guess.take(value, () => `${shown}: row ${row.number}`);
    }
  }
  const { columns, dateOrder } = chooseColumns(guesses, isSampled);
  return {
    columns: places.map(({ text }, column) => {
      const { settings = { type: 'text' }, comment } = columns[column] ?? {};
      const name = names[column] ?? text;
      return {
        name,
        settings: { ...settings, ...(name !== text && { from: text }) },
        ...(comment !== undefined && { comment }),
      };
    }),
    header: places.map(({ text }) => text),
    skipLines: rows[at - 1]?.number ?? 0,
    hasEmptyRows: below.some(({ number }, index) => number > (below[index - 1]?.number ?? number - 1) + 1),
    errors,
    rows: below.length,
    dateOrder,
  };
}

/** The header is the first row of at least two texts, all different; a sheet of one column begins with it. */
function headerAt(rows: readonly Row[]): number {
  const found = rows.slice(0, MOST_TITLES).findIndex(({ cells }) => {
    const texts = Array.from(cells).flatMap((cell) => (cell === undefined ? [] : [cell]));
    const isText = texts.every(({ kind, text }) => kind === 'text' && text.trim() !== '');
    return texts.length > 1 && isText && new Set(texts.map(({ text }) => text)).size === texts.length;
  });
  return Math.max(found, 0);
}

function typed(cell: Cell | undefined, is1904: boolean): TypedValue {
  if (cell === undefined || cell.kind === 'unsaved') return { kind: 'null', text: '' };
  const { kind, text } = cell;
  if (kind === 'moment') return { kind: momentKind(text), text };
  if (kind !== 'date' && kind !== 'time') return { kind, text };
  const read = readSerial(text, is1904);
  if ('problem' in read) return { kind: 'number', text };
  if (kind === 'time' && read.isFirstDay) return { kind: 'time', text };
  return { kind: read.isMidnight ? 'date' : 'timestamp', text };
}

function momentKind(text: string): 'date' | 'time' | 'timestamp' {
  if (!text.includes(':')) return 'date';
  return /^\d+:/.test(text) ? 'time' : 'timestamp';
}
