import { describeTemplate } from '../describe-template.ts';
import { shownName } from '../../model/world/template-description.ts';
import type {
  TemplateDescription,
  TemplateField,
  TemplateTable,
} from '../../model/world/template-description.ts';
import { isNumber } from '../../model/config/column-type.ts';
import { freeName } from '../../model/base/free-name.ts';
import { ofParameters, renameFields, type FieldReference } from '../formula.ts';
import { derivedName } from '../generate/fields.ts';
import { calculationId } from '../generate/ids.ts';
import type {
  GeneratedCalculation,
  GeneratedColumn,
  GeneratedTable,
  GeneratedTemplate,
  LocalType,
} from '../../model/config/data-source.ts';
import { parseVersion } from '../generate/spelling.ts';
import { withoutObjectId } from '../object-id.ts';
import { templateName } from '../template.ts';
import type { ReadSource } from '../read-source.ts';
import { splitPath } from '../tds/brackets.ts';
import type { DataSource, Folder } from '../tds/model.ts';
import { findCarried } from './carried.ts';
import { distinctNames } from './distinct-names.ts';
import { captionFinder, importParameters } from './parameters.ts';
import { importPresentation } from './presentation.ts';
import { importRelationships } from './relationships.ts';

export interface Imported {
  template: GeneratedTemplate;
  /** One sentence for each thing that a generated data source cannot have. */
  lost: readonly string[];
}

/** Returns the name of a field in the written description: field names for columns, captions for calculations. */
export type Refer = (localName: string) => string;

/**
 * Returns the description from which the template could be generated, so that Tableau Desktop is no longer needed for
 * it. Everything that `generate` can express is carried over whole; the rest is listed.
 */
export function importTemplate(template: ReadSource): Imported {
  const { source } = template;
  const description = describeTemplate(template);
  const lost: string[] = [];
  const parameters = importParameters(source.parameters, lost);
  const captionOf = captionFinder(parameters);
  const carried = findCarried(description, template, {
    lost,
    isParameter: (name) => captionOf(name) !== undefined,
  });
  const refer = referrer(description.fields);
  const tables = importTables(description, carried, template, lost);
  const tableNames = new Map(tables.map(({ original, table }) => [original, table.name]));

  const field = (name: string) => (carried.has(name) ? [refer(name)] : []);
  const levels = distinctNames(source.hierarchies.map(({ name }) => name));
  const hierarchies = source.hierarchies.map(({ name, fields }, n) => {
    const own = levels[n] ?? name;
    if (own !== name) lost.push(renamed('hierarchy', name, own));
    return { name: own, fields: fields.flatMap(field) };
  });
  const folders = mergeFolders(source.folders).map(({ name, items }) => {
    const inside = items.filter((item) => item.kind === 'hierarchy').map((item) => item.name);
    const fields = items.flatMap((item) => (item.kind === 'field' ? field(item.name) : []));
    return { name, fields, ...(inside.length === 0 ? {} : { hierarchies: inside }) };
  });
  return {
    template: {
      name: templateName(template),
      tableau: importVersion(description),
      schema: schemaOf(description),
      tables: tables.map(({ table }) => table),
      relationships: importRelationships(template, description, tableNames, lost),
      calculations: importCalculations(description, carried, template, { refer, captionOf }, lost),
      ...(parameters.length > 0 && { parameters }),
      hierarchies: hierarchies.filter(({ fields }) => fields.length > 0),
      folders: folders.filter(({ fields, hierarchies: inside }) => fields.length > 0 || inside !== undefined),
    },
    lost,
  };
}

/** A database has its own schemas, which say nothing of the extract. */
export function schemaOf({ flavour, tables }: TemplateDescription): string {
  const schema = tables.find((table) => table.schema !== undefined)?.schema;
  return flavour === 'database' || schema === undefined ? 'Extract' : schema;
}

