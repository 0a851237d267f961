import { formatColumnType } from '../../model/column-type.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { nearest } from '../../model/nearest.ts';
import type { Column, Table } from '../../model/pipeline.ts';
import { constantsOf, type Constant, type NamedFile } from './constants.ts';

/** How the fields of one CSV file become the columns of the table. */
export interface Layout {
  /** Fields in every record of the file. */
  fields: number;
  /** The columns that come from fields, in the order of the table, and the field of each. */
  columns: readonly Column[];
  select: readonly number[];
  /** The columns that are the same in every row of the file. */
  constants: readonly Constant[];
  /** Names in the header that no column takes. */
  untaken: readonly string[];
}

/** Columns by the names in the header, in any order; or why that cannot be. */
export function layOutByName(
  table: Table,
  header: readonly string[],
  file: NamedFile,
): Layout | { problem: Diagnostic } {
  const columns = table.columns.filter(({ origin }) => origin.kind === 'column');
  const select: number[] = [];
  for (const column of columns) {
    const name = column.origin.kind === 'column' ? column.origin.name : '';
    const field = header.indexOf(name);
    if (field < 0) return { problem: missing(column, name, header, file) };
    if (header.includes(name, field + 1)) return { problem: twice(column, name, file) };
    select.push(field);
  }
  const taken = new Set(select);
  return {
    fields: header.length,
    columns,
    select,
    constants: constantsOf(table, file),
    untaken: header.filter((_, index) => !taken.has(index)),
  };
}

/** In these an empty quoted field is an empty string; in all others it can only mean NULL. */
export function isText({ type }: Column): boolean {
  return ['text', 'varchar', 'char', 'json', 'bytes'].includes(type.kind);
}

/** Without a header the fields are the columns, one by one. */
export function layOutByPlace(table: Table, file: NamedFile): Layout {
  const columns = table.columns.filter(({ origin }) => origin.kind === 'column');
  return {
    fields: columns.length,
    columns,
    select: columns.map((_, index) => index),
    constants: constantsOf(table, file),
    untaken: [],
  };
}

function missing(
  column: Column,
  name: string,
  header: readonly string[],
  file: { shown: string },
): Diagnostic {
  const near = nearest(name, header);
  const has = header.slice(0, 8).map((one) => `"${one}"`);
  return {
    code: 'EXT2113',
    severity: 'error',
    message: `${file.shown} has no column "${name}"`,
    hint:
      near === undefined
        ? `its header has ${has.join(', ')}${header.length > has.length ? ` and ${header.length - has.length} more` : ''}`
        : `did you mean "${near}"?`,
    place: column.place,
  };
}

function twice(column: Column, name: string, file: { shown: string }): Diagnostic {
  return {
    code: 'EXT2114',
    severity: 'error',
    message: `the header of ${file.shown} names "${name}" twice`,
    hint: 'rename one of them in the file, or set header: false and list all columns in order',
    place: column.place,
  };
}

/** `text not null` for messages. */
export function wanted({ type, notNull }: Column): string {
  return `${formatColumnType(type)}${notNull ? ' not null' : ''}`;
}
