import { SaxesParser } from 'saxes';

import type { Element } from './element.ts';

/** The namespace of every answer; requests may carry it or none at all. */
export const tableauNamespace = 'http://tableau.com/api';

export type Namespaces = 'request' | 'any';

/**
 * Parses a document into elements named by their local names. `request` refuses namespaces other than Tableau's; `any`
 * is for documents with their own, such as a `.tds`. Throws an Error that names line and column.
 */
export function parseXml(text: string, namespaces: Namespaces): Element {
  const parser = new SaxesParser({ xmlns: true });
  const open: Element[] = [];
  let root: Element | undefined;
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('doctype', () => {
    throw new Error('a document type declaration is not allowed');
  });
  parser.on('opentag', (tag) => {
    if (namespaces === 'request' && tag.uri !== '' && tag.uri !== tableauNamespace) {
      throw new Error(`unexpected namespace ${tag.uri}`);
    }
    const attributes: Record<string, string> = {};
    for (const [name, attribute] of Object.entries(tag.attributes)) {
      if (attribute.prefix !== 'xmlns' && name !== 'xmlns' && attribute.prefix !== 'xsi') {
        attributes[name] = attribute.value;
      }
    }
    const opened: Element = { name: tag.local, attributes, children: [], text: '' };
    const parent = open.at(-1);
    if (parent === undefined) root = opened;
    else parent.children.push(opened);
    open.push(opened);
  });
  parser.on('text', (part) => {
    const current = open.at(-1);
    if (current !== undefined) current.text += part;
  });
  parser.on('closetag', () => {
    open.pop();
  });
  parser.write(text).close();
  if (root === undefined) throw new Error('the document is empty');
  return root;
}

/** Writes `<tsResponse>` around the children, in the default namespace or under a prefix such as `ns0`. */
export function writeXmlResponse(children: readonly Element[], apiVersion: string, prefix: string): string {
  const qualified = prefix === '' ? '' : `${prefix}:`;
  const declaration = prefix === '' ? 'xmlns' : `xmlns:${prefix}`;
  const schema = `${tableauNamespace} https://help.tableau.com/samples/en-us/rest_api/ts-api_${apiVersion.replace('.', '_')}.xsd`;
  const root =
    `<${qualified}tsResponse ${declaration}="${tableauNamespace}" ` +
    `xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="${schema}">`;
  const inner = children.map((child) => writeElement(child, qualified)).join('');
  return `<?xml version='1.0' encoding='UTF-8'?>${root}${inner}</${qualified}tsResponse>`;
}

function writeElement(element: Element, qualified: string): string {
  const attributes = Object.entries(element.attributes)
    .map(([name, value]) => ` ${name}="${escapeXml(value)}"`)
    .join('');
  const inner =
    escapeXml(element.text) + element.children.map((child) => writeElement(child, qualified)).join('');
  const name = qualified + element.name;
  return inner === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${inner}</${name}>`;
}

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
};

function escapeXml(text: string): string {
  return text.replace(/[&<>"\n\r\t]/g, (character) => escapes[character] ?? character);
}
