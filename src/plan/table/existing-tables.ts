import { formatColumnType, storedType } from '../../model/config/column-type.ts';
import type { ExtractTable, Observation } from '../../model/world/observation.ts';
import type { TableDefinition } from '../../model/world/applied-record.ts';
import type { Pipeline, Table } from '../../model/config/pipeline.ts';

/**
 * Returns the tables of an extract that exists without a record: the state was lost, or another tool made it. The names
 * that workbooks use are then known from the file itself.
 */
export function existingTables(
  { extract }: Pipeline,
  { applied, extract: seen }: Observation,
): ExtractTable[] {
  if (applied !== undefined || seen.kind !== 'present') return [];
  return (seen.tables ?? []).filter(({ schema }) => schema === extract.schema);
}

/** Returns the columns of an existing table, as far as the file shows them: `wanted` says where they come from. */
export function existingColumns(
  { columns }: ExtractTable,
  wanted: TableDefinition['columns'],
): TableDefinition['columns'] {
  return columns.map(({ name, type, notNull }) => ({
    name,
    type: type.kind === 'other' ? type.name : formatColumnType(type),
    notNull,
    from: wanted.find((column) => column.name === name)?.from ?? '',
  }));
}

/** The columns of a contract as a file will show them: Hyper stores some types as wider ones. */
export function storedColumns(
  { columns }: Table,
  definition: TableDefinition['columns'],
): TableDefinition['columns'] {
  return definition.map((column, index) => {
    const type = columns[index]?.type;
    return type === undefined ? column : { ...column, type: formatColumnType(storedType(type)) };
  });
}

/** Returns a table as it is in the extract, if the extract was opened. */
export function existingTable({ name }: Table, { extract }: Observation): ExtractTable | undefined {
  return extract.kind === 'present' ? extract.tables?.find((one) => one.name === name) : undefined;
}
