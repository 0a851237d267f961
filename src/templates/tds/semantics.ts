import type { DataFilter, Folder, Hierarchy, SetField } from './model.ts';
import { unbracket } from './brackets.ts';
import { attributeOf, childOf, childrenOf, descendantsOf } from './xml.ts';
import type { XmlElement } from './xml.ts';

/** The sets of users. Those that actions of a dashboard leave behind (`Action (Region)`) are hidden, and no one's. */
export function parseSets(root: XmlElement): SetField[] {
  return childrenOf(root, 'group')
    .filter((group) => !isOfDashboard(group))
    .map(parseSet);
}

/** The sets that actions of dashboards filter sheets by. */
export function parseDashboardSets(root: XmlElement): SetField[] {
  return childrenOf(root, 'group').filter(isOfDashboard).map(parseSet);
}

const isOfDashboard = (group: XmlElement) =>
  attributeOf(group, 'hidden') === 'true' && attributeOf(group, 'user:auto-column') !== undefined;

const parseSet = (group: XmlElement): SetField => ({
  name: unbracket(attributeOf(group, 'name') ?? ''),
  caption: attributeOf(group, 'caption'),
  ...mentioned(group),
});

export function parseFilters(root: XmlElement): DataFilter[] {
  return childrenOf(root, 'filter').map((filter) => {
    const { fields, formulas } = mentioned(filter);
    const field = lastName(attributeOf(filter, 'column') ?? '');
    return { field, fields: [...new Set([field, ...fields])], formulas };
  });
}

export function parseHierarchies(root: XmlElement): Hierarchy[] {
  return childrenOf(childOf(root, 'drill-paths'), 'drill-path').map((path) => ({
    name: attributeOf(path, 'name') ?? '',
    fields: childrenOf(path, 'field').map(({ text }) => unbracket(text)),
  }));
}

/**
 * Parses folders: `folders-common` since 2020.2; before it, `folder` elements of a role were direct children of the
 * data source.
 */
export function parseFolders(root: XmlElement): Folder[] {
  const folders = [...childrenOf(childOf(root, 'folders-common'), 'folder'), ...childrenOf(root, 'folder')];
  return folders.map((folder) => ({
    name: attributeOf(folder, 'name') ?? '',
    items: childrenOf(folder, 'folder-item').map((item) => {
      const name = attributeOf(item, 'name') ?? '';
      return attributeOf(item, 'type') === 'drillpath'
        ? { name, kind: 'hierarchy' }
        : { name: unbracket(name), kind: 'field' };
    }),
  }));
}

/** Sets and filters name fields in the levels, and calculations in the expressions, of nested `groupfilter`s. */
function mentioned(element: XmlElement): { fields: string[]; formulas: string[] } {
  const filters = descendantsOf(element).filter(({ name }) => name === 'groupfilter');
  const levels = filters.flatMap((filter) =>
    ['level', 'field'].flatMap((name) => attributeOf(filter, name) ?? []),
  );
  return {
    fields: [...new Set(levels.map(lastName))],
    formulas: filters.flatMap((filter) => attributeOf(filter, 'expression') ?? []),
  };
}

/** `[federated.1a2b].[none:Region:nk]` → `none:Region:nk`. */
function lastName(path: string): string {
  const [, last = path] = /(\[(?:[^\]]|\]\])*\])$/.exec(path) ?? [];
  return unbracket(last);
}
