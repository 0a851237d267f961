import { isUtf8 } from 'node:buffer';
import { SaxesParser } from 'saxes';
import { RunError } from '../../model/errors/run-error.ts';
import { foreign } from '../../model/errors/secrets.ts';

/**
 * An element with the content that matters in a data source. Where tags interrupt text, `text` is all the text
 * joined.
 */
export interface XmlElement {
  /** The name without a feature prefix: `object-graph` also for `_.fcp.ObjectModelEncapsulateLegacy.true...object-graph`. */
  name: string;
  /** The feature that the prefix names, if there was one. */
  feature?: string;
  attributes: ReadonlyMap<string, XmlAttribute>;
  children: readonly XmlElement[];
  text: string;
  /** The positions of its first and behind its last character, and behind its start tag, in the document's text. */
  start: number;
  startTagEnd: number;
  end: number;
}

export interface XmlAttribute {
  value: string;
  /** The position of the raw value between its quotes, in UTF-16 units of the document's text. */
  start: number;
  end: number;
  quote: '"' | "'";
}

export interface XmlDocument {
  /** The whole document. It is well-formed UTF-8, so encoding it again gives the very bytes of the file. */
  text: string;
  root: XmlElement;
  /** Comments before the root: Tableau names its build there. */
  comments: readonly string[];
}

/** Most elements of a large file have none: metadata is in elements. */
const noAttributes: ReadonlyMap<string, XmlAttribute> = new Map();

/** Deeper than any data source; a tree is walked recursively. */
const maxDepth = 200;

/** The parts of a document to keep. What is left out takes no memory. */
export interface Kept {
  /** Returns true for the children of the root to keep. */
  wanted: (child: string, root: string) => boolean;
  /** Looks at a complete element two levels below the root; returns true if it is not to be kept. */
  digest?: (element: XmlElement, parent: string) => boolean;
}

/**
 * Parses a document as a reader that knows every feature: `_.fcp.F.true...x` counts as `x`, `_.fcp.F.false...x` (the
 * spelling for older readers) is left out.
 *
 * Throws RunError EXT4101 (not well-formed, with line and column), EXT4102 (a DOCTYPE: entities are not expanded) or
 * EXT4103 (another encoding than UTF-8).
 */
export function parseXml(bytes: Buffer, shown: string, keep: Kept = { wanted: () => true }): XmlDocument {
  return parse(decode(bytes, shown), shown, { ...keep, read: unprefixed });
}

/** Parses a document with its names as they are written: what only older readers see is in it, too. */
export function parseAsWritten(text: string, shown: string): XmlElement {
  const read = (name: string) => ({ plain: name, on: true });
  return parse(text, shown, { wanted: () => true, read }).root;
}

/** Returns the name without its feature prefix, of either state. */
export function withoutPrefix(name: string): string {
  return unprefixed(name).plain;
}

interface Reading extends Kept {
  /** The name that an element or attribute gets, and if it is kept. */
  read: typeof unprefixed;
}

