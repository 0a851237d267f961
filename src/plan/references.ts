import { child, type Diagnostic, type Place } from '../model/diagnostic.ts';
import { nearest } from '../model/nearest.ts';
import type { Pipeline } from '../model/pipeline.ts';

/** Keys and relationships that name columns which a header file does not bring: only the plan knows its columns. */
export function referenceFindings({ tables, relationships }: Pipeline): Diagnostic[] {
  const missing = (name: string, columns: readonly string[], place: Place): Diagnostic[] => {
    const table = tables.find((one) => one.name === name);
    if (table?.columnsFrom === undefined) return [];
    const names = table.columns.map((column) => column.name);
    return columns
      .filter((column) => !names.includes(column))
      .map((column) => {
        const near = nearest(column, names);
        return {
          code: 'EXT2108',
          severity: 'error',
          message: `the header file of table "${name}" brings no column "${column}"`,
          hint: near === undefined ? `it has ${names.slice(0, 8).join(', ')}` : `did you mean "${near}"?`,
          place,
        };
      });
  };
  return [
    ...tables.flatMap((table) => missing(table.name, table.primaryKey, child(table.place, 'primary_key'))),
    ...relationships.flatMap(({ from, to, place }) => [
      ...missing(from.table, from.columns, child(place, 'from')),
      ...missing(to.table, to.columns, child(place, 'to')),
    ]),
  ];
}
