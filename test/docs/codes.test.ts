import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('every code that can be shown is documented, once, and no other', () => {
  const documented = [...read('docs/errors.md').matchAll(/^\| (EXT\d{4}) \|/gm)].map(([, code]) => code);
  const sources = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const used = new Set(sources.flatMap((file) => read(`src/${file}`).match(/\bEXT\d{4}\b/g) ?? []));
  expect(documented.toSorted()).toEqual([...used].sort());
});

function read(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}
