import { ofParameters, parseFormula } from '../formula.ts';
import { nearest, suggestion } from '../../model/base/nearest.ts';
import type { Problem } from './problem.ts';
import { nameFields, qualifiedName } from './fields.ts';
import type { Field, Fields } from './fields.ts';
import type { GeneratedTemplate } from '../../model/config/data-source.ts';
import { meantField, meantParameter } from './meant.ts';
import { orderTables } from './order.ts';
import { parameterFinder, type FindParameter } from './parameters.ts';

type Path = readonly (string | number)[];

/** Names must be unique and references must lead somewhere. */
export function checkFields(template: GeneratedTemplate): Problem[] {
  const fields = nameFields(template, orderTables(template));
  const parameters = parametersOf(template);
  return [
    ...checkNames(template, fields),
    ...template.calculations.flatMap(({ formula }, n) =>
      checkFormula(formula, { fields, parameters }, ['calculations', n, 'formula']),
    ),
    ...template.hierarchies.flatMap((hierarchy, n) =>
      checkList(hierarchy.fields, fields, ['hierarchies', n, 'fields']),
    ),
    ...template.folders.flatMap((folder, n) => [
      ...checkList(folder.fields, fields, ['folders', n, 'fields']),
      ...checkFolderHierarchies(folder.hierarchies ?? [], template, ['folders', n, 'hierarchies']),
    ]),
    ...checkCircles(fields),
  ];
}

function checkNames(template: GeneratedTemplate, fields: Fields): Problem[] {
  const lists: [what: string, path: Path, names: readonly string[]][] = [
    ['table', ['tables'], template.tables.map(({ name }) => name)],
    ...template.tables.map((table, n): [string, Path, string[]] => [
      `column of table "${table.name}"`,
      ['tables', n, 'columns'],
      table.columns.map(({ name }) => name),
    ]),
    ['hierarchy', ['hierarchies'], template.hierarchies.map(({ name }) => name)],
    ['folder', ['folders'], template.folders.map(({ name }) => name)],
  ];
  const twice = lists.flatMap(([what, path, names]) =>
    names.flatMap((name, n): Problem[] => {
      if (names.indexOf(name) === n) return [];
      return [
        { code: 'EXT4403', path: [...path, n, 'name'], message: `there are two of the ${what} "${name}"` },
      ];
    }),
  );
  return twice.length > 0 ? twice : checkFieldNames(template, fields);
}

/** Two fields of one table cannot look alike, and no two fields can be one to Tableau. */
function checkFieldNames(template: GeneratedTemplate, fields: Fields): Problem[] {
  const problems: Problem[] = [];
  const byName = new Map<string, Field>();
  const calculations = new Map<string, Field>();
  for (const field of fields.all) {
    const path = pathOf(field, template);
    const same = byName.get(field.localName);
    if (same !== undefined) {
      const message = `two fields are called [${field.localName}]: ${describe(same)} and ${describe(field)}`;
      problems.push({ code: 'EXT4403', path, message, hint: 'give one of them another localName' });
    }
    byName.set(field.localName, field);
    if (field.kind !== 'calculation') continue;
    if (calculations.has(field.caption)) {
      problems.push({
        code: 'EXT4403',
        path,
        message: `there are two of the calculation "${field.caption}"`,
      });
    }
    calculations.set(field.caption, field);
  }
  return problems;
}

interface Known {
  fields: Fields;
  parameters: { find: FindParameter; names: readonly string[] };
}

const parametersOf = (template: GeneratedTemplate): Known['parameters'] => ({
  find: parameterFinder(template),
  names: (template.parameters ?? []).map(({ name }) => name),
});

