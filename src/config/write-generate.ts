import { Document, isMap, isScalar, Scalar, visit } from 'yaml';
import { hasUnseen, visibleYaml } from '../model/base/visible.ts';
import type {
  Alias,
  GeneratedCalculation,
  GeneratedColumn,
  GeneratedParameter,
  GeneratedRelationship,
  GeneratedTable,
  GeneratedTemplate,
  Presentation,
} from '../model/config/data-source.ts';
import { isNumber } from '../model/config/column-type.ts';
import type * as Written from '../model/config/written.gen.ts';
import type { ParameterRange, ParameterType } from '../model/config/data-source.ts';
import { missingValues, typeOfValue } from './resolve/template.ts';

/**
 * A data source as the YAML of a pipeline that has it generated: the way back of resolve/template.ts. Tables and
 * columns themselves are the pipeline's.
 */
export function writeGenerate(template: GeneratedTemplate): string {
  const { relationships } = template;
  const written = {
    ...(template.schema === 'Extract' ? {} : { extract: { schema: template.schema } }),
    ...(relationships.length === 0 ? {} : { relationships: relationships.map(relationship) }),
    template: { generate: generateSettings(template) },
  };
  const document = new Document(escaped(written));
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'string' && hasUnseen(node.value)) node.type = Scalar.QUOTE_DOUBLE;
    },
    // The innermost maps and lists read best in one line each.
    Collection(_, node) {
      const isFlat = node.items.every((item) => isScalar(isPairLike(item) ? item.value : item));
      if (!isFlat || !fitsLine(node)) return;
      node.flow = true;
    },
  });
  return visibleYaml(document.toString({ lineWidth: 0, flowCollectionPadding: false, singleQuote: true }));
}

const fitsLine = (node: unknown) =>
  JSON.stringify(node).length < 90 && !(isMap(node) && node.items.length === 0);

function isPairLike(item: unknown): item is { value: unknown } {
  return typeof item === 'object' && item !== null && 'key' in item;
}

/** Returns the presentation of a data source as `template.generate` writes it, with no text escaped. */
export function generateSettings(template: GeneratedTemplate): Written.Generate {
  const { name, tableau, tables, calculations, parameters = [], hierarchies, folders } = template;
  const looks = tables
    .map((table) => [table.name, table_(withRoles(table, template))] as const)
    .filter(([, look]) => isFilled(look));
  return {
    name,
    tableau,
    ...named('tables', looks),
    ...named(
      'parameters',
      parameters.map((one) => [one.name, parameter(one)] as const),
    ),
    ...named(
      'calculations',
      calculations.map((one) => [one.name, calculation(one)] as const),
    ),
    ...named(
      'hierarchies',
      hierarchies.map((one): [string, string[]] => [one.name, [...one.fields]]),
    ),
    ...named(
      'folders',
      folders.map(({ name: folder, fields, hierarchies: inside }) => [
        folder,
        inside === undefined
          ? [...fields]
          : { ...(fields.length > 0 && { fields: [...fields] }), hierarchies: [...inside] },
      ]),
    ),
  };
}

function named<Key extends string, Value>(key: Key, entries: readonly (readonly [string, Value])[]) {
  return (entries.length === 0 ? {} : { [key]: Object.fromEntries(entries) }) as Partial<
    Record<Key, Record<string, Value>>
  >;
}

const isFilled = (map: object) => Object.keys(map).length > 0;

/** A number in a relationship is a dimension unless the file says that it is a measure. */
function withRoles(table: GeneratedTable, { relationships }: GeneratedTemplate): GeneratedTable {
  const related = relationships
    .flatMap(({ from, to }) => [from, to])
    .filter((side) => side.table === table.name)
    .flatMap((side) => side.columns);
  const columns = table.columns.map((one) =>
    related.includes(one.name) && isNumber(one.type)
      ? { ...one, role: one.role ?? ('measure' as const) }
      : one,
  );
  return { ...table, columns };
}

function table_({ caption, description, columns }: GeneratedTable): Written.GenerateTable {
  const looks = columns.flatMap((one) => {
    const look = column(one);
    return look === undefined ? [] : [[one.name, look] as const];
  });
  return {
    ...(caption !== undefined && { caption }),
    ...(description !== undefined && { description }),
    ...named('columns', looks),
  };
}

