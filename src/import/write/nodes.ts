import { isCollection, isScalar, Pair, Scalar, YAMLMap, YAMLSeq, type Node } from 'yaml';
import { hasUnseen, visible } from '../../model/base/visible.ts';
import { escapeReferences } from '../found.ts';

/** A node of a YAML document, or nothing where an entry is not written. */
export type Entry = readonly [key: string, value: Node | undefined];

/** The characters of a line up to which a map or a list without further maps stays on one line. */
const longestFlow = 90;

/** Returns a map of these entries in their order; entries without a value are left out. */
export function mapOf(entries: readonly Entry[]): YAMLMap {
  const map = new YAMLMap();
  for (const [key, value] of entries) if (value !== undefined) map.items.push(new Pair(keyOf(key), value));
  return map;
}

export function listOf(nodes: readonly Node[]): YAMLSeq {
  const list = new YAMLSeq();
  list.items.push(...nodes);
  return list;
}

/**
 * Returns a value as a node. Keys and texts that YAML 1.1 or 1.2 would read as something else are quoted, and so are those with
 * characters that cannot be seen.
 */
export function nodeOf(value: unknown): Node {
  if (Array.isArray(value)) return listOf(value.map(nodeOf));
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, inside]) => inside !== undefined);
    return mapOf(entries.map(([key, inside]) => [key, nodeOf(inside)] as const));
  }
  return typeof value === 'string' ? textOf(value) : new Scalar(value);
}

/** Returns a value that was found as a node: as `nodeOf`, with `${` escaped in every text but the keys. */
export function foreignNode(value: unknown): Node {
  return nodeOf(escapedIn(value));
}

function escapedIn(value: unknown): unknown {
  if (typeof value === 'string') return escapeReferences(value);
  if (Array.isArray(value)) return value.map(escapedIn);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inside]) => [key, escapedIn(inside)]));
}

function keyOf(key: string): Scalar<string> {
  const scalar = textOf(key);
  if (scalar.type === Scalar.BLOCK_LITERAL) scalar.type = Scalar.QUOTE_DOUBLE;
  return scalar;
}

/** Returns a text as a node: texts of several lines as a block, others quoted where they must be. */
export function textOf(text: string): Scalar<string> {
  const scalar = new Scalar(text);
  if (text.includes('\n') && !hasUnseen(text)) scalar.type = Scalar.BLOCK_LITERAL;
  else if (visible(text) !== text) scalar.type = Scalar.QUOTE_DOUBLE;
  else if (!isPlain(text)) scalar.type = Scalar.QUOTE_SINGLE;
  return scalar;
}

/** Words that YAML 1.1 reads as booleans or as nothing: other programs read these files, too. */
const words = /^(?:y|n|yes|no|on|off|true|false|null|~|=|<<)$/i;

/** A text that cannot be mistaken for a number, a date, a time or a word of YAML in either version of it. */
function isPlain(text: string): boolean {
  return !words.test(text) && !/^[-+.]?[\d.]/.test(text) && !/^\d*:\d/.test(text) && text !== '';
}

/** Writes a node on one line if it is short. */
export function inOneLine<One extends Node>(node: One): One {
  if (!isCollection(node)) return node;
  if (JSON.stringify(node).length > longestFlow || !isFlat(node)) return node;
  node.flow = true;
  return node;
}

function isFlat(node: Node): boolean {
  if (isScalar(node)) return node.type !== Scalar.BLOCK_LITERAL;
  if (!isCollection(node)) return true;
  return node.items.every((item) => {
    const value = item instanceof Pair ? (item.value as Node | null) : (item as Node);
    return value === null || isFlat(value);
  });
}

/** Puts a comment at the end of the node's line; line ends in it become blanks. */
export function withComment<One extends Node>(node: One, comment: string | undefined): One {
  if (comment !== undefined) node.comment = ` ${oneLine(comment)}`;
  return node;
}

export function oneLine(text: string): string {
  return visible(text.trim().replace(/\s+/g, ' '));
}
