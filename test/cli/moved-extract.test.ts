import { expect, test } from 'vitest';
import { createProject } from '../support/cli.ts';
import { runInside } from '../support/in-process.ts';

const family = (items: string, folder: string, description: string) => `version: 1
name: sales
description: ${description}
for_each: { items: ${items}, on_removed: delete }
sources: { s: { type: file, path: data.csv } }
tables: { t: { from: { source: s }, columns: { id: int } } }
extract: { file: "../build/${folder}/\${each.key}.hyper" }
destinations: [{ type: file, path: "../out/\${each.key}.hyper" }]
`;

test('an extract that the configuration stages elsewhere now is deleted with its item', async () => {
  const project = await createProject({
    'pipelines/data.csv': 'id\n1\n',
    'pipelines/sales.yaml': family('[a, b]', 'one', 'first'),
  });
  const apply = async () => {
    const { exitCode, stdout, stderr } = await runInside(project, ['apply', '--yes']);
    expect(exitCode, stderr).toBe(0);
    return stdout;
  };
  await apply();
  await project.write('pipelines/sales.yaml', family('[a, b]', 'two', 'first'));
  expect(await apply()).toContain('No changes.');
  // The record is written, and nothing is built.
  await project.write('pipelines/sales.yaml', family('[a, b]', 'two', 'second'));
  await apply();
  await project.write('pipelines/sales.yaml', family('[a]', 'two', 'second'));
  expect(await apply()).toContain('- build/one/b.hyper');
  expect(Object.keys(await project.marks()).filter((name) => /[ab]\.hyper$/.test(name))).toEqual([
    'build/one/a.hyper',
    'out/a.hyper',
  ]);
});
