import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  normalizeCsv,
  csvDialect,
  CsvQuoteError,
  CsvRecordError,
  CsvSizeError,
  CsvUtf8Error,
  type NormalizedCsv,
  type NormalizeOptions,
  type CsvDialect,
} from '../../../src/sources/csv/index.ts';
import { inChunks, readAsHyperd, samples } from './tables.ts';

const chunkSizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });

async function through(file: string | Buffer, normalize: NormalizedCsv, sizes = [1 << 16]): Promise<string> {
  const [output] = await Promise.all([
    buffer(normalize),
    pipeline(inChunks(Buffer.from(file), sizes), normalize, { end: true }),
  ]);
  expect(normalize.bytesIn).toBe(Buffer.from(file).length);
  expect(normalize.bytesOut).toBe(output.length);
  return output.toString();
}

function columns(fields: number, dialect: Partial<CsvDialect> = {}, more: Partial<NormalizeOptions> = {}) {
  const select = Array.from({ length: fields }, (_, field) => field);
  const emptyAsNull = (more.select ?? select).map(() => false);
  const plain = csvDialect({ header: false, ...dialect });
  return normalizeCsv({ dialect: plain, fields, select, constants: [], emptyAsNull, ...more });
}

async function failure(file: string | Buffer, normalize: NormalizedCsv, sizes?: number[]): Promise<unknown> {
  return through(file, normalize, sizes).then(
    (output) => expect.fail(`no error, but ${JSON.stringify(output)}`),
    (error: unknown) => error,
  );
}

