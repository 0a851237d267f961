import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import type { CsvFormat } from '../../../src/model/config/source.ts';
import { RecordLines } from '../../../src/sources/delimited/text-lines.ts';

const format: CsvFormat = {
  ...{ type: 'text', delimiter: '\t', quote: '"', escape: '"', header: false, nulls: ['\\N'] },
  ...{ encoding: 'utf-8', dateOrder: 'MDY', compression: 'by-name' },
};

it.each([1, 2, 5, 1000])('lines that are no records are left out, in chunks of %i', async (size) => {
  const bytes = Buffer.from('written by X\nb\\\n#c\nid\tname\\\nx\n1\ta\\\n#b\n#d\n2\t#\n#e\n#f\n3\tc');
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
  const lines = new RecordLines({ ...format, skipLines: 2, comment: '#', header: true, byPosition: true });
  const out = Buffer.concat((await Readable.from(chunks).pipe(lines).toArray()) as Buffer[]).toString();
  expect(out).toBe('1\ta\\\n#b\n2\t#\n3\tc');
  // A record over two lines has passed as two.
  expect([1, 2, 3, 4].map((passed) => lines.lineOf(passed))).toEqual([6, 7, 9, 12]);
});
