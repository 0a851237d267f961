import { isDeepStrictEqual } from 'node:util';
import type { JsonSchema } from '../schema-files.ts';
import type { TextWords } from './text-words.ts';

/** The texts of files as a tree: what the schema says of a value, and of the values inside it. */
export interface TextNode {
  words?: TextWords;
  keys?: Readonly<Record<string, TextNode>>;
  /** The items of a list, or the values of a map whose keys are names. */
  each?: TextNode;
}

/**
 * Returns the tree of the texts that one of these self-contained schemas allows. A key has the same words in every
 * kind of file, source and destination that has it, because a pointer alone does not say which kind it is in.
 */
export function buildTextTree(schemas: readonly JsonSchema[]): TextNode {
  return schemas.map((schema) => nodeOf(schema, schema)).reduce((one, other) => joined(one, other, ''), {});
}

function nodeOf(schema: JsonSchema, root: JsonSchema): TextNode {
  if (typeof schema.$ref === 'string') return nodeOf(followed(schema.$ref, root), root);
  const { properties = {}, additionalProperties, items } = schema;
  const keys = Object.entries(properties as Record<string, JsonSchema>).flatMap(([key, inside]) => {
    const node = nodeOf(inside, root);
    return isEmpty(node) ? [] : [[key, node] as const];
  });
  const inside = [additionalProperties, items].filter(isSchema).map((one) => nodeOf(one, root));
  const own: TextNode = {
    ...(schema['x-extracts'] !== undefined && {
      words: [schema['x-extracts']].flat() as unknown as TextWords,
    }),
    ...(keys.length > 0 && { keys: Object.fromEntries(keys) }),
  };
  const branches = ['oneOf', 'anyOf', 'allOf', 'then', 'else'].flatMap((key) => [schema[key] ?? []].flat());
  return [
    own,
    ...inside.filter((node) => !isEmpty(node)).map((each) => ({ each })),
    ...branches.filter(isSchema).map((branch) => nodeOf(branch, root)),
  ].reduce((one, other) => joined(one, other, ''));
}

function joined(one: TextNode, other: TextNode, key: string): TextNode {
  const words = one.words ?? other.words;
  if (words !== undefined && other.words !== undefined && !isDeepStrictEqual(words, other.words))
    throw new Error(`schemas/ give "${key}" two meanings: ${words.join(' ')} and ${other.words.join(' ')}`);
  const keys = { ...one.keys };
  for (const [name, node] of Object.entries(other.keys ?? {}))
    keys[name] = joined(keys[name] ?? {}, node, name);
  const each = one.each && other.each ? joined(one.each, other.each, key) : (one.each ?? other.each);
  return {
    ...(words !== undefined && { words }),
    ...(Object.keys(keys).length > 0 && { keys }),
    ...(each !== undefined && { each }),
  };
}

function followed(reference: string, root: JsonSchema): JsonSchema {
  return reference
    .slice('#/'.length)
    .split('/')
    .reduce<unknown>((at, key) => (at as JsonSchema)[key], root) as JsonSchema;
}

const isEmpty = (node: TextNode) => Object.keys(node).length === 0;
const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null;
