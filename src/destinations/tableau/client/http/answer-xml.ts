import { SaxesParser, type SaxesTagNS } from 'saxes';

/** An element of an answer: local name, attributes without a prefix, and all its text joined. */
export interface Element {
  name: string;
  attributes: Readonly<Record<string, string>>;
  children: readonly Element[];
  text: string;
}

/** The namespace of Tableau's answers. Prefixes differ between servers, so only this identifies them. */
const tableau = 'http://tableau.com/api';
/** Deeper than any answer. */
const deepest = 64;

/** The root of an answer, or undefined for what is no well-formed XML of Tableau's namespace (or of none). */
export function parseXml(text: string): Element | undefined {
  const parser = new SaxesParser({ xmlns: true });
  const open: Growing[] = [];
  let root: Growing | undefined;
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('doctype', () => {
    throw new Error('an answer has no DOCTYPE');
  });
  parser.on('opentag', (tag) => {
    if (open.length >= deepest) throw new Error('nested too deeply');
    const element = begin(tag);
    if (open.length === 0) root = element;
    else open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on('closetag', () => void open.pop());
  const addText = (piece: string) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += piece;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  try {
    parser.write(text).close();
  } catch {
    return undefined;
  }
  return root;
}

interface Growing extends Element {
  children: Growing[];
}

function begin({ uri, local, attributes }: SaxesTagNS): Growing {
  if (uri !== tableau && uri !== '') throw new Error(`another namespace: ${uri}`);
  const plain = Object.values(attributes).filter(({ prefix }) => prefix === '');
  return {
    name: local,
    attributes: Object.fromEntries(plain.map((attribute) => [attribute.local, attribute.value])),
    children: [],
    text: '',
  };
}

/** The first child of that name, at the end of a path of names. */
export function childOf(element: Element | undefined, ...names: readonly string[]): Element | undefined {
  return names.reduce<Element | undefined>(
    (inside, name) => inside?.children.find((child) => child.name === name),
    element,
  );
}

export function childrenOf(element: Element | undefined, name: string): Element[] {
  return element?.children.filter((child) => child.name === name) ?? [];
}

/** Returns a request body: `<tsRequest>` around the content. */
export function requestXml(...content: readonly string[]): string {
  return xml('tsRequest', {}, ...content);
}

/** An element as text. Attributes that are undefined are left out. */
export function xml(
  name: string,
  attributes: Readonly<Record<string, string | undefined>>,
  ...content: readonly string[]
): string {
  const written = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${escaped(value)}"`],
  );
  const open = `<${name}${written.join('')}`;
  return content.length === 0 ? `${open}/>` : `${open}>${content.join('')}</${name}>`;
}

/** White space is written as references: a parser would make plain blanks of it in an attribute. */
function escaped(value: string): string {
  return value
    .replace(notInXml, '\ufffd')
    .replace(/[&<>"\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}

// eslint-disable-next-line no-control-regex -- XML 1.0 has no way to write these, nor half a surrogate pair
const notInXml = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\p{Cs}]/gu;
