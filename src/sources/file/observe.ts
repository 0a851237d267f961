import path from 'node:path';
import { visible } from '../../model/base/visible.ts';
import { child, type Diagnostic } from '../../model/errors/diagnostic.ts';
import type { SourceObservation } from '../../model/world/observation.ts';
import type { CsvFormat, FileSource, ParquetFormat } from '../../model/config/source.ts';
import type { Table } from '../../model/config/pipeline.ts';
import type { SourceRequest } from '../../model/ports/source-port.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { CsvError } from '../csv/index.ts';
import { examined, examineDocument, isArchive, isDocumentFormat, type Look } from '../documents/index.ts';
import { emptyMatch } from '../by-file/empty-match.ts';
import { vanishedProblems } from '../by-file/vanished.ts';
import { literalPrefix } from '../globs.ts';
import { constantsOf } from '../delimited/constants.ts';
import { explainText } from '../delimited/explain-refusal.ts';
import { readLayout, type Layout } from '../delimited/layout.ts';
import { examineParquet, summarizeParquet, withFile, type ParquetLayout } from '../parquet/index.ts';
import { fileDocument } from './documents.ts';
import { markFiles } from './fingerprint.ts';
import { listFiles, nameFile, type FoundFile } from './list.ts';
import { openText } from './open.ts';

/** Returns the files that exist, whether their headers carry the columns of the contract, and what has changed. */
export async function observeFiles(source: FileSource, request: SourceRequest): Promise<SourceObservation> {
  const files = await listFiles(source);
  const { table, before } = request;
  const fingerprint = await markFiles(files, before);
  const { problems, unusedColumns, rows } = await examine(source, table, files);
  return {
    problems: [...tooFew(source, files), ...problems, ...vanishedProblems(request, fingerprint, nameFile)],
    untaken: unusedColumns,
    rows: rows === undefined ? undefined : { value: rows, exact: true },
    bytes: { value: files.reduce((sum, { size }) => sum + size, 0), exact: true },
    fingerprint,
    identity: foldersOf(source),
  };
}

/** Returns the folders that hold the files, as far as patterns name them: a variable may have given one. */
function foldersOf({ folder, base, match }: FileSource): string {
  const folders = match.map((pattern) => path.posix.dirname(`${literalPrefix(pattern)}_`));
  return JSON.stringify([folder ?? base, ...new Set(folders.sort())]);
}

/** Reads the facts in the files' first bytes, headers or footers. */
async function examine(
  { format }: FileSource,
  table: Table,
  files: readonly FoundFile[],
): Promise<{ problems: Diagnostic[]; unusedColumns: readonly string[]; rows?: number }> {
  if (format.type === 'parquet') {
    const seen = [];
    for (const file of files) {
      seen.push({ shown: file.shown, layout: await layOutFooter(table, file, format) });
    }
    return summarizeParquet(table, seen);
  }
  const { signal } = new AbortController();
  const looks: Look[] = [];
  for (const file of files) {
    if (isDocumentFormat(format) || isArchive(file, format)) {
      looks.push(...(await examineDocument(table, fileDocument(file), format, signal)));
      continue;
    }
    const layout = await layOutFile(table, file, format);
    looks.push('problem' in layout ? layout : { ...layout, shown: file.shown });
  }
  return examined(table, looks);
}

/** An empty match is an error, not an empty extract. */
export function tooFew(source: FileSource, files: readonly FoundFile[]): Diagnostic[] {
  if (files.length >= source.minFiles) return [];
  const patterns = source.match.map((pattern) => `"${visible(pattern)}"`).join(', ');
  return [
    {
      code: 'EXT2101',
      severity: 'error',
      message:
        files.length === 0
          ? `no file matches ${patterns}`
          : `${files.length} of at least ${source.minFiles} files match ${patterns}`,
      hint: `paths are relative to the folder of the pipeline file; ${emptyMatch}`,
      place: child(source.place, 'path'),
    },
  ];
}

/** Returns the mapping from one file's fields to columns. Reads its header, and no more. */
export async function layOutFile(
  table: Table,
  file: FoundFile,
  format: CsvFormat,
): Promise<Layout | { problem: Diagnostic }> {
  try {
    const text = openText(file, format);
    try {
      return await readLayout(table, format, text, file);
    } finally {
      text.destroy();
    }
  } catch (error) {
    return { problem: unreadable(error, file, table) };
  }
}

async function layOutFooter(
  table: Table,
  file: FoundFile,
  format: ParquetFormat,
): Promise<ParquetLayout | { problems: readonly Diagnostic[] }> {
  try {
    constantsOf(table, file);
    return await withFile(file.absolute, (source) => examineParquet(table, file, source, format));
  } catch (error) {
    return { problems: [unreadable(error, file, table)] };
  }
}

function unreadable(error: unknown, file: FoundFile, table: Table): Diagnostic {
  const explained = explainText(error, file, table);
  if (!(explained instanceof RunError)) throw error;
  // More than the header is decoded at once: where that fails, the line shows whether it is there.
  const isHeader = error instanceof CsvError;
  return {
    code: explained.code,
    severity: 'error',
    message: isHeader ? `the header of ${explained.message}` : explained.message,
    ...(explained.hint === undefined ? {} : { hint: explained.hint }),
    place: explained.place ?? table.place,
  };
}
