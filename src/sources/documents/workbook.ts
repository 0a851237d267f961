import type { Column, Table } from '../../model/config/pipeline.ts';
import type { WorkbookFormat } from '../../model/config/source.ts';
import { child } from '../../model/errors/diagnostic.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { foreign } from '../../model/errors/secrets.ts';
import type { ByteStream, Refusal, StreamPart } from '../../model/ports/feed.ts';
import { nullRemedy } from '../csv/index.ts';
import { explainText, refusalText, refusedHint } from '../delimited/explain-refusal.ts';
import { quoted, wanted, type Layout } from '../delimited/layout.ts';
import { CopyTextWriter } from '../rows/copy-text-writer.ts';
import { RowField, type FieldProblem } from '../rows/row-field.ts';
import { cellName, openSheet, type Cell, type Merged, type Row, type Sheet } from '../workbook/index.ts';
import { cellField } from './cell-field.ts';
import type { Document } from './document.ts';
import { wantedSheet } from './workbook-layout.ts';

/** A workbook, and how the columns of its sheet become those of the table. */
interface Workbook {
  table: Table;
  document: Document;
  format: WorkbookFormat;
  layout: Layout;
}

/** The rows of a sheet on their way into Hyper, as COPY text. */
export function workbookPart(workbook: Workbook): StreamPart {
  const { table, document, format, layout } = workbook;
  return {
    kind: 'stream',
    label: document.shown,
    size: document.size,
    columns: [...layout.columns.map(({ name }) => name), ...layout.constants.map(({ column }) => column)],
    format: { type: 'text', delimiter: '\t', null: '\\N', dateOrder: format.dateOrder },
    isJoinable: true,
    open: (signal, most) => Promise.resolve(streamOf(new SheetReading(workbook, most), signal)),
    explain: (refusal) => explainRefusal(workbook, refusal),
    translate: (error) => explainText(error, document, table, layout),
  };
}

function streamOf(reading: SheetReading, signal: AbortSignal): ByteStream {
  const stop = new AbortController();
  const bytes = reading.bytes(AbortSignal.any([signal, stop.signal]));
  const rows = () => reading.records;
  const taken = () => reading.taken;
  return {
    bytes: { [Symbol.asyncIterator]: () => bytes, destroy: (why) => stop.abort(why) },
    rows,
    rowsSoFar: rows,
    taken,
  };
}

class SheetReading {
  records = 0;
  taken = 0;
  readonly #workbook: Workbook;
  readonly #most: number;
  readonly #out = new CopyTextWriter();
  readonly #fields: readonly RowField[];
  /** The place in the sheet of the record last written. */
  row = 0;

  constructor(workbook: Workbook, most = Infinity) {
    const { layout, format } = workbook;
    this.#workbook = workbook;
    this.#most = most;
    this.#fields = layout.columns.map((column) => new RowField(column, format, this.#out, true));
  }

