import path from 'node:path';
import { env } from 'node:process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openHyper } from '../../../src/hyper/index.ts';
import type { FilesFingerprint } from '../../../src/model/world/fingerprint.ts';
import type { ExtractPort } from '../../../src/model/ports/extract-port.ts';
import { changesByFile } from '../../../src/sources/by-file/changes.ts';
import { byFile, goneBytes } from '../../support/by-file.ts';
import { textPart } from '../../support/feeds.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { readHyperFile } from '../../support/hyper-file.ts';
import { column, table } from '../../support/pipelines.ts';

let hyper: ExtractPort;
beforeAll(() => {
  hyper = openHyper({ env });
});
afterAll(() => hyper.close());

const { signal } = new AbortController();
const silent = () => undefined;
const sales = byFile(table('sales', { id: 'int' }), '${file.path}', 'delete');
const named = (name: string) => ({ shown: name, facts: { path: name } });

function listing(names: readonly string[]): FilesFingerprint {
  const files = Object.fromEntries(names.map((name) => [name, { size: 1, modified: '1' }]));
  return { kind: 'files', files };
}

test('rows of many vanished files, and of no others, are deleted from the extract', async () => {
  const names = Array.from({ length: 2500 }, (_, index) => `data/${index}\t"'\\N.csv`);
  const file = path.join(await temporaryFolder(), 'sales.hyper');
  const extract = { schema: 'Extract', version: 3 as const, file, shown: file };
  const lines = names.map((_, index) => `${index}\tdata/${index}\\t"'\\\\N.csv\n`);
  const first = await hyper.build(extract, [sales], signal);
  await first.load(sales, [textPart(['id', 'File'], lines)], silent, signal);
  await first.finish([], { sales: names.length });
  await first.abandon();

  const { read, deletedKeys } = changesByFile(sales, listing(names), listing(names.slice(-1)), named);
  expect(read.size).toBe(0);
  const next = await hyper.build(extract, [sales], signal, {
    from: { path: file },
    kept: ['sales'],
    emptied: [],
  });
  const changes = { deletedKeys: deletedKeys!, rows: { parts: [] } };
  expect(await next.change(sales, changes, silent, signal)).toMatchObject({
    read: 0,
    inserted: 0,
    deleted: 2499,
  });
  await next.finish([], { sales: 1 });
  await next.abandon();
  expect((await readHyperFile(file))[0]!.rows).toEqual([{ id: '2499', File: names.at(-1) }]);
});

test('names that every object has by itself are names', async () => {
  const before = listing(['constructor', 'toString']);
  const { read, deletedKeys } = changesByFile(sales, before, listing(['toString', '__proto__', '1']), named);
  expect([...read]).toEqual(['1', '__proto__']);
  expect(await goneBytes({ deletedKeys: deletedKeys!, rows: { parts: [] } })).toBe(
    '1\n__proto__\nconstructor\n',
  );
});

test('other columns need not be derived from a missing file', async () => {
  const year = column('Year', 'int', {
    origin: { kind: 'file', template: '${file.name}', pattern: '(\\d{4})' },
  });
  const dated = { ...sales, columns: [year, ...sales.columns] };
  const { deletedKeys } = changesByFile(dated, listing(['a']), listing([]), named);
  expect(await goneBytes({ deletedKeys: deletedKeys!, rows: { parts: [] } })).toBe('a\n');
});

test('a name that is too long for the column is no name of rows', () => {
  const file = column('File', 'varchar(3)', { origin: { kind: 'file', template: '${file.path}' } });
  const short = { ...sales, columns: [file] };
  expect(() => changesByFile(short, listing([]), listing(['a.csv']), named)).toThrow(
    '"File" of a.csv is longer than varchar(3): "a.csv"',
  );
});

test('a name that is no value of its column is named', () => {
  const file = column('File', 'int', { origin: { kind: 'file', template: '${file.path}' } });
  const wrong = { ...sales, columns: [file] };
  expect(() => changesByFile(wrong, listing(['1']), listing(['1', '2', 'a']), named)).toThrow(
    expect.objectContaining({
      code: 'EXT2105',
      message: '"File" (int) of a: not a number; the value is "a"',
      place: file.place,
    }),
  );
});
