import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { apply } from '../../src/cli/apply.ts';
import type { Env } from '../../src/cli/env.ts';
import { collectSecrets } from '../../src/cli/secrets.ts';
import { temporaryFolder } from '../support/folder.ts';
import { oneTable } from '../support/one-table.ts';

test('a no to the question is told in JSON and in JUnit XML', async () => {
  const cwd = await temporaryFolder();
  await mkdir(path.join(cwd, 'pipelines'));
  const people = { name: 'people', source: '{ type: file, path: people.csv }', columns: 'person: text' };
  await writeFile(path.join(cwd, 'pipelines/people.yaml'), oneTable(people));
  await writeFile(path.join(cwd, 'pipelines/people.csv'), 'person\nAnna\n');
  let out = '';
  const env: Env = {
    cwd,
    variables: {},
    secrets: collectSecrets(),
    signal: new AbortController().signal,
    out: (text) => void (out += text),
    err: () => undefined,
    color: { out: false, err: false },
    width: undefined,
    terminal: undefined,
    ask: () => Promise.resolve('no'),
  };
  expect(await apply([], { json: true, junit: 'junit.xml' }, env)).toBe(1);
  const message = 'not applied: the question was not answered with yes';
  expect(JSON.parse(out)).toEqual({ pipelines: [], blocked: [], error: { message }, diagnostics: [] });
  expect((await readdir(cwd)).sort()).toEqual(['junit.xml', 'pipelines']);
});
