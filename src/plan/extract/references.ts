import { checkProblems } from '../../model/config/check-columns.ts';
import { child, type Diagnostic, type Place } from '../../model/errors/diagnostic.ts';
import { nearest } from '../../model/base/nearest.ts';
import type { Pipeline, Table } from '../../model/config/pipeline.ts';

/**
 * Keys, relationships and checks that name columns which a header file does not bring: only the plan knows
 * its columns.
 */
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
    ...tables.flatMap((table) => checkFindings(table, tables)),
  ];
}

/** Checks of other tables were held against their columns before; here are those that a header file has a part in. */
function checkFindings({ name, checks }: Table, tables: readonly Table[]): Diagnostic[] {
  const columnsOf = (wanted: string) => {
    const found = tables.find((table) => table.name === wanted);
    return found && new Map(found.columns.map((column) => [column.name, column.type]));
  };
  return checks.flatMap((check) =>
    checkProblems(check, name, columnsOf).map(({ about, message, hint, place }) => ({
      code: about === 'column' ? 'EXT2108' : 'EXT2109',
      severity: 'error' as const,
      message,
      ...(hint !== undefined && { hint }),
      place,
    })),
  );
}
