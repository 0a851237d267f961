import type {
  Alias,
  GeneratedCalculation,
  GeneratedColumn,
  GeneratedTable,
  GeneratedTemplate,
  LocalType,
  Presentation,
} from '../../model/config/data-source.ts';
import { isNumber } from '../../model/config/column-type.ts';
import type { Column, Pipeline, Table } from '../../model/config/pipeline.ts';
import type {
  AliasLook,
  ColumnLook,
  FieldLook,
  GenerateTemplate,
  TableLook,
} from '../../model/config/template.ts';
import { columnShape } from '../local-types.ts';
import { composeFolders } from './folders.ts';
import { keyFinder } from './key-finder.ts';
import { findNamed } from './named.ts';
import { titleOf } from './title.ts';

/**
 * The data source that a pipeline describes: its contract, and what it says of how people see that. Columns that `isKey` finds
 * are dimensions.
 */
export function composeTemplate(
  pipeline: Pipeline,
  template: GenerateTemplate,
  isKey = keyFinder(pipeline),
): GeneratedTemplate {
  const { name, tableau } = template;
  const caption = template.captions === 'title' ? captionOf : () => undefined;
  const withoutFolders = {
    name,
    tableau,
    schema: pipeline.extract.schema,
    tables: pipeline.tables.map((table) =>
      composeTable(table, findNamed(template.tables, table), {
        isKey: isKey.bind(undefined, table.name),
        caption,
      }),
    ),
    relationships: pipeline.relationships.map(({ from, to, cardinality }) => ({
      from,
      to,
      ...(cardinality !== undefined && { cardinality }),
    })),
    calculations: template.calculations.map(composeCalculation),
    ...(template.parameters !== undefined && {
      parameters: template.parameters.map(({ parameter }) => parameter),
    }),
    hierarchies: template.hierarchies.map((hierarchy) => ({
      name: hierarchy.name,
      fields: hierarchy.fields.map((field) => field.name),
    })),
    folders: [],
  };
  const folders = composeFolders(withoutFolders, template).map(({ hierarchies, ...folder }) => ({
    name: folder.name,
    fields: folder.fields.map((field) => field.name),
    ...(hierarchies.length > 0 && { hierarchies: hierarchies.map((hierarchy) => hierarchy.name) }),
  }));
  return { ...withoutFolders, folders };
}

/** The caption and the role that follow from names and keys where none is written. */
interface Defaults {
  isKey: (column: string) => boolean;
  caption: (name: string) => string | undefined;
}

/** Returns the caption that follows from a name; undefined if it is the name. */
function captionOf(name: string): string | undefined {
  const title = titleOf(name);
  return title === name || title === '' ? undefined : title;
}

function composeTable(table: Table, look: TableLook | undefined, defaults: Defaults): GeneratedTable {
  const caption = look?.caption ?? defaults.caption(table.name);
  return {
    name: table.name,
    ...(caption !== undefined && { caption }),
    ...(look?.description !== undefined && { description: look.description }),
    columns: table.columns.map((column) => composeColumn(column, findNamed(look?.columns, column), defaults)),
  };
}

function composeColumn(
  { name, type, description }: Column,
  look: ColumnLook | undefined,
  { isKey, caption: defaultCaption }: Defaults,
): GeneratedColumn {
  const { caption = defaultCaption(name), localName } = look ?? {};
  const localType = columnShape(type)?.localType ?? 'string';
  return {
    name,
    type,
    ...(caption !== undefined && { caption }),
    ...(localName !== undefined && { localName }),
    ...(description !== undefined && { description }),
    ...(isKey(name) && isNumber(type) && { role: 'dimension' as const }),
    ...(look !== undefined && presented(look, localType)),
  };
}

function composeCalculation(look: GenerateTemplate['calculations'][number]): GeneratedCalculation {
  const { name, formula, datatype, localName } = look;
  const own = localName === undefined ? {} : { localName };
  return { name, formula, datatype, ...own, ...presented(look, datatype) };
}

function presented({ presentation, aliases: written }: FieldLook, type: LocalType): Presentation {
  const aliases = written.flatMap(({ value, alias }) => {
    const meant = aliasedValue(value, type);
    return meant === undefined ? [] : [{ value: meant, alias }];
  });
  return { ...presentation, ...(aliases.length > 0 && { aliases }) };
}

/** Returns the value that a text means in a field of that type; undefined where there is no such value. */
export function aliasedValue(text: AliasLook['value'], type: LocalType): Alias['value'] | undefined {
  if (text === undefined) return null;
  switch (type) {
    case 'integer':
    case 'real': {
      const number = text.trim() === '' ? NaN : Number(text);
      return Number.isNaN(number) ? undefined : number;
    }
    case 'boolean':
      return text === 'true' || text === 'false' ? text === 'true' : undefined;
    case 'spatial':
      return undefined;
    case 'string':
    case 'date':
    case 'datetime':
      return text;
  }
}