/** Returns the short form of a column that has only a caption. */
function column({ caption, localName, ...rest }: GeneratedColumn): Written.GenerateColumn | undefined {
  const look = { ...(caption !== undefined && { caption }), ...presentation(rest), ...ownName(localName) };
  const keys = Object.keys(look);
  if (keys.length === 0) return undefined;
  return keys.length === 1 && caption !== undefined ? caption : look;
}

function calculation(one: GeneratedCalculation): Written.GenerateCalculation {
  const { formula, datatype, localName } = one;
  const more = { ...presentation(one), ...ownName(localName) };
  if (datatype === 'real' && !isFilled(more)) return formula;
  return { formula, ...(datatype !== 'real' && { datatype }), ...more };
}

/** The type is written where the value alone would have another one. */
function parameter(one: GeneratedParameter): Written.GenerateParameter {
  const { datatype, list, range, description, format, aliases, localName } = one;
  const value = parameterValue(one.value, datatype);
  const more = {
    ...(datatype !== typeOfValue(value) && { datatype }),
    ...(list !== undefined && { list: list.map((item) => parameterValue(item, datatype)) }),
    ...(range !== undefined && { range: rangeSettings(range, datatype) }),
    ...(description !== undefined && { description }),
    ...(format !== undefined && { format }),
    ...(aliases !== undefined && {
      aliases: Object.fromEntries(aliases.map(({ value: key, alias }) => [key, alias])),
    }),
    ...ownName(localName),
  };
  return isFilled(more) ? { value, ...more } : value;
}

function rangeSettings(
  { min, max, step, unit }: ParameterRange,
  datatype: ParameterType,
): Written.ParameterRangeSettings {
  const bound = (text: string) =>
    isNumeric(datatype) && String(Number(text)) === text ? Number(text) : text;
  return {
    ...(min !== undefined && { min: bound(min) }),
    ...(max !== undefined && { max: bound(max) }),
    ...(step !== undefined && { step: Number(step) }),
    ...(unit !== undefined && { unit }),
  };
}

const isNumeric = (datatype: ParameterType) => datatype === 'integer' || datatype === 'real';

/** Returns the value as YAML has it; a number that JavaScript cannot hold exactly stays a text. */
function parameterValue(text: string, datatype: ParameterType): string | number | boolean {
  if (datatype === 'boolean') return text === 'true';
  return isNumeric(datatype) && String(Number(text)) === text ? Number(text) : text;
}

function ownName(localName: string | undefined): { local_name?: string } {
  return localName === undefined ? {} : { local_name: localName };
}

function presentation(look: Presentation): Omit<Written.GenerateColumnSettings, 'caption'> {
  const { description, role, continuous, aggregation, format, hidden, geo, aliases } = look;
  return {
    ...(description !== undefined && { description }),
    ...(role !== undefined && { role }),
    ...(continuous !== undefined && { continuous }),
    ...(aggregation !== undefined && { aggregation: lowerCase(aggregation) }),
    ...(format !== undefined && { format }),
    ...(hidden !== undefined && { hidden }),
    ...(geo !== undefined && { geo }),
    ...(aliases !== undefined && { aliases: Object.fromEntries(aliases.map(aliasEntry)) }),
  };
}

function lowerCase<Text extends string>(text: Text): Lowercase<Text> {
  return text.toLowerCase() as Lowercase<Text>;
}

function aliasEntry({ value, alias }: Alias): [string, string] {
  return [value === null ? missingValues : String(value), alias];
}

function relationship({ from, to, cardinality }: GeneratedRelationship): Written.Relationship {
  return { from: end(from), to: end(to), ...(cardinality !== undefined && { cardinality }) };
}

function end({ table, columns }: GeneratedRelationship['from']): Written.RelationshipEnd {
  const [first, ...more] = columns;
  // A dot in a table's name could be read in two ways.
  return first === undefined || more.length > 0 || table.includes('.')
    ? { table, columns: [...columns] }
    : `${table}.${first}`;
}

/** Escapes `${`, which begins a reference in our files, in a text that contains it by chance. */
function escaped(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('${', () => '$${');
  if (Array.isArray(value)) return value.map(escaped);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inside]) => [key, escaped(inside)]));
}