function checkFormula(formula: string, { fields, parameters }: Known, path: Path): Problem[] {
  const { references, problem } = parseFormula(formula);
  const broken: Problem[] =
    problem === undefined ? [] : [{ code: 'EXT4408', path, message: `in the formula, ${problem}` }];
  return [
    ...broken,
    ...references.flatMap((reference) => {
      const { qualifier, field } = reference;
      const isKnown = meantParameter(reference, parameters.find) !== undefined;
      if (qualifier !== ofParameters)
        return isKnown && meantField(reference, fields) === undefined
          ? []
          : checkReference(field, fields, path, qualifier);
      if (isKnown) return [];
      const near = suggestion(field, parameters.names);
      return [{ code: 'EXT4406', path, message: `there is no parameter "${field}"`, ...near }];
    }),
  ];
}

function checkList(references: readonly string[], fields: Fields, path: Path): Problem[] {
  return references.flatMap((reference, n) => checkReference(reference, fields, [...path, n]));
}

function checkReference(reference: string, fields: Fields, path: Path, qualifier?: string): Problem[] {
  const field = fields.resolve(reference, qualifier);
  if (field === 'ambiguous') return [ambiguous(reference, fields.meanings(reference), path)];
  if (field !== undefined) return [];
  const written = qualifier === undefined ? `[${reference}]` : `[${qualifier}].[${reference}]`;
  const names = fields.all.flatMap((one) => [
    one.localName,
    ...(one.caption === undefined ? [] : [one.caption]),
    ...(one.kind === 'column' ? [qualifiedName(one)] : []),
  ]);
  const near = nearest(qualifier === undefined ? reference : `${qualifier}.${reference}`, names);
  const hint = near === undefined ? {} : { hint: `did you mean [${near}]?` };
  return [{ code: 'EXT4406', path, message: `there is no field ${written}`, ...hint }];
}

function ambiguous(reference: string, meanings: readonly Field[], path: Path): Problem {
  const owners = meanings.map(({ localName }) => `[${localName}]`).join(', ');
  const isCaption = meanings.every(({ caption }) => caption === reference);
  return isCaption
    ? {
        code: 'EXT4407',
        path,
        message: `several fields have the caption "${reference}": ${owners}`,
        hint: 'name the field itself instead of its caption, or a column as table.column',
      }
    : {
        code: 'EXT4407',
        path,
        message: `"${reference}" can mean several fields: ${owners}`,
        hint: 'name the field in another way: by its caption, or a column as table.column',
      };
}

function checkFolderHierarchies(
  names: readonly string[],
  { hierarchies }: GeneratedTemplate,
  path: Path,
): Problem[] {
  return names.flatMap((name, n): Problem[] => {
    if (hierarchies.some((hierarchy) => hierarchy.name === name)) return [];
    return [{ code: 'EXT4406', path: [...path, n], message: `there is no hierarchy "${name}"` }];
  });
}

function checkCircles(fields: Fields): Problem[] {
  const calculations = fields.all.filter((field) => field.kind === 'calculation');
  const needs = new Map(
    calculations.map(({ localName, calculation }) => {
      const found = parseFormula(calculation.formula).references.map((reference) =>
        meantField(reference, fields),
      );
      return [
        localName,
        found.flatMap((field) => (field === undefined || field === 'ambiguous' ? [] : field.localName)),
      ];
    }),
  );
  return calculations.flatMap(({ localName, caption }, n): Problem[] => {
    const reached = new Set<string>();
    const queue = [...(needs.get(localName) ?? [])];
    for (const name of queue) {
      if (reached.has(name)) continue;
      reached.add(name);
      queue.push(...(needs.get(name) ?? []));
    }
    if (!reached.has(localName)) return [];
    const message = `calculation "${caption}" is made of itself, directly or through others`;
    return [{ code: 'EXT4409', path: ['calculations', n, 'formula'], message }];
  });
}

function pathOf(field: Field, { tables, calculations }: GeneratedTemplate): Path {
  if (field.kind === 'calculation') return ['calculations', calculations.indexOf(field.calculation), 'name'];
  return [
    'tables',
    tables.indexOf(field.table),
    'columns',
    field.table.columns.indexOf(field.column),
    'name',
  ];
}

function describe(field: Field): string {
  return field.kind === 'calculation'
    ? `calculation "${field.caption}"`
    : `column "${field.column.name}" of table "${field.table.name}"`;
}
