import { formatColumnType } from '../../model/config/column-type.ts';
import type { GeneratedTemplate } from '../../model/config/data-source.ts';
import type {
  TemplateDescription,
  TemplateField,
  TemplateTable,
} from '../../model/world/template-description.ts';
import type { ReadSource } from '../../templates/read-source.ts';
import { personalNotes, sensitiveIfPersonal } from '../files/personal-columns.ts';
import type { FoundColumn, FoundTable } from '../found.ts';
import { originOf } from './origins.ts';
import type { ColumnsOf } from './packaged-columns.ts';

/** The comment above a table whose columns the user must write or complete. */
export const unlistedColumns = 'REVIEW: the data source does not list its columns';

export interface TablesContext {
  template: ReadSource;
  description: TemplateDescription;
  /** The name of the source that rows come from. */
  source: string;
  /** The columns in the extract itself, where the description does not list them. */
  columnsOf: ColumnsOf;
}

/** Returns the tables that a generated data source has, in the order of the description. */
export function generatedTables({ tables }: GeneratedTemplate, context: TablesContext): FoundTable[] {
  return tables.flatMap(({ name, columns }, index) => {
    const original = context.description.tables[index];
    const names = new Set(columns.map((column) => column.name));
    return original === undefined ? [] : tableOf(name, original, (column) => names.has(column), context);
  });
}

/** Returns the tables that the data source itself needs in its .hyper, under the names that it has for them. */
export function neededTables(context: TablesContext): FoundTable[] {
  const { tables } = context.description;
  const isSame = (one: TemplateTable, other: TemplateTable) =>
    one.name === other.name && one.schema === other.schema;
  return tables
    .filter((table, index) => tables.findIndex((one) => isSame(one, table)) === index)
    .flatMap((table) => tableOf(table.name, table, () => true, context));
}

/** A table of these columns; nothing if there is none. */
function tableOf(
  name: string,
  original: TemplateTable,
  isWanted: (column: string) => boolean,
  context: TablesContext,
): FoundTable[] {
  const { description, template, source } = context;
  const { from, relation, comment } = originOf(original, template);
  const packaged = context.columnsOf(original).map(sensitiveIfPersonal);
  const seen = new Set(packaged.map((column) => column.name));
  const described = description.fields.flatMap((field): FoundColumn[] => {
    const { origin } = field;
    const isHere = origin?.table?.name === original.name && origin.table.schema === original.schema;
    if (origin === undefined || !isHere || !isWanted(origin.column) || seen.has(origin.column)) return [];
    seen.add(origin.column);
    const upstream = columnBehind(field, relation, template);
    const settings = {
      ...(upstream !== undefined && upstream !== origin.column && { from: upstream }),
      type: formatColumnType(origin.type),
    };
    return [sensitiveIfPersonal({ name: origin.column, settings })];
  });
  const columns = [...packaged, ...described];
  if (columns.length === 0 && description.listsColumns) return [];
  const comments = [
    ...(comment === undefined ? [] : [comment]),
    ...(description.listsColumns || packaged.length > 0 ? [] : [unlistedColumns]),
  ];
  return [
    {
      name,
      from: { source, ...from },
      isFromAssumed: true,
      columns,
      notes: [...('query' in from ? ['custom SQL'] : []), ...personalNotes(columns)],
      ...(comments.length > 0 && { comments }),
    },
  ];
}

/** The column of the table or query behind an extract that a field shows. */
function columnBehind(
  field: TemplateField,
  relation: string | undefined,
  { source, hyper }: ReadSource,
): string | undefined {
  if (relation === undefined || hyper.flavour === 'live') return undefined;
  return source.connection.records.find(
    ({ localName, parent }) => localName === field.name && parent === relation,
  )?.remoteName;
}
