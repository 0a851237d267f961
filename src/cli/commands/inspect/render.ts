import { bytes, counted } from '../../../model/base/numbers.ts';
import { formatColumnType } from '../../../model/config/column-type.ts';
import type { ExtractColumn } from '../../../model/world/observation.ts';
import type { InspectedTable, QueryResult } from '../../../hyper/inspect.ts';
import { cellText } from '../../../render/cell.ts';
import { renderPreview } from '../../../render/preview.ts';
import { alignColumns } from '../../../render/align-columns.ts';
import { printable } from '../../../render/text-width.ts';
import type { Origin } from './origin.ts';

export interface ExtractFacts {
  file: string;
  size: number;
  /** ISO 8601. */
  modified: string;
  version: number;
  origin: Origin | undefined;
  tables: readonly InspectedTable[];
}

/** Returns the facts about the file, its tables with columns and keys, and the first rows of each. */
export function renderExtract(
  { file, size, modified, version, origin, tables }: ExtractFacts,
  color: boolean,
): string {
  const head = `${file}  ${bytes(size)}, Hyper file version ${version}, changed ${modified}`;
  const written =
    origin === undefined
      ? 'No record here of the pipeline that wrote it.'
      : `Written by pipeline ${origin.pipeline} (${[origin.configuration, origin.tool].filter(Boolean).join(', ')}).`;
  const previewed = tables
    .filter(({ first }) => first.length > 0)
    .map((table) => ({
      name: nameOf(table),
      columns: table.columns.map((column) => ({ name: column.name, type: typeOf(column) })),
      rows: table.first,
    }));
  return [
    `${printable(head)}\n${printable(written)}\n`,
    ...tables.map(renderTable),
    ...(previewed.length === 0 ? [] : [renderPreview(previewed, color)]),
  ].join('\n');
}

function renderTable(table: InspectedTable): string {
  const keys = table.keys.map(
    ({ kind, columns, references }) =>
      `    ${kind} ${listOf(columns)}${references === undefined ? '' : ` -> ${printable(references.table)} ${listOf(references.columns)}`}`,
  );
  const columns = table.columns.map((column) => [
    `    ${printable(column.name)}`,
    `${typeOf(column)}${column.notNull ? ' not null' : ''}`,
  ]);
  const head = `  ${nameOf(table)}  ${counted(table.rows, 'row')}`;
  return `${[head, ...alignColumns(columns), ...keys].join('\n')}\n`;
}

/** Returns the rows of a query below the names of its columns, and how many there are. */
export function renderQuery({ columns, rows, isCut }: QueryResult): string {
  const cells = rows.map((row) => row.map((value) => (value === null ? 'NULL' : cellText(value))));
  const lines = alignColumns([columns.map(printable), ...cells]);
  const end = isCut
    ? `(the first ${counted(rows.length, 'row')}; there are more, and --rows NUMBER shows them)`
    : `(${counted(rows.length, 'row')})`;
  return `${lines.join('\n')}\n${end}\n`;
}

/** Returns the rows of a query as JSON shows them; `more` is true if there are more. */
export const queryData = ({ columns, rows, isCut }: QueryResult) => ({ columns, rows, more: isCut });

/** Returns a table as JSON shows it. */
export const tableData = (table: InspectedTable) => ({
  schema: table.schema,
  name: table.name,
  rows: table.rows,
  columns: table.columns.map((column) => ({
    name: column.name,
    type: typeOf(column),
    notNull: column.notNull,
  })),
  keys: table.keys,
  first: table.first,
});

const listOf = (columns: readonly string[]) => `(${columns.map(printable).join(', ')})`;

const nameOf = ({ schema, name }: InspectedTable) => `"${printable(schema)}"."${printable(name)}"`;

const typeOf = ({ type }: ExtractColumn) => (type.kind === 'other' ? type.name : formatColumnType(type));
