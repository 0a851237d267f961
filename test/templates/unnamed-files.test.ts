import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTemplate } from '../../src/templates/open-template.ts';
import { unnamedFiles } from '../../src/templates/unnamed-files.ts';
import { live } from './support/documents.ts';
import { buildPackage } from './support/packages.ts';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'extracts-unnamed-'))));
afterAll(() => rmSync(folder, { recursive: true }));

async function unnamedAmong(names: readonly string[], semantics?: string): Promise<string[]> {
  const path = buildPackage(folder, 'sales.tdsx', [
    { name: 'sales.tds', data: live(semantics === undefined ? {} : { semantics }) },
    { name: 'Data/Extracts/sales.hyper', data: 'rows' },
    ...names.map((name) => ({ name, data: 'x' })),
  ]);
  return unnamedFiles(await openTemplate(path));
}

test('a second extract and local data that the data source does not name', async () => {
  const leftovers = [
    'Data/Extracts/sales _local copy_.hyper',
    'Data/orders.csv',
    'Data/Old/book.xlsx',
    'old.tde',
  ];
  expect(await unnamedAmong(leftovers)).toEqual(leftovers);
});

test('pictures and other files are not data', async () => {
  expect(await unnamedAmong(['Data/thumbnail.png', 'Image/logo.jpg', 'Data/Old/'])).toEqual([]);
});

test('what an attribute names is kept, whole or as a folder and a file', async () => {
  const semantics = `<x filename="Data/one.csv" /><y directory='Data/Shop &amp; Co' filename='two.csv' />
    <z filename='C:\\Users\\somebody\\Data\\three.csv' /><w directory='Data\\Four' filename='four.csv' />`;
  const names = ['Data/one.csv', 'Data/Shop & Co/two.csv', 'Data/Four/four.csv'];
  expect(await unnamedAmong([...names, 'Data/three.csv', 'Data/Other/two.csv'], semantics)).toEqual([
    'Data/three.csv',
    'Data/Other/two.csv',
  ]);
});
