import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import type { ParquetFormat } from '../../model/config/source.ts';
import type { Table } from '../../model/config/pipeline.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { fileNotes } from '../delimited/file-notes.ts';
import { ParquetError } from './error.ts';
import { readFooter, type RandomAccess } from './footer.ts';
import { emptyParquet, layOutParquet, reportRemarks, type ParquetLayout } from './layout.ts';

/** Reads the footer of one file and holds it against the contract. Errors of the source come through unchanged. */
export async function examineParquet(
  table: Table,
  file: { shown: string },
  source: RandomAccess,
  format?: ParquetFormat,
): Promise<ParquetLayout | { problems: readonly Diagnostic[] }> {
  if (source.size === 0)
    return format?.emptyFiles === 'skip' ? emptyParquet : { problems: [empty(table, file)] };
  try {
    return layOutParquet(table, await readFooter(source), file);
  } catch (error) {
    if (!(error instanceof ParquetError)) throw error;
    const message = `${file.shown} ${error.message}`;
    const other = error.reason === 'not-parquet' ? 'if it is text, write format: csv; otherwise ' : '';
    const hint = `${other}write the file again, or exclude it`;
    return { problems: [{ code: 'EXT2102', severity: 'error', message, hint, place: table.place }] };
  }
}

function empty({ place }: Table, { shown }: { shown: string }): Diagnostic {
  const hint = 'exclude it, or write empty_files: skip in its format: it has no rows then';
  return { code: 'EXT2111', severity: 'error', message: `${shown} is empty`, hint, place };
}

/** Throws where a file does not fit. */
export async function requireParquet(
  table: Table,
  file: { shown: string },
  source: RandomAccess,
): Promise<ParquetLayout> {
  const layout = await examineParquet(table, file, source);
  if (!('problems' in layout)) return layout;
  const [problem] = layout.problems;
  throw new RunError(problem?.code ?? '', problem?.message ?? '', problem);
}

/** Summarizes all files of a table. `rows` is exact. */
export function summarizeParquet(
  table: Table,
  files: readonly { shown: string; layout: ParquetLayout | { problems: readonly Diagnostic[] } }[],
): { problems: Diagnostic[]; unusedColumns: string[]; rows: number } {
  const problems: Diagnostic[] = [];
  const unusedColumns = new Set<string>();
  const fitting = files.flatMap(({ shown, layout }) => {
    if (!('problems' in layout)) return [{ ...layout, shown }];
    problems.push(...layout.problems);
    return [];
  });
  for (const file of fitting) for (const name of file.unusedColumns) unusedColumns.add(name);
  return {
    problems: [...problems, ...reportRemarks(fitting), ...fileNotes(table, fitting)],
    unusedColumns: [...unusedColumns],
    rows: fitting.reduce((sum, { rows }) => sum + rows, 0),
  };
}
