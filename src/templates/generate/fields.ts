import { columnShape } from '../local-types.ts';
import type {
  GeneratedCalculation,
  GeneratedColumn,
  GeneratedTable,
  GeneratedTemplate,
  LocalType,
} from '../../model/config/data-source.ts';
import { calculationId } from './ids.ts';

/** A field with the name that Tableau knows it by. */
export type Field = ColumnField | CalculationField;

export interface ColumnField {
  kind: 'column';
  localName: string;
  caption: string | undefined;
  table: GeneratedTable;
  column: GeneratedColumn;
  localType: LocalType;
}

export interface CalculationField {
  kind: 'calculation';
  localName: string;
  caption: string;
  calculation: GeneratedCalculation;
  localType: LocalType;
}

export interface Fields {
  /** Columns table by table, then calculations. */
  all: readonly Field[];
  /** Finds a field by local name first, then by caption; 'ambiguous' if several fields share the caption. */
  resolve: (reference: string) => Field | 'ambiguous' | undefined;
}

/** `tables` in the order that decides which of two columns of a name keeps it: the first one. */
export function nameFields(template: GeneratedTemplate, tables: readonly GeneratedTable[]): Fields {
  const taken = new Set<string>();
  const columns = tables.flatMap((table) =>
    table.columns.map((column): ColumnField => {
      const localName = column.localName ?? derivedName(column.name, table.name, taken);
      taken.add(localName);
      const localType = columnShape(column.type)?.localType ?? 'string';
      return { kind: 'column', localName, caption: column.caption, table, column, localType };
    }),
  );
  const calculations = template.calculations.map((calculation): CalculationField => {
    const { name: caption, localName = calculationId(caption), datatype: localType } = calculation;
    return { kind: 'calculation', localName, caption, calculation, localType };
  });
  const all = [...columns, ...calculations];
  return { all, resolve: resolver(all) };
}

/** Returns Tableau's name for a column: its name, followed by its table when an earlier table has that name. */
export function derivedName(column: string, table: string, taken: ReadonlySet<string>): string {
  return taken.has(column) ? `${column} (${table})` : column;
}

function resolver(fields: readonly Field[]): Fields['resolve'] {
  const byName = new Map(fields.map((field) => [field.localName, field]));
  const byCaption = new Map<string, Field | 'ambiguous'>();
  for (const field of fields) {
    if (field.caption === undefined) continue;
    byCaption.set(field.caption, byCaption.has(field.caption) ? 'ambiguous' : field);
  }
  return (reference) => byName.get(reference) ?? byCaption.get(reference);
}
