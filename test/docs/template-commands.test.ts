import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const page = readFileSync(`${root}docs/templates.md`, 'utf8');
const goldens = readdirSync(`${root}test/golden/e2e`)
  .filter((name) => name.startsWith('template'))
  .map((name) => readFileSync(`${root}test/golden/e2e/${name}`, 'utf8').replaceAll('[stderr]\n', ''));

/** Commands and what they print, as the tests of the real CLI have seen it. A line with `…` stands for what is left out. */
const shown = [...page.matchAll(/^```\n(\$ extracts [^]*?)^```$/gm)].map(([, text = '']) => text);

test('there are some', () => expect(shown.length).toBeGreaterThan(3));

test.each(shown)('%s is what the command prints', (text) => {
  const [command = '', ...parts] = text.split(/(?<=^\$ .*\n)|^…\n/m);
  const stories = goldens.filter((golden) => golden.includes(command));
  const told = stories.some((golden) => parts.every((part) => golden.includes(part.trimEnd())));
  expect(told, `no test has seen this:\n${text}`).toBe(true);
});
