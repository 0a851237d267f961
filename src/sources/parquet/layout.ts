import { originPlace } from '../../model/config/origin-place.ts';
import { columnsCommand } from '../delimited/columns-command.ts';
import { formatColumnType } from '../../model/config/column-type.ts';
import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import type { ParquetValue } from '../../model/ports/feed.ts';
import type { Column, Table } from '../../model/config/pipeline.ts';
import { quotedVisible } from '../../model/base/visible.ts';
import { nearMissOf } from '../delimited/header-hints.ts';
import { missingHint } from '../delimited/missing-hint.ts';
import { misspelt, nameInFile } from '../delimited/layout.ts';
import { mapParquet } from './map-column.ts';
import type { ParquetColumn, ParquetFooter } from './footer.ts';
import { listedName } from '../../model/base/name-list.ts';

/** The mapping from the columns of one Parquet file to the columns of the table. */
export interface ParquetLayout {
  /** The columns of the table that come from the file, in its order, and how each does. */
  columns: readonly Column[];
  values: readonly ParquetValue[];
  rows: number;
  /** Columns of the file that no column takes. */
  unusedColumns: readonly string[];
  /** Optional columns that the file lacks. */
  absent: readonly Column[];
  /** The file has no byte, and its format allows that. */
  isEmpty: boolean;
  /** The remarks about readable columns that a user should know. */
  remarks: readonly ParquetRemark[];
}

export interface ParquetRemark {
  column: Column;
  kind: 'null-allowed' | 'cut-off';
}

/** Columns by their names; or everything that keeps this file from being read. */
export function layOutParquet(
  table: Table,
  footer: ParquetFooter,
  { shown }: { shown: string },
): ParquetLayout | { problems: readonly Diagnostic[] } {
  const columns = table.columns.filter(({ origin }) => origin.kind === 'column');
  const problems: Diagnostic[] = [];
  const values: ParquetValue[] = [];
  const remarks: ParquetRemark[] = [];
  const absent: Column[] = [];
  const nothing: Column[] = [];
  const taken = new Set<string>();
  const namesInFile = footer.columns.map((one) => one.name);
  for (const column of columns) {
    const name = column.origin.kind === 'column' ? column.origin.name : '';
    const found = footer.columns.find((one) => one.name === name);
    if (found === undefined) {
      const isFree = column.optional === true && footer.columns.length > 0;
      const near = isFree ? nearMissOf(name, namesInFile, columns.map(nameInFile)) : undefined;
      if (near !== undefined) problems.push(misspelt(column, near, shown));
      else if (isFree) absent.push(column);
      else problems.push(missing(column, footer.columns, columns.map(nameInFile), shown));
      continue;
    }
    taken.add(name);
    // Without a value in it, a column has no type that hyperd could read; what is not loaded is NULL.
    if (found.type === 'null' && !column.notNull) {
      nothing.push(column);
      continue;
    }
    const fit = mapParquet(found, column.type, column.notNull, column);
    if ('holders' in fit || found.hyper === undefined) {
      problems.push(mismatch(column, found, 'holders' in fit ? fit : { holders: [] }, shown));
      continue;
    }
    values.push({ name, type: found.hyper, ...(fit.load === 'cast' ? { select: fit.select } : {}) });
    if (column.notNull && found.nullable) remarks.push({ column, kind: 'null-allowed' });
    if (fit.note !== undefined) remarks.push({ column, kind: 'cut-off' });
  }
  if (problems.length > 0) return { problems };
  const unusedColumns = footer.columns
    .map(({ name }) => name)
    .filter((name) => !taken.has(name))
    .map(listedName);
  const present = columns.filter((column) => !absent.includes(column) && !nothing.includes(column));
  const problem = present.length > 0 ? undefined : noValues({ absent, nothing }, footer, shown);
  if (problem !== undefined) return { problems: [problem] };
  return {
    columns: present,
    values,
    rows: footer.rows,
    unusedColumns,
    remarks,
    absent,
    isEmpty: false,
  };
}

/** A file without a byte. */
export const emptyParquet: ParquetLayout = {
  ...{ columns: [], values: [], rows: 0, unusedColumns: [], remarks: [], absent: [] },
  isEmpty: true,
};

function missing(
  column: Column,
  available: readonly ParquetColumn[],
  taken: readonly string[],
  shown: string,
): Diagnostic {
  return {
    code: 'EXT2113',
    severity: 'error',
    message: `${shown} has no column ${quotedVisible(nameInFile(column))}`,
    hint: `${missingHint(
      column,
      available.map((one) => one.name),
      taken,
      'it',
    )} ${columnsCommand('parquet', column, shown)}`,
    place: originPlace(column),
  };
}

/** Returns why a file without a value for any column cannot be read; undefined if no column was wanted. */
function noValues(
  { absent: [first], nothing: [empty] }: { absent: readonly Column[]; nothing: readonly Column[] },
  footer: ParquetFooter,
  shown: string,
): Diagnostic | undefined {
  if (empty !== undefined) return onlyNulls(empty, shown);
  return first && missing(first, footer.columns, [], shown);
}

/** Rows that are NULL in every column cannot be counted by Hyper's reader. */
function onlyNulls(column: Column, shown: string): Diagnostic {
  return {
    code: 'EXT2115',
    severity: 'error',
    message: `column "${column.name}": ${shown} has the type null, and no other column that the table takes has values`,
    hint: 'add a column that has a type in the file, or exclude the file',
    place: column.place,
  };
}

function mismatch(
  column: Column,
  found: ParquetColumn,
  { holders, hint }: { holders: readonly string[]; hint?: string },
  shown: string,
): Diagnostic {
  return {
    code: 'EXT2115',
    severity: 'error',
    message: `column "${column.name}": ${shown} has ${found.type}, which does not fit ${formatColumnType(column.type)}`,
    hint:
      holders.length === 0
        ? hintWithoutHolder(found)
        : `${holders.join(' or ')} would hold it${hint === undefined ? '' : `; ${hint}`}`,
    place: column.place,
  };
}

function hintWithoutHolder({ type }: ParquetColumn): string {
  if (type === 'null') return 'it is NULL in every row: remove not null, or leave the column out';
  if (type.includes(', compressed with '))
    return 'Hyper does not unpack it: write the file with zstd or snappy, or leave the column out';
  return 'Hyper does not read such columns: leave it out, or write the file with another type';
}

/** Returns one note for each column and kind, whatever the number of files. */
export function reportRemarks(
  files: readonly { shown: string; remarks: readonly ParquetRemark[] }[],
): Diagnostic[] {
  const notes = new Map<string, { remark: ParquetRemark; shown: string; more: number }>();
  for (const { shown, remarks } of files) {
    for (const remark of remarks) {
      const key = `${remark.kind} ${remark.column.name}`;
      const known = notes.get(key);
      if (known === undefined) notes.set(key, { remark, shown, more: 0 });
      else known.more++;
    }
  }
  return [...notes.values()].map(({ remark: { column, kind }, shown, more }) => {
    const where = more === 0 ? shown : `${shown} and ${more} more`;
    return {
      code: kind === 'null-allowed' ? 'EXT2116' : 'EXT2117',
      severity: kind === 'null-allowed' ? 'note' : 'warning',
      message:
        kind === 'null-allowed'
          ? `column "${column.name}" is not null in the contract, but NULL is allowed in ${where}: a NULL will stop the load`
          : `column "${column.name}": what is finer than a microsecond in ${where} is cut off`,
      ...(kind === 'cut-off' && {
        hint: 'set truncate: microseconds on the column to have it cut off without this warning',
      }),
      place: column.place,
    };
  });
}
