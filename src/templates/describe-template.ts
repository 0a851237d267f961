import { shownName } from '../model/world/template-description.ts';
import type {
  FieldKind,
  TemplateDescription,
  TemplateField,
  TemplateTable,
} from '../model/world/template-description.ts';
import { describeParameter } from './describe-parameter.ts';
import { templateName } from './template.ts';
import type { ReadSource } from './read-source.ts';
import { originOfExtract } from './extract-origin.ts';
import { physicalFields } from './physical-fields.ts';
import type { PhysicalFields } from './physical-fields.ts';
import { ownFields } from './reference-kind.ts';
import { ofParameters, renameFields } from './formula.ts';
import { fieldResolver } from './field-resolver.ts';
import type { Resolve } from './field-resolver.ts';
import type { RowsSlot } from './slot.ts';
import type { Column, DataSource, Parameter, Relation, SetField } from './tds/model.ts';
import { unnamedFiles } from './unnamed-files.ts';
import { usesOf } from './uses.ts';

/** Describes the parts of a template and their uses of each other. */
export function describeTemplate(
  template: Pick<ReadSource, 'source' | 'hyper' | 'document' | 'package'>,
): TemplateDescription {
  const { source, hyper } = template;
  const tables = neededTables(template);
  const physical = physicalFields(source, hyper, tables);
  const bare = bareFields(source, physical);
  const resolve = fieldResolver(bare, source.instances);
  const needsOf = needsFinder(source, resolve);
  const needing = bare.map((field) => ({ ...field, ...needsOf(field) }));
  const uses = usesOf(needing, template, resolve);
  const readable = readableFormulas(needing, source.parameters);
  const tableOf = (objectId: string) => source.objects.find(({ id }) => id === objectId)?.caption ?? objectId;
  return {
    name: templateName(template),
    writtenBy: source.writtenBy,
    spelling: source.spelling,
    flavour: hyper.flavour,
    entry: hyper.entry,
    origin: originOfExtract(source, hyper),
    isWithoutExtract: template.package !== undefined && template.package.hyper === undefined,
    tables,
    listsColumns: physical.areAll,
    fields: needing.map((field) => ({ ...field, ...readable(field), uses: uses(field.name) })),
    relationships: source.relationships.map(({ first, second, pairs }) => ({
      first: tableOf(first.objectId),
      second: tableOf(second.objectId),
      pairs: pairs.map((pair) => `${pair.first} ${pair.op} ${pair.second}`),
    })),
    hierarchies: source.hierarchies,
    folders: source.folders.map(({ name, items }) => ({ name, items: items.map((item) => item.name) })),
    filters: source.filters.map(({ field }) => ({ field: resolve(field)?.name ?? field })),
    parameters: source.parameters.map(describeParameter),
    ...(source.sheets.length > 0 && {
      sheets: source.sheets.flatMap(({ kind, name, named, listed }) =>
        named.length + listed.length === 0 ? [] : [{ kind, name }],
      ),
    }),
    unnamed: unnamedFiles(template),
    opaque: hyper.relations.flatMap((relation) =>
      relation.kind === 'other' && !isCustomSql(relation, hyper.flavour) ? [relation.name] : [],
    ),
  };
}

function neededTables({ source, hyper }: Pick<ReadSource, 'source' | 'hyper'>): TemplateTable[] {
  const objects = new Map(
    source.objects.flatMap((object) =>
      object.relations.flatMap((relation) =>
        isTable(relation, hyper) ? [[relation.name, object] as const] : [],
      ),
    ),
  );
  const tables = hyper.relations.flatMap((relation): TemplateTable[] => {
    if (!isTable(relation, hyper)) return [];
    const { name } = relation;
    const object = objects.get(name);
    return [
      {
        ...(relation.kind === 'table'
          ? { schema: relation.schema, name: relation.table }
          : { schema: undefined, name }),
        caption: object?.caption,
        description: object?.description,
        relation: name,
      },
    ];
  });
  return tables.filter((table, n) => tables.findIndex(({ relation }) => relation === table.relation) === n);
}

/** Returns true for relations that are tables of the extract; custom SQL of a live connection will be one, too. */
function isTable(relation: Relation, { flavour }: RowsSlot): relation is Exclude<Relation, { kind: 'join' }> {
  return relation.kind === 'table' || (relation.kind === 'other' && isCustomSql(relation, flavour));
}

