import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Maps each file to the files of the same folder tree that it imports, for values or for types alone. */
function importsBelow(folder: string): Map<string, string[]> {
  const files = readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.join(folder, file));
  const known = new Set(files);
  const importsOf = (file: string) =>
    ts
      .preProcessFile(readFileSync(path.join(root, file), 'utf8'))
      .importedFiles.map(({ fileName }) => path.join(path.dirname(file), fileName))
      .filter((target) => known.has(target));
  return new Map(files.map((file) => [file, importsOf(file)]));
}

/** Returns a path through the imports that ends where it begins, for each file that completes one. */
function circlesIn(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const circles: string[] = [];
  const finished = new Set<string>();
  const visit = (file: string, trail: readonly string[]) => {
    const start = trail.indexOf(file);
    if (start >= 0) circles.push([...trail.slice(start), file].join(' → '));
    if (start >= 0 || finished.has(file)) return;
    for (const target of imports.get(file) ?? []) visit(target, [...trail, file]);
    finished.add(file);
  };
  for (const file of imports.keys()) visit(file, []);
  return circles;
}

test('the search finds circles, long and short, and nothing else', () => {
  const imports = { a: ['b', 'c'], b: ['c'], c: ['d'], d: ['b'], e: ['e'], f: ['a'] };
  expect(circlesIn(new Map(Object.entries(imports)))).toEqual(['b → c → d → b', 'e → e']);
});

test.each(['src', 'test', 'bench', 'packaging'])(
  'no file of %s imports itself by way of others',
  (folder) => {
    expect(circlesIn(importsBelow(folder))).toEqual([]);
  },
);
