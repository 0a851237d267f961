import { shownName } from '../model/world/template-description.ts';
import { ownFields } from './reference-kind.ts';
import { behindInstance, fieldResolver } from './field-resolver.ts';
import type { DataSource } from './tds/model.ts';

/**
 * Returns the columns that formulas, sets, filters, hierarchies, folders and relationships name and nothing declares.
 * Tableau takes them from the table itself, so the .tds need not describe them.
 */
export function impliedColumns(source: DataSource): string[] {
  const { columns, sets, parameters, instances } = source;
  const resolve = fieldResolver([...columns, ...sets], instances);
  const others = new Set(parameters.flatMap((parameter) => [parameter.name, shownName(parameter)]));
  const named = mentionedIn(source).filter(
    (name) => resolve(name) === undefined && !others.has(name) && !name.startsWith(':'),
  );
  return [...new Set(named.map((name) => instances.get(name) ?? behindInstance(name) ?? name))].filter(
    (name) => resolve(name) === undefined,
  );
}

function mentionedIn(source: DataSource): string[] {
  const { columns, sets, filters, hierarchies, folders, relationships } = source;
  const formulas = [
    ...columns.flatMap(({ calculation }) => [calculation?.formula ?? '', calculation?.column ?? '']),
    ...sets.flatMap((set) => set.formulas),
    ...filters.flatMap((filter) => filter.formulas),
    ...relationships.flatMap(({ pairs }) => pairs.flatMap(({ first, second }) => [first, second])),
  ];
  return [
    ...ownFields(source)(formulas),
    ...sets.flatMap((set) => set.fields),
    ...filters.flatMap((filter) => filter.fields),
    ...hierarchies.flatMap((hierarchy) => hierarchy.fields),
    ...folders.flatMap(({ items }) => items.flatMap(({ kind, name }) => (kind === 'field' ? [name] : []))),
  ];
}
