import { formatColumnType } from '../../model/config/column-type.ts';
import type { GeneratedTemplate } from '../../model/config/data-source.ts';
import type {
  TemplateDescription,
  TemplateField,
  TemplateTable,
} from '../../model/world/template-description.ts';
import type { Template } from '../../templates/open-template.ts';
import { personalNotes, sensitiveIfPersonal } from '../files/personal-columns.ts';
import type { FoundColumn, FoundTable } from '../found.ts';
import { originOf } from './origins.ts';

export interface TablesContext {
  template: Template;
  description: TemplateDescription;
  /** The name of the source that rows come from. */
  source: string;
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
  const same = (one: TemplateTable, other: TemplateTable) =>
    one.name === other.name && one.schema === other.schema;
  return tables
    .filter((table, index) => tables.findIndex((one) => same(one, table)) === index)
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
  const seen = new Set<string>();
  const columns = description.fields.flatMap((field): FoundColumn[] => {
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
  if (columns.length === 0) return [];
  return [
    {
      name,
      from: { source, ...from },
      isFromAssumed: true,
      columns,
      notes: [...('query' in from ? ['custom SQL'] : []), ...personalNotes(columns)],
      ...(comment !== undefined && { comments: [comment] }),
    },
  ];
}

/** The column of the table or query behind an extract that a field shows. */
function columnBehind(
  field: TemplateField,
  relation: string | undefined,
  { source, hyper }: Template,
): string | undefined {
  if (relation === undefined || hyper.flavour === 'live') return undefined;
  return source.connection.records.find(
    ({ localName, parent }) => localName === field.name && parent === relation,
  )?.remoteName;
}
