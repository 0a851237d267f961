import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  csvDialect,
  CsvQuoteError,
  CsvSizeError,
  CsvUtf8Error,
  readHeader,
} from '../../../src/sources/csv/index.ts';
import { inChunks, samples } from './tables.ts';

const read = (file: string | Buffer, sizes = [1 << 16], dialect = csvDialect()) =>
  readHeader(inChunks(Buffer.from(file), sizes), dialect);

test('the first record of any file in any dialect is its header', async () => {
  await fc.assert(
    fc.asyncProperty(samples, fc.integer({ min: 1, max: 9 }), async (sample, size) => {
      const first = sample.dialect.header ? sample.header : sample.rows[0];
      fc.pre(first !== undefined && !first.includes(null));
      expect(await read(sample.file, [size], sample.dialect)).toEqual(first);
    }),
    { numRuns: 300 },
  );
});

test('an empty file has no header', async () => {
  expect(await read('')).toEqual([]);
  expect(await read('\uFEFF')).toEqual([]);
});

test('nothing is read behind the chunk that ends the header', async () => {
  const stream = inChunks(Buffer.from(`"a\nb",c\r\n${'1,2\n'.repeat(1_000_000)}`), [100]);
  expect(await readHeader(stream, csvDialect())).toEqual(['a\nb', 'c']);
  expect(stream.destroyed).toBe(true);
  expect(stream.readableEnded).toBe(false);
});

test('a header without an end is an error', async () => {
  const long = await read(`a,${'b'.repeat(1024 * 1024)}\n`).catch((error: unknown) => error);
  expect(long).toBeInstanceOf(CsvSizeError);
  expect(String(long)).toBe(
    'CsvSizeError: the header starting in line 1 is longer than 1048576 bytes; is a quote left open?',
  );
  const open = await read('a,"b\nc"\nd,"e\n', [3], csvDialect({ quote: "'" })).catch(
    (error: unknown) => error,
  );
  expect(open).toEqual(['a', '"b']);
  const quote = await read('"a\nb","c\n', [3]).catch((error: unknown) => error);
  expect(quote).toBeInstanceOf(CsvQuoteError);
  expect(String(quote)).toBe('CsvQuoteError: the quote opened in line 2 (header) is never closed');
});

test('a header that is not UTF-8 is an error', async () => {
  const error = await read(Buffer.from('id,gr\xf6\xdfe\n1,2\n', 'latin1')).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(CsvUtf8Error);
  expect(error).toMatchObject({ line: 1, offset: 5 });
});