function importTables(
  description: TemplateDescription,
  carried: ReadonlySet<string>,
  { source, hyper }: ReadSource,
  lost: string[],
): { original: TemplateTable; table: GeneratedTable }[] {
  const declared = new Map(source.columns.map((column) => [column.name, column]));
  const related = relatedFields(source);
  const taken = new Set<string>();
  const tableNames = new Set<string>();
  return description.tables.map((original) => {
    // Two relations may read the same table.
    const name = freeName(
      hyper.flavour === 'live' ? original.name : withoutObjectId(original.name, hyper.flavour),
      tableNames,
    );
    const fields = description.fields.filter(({ origin }) => origin?.table === original);
    const columns = fields.flatMap((field): GeneratedColumn[] => {
      const { origin } = field;
      if (origin === undefined || !carried.has(field.name)) return [];
      const localName = derivedName(origin.column, name, taken);
      taken.add(field.name);
      return [
        {
          name: origin.column,
          type: origin.type,
          ...(field.caption === undefined ? {} : { caption: field.caption }),
          ...(field.name === localName ? {} : { localName: field.name }),
          ...importPresentation(declared.get(field.name), localTypeOf(origin.localType), lost),
          // Tableau decides the role of a field that the file does not declare.
          ...(!declared.has(field.name) &&
            isNumber(origin.type) &&
            related.has(field.name) && { role: 'dimension' as const }),
        },
      ];
    });
    const { caption, description: text } = original;
    return {
      original,
      table: {
        name,
        ...(caption === undefined || caption === name ? {} : { caption }),
        ...(text === undefined ? {} : { description: text }),
        columns,
      },
    };
  });
}

/** Names of the fields that relationships compare. */
function relatedFields({ relationships }: DataSource): ReadonlySet<string> {
  const operands = relationships.flatMap(({ pairs }) =>
    pairs.flatMap(({ first, second }) => [first, second]),
  );
  return new Set(operands.flatMap((operand) => splitPath(operand) ?? []));
}

// eslint-disable-next-line max-params -- no two of them belong together
function importCalculations(
  description: TemplateDescription,
  carried: ReadonlySet<string>,
  { source }: ReadSource,
  { refer, captionOf }: { refer: Refer; captionOf: (name: string) => string | undefined },
  lost: string[],
): GeneratedCalculation[] {
  const declared = new Map(source.columns.map((column) => [column.name, column]));
  const names = new Set(description.fields.map(({ name }) => name));
  const calculations = description.fields.filter(
    ({ kind, name }) => kind === 'calculation' && carried.has(name),
  );
  const captions = distinctNames(
    calculations.map(shownName),
    description.fields.flatMap(({ name, caption }) => [name, caption ?? name]),
  );
  return calculations.map((field, n): GeneratedCalculation => {
    const caption = captions[n] ?? shownName(field);
    if (caption !== shownName(field)) lost.push(renamed('calculation', shownName(field), caption));
    const datatype = localTypeOf(field.datatype);
    const rename = (reference: FieldReference) => {
      const caption = captionOf(reference.field);
      if (reference.qualifier === ofParameters)
        return caption === undefined ? undefined : [ofParameters, caption];
      return names.has(reference.field) ? [refer(reference.field)] : undefined;
    };
    return {
      name: caption,
      formula: renameFields(field.formula ?? '', rename),
      datatype,
      ...(field.name === calculationId(caption) ? {} : { localName: field.name }),
      ...importPresentation(declared.get(field.name), datatype, lost),
    };
  });
}

/** Before Tableau 2020.2 dimensions and measures had folders of their own, which may have one name. */
function mergeFolders(folders: readonly Folder[]): Folder[] {
  const byName = new Map<string, Folder>();
  for (const { name, items } of folders)
    byName.set(name, { name, items: [...(byName.get(name)?.items ?? []), ...items] });
  return [...byName.values()];
}

const renamed = (kind: string, name: string, own: string) =>
  `${kind} "${name}" is called "${own}": an earlier one has its name`;

/**
 * Returns the referrer of these fields. A caption refers to a calculation if nothing else has it; the field's own
 * name always does.
 */
function referrer(fields: readonly TemplateField[]): Refer {
  const times = new Map<string, number>();
  for (const { name, caption } of fields) {
    for (const word of new Set([name, caption ?? name])) times.set(word, (times.get(word) ?? 0) + 1);
  }
  const calculations = new Map(
    fields.filter(({ kind }) => kind === 'calculation').map((field) => [field.name, field]),
  );
  return (localName) => {
    const caption = calculations.get(localName)?.caption;
    return caption !== undefined && times.get(caption) === 1 ? caption : localName;
  };
}

function importVersion({ writtenBy, spelling }: TemplateDescription): string {
  const [year, release] = parseVersion(writtenBy ?? '') ?? [0, 0];
  if (writtenBy === undefined || year < 2020 || (year === 2020 && release < 2)) {
    return spelling === 'plain' ? '2024.3' : '2020.2';
  }
  return writtenBy;
}

function localTypeOf(text: string | undefined): LocalType {
  return localTypes.find((type) => type === text) ?? 'string';
}

const localTypes = ['string', 'integer', 'real', 'boolean', 'date', 'datetime', 'spatial'] as const;
