import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readTerms } from '../../../src/run/select/terms.ts';
import { createProject } from '../../support/cli.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { runInside } from '../../support/in-process.ts';

test('commas separate terms, and a backslash makes them part of one', async () => {
  const { select, exclude } = await readTerms(
    { select: ['north, south', 'tag:a\\,b'], exclude: ['x,y'] },
    '.',
  );
  expect(select).toEqual(['north', 'south', 'tag:a,b']);
  expect(exclude).toEqual(['x', 'y']);
});

test.each(['a,', ',', '@'])('refuses %j, which has a term without a name', async (value) => {
  await expect(readTerms({ select: [value] }, '.')).rejects.toMatchObject({ name: 'UsageError' });
});

test('a file has one term a line, with comments, and each is known by its place', async () => {
  const folder = await temporaryFolder();
  const text = '\u{feff}# tenants of today\r\n\r\n  shop[acme]  # large\r\nshop[a,b]\n\ttag:x#1\n';
  await writeFile(path.join(folder, 'list.txt'), text);
  const { select, origins } = await readTerms({ select: ['first', '@list.txt'] }, folder);
  expect(select).toEqual(['first', 'shop[acme]', 'shop[a,b]', 'tag:x#1']);
  expect([...(origins ?? [])]).toEqual([
    ['shop[acme]', 'list.txt:3:3'],
    ['shop[a,b]', 'list.txt:4:1'],
    ['tag:x#1', 'list.txt:5:2'],
  ]);
  await expect(readTerms({ select: ['@none.txt'] }, folder)).rejects.toThrow(
    '--select @none.txt: the file cannot be read: ',
  );
});

const tenants = `version: 1
name: shop
for_each: {items: [acme, beta, gamma]}
sources: {files: {type: file, path: "../data/\${each.key}.csv"}}
tables:
  sales: {from: {source: files}, columns: {id: int}}
destinations: [{type: file, path: "../out/\${each.key}.hyper"}]
`;

test('a list chooses items, and names what it does not find with file, line and column', async () => {
  const data = Object.fromEntries(['acme', 'beta', 'gamma'].map((key) => [`data/${key}.csv`, 'id\n1\n']));
  const project = await createProject({ 'pipelines/shop.yaml': tenants, ...data });
  const planned = async (...args: string[]) => {
    const { stdout } = await runInside(project, ['plan', '--list', ...args]);
    return [...stdout.matchAll(/shop\[\w+\]/g)].map(([address]) => address);
  };
  await project.write('list.txt', 'shop[gamma]\n# no more\nSHOP[acme]\n');
  expect(await planned('--select', '@list.txt')).toEqual(['shop[acme]', 'shop[gamma]']);
  expect(await planned('--select', 'shop[acme],shop[beta]')).toEqual(['shop[acme]', 'shop[beta]']);
  expect(await planned('--exclude', '@list.txt')).toEqual(['shop[beta]']);
  await project.write('empty.txt', '# nothing today\n');
  expect(await planned('--select', '@empty.txt')).toEqual([]);

  await project.write('list.txt', 'shop[acme]\n  shop[akme]\nhsop\n');
  expect(await runInside(project, ['plan', '--select', '@list.txt'])).toMatchObject({
    exitCode: 64,
    stderr:
      'error: list.txt:2:3: shop[akme]: no pipeline is meant by that, nor by 1 other term\n  = did you mean "shop[acme]"?\n',
  });
});