describe('normalizeCsv', () => {
  test('any table in any dialect becomes the cells that hyperd shall see', async () => {
    await fc.assert(
      fc.asyncProperty(
        samples,
        chunkSizes,
        fc.integer({ min: 1, max: 64 }),
        async (sample, sizes, lookBytes) => {
          const normalize = normalizeCsv({ ...sample, lookBytes });
          expect(readAsHyperd(await through(sample.file, normalize, sizes))).toEqual(sample.expected);
          expect(normalize.records).toBe(sample.rows.length);
        },
      ),
      { numRuns: 600 },
    );
  });

  test('large files come out whole, whatever is done to them', async () => {
    const rows = Array.from({ length: 40_000 }, (_, row) => [
      `${row}`,
      `"say ""${row}"""`,
      row % 3 ? `v${row}` : 'NA',
      '',
    ]);
    const file = rows.map((row) => row.join(',')).join('\r\n');
    expect(await through(file, columns(4), [10_007])).toBe(`${file}\n`);
    const output = await through(
      file,
      columns(4, { nulls: ['', 'NA'] }, { select: [2, 1], emptyAsNull: [false, false], constants: ['c'] }),
      [10_007],
    );
    expect(output).toBe(rows.map((row) => `${row[2] === 'NA' ? '' : row[2]},${row[1]},"c"\n`).join(''));
  });

  test('a record much larger than a block and the window comes out whole', async () => {
    const long = 'x'.repeat(3_000_000);
    expect(await through(`a,${long}\nb,"${long}"`, columns(2), [65_536])).toBe(`a,${long}\nb,"${long}"\n`);
    expect(
      await through(`a,${long}\n`, columns(2, {}, { select: [1], emptyAsNull: [false], constants: [long] })),
    ).toBe(`${long},"${long}"\n`);
  });

  test('a lone CR ends records if it ends the first one, and is data otherwise', async () => {
    expect(await through('a,b\rc,d\r', columns(2))).toBe('a,b\nc,d\n');
    expect(await through('a,b\nc\rc,d\n', columns(2))).toBe('a,b\n"c\rc",d\n');
    expect(await through('a,b\nc,d\r', columns(2))).toBe('a,b\nc,d\n');
  });

  test('two quoted nothings are one empty string where a doubled quote is no quote', async () => {
    const options = { select: [0, 1], emptyAsNull: [true, false] };
    expect(await through('"""",""""\n', columns(2, { escape: '\\' }, options))).toBe(',""\n');
  });

  test('nothing, a BOM, or a header alone is no record', async () => {
    expect(await through('', columns(2))).toBe('');
    expect(await through('\uFEFF', columns(2))).toBe('');
    expect(await through('\uFEFFa,b', columns(2, { header: true }))).toBe('');
  });

  test('a blank line is a value in a file of one column', async () => {
    expect(await through('a\n\nb\n\n', columns(1))).toBe('a\n\nb\n\n');
    expect(await through('a\n\nb\n', columns(1, { nulls: ['NA'] }))).toBe('a\n""\nb\n');
  });

  test.each([
    { file: 'h,i\na,b\n"c\nc","d\r\nd"\ne\n', record: 3, line: 6, found: 1 },
    { file: 'h,i\na,b\n"c\nc",d,\n', record: 2, line: 3, found: 3 },
    { file: 'h,i\ra,b\r"c\rc",d\re\r', record: 3, line: 5, found: 1 },
  ])('the wrong number of fields is told with its place: $file', async ({ file, record, line, found }) => {
    for (const lookBytes of [1, 7, 1000]) {
      const error = await failure(file, columns(2, { header: true }, { lookBytes }), [1]);
      expect(error).toBeInstanceOf(CsvRecordError);
      expect(error).toMatchObject({ record, line, expected: 2, found });
      expect(String(error)).toBe(
        `CsvRecordError: line ${line} (record ${record}) has ${found === 1 ? '1 field' : `${found} fields`}, expected 2`,
      );
    }
  });

  test('a blank line among the records of a wider file is an error', async () => {
    const error = await failure('a,b\n\n\nc,d\n', columns(2));
    expect(error).toMatchObject({ name: 'CsvRecordError', record: 2, line: 2, expected: 2, found: 1 });
    expect(String(error)).toBe('CsvRecordError: line 2 is blank; a record of 2 fields is expected there');
  });

  test('a quote left open is told with the line where it opened', async () => {
    const error = await failure('a,b\n"c\nc","d\ne,f\n', columns(2));
    expect(error).toBeInstanceOf(CsvQuoteError);
    expect(error).toMatchObject({ record: 2, line: 3 });
    expect(String(error)).toBe('CsvQuoteError: the quote opened in line 3 (record 2) is never closed');
    expect(await failure('"a,b\n', columns(2, { header: true }))).toMatchObject({ record: 0, line: 1 });
  });

  test('a record longer than the limit is an error before it is read to its end', async () => {
    const limit = { maxRecordBytes: 1000, lookBytes: 100 };
    const ofLength = (length: number) => `a,b\n${'x'.repeat(length - 3)},y\n`;
    expect(await through(ofLength(1000), columns(2, {}, limit), [64])).toBe(ofLength(1000));
    for (const file of [ofLength(1001), `a,b\n"${'x\n'.repeat(5000)}`]) {
      const normalize = columns(2, {}, limit);
      const error = await failure(file, normalize, [64]);
      expect(error).toBeInstanceOf(CsvSizeError);
      expect(error).toMatchObject({ line: 2, limit: 1000 });
      expect(normalize.bytesIn).toBeLessThan(1300);
    }
  });

  test('invalid UTF-8 is told with line and offset', async () => {
    const bad = [[0xe9], [0xc3], [0xed, 0xa0, 0x80], [0xf0, 0x9f, 0x98]];
    for (const sequence of bad) {
      for (const after of ['', ',x\nfine\n']) {
        const before = Buffer.from('ä,😀\n"ö\n');
        const file = Buffer.concat([before, Buffer.from(sequence), Buffer.from(after)]);
        for (const lookBytes of [1, 1000]) {
          const error = await failure(file, columns(2, {}, { lookBytes }), [1]);
          expect(error).toBeInstanceOf(CsvUtf8Error);
          expect(error).toMatchObject({ line: 3, offset: before.length });
        }
      }
    }
    expect(String(await failure(Buffer.from([0x61, 0xe9, 0x0a]), columns(1)))).toBe(
      'CsvUtf8Error: line 1 is not valid UTF-8 (byte 0xE9 at offset 1); set the encoding the file is written in',
    );
  });

  test('options that cannot be meant are refused', () => {
    expect(() => columns(2, {}, { select: [2], emptyAsNull: [false] })).toThrow(
      'field 2 is selected from a file of 2',
    );
    expect(() => columns(2, {}, { emptyAsNull: [] })).toThrow('emptyAsNull speaks of 0 columns, select of 2');
    expect(() => columns(2, {}, { select: [] })).toThrow('no column is selected');
  });
});
