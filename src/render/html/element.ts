import { printable } from '../text-width.ts';

/** HTML written by us. Any other content of an element is text, and is escaped. */
export interface Markup {
  readonly html: string;
}

export type Child = string | Markup | undefined;

/** Well-formed as XML, too, so that a strict parser can test it. Attributes that are undefined are left out. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>> = {},
  ...children: readonly Child[]
): Markup {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escaped(String(value))}"`)
    .join('');
  if (voids.has(name)) return { html: `<${name}${written} />\n` };
  const inside = children.map((child) => (typeof child === 'object' ? child.html : escaped(child ?? '')));
  return { html: `<${name}${written}>${inside.join('')}</${name}>${inline.has(name) ? '' : '\n'}` };
}

/** Several children where one is wanted. */
export function together(...children: readonly Child[]): Markup {
  return {
    html: children.map((child) => (typeof child === 'object' ? child.html : escaped(child ?? ''))).join(''),
  };
}

/**
 * Escapes a text: removes characters that XML forbids or that control the display, and encodes those that end a text or
 * an attribute.
 */
function escaped(text: string): string {
  return printable(text)
    .replace(/[\p{Cs}\ufffe\uffff\u202a-\u202e\u2066-\u2069]/gu, '\ufffd')
    .replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);
}

const voids = new Set(['meta', 'link', 'input', 'br']);
const inline = new Set(['a', 'b', 'code', 'span', 'strong', 'text', 'tspan', 'title']);
