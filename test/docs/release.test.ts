import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');

const { version } = JSON.parse(read('package.json')) as { version: string };

test('the newest release of the change log is this version, and its date is known', () => {
  const [unreleased, ...releases] = [...read('CHANGELOG.md').matchAll(/^## (.+)$/gm)].map(
    ([, title]) => title,
  );
  expect(unreleased).toBe('Unreleased');
  expect(releases[0]).toMatch(
    new RegExp(String.raw`^${version.replaceAll('.', String.raw`\.`)} - \d{4}-\d{2}-\d{2}$`),
  );
  expect(releases.at(-1)).toBe('0.1.0 - 2026-11-21');
  const dates = releases.map((title = '') => title.split(' - ')[1]);
  expect(dates).toEqual(dates.toSorted().reverse());
});

test('the lock file has this version, too', () => {
  const lock = JSON.parse(read('package-lock.json')) as {
    version: string;
    packages: Record<string, { version?: string }>;
  };
  expect([lock.version, lock.packages['']?.version]).toEqual([version, version]);
});

test('the README names the file that is packed from this version', () => {
  const named = [...read('README.md').matchAll(/extracts-\d+\.\d+\.\d+\.tgz/g)].map(([file]) => file);
  expect(new Set(named)).toEqual(new Set([`extracts-${version}.tgz`]));
});
