import type { GeneratedTemplate } from '../../model/config/data-source.ts';
import type { Diagnostic, Place } from '../../model/errors/diagnostic.ts';
import { child } from '../../model/errors/diagnostic.ts';
import { suggestion } from '../../model/base/nearest.ts';
import type { Pipeline } from '../../model/config/pipeline.ts';
import type { FieldLook, GenerateTemplate, ParameterLook } from '../../model/config/template.ts';
import { columnShape } from '../local-types.ts';
import { checkGenerated } from '../generate/check-description.ts';
import { composeFolders } from './folders.ts';
import { findNamed } from './named.ts';
import { aliasedValue, composeTemplate } from './compose.ts';

/** Returns why a pipeline cannot become the data source it describes, each reason at the line that causes it. */
export function checkComposed(pipeline: Pipeline, template: GenerateTemplate): Diagnostic[] {
  const composed = composeTemplate(pipeline, template);
  const problems = checkGenerated(composed).map(({ code, path, message, hint }): Diagnostic => ({
    code,
    severity: 'error',
    message,
    ...(hint !== undefined && { hint }),
    place: placeOf(path, composed, pipeline, template),
  }));
  return [...unknownNames(pipeline, template), ...strayAliases(pipeline, template), ...problems];
}

function unknownNames(pipeline: Pipeline, template: GenerateTemplate): Diagnostic[] {
  const unknown = (message: string, place: Place, name: string, names: readonly string[]): Diagnostic => ({
    code: 'EXT4406',
    severity: 'error',
    message,
    ...suggestion(name, names),
    place: { ...place, part: 'key' },
  });
  return template.tables.flatMap((look) => {
    const table = findNamed(pipeline.tables, look);
    if (table === undefined) {
      const names = pipeline.tables.map(({ name }) => name);
      return [unknown(`there is no table "${look.name}"`, look.place, look.name, names)];
    }
    const names = table.columns.map(({ name }) => name);
    return look.columns
      .filter(({ name }) => !names.includes(name))
      .map(({ name, place }) =>
        unknown(`the table "${table.name}" has no column "${name}"`, place, name, names),
      );
  });
}

function strayAliases(pipeline: Pipeline, template: GenerateTemplate): Diagnostic[] {
  const columns = pipeline.tables.flatMap((table) =>
    table.columns.flatMap((column) => {
      const look = findNamed(findNamed(template.tables, table)?.columns, column);
      const type = columnShape(column.type)?.localType;
      return look === undefined || type === undefined ? [] : [{ look, type }];
    }),
  );
  const calculations = template.calculations.map((look) => ({ look, type: look.datatype }));
  const fields: { look: FieldLook; type: (typeof calculations)[number]['type'] }[] = [
    ...columns,
    ...calculations,
  ];
  return fields.flatMap(({ look, type }) =>
    look.aliases.flatMap(({ value }): Diagnostic[] => {
      if (value === undefined || aliasedValue(value, type) !== undefined) return [];
      const place: Place = { ...child(look.place, 'aliases', value), part: 'key' };
      const message = `"${value}" is no value of field "${look.name}", which is ${type} in Tableau`;
      return [{ code: 'EXT4411', severity: 'error', message, place }];
    }),
  );
}

type Path = readonly (string | number)[];

/** A place in the description as one in the YAML that it was made of. */
function placeOf(
  path: Path,
  composed: GeneratedTemplate,
  pipeline: Pipeline,
  template: GenerateTemplate,
): Place {
  const [part, n, ...rest] = path;
  const generate = child(template.place, 'generate');
  if (typeof n !== 'number')
    return part === 'relationships' ? child(pipeline.place, 'relationships') : child(generate, ...path);
  switch (part) {
    case 'tables':
      return tablePlace(n, rest, pipeline, template);
    case 'relationships':
      return child(pipeline.relationships[n]?.place ?? pipeline.place, ...rest.slice(0, 1));
    case 'calculations':
      return fieldPlace(template.calculations[n], rest, generate);
    case 'parameters':
      return parameterPlace(template.parameters?.[n], rest, generate);
    case 'hierarchies':
      return listPlace(template.hierarchies[n]?.fields, template.hierarchies[n]?.place ?? generate, rest);
    case 'folders': {
      const folder = composeFolders(composed, template)[n];
      const names = rest[0] === 'hierarchies' ? folder?.hierarchies : folder?.fields;
      return listPlace(names, folder?.place ?? generate, rest);
    }
    default:
      return generate;
  }
}

/** Returns the place of a problem: the type of a column is set in the contract, everything else where its look is. */
function tablePlace(n: number, rest: Path, pipeline: Pipeline, template: GenerateTemplate): Place {
  const table = pipeline.tables[n];
  if (table === undefined) return template.place;
  const look = findNamed(template.tables, table);
  const [part, c, key, ...inside] = rest;
  if (part !== 'columns') return look === undefined ? table.place : child(look.place, ...rest);
  const column = table.columns[Number(c)];
  if (column === undefined) return table.place;
  const columnLook = findNamed(look?.columns, column);
  if (columnLook === undefined || key === 'type') return child(column.place, 'type');
  return fieldPlace(columnLook, [key ?? '', ...inside], column.place);
}

function fieldPlace(look: FieldLook | undefined, path: Path, fallback: Place): Place {
  if (look === undefined) return fallback;
  const [key, ...inside] = path;
  if (key === 'name') return { ...look.place, part: 'key' };
  if (key === 'localName') return child(look.place, 'local_name');
  return key === undefined || key === 'aliases' ? look.place : child(look.place, key, ...inside);
}

/** The short form of a parameter is its value alone. */
function parameterPlace(look: ParameterLook | undefined, path: Path, fallback: Place): Place {
  if (look === undefined) return fallback;
  const [key, ...inside] = path;
  return key === 'localName' ? child(look.place, 'local_name') : child(look.place, key ?? '', ...inside);
}

function listPlace(names: readonly { place: Place }[] | undefined, whole: Place, [key, n]: Path): Place {
  if (key === 'name') return { ...whole, part: 'key' };
  return names?.[Number(n)]?.place ?? whole;
}
