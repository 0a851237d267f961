import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import type { CsvFormat } from '../../../src/model/config/source.ts';
import { RunError } from '../../../src/model/errors/run-error.ts';
import { plainCsv, useTextLoads } from '../../support/csv/text-loads.ts';
import { adapted, adaptedLines, adaptedRows } from '../../support/adapted.ts';
import { column, table } from '../../support/pipelines.ts';

const loads = useTextLoads();
const text: CsvFormat = { ...plainCsv, type: 'text', delimiter: '\t', header: false, nulls: ['\\N'] };

/** Message and hint of the error, or the rows. */
async function outcome(...[name, body, format, wanted]: Parameters<typeof loads.loadFile>) {
  const found = await loads.loadFile(name, body, format, wanted);
  return found instanceof RunError ? found.message : found;
}

it.each<[string, CsvFormat, string]>([
  ['a.csv', plainCsv, adaptedLines(',', true)],
  ['a.txt', text, adaptedLines('\t', false)],
])('at_zone, round, truncate and on_infinite make the values of %s fit', async (name, format, body) => {
  expect(await outcome(name, body, format, adapted)).toEqual(adaptedRows);
  expect(await outcome(`${name}.gz`, gzipSync(body), format, adapted)).toEqual(adaptedRows);
});

const two = { ...table('t', {}), columns: [column('id', 'int'), column('name', 'text')] };
const named = {
  ...two,
  columns: [...two.columns, column('file', 'text', { origin: { kind: 'file', template: '${file.name}' } })],
};

it.each([
  ['cut off', (packed: Buffer) => packed.subarray(0, -3), /^a\.csv\.gz is not complete: /],
  ['damaged', (packed: Buffer) => Buffer.concat([packed.subarray(0, -8), Buffer.alloc(8, 1)]), /^a\.csv\.gz is damaged: /],
  ['followed by other bytes', (packed: Buffer) => Buffer.concat([packed, Buffer.from('rest')]), /^a\.csv\.gz has more bytes after the end/],
  ['text', () => Buffer.from('id,name\n1,a\n'), /^a\.csv\.gz is not packed with gzip, as its name says/],
])('a packed file that is %s is an error, also with a file name added', async (_, damage, message) => {
  const body = damage(gzipSync('id,name\n1,a\n2,b\n'));
  for (const wanted of [two, named]) expect(await outcome('a.csv.gz', body, plainCsv, wanted)).toMatch(message);
}); // prettier-ignore

it.each([
  ['in one piece', gzipSync('id,name\n1,a\n2,b\n')],
  ['with a byte order mark', gzipSync('\ufeffid,name\n1,a\n2,b\n')],
  ['of several members', Buffer.concat([gzipSync('id,na'), gzipSync('me\n1,a\n2,'), gzipSync('b')])],
  ['behind which zeros are', Buffer.concat([gzipSync('id,name\n1,a\n2,b\n'), Buffer.alloc(600)])],
  ['with zeros between its members', Buffer.concat([gzipSync('id,name\n1,a\n'), Buffer.alloc(9), gzipSync('2,b\n')])],
  ['with a blank line at its end', gzipSync('id,name\n1,a\n2,b\n\n')],
])('a packed file %s is read as a whole', async (_, body) => {
  const rows = [['1', 'a'], ['2', 'b']]; // prettier-ignore
  expect(await outcome('a.csv.gz', body, plainCsv, two)).toEqual(rows);
  expect(await outcome('a.csv.gz', body, plainCsv, named)).toEqual(rows.map((row) => [...row, 'a.csv.gz']));
  // hyperd does not know this ending.
  expect(await outcome('a.CSV.GZ', body, plainCsv, two)).toEqual(rows);
}); // prettier-ignore

it('what is wrong in a packed file is named by line and character, or by line and value', async () => {
  const wrong = (body: string) => outcome('a.csv.gz', gzipSync(body), plainCsv, two);
  expect(await wrong('id,name\n1,a\n2,b"c\n')).toBe(
    'a.csv.gz:3:4: column "name": a quote inside an unquoted field: b"',
  );
  expect(await wrong('id,name\n1,a\nx,b\n')).toBe(
    'a.csv.gz:3: column "id" (int): not a number; the value is "x"',
  );
  expect(await wrong('id,name\n1,a\n2,"b')).toMatch(/^a\.csv\.gz:3:3: the quote opened in line 3 /);
});
