import { escapeAttribute, escapeText } from '../tds/edit.ts';

export interface Node {
  name: string;
  attributes: Readonly<Record<string, string | undefined>>;
  /** Elements, or one text. */
  content: readonly Node[] | string;
}

export function element(
  name: string,
  attributes: Readonly<Record<string, string | undefined>> = {},
  content: readonly (Node | undefined)[] | string = [],
): Node {
  return {
    name,
    attributes,
    content: typeof content === 'string' ? content : content.filter((child) => child !== undefined),
  };
}

/** Returns a text in the form in which Tableau keeps formatted ones; undefined where there is no text. */
export function describedBy(name: string, text: string | undefined): Node | undefined {
  if (text === undefined) return undefined;
  return element(name, {}, [element('formatted-text', {}, [element('run', {}, text)])]);
}

/** Renders XML as Tableau writes it: two spaces a level, attributes in alphabetical order and single quotes. */
export function render(node: Node, indent = ''): string {
  const attributes = Object.entries(node.attributes)
    .flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => ` ${name}='${escapeAttribute(value)}'`)
    .join('');
  const start = `${indent}<${node.name}${attributes}`;
  if (typeof node.content === 'string') return `${start}>${escapeText(node.content)}</${node.name}>\n`;
  if (node.content.length === 0) return `${start} />\n`;
  const children = node.content.map((child) => render(child, `${indent}  `)).join('');
  return `${start}>\n${children}${indent}</${node.name}>\n`;
}

/** Returns true if XML 1.0 can hold the text: control characters and half characters cannot be written. */
export function isXmlText(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- the characters that XML 1.0 excludes
  return !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\p{Surrogate}]/u.test(text);
}
