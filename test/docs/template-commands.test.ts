import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Pages, and what the names of the stories begin with in which their commands were run. */
const pages = {
  'plan.md': 'plan',
  'templates.md': 'template',
  'state.md': 'state',
  'for-each.md': 'for-each',
};

describe.each(Object.entries(pages))('docs/%s', (name, stories) => {
  const page = readFileSync(`${root}docs/${name}`, 'utf8');
  const goldens = readdirSync(`${root}test/golden/e2e`)
    .filter((golden) => golden.startsWith(stories))
    .map((golden) => readFileSync(`${root}test/golden/e2e/${golden}`, 'utf8').replaceAll('[stderr]\n', ''));

  /**
   * Commands and what they print, as the tests of the real CLI have seen it. A line with `…` stands for what
   * is left out.
   */
  const shown = [...page.matchAll(/^```\n(\$ extracts [^]*?)^```$/gm)].map(([, text = '']) => text);

  test('there are some', () => expect(shown.length).toBeGreaterThan(3));

  test.each(shown)('%s is what the command prints', (text) => {
    const [command = '', ...parts] = text.split(/(?<=^\$ .*\n)|^…\n/m);
    const seen = goldens.filter((golden) => golden.includes(command));
    const told = seen.some((golden) => parts.every((part) => golden.includes(part.trimEnd())));
    expect(told, `no test has seen this:\n${text}`).toBe(true);
  });
});
