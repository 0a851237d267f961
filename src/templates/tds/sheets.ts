import { parseFormula } from '../formula.ts';
import { splitPath, unbracket } from './brackets.ts';
import type { Sheet } from './model.ts';
import { attributeOf, childrenOf, descendantsOf, type XmlElement } from './xml.ts';

/** A sheet of a workbook, with the fields of all data sources that it needs. */
export interface SheetDigest extends Pick<Sheet, 'kind' | 'name' | 'shows'> {
  fields: ReadonlyMap<string, FieldsOfSource>;
}

interface FieldsOfSource {
  named: Set<string>;
  listed: Set<string>;
}

/** Digests a `worksheet` or `dashboard`; undefined for other elements. A story is a dashboard of its own type. */
export function digestSheet(element: XmlElement): SheetDigest | undefined {
  if (element.name !== 'worksheet' && element.name !== 'dashboard') return undefined;
  const isStory = element.name === 'dashboard' && attributeOf(element, 'type') === 'storyboard';
  const kind = element.name === 'worksheet' ? 'sheet' : isStory ? 'story' : 'dashboard';
  const fields = new Map<string, FieldsOfSource>();
  const of = (source: string) => {
    const known = fields.get(source) ?? { named: new Set(), listed: new Set() };
    fields.set(source, known);
    return known;
  };
  const all = descendantsOf(element);
  const dependencies = all.filter(({ name }) => name === 'datasource-dependencies');
  const instances = new Map<string, string>();
  for (const one of dependencies) list(one, of, instances);
  const listing = new Set(dependencies.flatMap((one) => descendantsOf(one)));
  for (const one of all) {
    // A format may be left from a field that is no longer in the view.
    if (one.name === 'format' || listing.has(one)) continue;
    for (const [source, field] of references(one))
      of(source).named.add(instances.get(`${source}\n${field}`) ?? field);
  }
  return { kind, name: attributeOf(element, 'name') ?? '', shows: shownIn(kind, all), fields };
}

/** Returns the sheets with what they need of one data source. */
export function ofSource(digests: readonly SheetDigest[], source: string): Sheet[] {
  return digests.map(({ kind, name, shows, fields }) => {
    const { named = [], listed = [] } = fields.get(source) ?? {};
    return { kind, name, shows, named: [...named], listed: [...listed] };
  });
}

/**
 * Reads what Tableau says that a sheet depends on: columns, with those behind its calculations, and their instances
 * (`sum:Sales:qk`). Calculations that are only there name their fields in formulas.
 */
function list(
  dependencies: XmlElement,
  of: (source: string) => FieldsOfSource,
  instances: Map<string, string>,
): void {
  const source = attributeOf(dependencies, 'datasource') ?? '';
  const { listed } = of(source);
  for (const column of childrenOf(dependencies, 'column')) {
    listed.add(unbracket(attributeOf(column, 'name') ?? ''));
    for (const calculation of childrenOf(column, 'calculation')) {
      const texts = ['formula', 'column'].flatMap((name) => attributeOf(calculation, name) ?? []);
      for (const { qualifier, field } of texts.flatMap((text) => parseFormula(text).references))
        of(qualifier ?? source).listed.add(field);
    }
  }
  for (const instance of childrenOf(dependencies, 'column-instance')) {
    const column = unbracket(attributeOf(instance, 'column') ?? '');
    listed.add(column);
    instances.set(`${source}\n${unbracket(attributeOf(instance, 'name') ?? '')}`, column);
  }
}

/** Finds `[data source].[field]` wherever it is written: on shelves, in filters, encodings, sorts, titles, tooltips. */
function references({ attributes, text }: XmlElement): [source: string, field: string][] {
  const found = text.includes('].[') ? pathsIn(text) : [];
  for (const { value } of attributes.values()) if (value.includes('].[')) found.push(...pathsIn(value));
  return found;
}

function pathsIn(value: string): [source: string, field: string][] {
  return [...value.matchAll(/\[(?:[^\]]|\]\])*\]\.\[(?:[^\]]|\]\])*\]/g)].flatMap(([path]) => {
    const [source, field] = splitPath(path) ?? [];
    return source === undefined || field === undefined ? [] : [[source, field] satisfies [string, string]];
  });
}

/** The zones of a dashboard, and the points of a story, name what they show. */
function shownIn(kind: Sheet['kind'], all: readonly XmlElement[]): string[] {
  if (kind === 'sheet') return [];
  const [name, attribute] = kind === 'story' ? ['story-point', 'captured-sheet'] : ['zone', 'name'];
  const shown = all.filter((one) => one.name === name).flatMap((one) => attributeOf(one, attribute) ?? []);
  return [...new Set(shown)];
}
