import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { fileGlobs, globMatcher, keyGlobs } from '../../src/sources/globs.ts';

/** The table of docs/files.md: a pattern, names that match it, names that do not. */
const [, table = ''] = readFileSync(new URL('../../docs/files.md', import.meta.url), 'utf8').split(
  '\n## Patterns\n',
);
const rows = [...table.matchAll(/^\| (`[^|]+`) +\| (`[^|]+`) +\| (`[^|]+`) +\|$/gm)].map((row) =>
  row.slice(1).map((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)),
);

it('the documentation has the syntax', () => {
  expect(rows.length).toBeGreaterThan(7);
});

it.each(
  rows.map(([pattern = [], matching = [], others = []]) => [pattern[0] ?? '', matching, others] as const),
)('%s matches %s and not %s', (pattern, matching, others) => {
  for (const options of [fileGlobs, keyGlobs]) {
    const matches = globMatcher(pattern, options);
    expect(matching.filter((name) => !matches(name))).toEqual([]);
    expect(others.filter((name) => matches(name))).toEqual([]);
  }
});

it('a dot at the beginning of a segment is matched by wildcards in keys, and where it is written in paths', () => {
  for (const name of ['data/.a.csv', 'data/.x/a.csv']) {
    expect(globMatcher('data/**', keyGlobs)(name)).toBe(true);
    expect(globMatcher('data/**', fileGlobs)(name)).toBe(false);
  }
  expect(globMatcher('data/.*.csv', fileGlobs)('data/.a.csv')).toBe(true);
});

it('a backslash takes a character as it is', () => {
  expect(globMatcher('\\!a.csv', keyGlobs)('!a.csv')).toBe(true);
  expect(globMatcher('data/\\[x\\].csv', fileGlobs)('data/[x].csv')).toBe(true);
});