  async *bytes(signal: AbortSignal): AsyncGenerator<Buffer, void> {
    const { document, format } = this.#workbook;
    const access = await document.open(signal);
    try {
      const sheet = await openSheet(access, wantedSheet(document, format));
      const merged: Merged[] = [];
      let first: number | undefined;
      let last: number | undefined;
      for await (const row of dataRows(
        sheet.rows(merged, (bytes) => (this.taken += bytes)),
        this.#workbook,
      )) {
        signal.throwIfAborted();
        if (this.records >= this.#most) break;
        first ??= row.number;
        if (last !== undefined && row.number > last + 1 && format.emptyRows !== 'skip')
          throw this.#emptyRow(sheet, last + 1, row.number - 1);
        last = row.number;
        this.#write(row, sheet);
        if (this.#out.isFull) yield this.#out.take();
      }
      if (format.mergedCells !== 'keep') this.#requireSingle(sheet, merged, first ?? Infinity);
      this.taken = document.size;
      yield this.#out.take();
    } finally {
      await access.close();
    }
  }

  #write(row: Row, sheet: Sheet): void {
    const { layout } = this.#workbook;
    for (const [index, field] of this.#fields.entries()) {
      if (index > 0) this.#out.endField();
      const place = layout.select[index] ?? -1;
      const cell = row.cells[place];
      const problem = cellField(field, cell, sheet.is1904);
      if (problem !== undefined) throw this.#refused(problem, field.column, { sheet, row, place, cell });
    }
    for (const [index, { text }] of layout.constants.entries()) {
      if (index > 0 || this.#fields.length > 0) this.#out.endField();
      this.#out.text(text);
    }
    this.#out.endRow();
    this.row = row.number;
    this.records++;
  }

  #refused(
    { problem, hint, ways }: FieldProblem,
    column: Column,
    { sheet, row, place, cell }: { sheet: Sheet; row: Row; place: number; cell: Cell | undefined },
  ): RunError {
    const { document, format } = this.#workbook;
    const at = `${document.shown}: ${sheet.name}!${cellName(row.number, Math.max(place, 0))}`;
    const text = cell?.text ?? '';
    const shown =
      cell === undefined || cell.kind === 'unsaved' ? '' : `; the value is ${quoted(text, column)}`;
    const isShown = column.sensitive !== true;
    const written = { isQuoted: false, raw: text, value: text };
    const remedy =
      cell?.kind === 'text' && ways !== undefined && isShown ? nullRemedy(ways, written, format.nulls) : hint;
    return new RunError('EXT2103', `${at}: column "${column.name}" (${wanted(column)}): ${problem}${shown}`, {
      hint: isShown ? foreign(remedy) : hint,
      place: column.place,
    });
  }

  #emptyRow(sheet: Sheet, from: number, to: number): RunError {
    const { document, table } = this.#workbook;
    const what = from === to ? `row ${from} is` : `rows ${from} to ${to} are`;
    return new RunError('EXT2103', `${document.shown}: ${sheet.name}: ${what} empty, and others follow`, {
      hint: 'remove empty rows and what is below the table, or write empty_rows: skip in the format of the source',
      place: table.place,
    });
  }

  /** Only the first of merged cells has a value: the others would be NULL. */
  #requireSingle(sheet: Sheet, merged: readonly Merged[], first: number): void {
    const { document, table, layout } = this.#workbook;
    const found = merged.find(
      ({ columns, rows }) =>
        rows[1] >= first && layout.select.some((place) => place >= columns[0] && place <= columns[1]),
    );
    if (found === undefined) return;
    throw new RunError(
      'EXT2103',
      `${document.shown}: ${sheet.name}!${found.range}: the cells are merged, and only the first has a value`,
      {
        hint: 'separate them in Excel, or write merged_cells: keep in the format of the source: the others are NULL then',
        place: table.place,
      },
    );
  }
}

/** The rows below the header, or below the rows that are skipped. A remark beside the table makes no row of it. */
async function* dataRows(
  rows: AsyncIterable<Row>,
  { format, layout: { header } }: Workbook,
): AsyncGenerator<Row, void> {
  let isHeaderAhead = format.header;
  for await (const row of rows) {
    if (row.number <= (format.skipLines ?? 0)) continue;
    const isRow = header.length === 0 || row.cells.some((cell, at) => cell !== undefined && header[at]);
    if (!isHeaderAhead && isRow) yield row;
    isHeaderAhead = false;
  }
}

/** Hyper refused a row: finds it again, to say its number. */
async function explainRefusal(
  workbook: Workbook,
  { message, record, column: name }: Refusal,
): Promise<RunError> {
  const { table, document } = workbook;
  const column = table.columns.find((one) => one.name === name);
  const reading = new SheetReading(workbook, record);
  const rows = reading.bytes(new AbortController().signal);
  if (record !== undefined) while ((await rows.next()).done !== true);
  const at = record === undefined ? document.shown : `${document.shown}: row ${reading.row}`;
  const what = column === undefined ? foreign(message) : refusalText(column, message, undefined);
  return new RunError('EXT2103', `${at}: ${what}`, {
    hint: refusedHint(column),
    place: column?.place ?? child(table.place, 'columns'),
  });
}
