/** Formats whose records are parsed here instead of by hyperd: JSON lines, sheets of Excel, and text in zip archives, in files or in a bucket. */
import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import type { CsvFormat, Format, JsonLinesFormat, WorkbookFormat } from '../../model/config/source.ts';
import type { Column, Table } from '../../model/config/pipeline.ts';
import { RunError } from '../../model/errors/run-error.ts';
import type { FeedPart } from '../../model/ports/feed.ts';
import { explainText } from '../delimited/explain-refusal.ts';
import { fileNotes } from '../delimited/file-notes.ts';
import { zonelessNote } from '../delimited/zoneless-note.ts';
import { filesIn, isArchive } from './archive.ts';
import { csvPart, layOutCsv, textPart } from './csv.ts';
import type { Document } from './document.ts';
import { examineJsonLines, jsonLinesPart } from './json-lines.ts';
import { workbookPart } from './workbook.ts';
import { layOutWorkbook } from './workbook-layout.ts';

export type { Document } from './document.ts';

export type DocumentFormat = JsonLinesFormat | CsvFormat | WorkbookFormat;

export { isArchive } from './archive.ts';

/** Returns true for formats that are always parsed here, in an archive or not. */
export function isDocumentFormat(format: Format): format is JsonLinesFormat | WorkbookFormat {
  return format.type === 'jsonl' || format.type === 'xlsx';
}

/** Returns the parts of a feed: one for the file, or one for each file in it if it is an archive. */
export async function documentParts(
  table: Table,
  document: Document,
  format: DocumentFormat,
  signal: AbortSignal,
): Promise<FeedPart[]> {
  try {
    if (format.type === 'xlsx' || !isArchive(document, format))
      return await partsOf(table, document, format, signal);
    const parts: FeedPart[] = [];
    const inside = formatInside(format);
    for (const file of await filesIn(document, format, signal))
      parts.push(...(await partsOf(table, file, inside, signal)));
    return parts;
  } catch (error) {
    throw explainText(error, document, table);
  }
}

async function partsOf(
  table: Table,
  document: Document,
  format: DocumentFormat,
  signal: AbortSignal,
): Promise<FeedPart[]> {
  if (format.type === 'jsonl') return [jsonLinesPart(table, document, format)];
  if (format.type === 'text') return [textPart(table, document, format)];
  if (format.type === 'xlsx') {
    const found = await layOutWorkbook(table, document, format, signal);
    if ('problem' in found) throw new RunError(found.problem.code, found.problem.message, found.problem);
    return found.layout.isEmpty ? [] : [workbookPart({ table, document, format, layout: found.layout })];
  }
  try {
    const layout = await layOutCsv(table, document, format, signal);
    if ('problem' in layout) throw new RunError(layout.problem.code, layout.problem.message, layout.problem);
    return layout.isEmpty ? [] : [csvPart(table, document, format, layout)];
  } catch (error) {
    throw explainText(error, document, table);
  }
}

/** Returns the format of the files in an archive: a packed file in it is recognized by its own name. */
function formatInside<F extends CsvFormat | JsonLinesFormat>(format: F): F {
  return format.compression === 'zip' ? { ...format, compression: 'by-name' } : format;
}

/** The findings in the beginnings of files. */
export interface Examined {
  problems: Diagnostic[];
  unusedColumns: string[];
}

/** The columns that the beginning of a file shows, or the reason why it cannot be read. */
export type Look = Seen | { problem: Diagnostic };

interface Seen {
  shown: string;
  unusedColumns: readonly string[];
  absent: readonly Column[];
  isEmpty: boolean;
  isPassedOver?: true;
  notes?: readonly Diagnostic[];
}

/** Combines the findings about the files of a table. */
export function examined(table: Table, looks: readonly Look[]): Examined {
  const problems = looks.flatMap((look) => ('problem' in look ? [look.problem] : []));
  const fitting = looks.flatMap((look) => ('problem' in look ? [] : [look]));
  return {
    problems: [
      ...problems,
      ...fitting.flatMap(({ notes = [] }) => notes),
      ...fileNotes(table, fitting),
      ...zonelessNote(table),
    ],
    unusedColumns: [...new Set(fitting.flatMap(({ unusedColumns }) => unusedColumns))],
  };
}

/** Examines the beginning of a file, or of each file in it if it is an archive. */
export async function examineDocument(
  table: Table,
  document: Document,
  format: DocumentFormat,
  signal: AbortSignal,
): Promise<Look[]> {
  if (document.size === 0 && format.emptyFiles === 'skip')
    return [{ shown: document.shown, unusedColumns: [], absent: [], isEmpty: true }];
  if (format.type === 'xlsx' || !isArchive(document, format))
    return [await examineFile(table, document, format, signal)];
  try {
    const seen = [];
    for (const file of await filesIn(document, format, signal))
      seen.push(await examineFile(table, file, formatInside(format), signal));
    return seen;
  } catch (error) {
    return [{ problem: problemOf(error, document, table) }];
  }
}

async function examineFile(
  table: Table,
  document: Document,
  format: DocumentFormat,
  signal: AbortSignal,
): Promise<Look> {
  if (format.type === 'jsonl') return examineJsonLines(table, document, format, signal);
  try {
    if (format.type === 'xlsx') {
      const found = await layOutWorkbook(table, document, format, signal);
      return 'problem' in found ? found : { ...found.layout, shown: document.shown, notes: found.notes };
    }
    const layout = await layOutCsv(table, document, format, signal);
    return 'problem' in layout ? layout : { ...layout, shown: document.shown };
  } catch (error) {
    return { problem: problemOf(error, document, table) };
  }
}

function problemOf(error: unknown, document: Document, table: Table): Diagnostic {
  const explained = explainText(error, document, table);
  if (!(explained instanceof RunError)) throw error;
  const { code, message, hint, place = table.place } = explained;
  return { code, severity: 'error', message, ...(hint !== undefined && { hint }), place };
}