function parse(text: string, shown: string, reading: Reading): XmlDocument {
  const parser = new SaxesParser({ position: true });
  const builder = treeBuilder(reading);
  const comments: string[] = [];
  let attributes: Map<string, XmlAttribute> | undefined;

  const malformed = (what: string) => {
    const place = `line ${parser.line}, column ${parser.column + 1}`;
    return new RunError('EXT4101', `${shown} is not well-formed XML at ${place}: ${what}`);
  };
  parser.on('error', (error) => {
    throw malformed(foreign(error.message).replace(/^(?:.*?:)?\d+:\d+: /, ''));
  });
  parser.on('doctype', () => {
    throw new RunError('EXT4102', `${shown} has a DOCTYPE, which no Tableau file has and which is not read`, {
      hint: 'entities declared there could expand without bound or read other files',
    });
  });
  parser.on('xmldecl', ({ encoding }) => {
    if (encoding === undefined || /^utf-?8$/i.test(encoding)) return;
    throw new RunError('EXT4103', `${shown} declares the encoding ${encoding}; only UTF-8 is read`);
  });
  parser.on('comment', (comment) => {
    if (builder.depth() === 0) comments.push(comment);
  });
  parser.on('opentagstart', () => (attributes = undefined));
  parser.on('attribute', ({ name, value }) => {
    // The sheets of a large workbook are most of it.
    if (!builder.keeps()) return;
    // The parser is behind the closing quote, and a raw value cannot contain its own quote.
    const end = parser.position - 1;
    const quote = text[end] === '"' ? '"' : "'";
    const start = text.lastIndexOf(quote, end - 1) + 1;
    const { plain, on } = reading.read(name);
    if (on) (attributes ??= new Map<string, XmlAttribute>()).set(plain, { value, start, end, quote });
  });
  parser.on('opentag', ({ name }) => {
    if (builder.depth() >= maxDepth) throw malformed(`elements are nested more than ${maxDepth} deep`);
    // No attribute contains a raw `<`.
    const start = builder.keeps() ? text.lastIndexOf('<', parser.position - 1) : 0;
    builder.open(name, attributes ?? noAttributes, { start, startTagEnd: parser.position });
  });
  parser.on('closetag', () => builder.close(parser.position));
  parser.on('text', (part) => builder.text(part));
  parser.on('cdata', (part) => builder.text(part));

  parser.write(text).close();
  const root = builder.root();
  if (root === undefined) throw malformed('there is no element');
  return { text, root, comments };
}

/** The children with this name, in order. */
export function childrenOf(element: XmlElement | undefined, name: string): XmlElement[] {
  return element?.children.filter((child) => child.name === name) ?? [];
}

export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name);
}

export function attributeOf(element: XmlElement | undefined, name: string): string | undefined {
  return element?.attributes.get(name)?.value;
}

/** All elements below (and not) this one, outermost first. */
export function descendantsOf(element: XmlElement): XmlElement[] {
  const found: XmlElement[] = [];
  const add = (one: XmlElement) => {
    for (const child of one.children) {
      found.push(child);
      add(child);
    }
  };
  add(element);
  return found;
}

function decode(bytes: Buffer, shown: string): string {
  const isUtf16 = bytes.length >= 2 && [0xfeff, 0xfffe].includes(bytes.readUInt16BE(0));
  if (isUtf16 || !isUtf8(bytes)) throw new RunError('EXT4103', `${shown} is not UTF-8 text`);
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

function unprefixed(name: string): { plain: string; feature?: string; on: boolean } {
  if (!name.startsWith('_.fcp.')) return { plain: name, on: true };
  const [, feature, state, plain] = /^_\.fcp\.([^.]+)\.(true|false)\.\.\.(.+)$/.exec(name) ?? [];
  if (feature === undefined || plain === undefined) return { plain: name, on: true };
  return { plain, feature, on: state === 'true' };
}

interface Growing extends XmlElement {
  children: Growing[];
  kept: boolean;
}

function treeBuilder({ wanted, digest, read }: Reading) {
  const stack: Growing[] = [];
  let root: Growing | undefined;
  return {
    depth: () => stack.length,
    /** False inside of an element that is left out. */
    keeps: () => stack.at(-1)?.kept ?? true,
    root: (): XmlElement | undefined => root,
    open(
      name: string,
      attributes: ReadonlyMap<string, XmlAttribute>,
      at: { start: number; startTagEnd: number },
    ): void {
      const { plain, feature, on } = read(name);
      const parent = stack.at(-1);
      const isWanted = stack.length !== 1 || parent === undefined || wanted(plain, parent.name);
      const kept = on && isWanted && (parent?.kept ?? true);
      const element: Growing = {
        name: plain,
        attributes,
        children: [],
        text: '',
        kept,
        ...at,
        end: at.startTagEnd,
      };
      if (feature !== undefined) element.feature = feature;
      if (kept) parent?.children.push(element);
      root ??= element;
      stack.push(element);
    },
    close(end: number): void {
      const closed = stack.pop();
      if (closed !== undefined) closed.end = end;
      const parent = stack.at(-1);
      if (digest === undefined || stack.length !== 2 || closed?.kept !== true || parent === undefined) return;
      if (digest(closed, parent.name)) parent.children.pop();
    },
    text(part: string): void {
      const top = stack.at(-1);
      if (top?.kept === true) top.text += part;
    },
  };
}
