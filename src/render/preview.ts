import pc from 'picocolors';
import { counted } from '../model/base/numbers.ts';
import { cellText } from './cell.ts';
import { alignColumns } from './align-columns.ts';
import { printable } from './text-width.ts';

/** The first rows of a table as they would land; values are the text that Hyper prints. */
export interface PreviewedTable {
  name: string;
  columns: readonly { name: string; type: string }[];
  rows: readonly (readonly (string | null)[])[];
}

/** Tables with their columns' names and types on top, so that each can be seen on a terminal. */
export function renderPreview(tables: readonly PreviewedTable[], color: boolean): string {
  const paint = pc.createColors(color);
  return tables
    .map(({ name, columns, rows }) => {
      const right = columns.flatMap(({ type }, index) => (isNumber(type) ? [index] : []));
      const lines = alignColumns(
        [
          columns.map((column) => paint.bold(printable(column.name))),
          columns.map(({ type }) => paint.dim(type)),
          ...rows.map((row) => row.map((value) => (value === null ? paint.dim('NULL') : cellText(value)))),
        ],
        right,
      );
      return [
        `${paint.bold(printable(name))}: first ${counted(rows.length, 'row')}`,
        ...lines.map((line) => `  ${line}`),
        '',
      ].join('\n');
    })
    .join('\n');
}

function isNumber(type: string): boolean {
  return /^(?:smallint|int|bigint|real|double|numeric|oid)/.test(type);
}
