import { getOwn } from '../../model/base/get-own.ts';
import { child, type Place } from '../../model/errors/diagnostic.ts';
import type { TextNode } from '../schema/build-text-tree.ts';
import { textTree } from '../schema/text-tree.ts';
import type { TextPurpose, TextTrait, TextWords } from '../schema/text-words.ts';

/** The words of the schema about the text in one place: they decide which references it may hold. */
export interface TextUse {
  purpose: TextPurpose;
  has(trait: TextTrait): boolean;
}

/** A text in a value, with its place and its use. */
export interface FoundText {
  text: string;
  place: Place;
  use: TextUse;
}

/** A value that the schema does not know takes no secret. */
const unknown: TextWords = ['text', 'recorded'];

/**
 * Returns the use of the text at a pointer, which is the same in a pipeline and in extracts.yaml. Inside a text that
 * should not have an inside, the use is that of the whole.
 */
export function textUse(pointer: string): TextUse {
  return useOf(descend(pointer).words);
}

/** Walks the texts in a value, whose place is known to the schema. */
export function textsIn(value: unknown, place: Place): Iterable<FoundText> {
  const found: FoundText[] = [];
  walk(value, { ...descend(place.pointer), place }, found);
  return found;
}

/** Returns the value with its texts replaced. */
export function replaceTexts<Value>(
  value: Value,
  place: Place,
  replace: (found: FoundText) => string,
): Value {
  const at = { ...descend(place.pointer), place };
  return replaceIn(value, at, replace) as Value;
}

/** Returns the keys whose texts are secrets. */
export function secretKeys(node = textTree()): string[] {
  const inside = node.each === undefined ? [] : secretKeys(node.each);
  const own = Object.entries(node.keys ?? {}).flatMap(([key, one]) => [
    ...(one.words?.[0] === 'secret' ? [key] : []),
    ...secretKeys(one),
  ]);
  return [...new Set([...own, ...inside])].sort();
}

interface Position {
  node: TextNode | undefined;
  words: TextWords;
}

function descend(pointer: string): Position {
  const tokens = pointer.split('/').slice(1);
  return tokens.reduce<Position>((at, token) => step(at, token.replaceAll('~1', '/').replaceAll('~0', '~')), {
    node: textTree(),
    words: unknown,
  });
}

function step({ node, words }: Position, key: string): Position {
  const next = (node?.keys && getOwn(node.keys, key)) ?? node?.each;
  return { node: next, words: next?.words ?? words };
}

/** Fills a list: generators inside of generators took most of the time of judging ten thousand items. */
function walk(value: unknown, at: Position & { place: Place }, found: FoundText[]): void {
  if (typeof value === 'string') {
    found.push({ text: value, place: at.place, use: useOf(at.words) });
  } else if (typeof value === 'object' && value !== null) {
    const parts = value as Record<string, unknown>;
    for (const key of Object.keys(parts)) {
      const inside = parts[key];
      // Nothing else has texts.
      if (typeof inside !== 'string' && typeof inside !== 'object') continue;
      const { node, words } = step(at, key);
      walk(inside, { node, words, place: child(at.place, key) }, found);
    }
  }
}

function replaceIn(
  value: unknown,
  { place, ...at }: Position & { place: Place },
  replace: (found: FoundText) => string,
): unknown {
  if (typeof value === 'string') return replace({ text: value, place, use: useOf(at.words) });
  const inside = (key: string, one: unknown) =>
    replaceIn(one, { ...step(at, key), place: child(place, key) }, replace);
  if (Array.isArray(value)) return value.map((one: unknown, index) => inside(String(index), one));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]: [string, unknown]) => [key, inside(key, one)]),
  );
}

const uses = new WeakMap<TextWords, TextUse>();

function useOf(words: TextWords): TextUse {
  const known = uses.get(words);
  if (known !== undefined) return known;
  const [purpose, ...traits] = words;
  const use: TextUse = { purpose, has: (trait) => traits.includes(trait) };
  uses.set(words, use);
  return use;
}

/** Returns true if the reference at this position is a password, or an address that may hold one. */
export function isSecretPart(purpose: TextPurpose, text: string, from: number, to: number): boolean {
  if (purpose === 'secret') return true;
  if (purpose !== 'url') return false;
  if (from === 0 && to === text.length) return true;
  const before = text.slice(0, from);
  const isInUserInfo = /^[a-z][\w+.-]*:\/\/[^:/?#@]*:[^/?#@]*$/i.test(before) && text.slice(to).includes('@');
  return isInUserInfo || /[?&](?:password|sslpassword|token)=[^&#]*$/i.test(before);
}
