import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

test('the page about a first pipeline shows what a run of its commands printed', async () => {
  const read = (name: string) => readFile(new URL(`../../${name}`, import.meta.url), 'utf8');
  const page = await read('docs/first-pipeline.md');
  const story = (await read('test/golden/import/publish.txt'))
    .replaceAll('(database)', 'shop')
    .replaceAll('127.0.0.1:(port) as', '127.0.0.1:5432 as')
    .replaceAll('127.0.0.1:(port)', 'tableau.example.com')
    .replaceAll('(version)', '15')
    .replaceAll('(time)', '0.4 s');
  const runs = story.split(/(?=^\$ )/m).map((run) => run.replace(/^\[exit code 0\]\n\n?/m, ''));
  expect(runs).toHaveLength(5);
  for (const run of runs) expect(page).toContain(`\`\`\`text\n${run}\`\`\`\n`);
});

test('the README leads to every page', async () => {
  const root = new URL('../../', import.meta.url);
  const readme = await readFile(new URL('README.md', root), 'utf8');
  const pages = (await readdir(new URL('docs', root))).filter((name) => name.endsWith('.md'));
  expect(pages.filter((name) => !readme.includes(`(docs/${name})`))).toEqual([]);
});
