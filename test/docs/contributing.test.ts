import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };

const root = new URL('../../', import.meta.url);
const pages = ['CONTRIBUTING.md', 'SECURITY.md', 'README.md'];
const read = (page: string) => readFileSync(new URL(page, root), 'utf8');

test.each(pages)('%s names files and folders that exist', (page) => {
  const links = [...read(page).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target);
  const code = [...read(page).matchAll(/\b(?:src|test|schemas|docs)\/[\w./-]*\w/g)].map(([path]) => path);
  const named = [...links, ...code].filter((path) => !path.includes('NAME'));
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((path) => !existsSync(fileURLToPath(new URL(path, root))))).toEqual([]);
});

test('CONTRIBUTING.md names things where they are', () => {
  const named = [
    ...read('CONTRIBUTING.md').matchAll(/`(\w+)`\s+(?:in\s+|\()`((?:src|test|schemas)\/[\w./-]+\.\w+)`/g),
  ];
  expect(named.length).toBeGreaterThan(5);
  for (const [, name = '', file = ''] of named) expect(read(file), `${name} in ${file}`).toContain(name);
});

test.each(pages)('%s names scripts that exist, and never a program that npx would fetch', (page) => {
  const scripts = [...read(page).matchAll(/\bnpm run ([\w:-]+)/g)].map(([, script]) => script);
  expect(scripts.filter((script = '') => !(script in manifest.scripts))).toEqual([]);
  expect(read(page)).not.toMatch(/\bnpx (?!vitest|--no-install extracts)/);
});
