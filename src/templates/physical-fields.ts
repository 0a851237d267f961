import type { FieldOrigin, TemplateTable } from '../model/world/template-description.ts';
import { impliedColumns } from './implied-columns.ts';
import { columnTypeOf } from './local-types.ts';
import type { RowsSlot } from './slot.ts';
import type { DataSource } from './tds/model.ts';

export interface PhysicalField extends FieldOrigin {
  /** The field's name in Tableau. */
  name: string;
}

/** The fields that are columns of the .hyper. */
export interface PhysicalFields {
  fields: PhysicalField[];
  /**
   * Calculations whose results Tableau has stored in the extract ("Compute Calculations Now", `Number of Records`). It
   * computes them where the extract does not have them.
   */
  stored: PhysicalField[];
  /** False if there may be columns that the .tds does not name. */
  areAll: boolean;
}

/**
 * Returns the fields that are columns of the .hyper. Metadata records are the best evidence; files without them
 * (Tableau recreates them) have `cols` when names of two tables clash, and otherwise the declared columns.
 */
export function physicalFields(
  source: DataSource,
  hyper: RowsSlot,
  tables: readonly TemplateTable[],
): PhysicalFields {
  const connection = (hyper.flavour === 'extract' ? source.extract : undefined) ?? source.connection;
  const tableOf = (relation: string) => tables.find((table) => table.relation === relation);
  const declared = new Map(source.columns.map((column) => [column.name, column]));
  // A type that a user changed in Tableau is no evidence of the type in the .hyper.
  const declaredType = (name: string) => {
    const column = declared.get(name);
    const localType = column === undefined || column.typeCustomized ? undefined : column.datatype;
    return { localType, remoteType: undefined, type: columnTypeOf(localType, undefined) };
  };
  const recorded = connection.records.flatMap((record): PhysicalField[] => {
    const table = tableOf(record.parent);
    if (table === undefined) return [];
    const { localName: name, remoteName: column, localType, remoteType } = record;
    return [
      { name, table, column, localType, remoteType, type: columnTypeOf(localType, remoteType, record) },
    ];
  });
  if (recorded.length > 0) {
    const isStored = ({ name }: PhysicalField) =>
      hyper.flavour === 'extract' && declared.get(name)?.calculation !== undefined;
    return {
      fields: recorded.filter((field) => !isStored(field)),
      stored: recorded.filter(isStored),
      areAll: true,
    };
  }
  const mapped = connection.cols.flatMap(({ field: name, relation, column }): PhysicalField[] => {
    const table = tableOf(relation);
    return table === undefined ? [] : [{ name, table, column, ...declaredType(name) }];
  });
  if (mapped.length > 0) return { fields: mapped, stored: [], areAll: true };
  // Which of several .hyper files has a column is then not known.
  if (connection.named.filter((one) => one.class === 'hyper').length > 1 && hyper.flavour === 'live')
    return { fields: [], stored: [], areAll: false };
  const [only, second] = tables;
  const table = second === undefined ? only : undefined;
  const names = source.columns
    .filter(({ name, calculation }) => calculation === undefined && !name.startsWith(':'))
    .map(({ name }) => name);
  return {
    fields: [...new Set([...names, ...impliedColumns(source)])].map((name) => ({
      name,
      table,
      column: name,
      ...declaredType(name),
    })),
    stored: [],
    areAll: false,
  };
}
