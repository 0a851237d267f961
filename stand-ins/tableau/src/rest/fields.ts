import type { Element } from './element.ts';
import { refuse } from './refusal.ts';

/** The selection of an element's fields by `fields=`. */
export interface Fields {
  of: (element: Element) => Element;
}

/**
 * Reads `fields=_default_`, `fields=_all_` or a list of names (`name,project.id,owner._all_`); refuses an empty list and
 * names that the resource does not have. Which code servers answer is not settled by public material.
 */
export function readFields(query: URLSearchParams, known: readonly string[]): Fields {
  const text = query.get('fields');
  if (text === null) return everything;
  const names = text.split(',').map((name) => name.trim().split('.')[0] ?? '');
  const isGroup = (name: string) => name === '_all_' || name === '_default_';
  const stranger = names.find((name) => !isGroup(name) && !known.includes(name));
  if (stranger !== undefined)
    throw refuse('400065', `The field expression has an unknown field '${stranger}'.`);
  if (names.some(isGroup)) return everything;
  return {
    of: (element) => ({
      ...element,
      attributes: Object.fromEntries(
        Object.entries(element.attributes).filter(([name]) => names.includes(name)),
      ),
      children: element.children.filter(({ name }) => names.includes(name)),
    }),
  };
}

const everything: Fields = { of: (element) => element };
