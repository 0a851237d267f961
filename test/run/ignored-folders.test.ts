import { expect, test } from 'vitest';
import { createProject } from '../support/cli.ts';
import { runInside } from '../support/in-process.ts';

const pipeline = `version: 1
name: shop
sources: { s: { type: file, path: data.csv } }
tables: { t: { from: { source: s }, columns: { amount: bigint } } }
destinations: [{ type: file, path: ../out/shop.hyper }]
`;
const files = { 'pipelines/data.csv': 'amount\n1\n', 'pipelines/shop.yaml': pipeline };
const ignored = ['build/.gitignore', '.extracts/.gitignore'];

test('folders that an apply makes are ignored by git', async () => {
  const project = await createProject(files);
  expect(await runInside(project, ['plan'])).toMatchObject({ exitCode: 0 });
  await expect(project.read('build/.gitignore')).rejects.toThrow();
  expect(await runInside(project, ['apply', '--yes'])).toMatchObject({ exitCode: 0 });
  for (const file of ignored) expect(await project.read(file)).toBe('*\n');
  await expect(project.read('out/.gitignore')).rejects.toThrow();
});

test('folders that are there already are left as they are', async () => {
  const project = await createProject({ ...files, 'build/mine.txt': '', '.extracts/mine.txt': '' });
  expect(await runInside(project, ['apply', '--yes'])).toMatchObject({ exitCode: 0 });
  for (const file of ignored) await expect(project.read(file)).rejects.toThrow();
});
