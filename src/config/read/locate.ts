import { isAlias, isCollection, isMap, isSeq, type Document, type Node } from 'yaml';
import type { Place, Span } from '../../model/errors/diagnostic.ts';
import type { LoadedFile } from './loaded-file.ts';
import { parseTree, spanAt, type Tree } from './yaml-tree.ts';
import { isMerge, keyText, mergedMaps, target, TreeProblem } from './tree-problems.ts';

/**
 * Line and column of a place. A pointer to something that is not there gives its nearest ancestor; a map or list over
 * several lines gives its key, where it has one. Works through aliases and merge keys: it is the text that counts.
 */
export function locate(loaded: LoadedFile, place: Place): Span {
  if (place.span !== undefined) return place.span;
  const tree = treeOf(loaded);
  const { key, value } = find(tree.document, place.pointer, place.part === 'key');
  const node = key !== null && (place.part === 'key' || isAwkward(tree, value)) ? key : (value ?? key);
  const [from, to] = node?.range ?? [0, 1];
  return spanAt(tree, from, to);
}

/** The keys of a map in the order of the file, those of merged maps first. */
export function keysInOrder(loaded: LoadedFile, pointer: string): string[] {
  const { document } = treeOf(loaded);
  const keysOf = (node: Node | null): string[] => {
    const map = resolved(node, document);
    if (!isMap<Node, Node | null>(map)) return [];
    const own = map.items.flatMap((pair) => (isMerge(pair) ? [] : (text(pair) ?? [])));
    return [...merged(map, document).flatMap(keysOf), ...own];
  };
  return keysOf(find(document, pointer, false).value);
}

const trees = new WeakMap<LoadedFile, Tree>();

function treeOf(loaded: LoadedFile): Tree {
  const known = trees.get(loaded) ?? parseTree(loaded.text);
  trees.set(loaded, known);
  return known;
}

interface Entry {
  key: Node | null;
  value: Node | null;
}

function find(document: Document.Parsed, pointer: string, wantKey: boolean): Entry {
  let entry: Entry = { key: null, value: document.contents };
  for (const token of pointer.split('/').slice(1)) {
    const next = childOf(entry.value, token.replaceAll('~1', '/').replaceAll('~0', '~'), document);
    if (next === undefined) break;
    entry = next;
  }
  if (wantKey || !isAlias(entry.value)) return entry;
  const value = resolved(entry.value, document);
  return isCollection(value) ? entry : { key: entry.key, value };
}

function childOf(parent: Node | null, token: string, document: Document.Parsed): Entry | undefined {
  const node = resolved(parent, document);
  if (isSeq<Node | null>(node)) {
    const value = /^\d+$/.test(token) ? node.items[Number(token)] : undefined;
    return value === undefined ? undefined : { key: null, value };
  }
  if (!isMap<Node, Node | null>(node)) return undefined;
  const own = node.items.findLast((pair) => !isMerge(pair) && text(pair) === token);
  if (own !== undefined) return { key: own.key, value: own.value };
  return merged(node, document)
    .map((map) => childOf(map, token, document))
    .find((entry) => entry !== undefined);
}

/** Nothing to underline, or too much. */
function isAwkward({ text }: Tree, node: Node | null): boolean {
  const [from, to] = node?.range ?? [0, 0];
  return from === to || (isCollection(node) && text.slice(from, to).trimEnd().includes('\n'));
}

// A target that plainValue has already reported as a problem is not found here.
const resolved = orNothing(target, null);
const text = orNothing(keyText, undefined);
const merged = orNothing(mergedMaps, []);

function orNothing<Given extends unknown[], Found, Nothing>(
  read: (...given: Given) => Found,
  nothing: Nothing,
) {
  return (...given: Given): Found | Nothing => {
    try {
      return read(...given);
    } catch (problem) {
      if (problem instanceof TreeProblem) return nothing;
      throw problem;
    }
  };
}
