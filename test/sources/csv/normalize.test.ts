import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import {
  csvDialect,
  CsvGrammarError,
  CsvQuoteError,
  CsvRecordError,
  CsvSizeError,
  CsvUtf8Error,
  type FieldRule,
  type NormalizeOptions,
  type CsvDialect,
} from '../../../src/sources/csv/index.ts';
import { waysToSplit } from '../../support/csv/vectors.ts';
import { inChunks, readAsHyperd, samples } from './tables.ts';
import { normalizeCsv, type NormalizingStream } from '../../support/csv/normalize.ts';

const chunkSizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });

async function through(
  file: string | Buffer,
  normalize: NormalizingStream,
  sizes = [1 << 16],
): Promise<string> {
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

async function failure(
  file: string | Buffer,
  normalize: NormalizingStream,
  sizes?: number[],
): Promise<unknown> {
  return through(file, normalize, sizes).then(
    (output) => expect.fail(`no error, but ${JSON.stringify(output)}`),
    (error: unknown) => error,
  );
}

describe('normalizeCsv', () => {
  test.each(waysToSplit)(
    '%s any table in any dialect becomes the intended cells for hyperd',
    async (_, begin) => {
      begin();
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
        { numRuns: 400 },
      );
      vi.unstubAllGlobals();
    },
  );

  test('large files come out whole, whatever the options', async () => {
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

  test('lone CRs end records if the first line ends so', async () => {
    expect(await through('a,b\rc,d\r', columns(2))).toBe('a,b\nc,d\n');
    expect(await through('a,b\rc,"d\r"', columns(2))).toBe('a,b\nc,"d\r"\n');
    expect(await through('a,b\r', columns(2))).toBe('a,b\n');
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

  test.each([
    ['a,b\nc\rc,d\n', 2, 2, 0, 'a carriage return outside quotes: c'],
    ['a,b\nc,d\r', 2, 4, 1, 'a carriage return outside quotes: d'],
    ['a,b\r\r\nc,d\r\r\n', 1, 4, 1, 'a carriage return outside quotes: b'],
    ['a,b\r\nc,d\r\r\n', 2, 4, 1, 'a carriage return outside quotes: d'],
    ['a,b\n\rc,d\n', 2, 1, 0, 'a carriage return outside quotes: '],
    ['a,b\rc,d\n', 2, 4, 1, 'a line feed where lines end with a carriage return: d'],
    ['a,b\rc,d\r\n', 2, 4, 1, 'a carriage return outside quotes: d'],
    ['a,b\nc,24" Monitor\n', 2, 5, 1, 'a quote inside an unquoted field: 24"'],
    ['a,b\nc, "d"\n', 2, 4, 1, 'a quote inside an unquoted field:  "'],
    ['a,b\nc,d"', 2, 4, 1, 'a quote inside an unquoted field: d"'],
    ['a,b\n"c\nc","d"d\n', 3, 7, 1, 'text after a closing quote: "d"d'],
    ['a,b\n"c" ,d\n', 2, 4, 0, 'text after a closing quote: "c" '],
    ['a,b\n"c\\"c",d\n', 2, 5, 0, 'text after a closing quote: "c\\"c'],
  ])('%j breaks the grammar in line %i, character %i', async (file, line, character, field, message) => {
    for (const lookBytes of [1, 2, 3, 5, 1000]) {
      const error = await failure(file, columns(2, {}, { lookBytes }), [1]);
      expect(error).toBeInstanceOf(CsvGrammarError);
      expect(error).toMatchObject({ line, character, field });
      expect((error as Error).message).toBe(message);
    }
  });

  test('a doubled quote is no quote where another character escapes', async () => {
    const error = await failure('"a""b"\n', columns(1, { escape: '\\' }));
    expect(String(error)).toBe('CsvGrammarError: text after a closing quote: "a""');
  });

  test('without a quote character fields are what is written', async () => {
    const dialect = { quote: undefined, delimiter: '\t' };
    expect(await through('"a\t24" b\n\t\\"\n', columns(2, dialect))).toBe('"""a","24"" b"\n,"\\"""\n');
  });

  test('a stray quote is kept where the dialect keeps it, text after a closing quote is not', async () => {
    const dialect = { strayQuotes: 'keep' } as const;
    expect(await through('24" b,"c"\na"", "b"\n', columns(2, dialect))).toBe(
      '"24"" b","c"\n"a"""""," ""b"""\n',
    );
    expect(await failure('"a"b,c\n', columns(2, dialect))).toMatchObject({
      message: 'text after a closing quote: "a"b',
    });
  });

  test('values go through their rules, and NULL is none of a required column', async () => {
    const halves: FieldRule = {
      isExact: (bytes, start, end) => end - start === 1 && bytes[start] !== 0x35,
      read: (text) =>
        text === '2,5'
          ? { text: '2.5' }
          : text === '--'
            ? { text: null }
            : text === '50'
              ? { text }
              : { problem: 'no half', hint: 'none' },
    };
    const with_ = (more: Partial<NormalizeOptions> = {}) =>
      columns(2, { nulls: ['', 'NA'] }, { rules: [halves, undefined], required: [false, true], ...more });
    expect(await through('1,a\n"2,5",b\n--,c\n50,d\n"7",e\nNA,f\n', with_())).toBe(
      '1,a\n"2.5",b\n,c\n50,d\n"7",e\n,f\n',
    );
    expect(await failure('1,a\n55,b\n', with_())).toMatchObject({
      name: 'CsvValueError',
      message: 'no half',
      line: 2,
      field: 0,
      value: '55',
    });
    expect(await failure('1,a\n1,NA\n', with_())).toMatchObject({
      message: 'the value is NULL',
      line: 2,
      field: 1,
      value: null,
    });
    expect(await failure('--,a\n', with_({ required: [true, true] }))).toMatchObject({
      message: 'the value would be NULL',
    });
  });

  test('the first records are written without a look at what follows', async () => {
    const normalized = columns(2, {}, { most: 2 });
    expect(await through('a,b\nc,d\n"', normalized)).toBe('a,b\nc,d\n');
    expect(normalized.records).toBe(2);
  });

  test('a quote left open is reported with the line where it opened', async () => {
    const error = await failure('a,b\n"c\nc","d\ne,f\n', columns(2));
    expect(error).toBeInstanceOf(CsvQuoteError);
    expect(error).toMatchObject({ record: 2, line: 3, character: 4 });
    expect(String(error)).toBe('CsvQuoteError: the quote opened in line 3 (record 2) is never closed');
    expect(await failure('"a,b\n', columns(2, { header: true }))).toMatchObject({
      ...{ record: 0, line: 1, character: 1 },
    });
    expect(await failure('a,"é\n😀é","d\ne,f\n', columns(3))).toMatchObject({ line: 2, character: 5 });
    expect(await failure('a,b\r"c\rc","d', columns(2))).toMatchObject({ line: 3, character: 4 });
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

  test('invalid UTF-8 is reported with line and offset', async () => {
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

  test('a text that ends within a character may be cut off', async () => {
    const last = [[0xc3], [0xe2, 0x82], [0xf0, 0x9f, 0x98]];
    for (const sequence of last) {
      const file = Buffer.concat([Buffer.from('a,b\n1,x'), Buffer.from(sequence)]);
      for (const size of [1, 3, 1000]) {
        const error = await failure(file, columns(2), [size]);
        expect(error).toMatchObject({
          message: expect.stringMatching(/^the file ends within a character of UTF-8 \(byte 0x/) as unknown,
          hint: expect.stringMatching(
            /^if the file is cut off, copy it again; if it is whole, write /,
          ) as unknown,
        });
      }
    }
    for (const sequence of [[0xc0], [0xff], [0x80], [0xe2, 0x41]]) {
      const file = Buffer.concat([Buffer.from('a,b\n1,x'), Buffer.from(sequence)]);
      const error = await failure(file, columns(2));
      expect(String(error)).toMatch(/line 2 is not valid UTF-8/);
    }
  });

  test('the line of invalid UTF-8 is that of the file, if its lines end with a carriage return', async () => {
    const file = Buffer.concat([Buffer.from('skipped "\rä,"\r\n"\rb,'), Buffer.from([0xff])]);
    for (const sizes of [[1], [1000]]) {
      const error = await failure(file, columns(2, { skipLines: 1 }), sizes);
      expect(error).toBeInstanceOf(CsvUtf8Error);
      expect(error).toMatchObject({ line: 4 });
    }
  });

  test('options that cannot be meant are refused', () => {
    expect(() => columns(2, {}, { select: [2], emptyAsNull: [false] })).toThrow(
      'field 2 is selected from a file of 2',
    );
    expect(() => columns(2, {}, { emptyAsNull: [] })).toThrow('emptyAsNull speaks of 0 columns, select of 2');
    expect(() => columns(2, {}, { select: [] })).toThrow('no column is selected');
  });
});
