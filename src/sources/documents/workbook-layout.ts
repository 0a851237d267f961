import type { Table } from '../../model/config/pipeline.ts';
import type { CsvFormat, WorkbookFormat } from '../../model/config/source.ts';
import { quotedVisible } from '../../model/base/visible.ts';
import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import type { HeaderRecord } from '../csv/index.ts';
import { constantsOf } from '../delimited/constants.ts';
import { layOut, type Layout } from '../delimited/layout.ts';
import { openSheet, type Row, type Sheet, type Wanted } from '../workbook/index.ts';
import { requireSize } from './archive.ts';
import type { Document } from './document.ts';

/** Returns which sheet of a workbook is read, and how large it may become. */
export function wantedSheet(document: Document, { sheet: name, maxUnpacked }: WorkbookFormat): Wanted {
  return { name, requireSize: (unpacked) => requireSize(unpacked, document, maxUnpacked) };
}

/** Returns how the columns of the sheet become those of the table: reads the beginning of the sheet. */
export async function layOutWorkbook(
  table: Table,
  document: Document,
  format: WorkbookFormat,
  signal: AbortSignal,
): Promise<{ layout: Layout; notes: Diagnostic[] } | { problem: Diagnostic }> {
  const access = await document.open(signal);
  try {
    const sheet = await openSheet(access, wantedSheet(document, format));
    const rows = await firstRows(sheet, format.skipLines ?? 0);
    const [first] = rows;
    if (first === undefined && format.emptyFiles !== 'skip')
      return { problem: emptySheet(table, document, sheet) };
    const file = { ...document, shown: `${document.shown}: ${sheet.name}`, isInside: true as const };
    const layOutBelow = (row: Row | undefined) => layOut(table, asCsv(format), headerOf(row), file);
    const layout = layOutBelow(first);
    if ('problem' in layout) {
      const header = rows.slice(1, MOST_TITLES).find((row) => !('problem' in layOutBelow(row)));
      return header === undefined ? layout : { problem: headerBelow(layout.problem, header) };
    }
    constantsOf(table, document, format);
    return { layout, notes: hiddenNotes(table, document, sheet, rows.slice(format.header ? 1 : 0)) };
  } finally {
    await access.close();
  }
}

/** Hidden rows behind these are not noted: a plan reads the beginning alone. */
const MOST_ROWS = 1000;
/** The header is not looked for any further. */
const MOST_TITLES = 50;

async function firstRows(sheet: Sheet, skipped: number): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const row of sheet.rows([])) {
    if (row.number > skipped) rows.push({ ...row, cells: Array.from(row.cells) });
    if (rows.length === MOST_ROWS) break;
  }
  return rows;
}

function headerOf(row: Row | undefined): HeaderRecord {
  const names = (row?.cells ?? []).map((cell) => cell?.text ?? '');
  return { names, length: 0, isPreceded: false, isEmpty: row === undefined };
}

/** Titles are above the header: the remedy is to pass over them. */
function headerBelow(problem: Diagnostic, { number }: Row): Diagnostic {
  return { ...problem, hint: `row ${number} has the names: set format: {skip_lines: ${number - 1}}` };
}

function hiddenNotes(table: Table, { shown }: Document, sheet: Sheet, rows: readonly Row[]): Diagnostic[] {
  const name = quotedVisible(sheet.name);
  const row = rows.find(({ isHidden }) => isHidden);
  const messages = [
    ...(sheet.isHidden ? [`sheet ${name} of ${shown} is hidden; its rows are read, too`] : []),
    ...(row
      ? [`sheet ${name} of ${shown} has hidden rows, first row ${row.number}; they are read, too`]
      : []),
  ];
  return messages.map((message) => ({ code: 'EXT2124', severity: 'note', message, place: table.place }));
}

function emptySheet(table: Table, { shown }: Document, { name }: Sheet): Diagnostic {
  const hint =
    'write sheet: NAME in the format if another one is meant, or empty_files: skip: it has no rows then';
  return {
    code: 'EXT2111',
    severity: 'error',
    message: `${shown}: the sheet ${name} is empty`,
    hint,
    place: table.place,
  };
}

/** The header of a sheet is matched like that of CSV. */
function asCsv({ header, byPosition, nulls, dateOrder }: WorkbookFormat): CsvFormat {
  return {
    ...{ type: 'csv', delimiter: ',', quote: '"', escape: '"', encoding: 'utf-8', compression: 'none' },
    ...{ header, nulls, dateOrder, ...(byPosition && { byPosition }) },
  };
}
