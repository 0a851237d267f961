import type { Element } from './element.ts';

/**
 * Writes the answer's JSON form: attributes become members, numbers and booleans stay strings, lists are wrapped
 * (`{"datasources": {"datasource": [...]}}`) and an empty list is an empty object.
 */
export function writeJsonResponse(children: readonly Element[]): string {
  return JSON.stringify(Object.fromEntries(children.map((child) => [child.name, jsonOf(child)])));
}

function jsonOf(element: Element): unknown {
  if (element.isList === true) {
    const [first] = element.children;
    return first === undefined ? {} : { [first.name]: element.children.map(jsonOf) };
  }
  const isPlainText = Object.keys(element.attributes).length === 0 && element.children.length === 0;
  if (isPlainText && element.text !== '') return element.text;
  const members: Record<string, unknown> = { ...element.attributes };
  if (element.text !== '') members.value = element.text;
  for (const child of element.children) members[child.name] = jsonOf(child);
  return members;
}

/** Reads a JSON request body into the same elements that its XML form would give, under a `tsRequest` root. */
export function parseJsonRequest(text: string): Element {
  const value: unknown = JSON.parse(text);
  if (!isRecord(value)) throw new Error('a request body must be a JSON object');
  return elementOf('tsRequest', value);
}

function elementOf(name: string, members: Record<string, unknown>): Element {
  const made: Element = { name, attributes: {}, children: [], text: '' };
  for (const [key, value] of Object.entries(members)) {
    if (Array.isArray(value)) {
      for (const item of value) if (isRecord(item)) made.children.push(elementOf(key, item));
    } else if (isRecord(value)) {
      made.children.push(elementOf(key, value));
    } else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      made.attributes[key] = String(value);
    }
  }
  return made;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
