import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findFiles, readTexts } from '../../src/config/read/find.ts';
import { configFolder } from '../support/config-folder.ts';

test('folders are searched in order; hidden ones, packages and project files are left out', async () => {
  const cwd = configFolder({
    'p/b.yaml': '',
    'p/a.yml': '',
    'p/deep/c.yaml': '',
    'p/.hidden/d.yaml': '',
    'p/node_modules/e.yaml': '',
    'p/extracts.yaml': '',
    'p/notes.md': '',
  });
  const { pipelines, project, diagnostics } = await findFiles(['p'], cwd);
  expect(pipelines.map(({ file }) => file)).toEqual(['p/a.yml', 'p/b.yaml', 'p/deep/c.yaml']);
  expect(project?.file).toBe('p/extracts.yaml');
  expect(diagnostics).toEqual([]);
});

test('a file that is given twice is one; absolute paths stay absolute', async () => {
  const cwd = configFolder({ 'p/a.yaml': '' });
  const { pipelines } = await findFiles([join(cwd, 'p/a.yaml'), 'p'], cwd);
  expect(pipelines.map(({ file }) => file)).toEqual([join(cwd, 'p/a.yaml')]);
});

test('the project is found above, up to the repository', async () => {
  const cwd = configFolder({
    'extracts.yaml': '',
    'a/b/p.yaml': '',
    'inner/.git/HEAD': '',
    'inner/p.yaml': '',
  });
  expect((await findFiles(['a/b/p.yaml'], cwd)).project?.file).toBe('extracts.yaml');
  expect((await findFiles(['inner'], cwd)).project).toBeUndefined();
});

test('paths of two projects, or of one and none, are refused', async () => {
  const cwd = configFolder({
    'a/extracts.yaml': '',
    'a/p.yaml': '',
    'b/extracts.yaml': '',
    'b/p.yaml': '',
    'c/p.yaml': '',
  });
  for (const paths of [
    ['a', 'b'],
    ['a', 'c'],
  ]) {
    const { diagnostics } = await findFiles(paths, cwd);
    expect(diagnostics).toMatchObject([{ code: 'EXT1015' }]);
  }
});

test('texts are UTF-8, with or without a byte order mark', async () => {
  const cwd = configFolder({ 'a.yaml': '\ufeffname: é', 'b.yaml': '' });
  writeFileSync(join(cwd, 'b.yaml'), Buffer.from('name: é', 'latin1'));
  const files = ['a.yaml', 'b.yaml', 'gone.yaml'].map((file) => ({ file, absolute: join(cwd, file) }));
  expect(await readTexts(files)).toMatchObject([
    'name: é',
    { code: 'EXT1014', message: 'b.yaml is not UTF-8' },
    { code: 'EXT1014', message: 'cannot read gone.yaml (ENOENT)' },
  ]);
});
