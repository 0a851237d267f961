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
  /**
   * Finds a field by local name or else by caption, and a column also by `table.column`; 'ambiguous' if these are several
   * fields. A qualifier that is the name of a table, as in `[orders].[amount]`, leaves the columns of this table.
   */
  resolve: (reference: string, qualifier?: string) => Field | 'ambiguous' | undefined;
  /** All fields that a reference without a qualifier could mean. */
  meanings: (reference: string) => readonly Field[];
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
  return { all, ...resolver(all) };
}

/** Returns Tableau's name for a column: its name, followed by its table when an earlier table has that name. */
export function derivedName(column: string, table: string, taken: ReadonlySet<string>): string {
  return taken.has(column) ? `${column} (${table})` : column;
}

/** `table.column`, as relationships name a column. */
export function qualifiedName({ table, column }: ColumnField): string {
  return `${table.name}.${column.name}`;
}

function resolver(fields: readonly Field[]): Pick<Fields, 'resolve' | 'meanings'> {
  const byName = new Map(fields.map((field) => [field.localName, field]));
  const columns = fields.filter((field) => field.kind === 'column');
  const byCaption = grouped(fields, ({ caption }) => caption);
  const byPlace = grouped(columns, qualifiedName);
  const tables = new Map(columns.map((field) => [field.table.name, field.table]));
  const meanings = (reference: string): Field[] => {
    const named = byName.get(reference);
    const known = named === undefined ? (byCaption.get(reference) ?? []) : [named];
    return [...new Set([...known, ...(byPlace.get(reference) ?? [])])];
  };
  const resolve = (reference: string, qualifier?: string) => {
    const table = qualifier === undefined ? undefined : tables.get(qualifier);
    if (table !== undefined)
      return columns.find((field) => field.table === table && field.column.name === reference);
    const [field, second] = meanings(reference);
    return second === undefined ? field : ('ambiguous' as const);
  };
  return { resolve, meanings };
}

/** Groups values by a key. */
function grouped<Value, Key>(values: readonly Value[], keyOf: (value: Value) => Key): Map<Key, Value[]> {
  const groups = new Map<Key, Value[]>();
  for (const value of values) {
    const group = groups.get(keyOf(value));
    if (group === undefined) groups.set(keyOf(value), [value]);
    else group.push(value);
  }
  return groups;
}
