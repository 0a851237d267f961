import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { classOfCode, codesByCause } from '../../src/model/errors/failure-class.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('every code that can be shown is documented, once, and no other', () => {
  const documented = [...read('docs/errors.md').matchAll(/^\| (EXT\d{4}) \|/gm)].map(([, code]) => code);
  const sources = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const used = new Set(sources.flatMap((file) => read(`src/${file}`).match(/\bEXT\d{4}\b/g) ?? []));
  expect(documented.toSorted()).toEqual([...used].sort());
});

const text = read('docs/errors.md');
const rows = [...text.matchAll(/^\| (EXT\d{4}) \| (.*)$/gm)].map(([, code = '', meaning = '']) => ({
  code,
  meaning,
}));

test('every error has a class, and warnings and notes have none', () => {
  const classless = rows.filter(({ code }) => classOfCode(code) === undefined);
  expect(classless.filter(({ meaning }) => !/^(?:a )?(?:warning|note)\b/.test(meaning))).toEqual([]);
});

test('docs/errors.md lists the codes of each class', () => {
  const listed = Array.from(text.matchAll(/^\| `(\w+)` \|.*\| ([^|]*) \|$/gm), ([, kind = '', codes = '']) =>
    (codes.match(/EXT\d{4}/g) ?? []).map((code) => [code, kind]),
  ).flat();
  const others = rows.flatMap(({ code }) => {
    const kind = classOfCode(code);
    return kind === undefined || kind === 'permanent' ? [] : [[code, kind]];
  });
  expect(listed.toSorted()).toEqual(others.toSorted());
  const [, byCause = ''] = /^(EXT2001, .*) are transient or permanent/m.exec(text) ?? [];
  expect(new Set(byCause.match(/EXT\d{4}/g))).toEqual(codesByCause);
});

function read(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}
