import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/**
 * Docstrings, descriptions and messages are sentences that a native reader would write. A rule can only decide how they
 * begin and which words they use; CONTRIBUTING.md has the rest.
 */
const root = fileURLToPath(new URL('../..', import.meta.url));

const filesBelow = (folder: string, ending: string) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending) && !file.endsWith('written.gen.ts'))
    .map((file) => `${folder}/${file}`);

const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

/** Words with which a fragment begins: the sentence to which it belongs is missing. */
const fragment = /^(?:Of|As|What|Whether|That|By|Those|Whose)\b/;

/** Words that another word says plainly: no longer, again, another user, no one, the caller. Names are divided into words. */
const unusual = /\b(?:any more|anew|somebody|nobody|whoever)\b/i;

const hasUnusual = (line: string) => unusual.test(line.replaceAll(/([a-z])(?=[A-Z])/g, '$1 '));

/** Yields the comments of a file of TypeScript that document what follows, each as one line. */
function* docstrings(text: string): Generator<string, void> {
  for (const [, inside = ''] of text.matchAll(/\/\*\*([^]*?)\*\//g))
    yield inside
      .replaceAll(/^\s*\* ?/gm, '')
      .replaceAll(/\s+/g, ' ')
      .trim();
}

/** Yields the descriptions of a schema and of everything in it. */
function* descriptions(node: unknown): Generator<string, void> {
  if (typeof node !== 'object' || node === null) return;
  for (const [key, value] of Object.entries(node))
    if (key === 'description' && typeof value === 'string') yield value;
    else yield* descriptions(value);
}

test('the rules find fragments and unusual words, and nothing else', () => {
  const text = '/** Of a table. */\n/**\n * Returns it.\n * As before.\n */\n/** Often read. */';
  expect([...docstrings(text)].filter((one) => fragment.test(one))).toEqual(['Of a table.']);
  expect([...descriptions({ description: 'What', properties: { a: { description: 'B' } } })]).toEqual([
    'What',
    'B',
  ]);
  expect(['many more', 'It is not there any more.', 'isStagedAnew'].filter(hasUnusual)).toHaveLength(2);
});

const source = filesBelow('src', '.ts');
const schemas = filesBelow('schemas', '.json');

test('docstrings are sentences', () => {
  const found = source.flatMap((file) =>
    [...docstrings(read(file))].filter((one) => fragment.test(one)).map((one) => `${file}: ${one}`),
  );
  expect(found).toEqual([]);
});

test('descriptions in schemas are sentences', () => {
  const found = schemas.flatMap((file) =>
    [...descriptions(JSON.parse(read(file)))].filter((one) => fragment.test(one)),
  );
  expect(found).toEqual([]);
});

test('code, comments and schemas have plain words', () => {
  const found = [...source, ...schemas].flatMap((file) =>
    read(file)
      .split('\n')
      .flatMap((line, index) => (hasUnusual(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
  );
  expect(found).toEqual([]);
});
