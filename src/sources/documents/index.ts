/** Formats whose records are taken apart here: JSON lines. Files and objects of a bucket are alike. */
import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import type { Format, JsonLinesFormat } from '../../model/config/source.ts';
import type { Table } from '../../model/config/pipeline.ts';
import type { FeedPart } from '../../model/ports/feed.ts';
import { fileNotes } from '../delimited/file-notes.ts';
import { zonelessNote } from '../delimited/zoneless-note.ts';
import type { Document } from './document.ts';
import { examineJsonLines, jsonLinesPart, type JsonLinesLayout } from './json-lines.ts';

export type { Document, DocumentReading } from './document.ts';

export type DocumentFormat = JsonLinesFormat;

export function isDocumentFormat(format: Format): format is DocumentFormat {
  return format.type === 'jsonl';
}

/** The rows of a file on their way into Hyper. */
export function documentParts(table: Table, document: Document, format: DocumentFormat): FeedPart[] {
  return [jsonLinesPart(table, document, format)];
}

/** The findings in the beginnings of files. */
export interface Examined {
  problems: Diagnostic[];
  unusedColumns: string[];
}

/** Looks at the beginnings of files. `turn` limits how many are looked at at once. */
export async function examineDocuments(
  table: Table,
  documents: readonly Document[],
  format: DocumentFormat,
  { signal, turn }: { signal: AbortSignal; turn: <T>(look: () => Promise<T>) => Promise<T> },
): Promise<Examined> {
  const layouts = await Promise.all(
    documents.map((document) => turn(() => examineJsonLines(table, document, format, signal))),
  );
  const problems = layouts.flatMap((layout) => ('problem' in layout ? [layout.problem] : []));
  const fitting = layouts.filter((layout): layout is JsonLinesLayout => !('problem' in layout));
  return {
    problems: [...problems, ...fileNotes(table, fitting), ...zonelessNote(table)],
    unusedColumns: [...new Set(fitting.flatMap(({ unusedColumns }) => unusedColumns))],
  };
}