const isCustomSql = ({ type }: { type: string }, flavour: RowsSlot['flavour']) =>
  flavour === 'database' && type === 'text';

type BareField = Omit<TemplateField, 'needs' | 'unknown' | 'uses'>;

/** Returns the fields: columns first, in the order of the extract, then calculated fields. */
function bareFields(source: DataSource, { fields: physical, stored }: PhysicalFields): BareField[] {
  const declared = new Map(source.columns.map((column) => [column.name, column]));
  const columns = physical.map(({ name, ...origin }): BareField => {
    const column = declared.get(name);
    return { ...bareField(name, 'column', column), datatype: column?.datatype ?? origin.localType, origin };
  });
  const results = new Map(stored.map(({ name, ...origin }) => [name, origin]));
  const names = new Set(physical.map(({ name }) => name));
  const others = source.columns.filter(({ name }) => !names.has(name) && !name.startsWith(':'));
  return [
    ...columns,
    ...others.map((column): BareField => {
      const storedAs = results.get(column.name);
      return { ...bareField(column.name, kindOf(column), column), ...(storedAs && { storedAs }) };
    }),
    ...source.sets.map((set) => bareField(set.name, 'set', set)),
  ];
}

function bareField(name: string, kind: FieldKind, column: Column | SetField | undefined): BareField {
  const full = column !== undefined && 'datatype' in column ? column : undefined;
  return {
    name,
    caption: column?.caption,
    kind,
    origin: undefined,
    datatype: full?.datatype,
    role: full?.role,
    aggregation: full?.aggregation,
    hidden: full?.hidden ?? false,
    description: full?.description,
    formula: full?.calculation?.formula,
  };
}

function kindOf({ calculation }: Column): FieldKind {
  switch (calculation?.class) {
    case undefined:
      return 'column';
    case 'bin':
      return 'bin';
    case 'categorical-bin':
      return 'group';
    default:
      return 'calculation';
  }
}

/**
 * Returns a function that finds what a field is made of: calculations, bins and groups name it in a `calculation`,
 * sets in their filters.
 */
function needsFinder(
  source: DataSource,
  resolve: Resolve,
): (field: BareField) => Pick<TemplateField, 'needs' | 'unknown'> {
  const columns = new Map(source.columns.map((column) => [column.name, column]));
  const sets = new Map(source.sets.map((set) => [set.name, set]));
  const fieldsIn = ownFields(source);
  const parameters = new Set(
    source.parameters.flatMap((parameter) => [parameter.name, shownName(parameter)]),
  );
  return ({ name, kind }) => {
    if (kind === 'column') return { needs: [], unknown: [] };
    const set = kind === 'set' ? sets.get(name) : undefined;
    const calculation = columns.get(name)?.calculation;
    const named = fieldsIn(
      [calculation?.formula, calculation?.column, ...(set?.formulas ?? [])].map((formula) => formula ?? ''),
    );
    const needs = new Set<string>();
    const unknown = new Set<string>();
    for (const reference of [...named, ...(set?.fields ?? [])]) {
      const found = resolve(reference);
      if (found === undefined) unknown.add(reference);
      else if (found.name !== name) needs.add(found.name);
    }
    return { needs: [...needs], unknown: [...unknown].filter((reference) => !parameters.has(reference)) };
  };
}

/** Returns a function that puts captions in the place of names that users do not know: `[Calculation_1368249927221915648]`. */
function readableFormulas(
  fields: readonly BareField[],
  parameters: readonly Parameter[],
): (field: BareField) => Pick<TemplateField, 'readableFormula'> {
  const made = fields.filter(({ kind }) => kind !== 'column');
  const captions = new Map(made.map((field) => [field.name, shownName(field)]));
  const captionsOfParameters = new Map(parameters.map((one) => [one.name, shownName(one)]));
  return ({ formula }) => {
    if (formula === undefined) return {};
    const readableFormula = renameFields(formula, ({ qualifier, field }) => {
      if (qualifier === undefined) return captions.has(field) ? [captions.get(field) ?? field] : undefined;
      const caption = qualifier === ofParameters ? captionsOfParameters.get(field) : undefined;
      return caption === undefined ? undefined : [qualifier, caption];
    });
    return readableFormula === formula ? {} : { readableFormula };
  };
}
