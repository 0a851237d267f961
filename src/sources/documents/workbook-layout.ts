import type { Table } from '../../model/config/pipeline.ts';
import type { CsvFormat, WorkbookFormat } from '../../model/config/source.ts';
import type { Diagnostic } from '../../model/errors/diagnostic.ts';
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
    const first = await firstRow(sheet, format.skipLines ?? 0);
    if (first === undefined && format.emptyFiles !== 'skip')
      return { problem: emptySheet(table, document, sheet) };
    const names = (first?.cells ?? []).map((cell) => cell?.text ?? '');
    const header = { names, length: 0, isPreceded: false, isEmpty: first === undefined };
    const layout = layOut(table, asCsv(format), header, {
      ...document,
      shown: `${document.shown}: ${sheet.name}`,
      isInside: true,
    });
    if ('problem' in layout) return layout;
    constantsOf(table, document, format);
    const hidden = `sheet ${JSON.stringify(sheet.name)} of ${document.shown} is hidden; it is read as any other`;
    const note = { code: 'EXT2124', severity: 'note' as const, message: hidden, place: table.place };
    return { layout, notes: sheet.isHidden ? [note] : [] };
  } finally {
    await access.close();
  }
}

async function firstRow(sheet: Sheet, skipped: number): Promise<Row | undefined> {
  for await (const row of sheet.rows([]))
    if (row.number > skipped) return { ...row, cells: Array.from(row.cells) };
  return undefined;
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
