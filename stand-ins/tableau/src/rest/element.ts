/** One element of a request or an answer, independent of whether it travels as XML or as JSON. */
export interface Element {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
  text: string;
  /** True if the children are a list: JSON writes `{"tag": [...]}`, and `{}` when there are none. */
  isList?: boolean;
}

type AttributeValue = string | number | boolean | undefined;

/**
 * Builds an element; attributes that are undefined are left out, numbers and booleans become strings as on
 * the wire.
 */
export function element(
  name: string,
  attributes: Record<string, AttributeValue> = {},
  children: readonly (Element | undefined)[] = [],
  text = '',
): Element {
  const written: Record<string, string> = {};
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) written[key] = String(value);
  }
  return { name, attributes: written, children: children.filter((child) => child !== undefined), text };
}

export function list(name: string, children: readonly Element[]): Element {
  return { ...element(name, {}, children), isList: true };
}

export function textElement(
  name: string,
  text: string,
  attributes: Record<string, AttributeValue> = {},
): Element {
  return element(name, attributes, [], text);
}

export function childOf(parent: Element, name: string): Element | undefined {
  return parent.children.find((child) => child.name === name);
}

/** All descendants (not the element itself) that satisfy the test, in document order. */
export function descendants(parent: Element, test: (element: Element) => boolean): Element[] {
  return parent.children.flatMap((child) => [...(test(child) ? [child] : []), ...descendants(child, test)]);
}
