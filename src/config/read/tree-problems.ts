import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Scalar,
  visit,
  type Alias,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';
import { suggestion } from '../../model/base/nearest.ts';

/** An error in the tree that plain data cannot represent: an undefined alias, a circle, an expansion bomb. */
export class TreeProblem extends Error {
  readonly range: readonly [number, number];
  readonly about: 'alias' | 'size';
  readonly hint: string | undefined;

  constructor(message: string, node: Node | null, more: { about?: 'alias' | 'size'; hint?: string } = {}) {
    super(message);
    this.about = more.about ?? 'alias';
    this.hint = more.hint;
    this.range = [node?.range?.[0] ?? 0, node?.range?.[1] ?? 0];
  }
}

/**
 * More values than this, aliases followed, is an attack or an accident; a large pipeline has some thousands,
 * a few levels deep.
 */
const mostValues = 200_000;
/** Levels of maps and lists. */
export const deepest = 100;

/**
 * The document as plain data. Unlike the library's own conversion it keeps keys as they are written (`null:` is the
 * key "null") and counts what aliases multiply.
 */
export function plainValue(document: Document.Parsed): unknown {
  let values = 0;
  let lastAlias: Node | null = null;
  const open = new Set<Node>();

  const convert = (node: Node | null): unknown => {
    if (++values > mostValues) throw tooMany(lastAlias, node);
    if (isScalar(node)) return node.value;
    if (node === null) return null;
    if (open.has(node))
      throw new TreeProblem('an alias points at the map or list that contains it', lastAlias);
    if (open.size > deepest) throw new TreeProblem('maps and lists are nested too deeply', node);
    open.add(node);
    const value = convertInside(node);
    open.delete(node);
    return value;
  };
  const convertInside = (node: Node): unknown => {
    if (isAlias(node)) {
      lastAlias = node;
      return convert(target(node, document));
    }
    if (isSeq<Node | null>(node)) return node.items.map(convert);
    if (!isMap<Node, Node | null>(node)) return null;
    const entries = new Map<string, unknown>();
    for (const merged of mergedMaps(node, document)) {
      for (const [key, value] of Object.entries(convert(merged) as object)) {
        if (!entries.has(key)) entries.set(key, value);
      }
    }
    for (const pair of node.items) {
      if (!isMerge(pair)) entries.set(keyText(pair), convert(pair.value));
    }
    return Object.fromEntries(entries);
  };
  return convert(document.contents);
}

function tooMany(alias: Node | null, node: Node | null): TreeProblem {
  if (alias !== null) return new TreeProblem('the aliases of this file unfold to too many values', alias);
  return new TreeProblem('this file has more than 200,000 values', node, {
    about: 'size',
    hint: 'keep large lists in a file of items or in the source',
  });
}

/** Returns the node that an alias refers to. */
export function target(node: Node | null, document: Document.Parsed): Node | null {
  if (!isAlias(node)) return node;
  const found = node.resolve(document);
  if (found === undefined) throw unknownAlias(node, document);
  return found;
}

/** A text that begins with `*` is an alias to YAML: most of them are patterns of paths without quotes. */
function unknownAlias(node: Alias, document: Document.Parsed): TreeProblem {
  const { source } = node;
  if (/[^\w-]/.test(source)) {
    const hint = 'quote the pattern: "*.csv"';
    return new TreeProblem('without quotes, a text that begins with * is an alias and not a pattern', node, {
      hint,
    });
  }
  // The name is not repeated: it may be a password that begins with `*`.
  const { hint = 'quote the text if it is no alias' } = suggestion(source, anchorsIn(document));
  return new TreeProblem('this alias has no anchor before it', node, { hint });
}

function anchorsIn(document: Document.Parsed): string[] {
  const names: string[] = [];
  visit(document, {
    Node: (_, node) => {
      if (!isAlias(node) && node.anchor !== undefined) names.push(node.anchor);
    },
  });
  return names;
}

/** Returns a key as it is written, regardless of its YAML type: `null`, `true` and `1` are keys like others. */
export function keyText({ key }: Pair<Node, Node | null>): string {
  if (!isScalar(key)) throw new TreeProblem('a key has to be text', key);
  return scalarText(key);
}

export function scalarText({ value, source }: Scalar): string {
  return typeof value === 'string' ? value : (source ?? String(value));
}

/** The maps that `<<` pulls in, the strongest first. */
export function mergedMaps(
  map: YAMLMap<Node, Node | null>,
  document: Document.Parsed,
): YAMLMap<Node, Node | null>[] {
  return map.items.filter(isMerge).flatMap(({ value }) => {
    const merged = target(value, document);
    const parts = isSeq<Node | null>(merged) ? merged.items : [merged];
    return parts.map((part) => {
      const found = target(part, document);
      if (!isMap<Node, Node | null>(found))
        throw new TreeProblem('<< takes a map, an alias of one, or a list of them', value);
      return found;
    });
  });
}

export function isMerge({ key }: Pair<Node, Node | null>): boolean {
  return isScalar(key) && key.value === '<<' && key.type === Scalar.PLAIN;
}
