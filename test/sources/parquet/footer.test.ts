import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatColumnType } from '../../../src/model/config/column-type.ts';
import { ParquetError, readFooter, type ParquetFault } from '../../../src/sources/parquet/index.ts';
import { bytesOf, fileOf, fixtures } from './support/engine.ts';
import { footerOf, parquetFile, type Struct } from './support/write.ts';

const fixture = (name: string) => path.join(fixtures, `${name}.parquet`);

/** `name: type → what hyperd makes of it` for each column. */
async function told(name: string): Promise<string[]> {
  const { columns } = await readFooter(await fileOf(fixture(name)));
  return columns.map(
    (column) =>
      `${column.name}: ${column.type} → ${column.hyper === undefined ? '-' : formatColumnType(column.hyper)}` +
      (column.nullable ? '' : ' not null'),
  );
}

async function failure(bytes: Buffer): Promise<[ParquetFault, string]> {
  const error: unknown = await readFooter(bytesOf(bytes)).then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(ParquetError);
  const { reason, message } = error as ParquetError;
  return [reason, message];
}

describe('files of another writer', () => {
  test('integers, signed and unsigned', async () => {
    const expected = [
      'int8: int8 → smallint',
      'uint8: uint8 → smallint',
      'int16: int16 → smallint',
      'uint16: uint16 → int',
      'int32: int32 → int',
      'uint32: uint32 → bigint',
      'int64: int64 → bigint',
    ];
    expect(await told('integers')).toEqual([...expected, 'uint64: uint64 → -']);
    expect(await told('integers_signed')).toEqual(expected);
  });

  test('required columns of format version 1.0, which has no uint32', async () => {
    expect(await told('integers_v1')).toEqual([
      'int8: int8 → smallint not null',
      'uint8: uint8 → smallint not null',
      'int16: int16 → smallint not null',
      'uint16: uint16 → int not null',
      'int32: int32 → int not null',
      'uint32: int64 → bigint not null',
      'int64: int64 → bigint not null',
      'uint64: uint64 → - not null',
    ]);
  });

  test.each([
    ['floats', ['real: float → real', 'double: double → double']],
    ['half', ['half: float16 → -']],
    ['decimal_wide', ['d39_2: decimal(39,2) → -']],
    ['moments_int96', ['ts: timestamp(int96) → timestamptz']],
    ['time_ms', ['time_ms: time(ms) → -']],
    ['time_ns', ['time_ns: time(ns) → -']],
    ['duration', ['duration: int64 → bigint']],
    ['texts_snappy', ['string: string → text', 'large: string → text']],
    ['texts_gzip', ['string: string → text']],
    ['texts_zstd', ['string: string → text']],
    ['texts_lz4', ['string: string → text']],
    ['texts_brotli', ['string: string, compressed with brotli → -']],
    ['dictionary', ['color: string → text']],
    ['binaries', ['bytes: binary → bytes', 'fixed: fixed(3) → bytes']],
    ['special', ['uuid: uuid → -']],
    ['json', ['json: json → json']],
    ['booleans', ['flag: boolean → boolean']],
    ['nothing_but_null', ['null: null → -']],
    ['no_columns', []],
  ])('%s', async (name, expected) => {
    expect(await told(name)).toEqual(expected);
  });

  test('decimals in bytes and in integers', async () => {
    const narrow = [
      'd4_2: decimal(4,2) → numeric(4,2)',
      'd9_0: decimal(9,0) → numeric(9,0)',
      'd18_2: decimal(18,2) → numeric(18,2)',
    ];
    expect(await told('decimals_fixed')).toEqual([...narrow, 'd38_10: decimal(38,10) → numeric(38,10)']);
    expect(await told('decimals_integer')).toEqual(narrow);
  });

  test('dates, clocks and moments', async () => {
    expect(await told('moments')).toEqual([
      'date: date → date',
      'time_us: time(us) → time',
      'ts_ms: timestamp(ms) → timestamp',
      'ts_us: timestamp(us) → timestamp',
      'ts_ns: timestamp(ns) → timestamp',
      'ts_ms_utc: timestamp(ms, UTC) → timestamptz',
      'ts_us_utc: timestamp(us, UTC) → timestamptz',
      'ts_ns_utc: timestamp(ns, UTC) → timestamptz',
    ]);
  });

  test('nested columns keep their neighbours in place', async () => {
    expect(await told('nested')).toEqual([
      'id: int32 → int',
      'list: list → -',
      'struct: struct → -',
      'map: map → -',
      'after: string → text',
    ]);
    const { rows, columns, bytes } = await readFooter(await fileOf(fixture('nested')));
    expect(rows).toBe(3);
    const sizes = columns.map(({ compressedBytes }) => compressedBytes);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(bytes);
    expect(sizes.every((size) => size > 0)).toBe(true);
  });

  test('any column name', async () => {
    const { columns } = await readFooter(await fileOf(fixture('names')));
    expect(columns.map(({ name }) => name)).toEqual([
      'Größe',
      'a.b',
      'with space',
      'quo"te',
      'case',
      'CASE',
      '',
      '日本',
    ]);
  });

  test('no rows, and several row groups', async () => {
    expect(await readFooter(await fileOf(fixture('empty')))).toMatchObject({ rows: 0 });
    const { rows, columns, bytes } = await readFooter(await fileOf(fixture('row_groups')));
    expect([rows, columns.length]).toEqual([10, 2]);
    // As pyarrow's own total_compressed_size tells it for the four row groups.
    expect(columns.map(({ compressedBytes }) => compressedBytes)).toEqual([427, 228]);
    expect(bytes).toBe(655);
  });

  test('two columns of one name, which Hyper refuses for the whole file', async () => {
    expect(await failure(readFileSync(fixture('same_names')))).toEqual([
      'inconsistent',
      'has an inconsistent schema: two columns are named "a"',
    ]);
  });
});

const column = (name: string): Struct => ({ 1: { i32: 1 }, 3: { i32: 1 }, 4: { text: name } });

describe('reading', () => {
  async function reads(file: Buffer): Promise<[number, number][]> {
    const asked: [number, number][] = [];
    const source = bytesOf(file);
    await readFooter({
      size: source.size,
      read(offset, length) {
        asked.push([offset, length]);
        return source.read(offset, length);
      },
    });
    return asked;
  }

  test('one read of a small file, of 64 KiB of a large one, and a second one for a long footer', async () => {
    const small = parquetFile(footerOf([column('a')], 1));
    expect(await reads(small)).toEqual([[0, small.length]]);
    const large = parquetFile(footerOf([column('a')], 1), Buffer.alloc(200_000));
    expect(await reads(large)).toEqual([[large.length - 65_536, 65_536]]);
    const names = Array.from({ length: 9000 }, (_, index) => column(`column_${index}`));
    const footer = footerOf(names, names.length);
    expect(footer.length).toBeGreaterThan(65_536);
    const wide = parquetFile(footer, Buffer.alloc(200_000));
    expect(await reads(wide)).toEqual([
      [wide.length - 65_536, 65_536],
      [wide.length - 8 - footer.length, footer.length + 8],
    ]);
    expect((await readFooter(bytesOf(wide))).columns).toHaveLength(9000);
  });

  test("the source's own errors come through", async () => {
    const lost = new Error('gone');
    await expect(readFooter({ size: 100, read: () => Promise.reject(lost) })).rejects.toBe(lost);
  });
});

describe('files that are none', () => {
  const good = parquetFile(footerOf([column('a')], 1));

  test.each<[string, Buffer, ParquetFault, string]>([
    ['empty', Buffer.alloc(0), 'not-parquet', 'is no Parquet file: it does not end with PAR1'],
    ['text', Buffer.from('id,name\n1,a\n'), 'not-parquet', 'is no Parquet file: it does not end with PAR1'],
    [
      'only the magic',
      Buffer.from('PAR1'),
      'truncated',
      'is cut off: it begins as a Parquet file, but its footer is missing',
    ],
    [
      'cut off',
      good.subarray(0, -3),
      'truncated',
      'is cut off: it begins as a Parquet file, but its footer is missing',
    ],
    [
      'an encrypted footer',
      parquetFile(footerOf([], 0), Buffer.alloc(0), 'PARE'),
      'encrypted',
      'is encrypted, which Hyper does not read',
    ],
    [
      'a readable footer over encrypted columns',
      parquetFile(footerOf([column('a')], 1, { 8: { struct: { 1: { struct: {} } } } })),
      'encrypted',
      'is encrypted, which Hyper does not read',
    ],
    [
      'a footer longer than the file',
      withLength(good, 5000),
      'corrupt',
      'has a damaged footer: it is longer than the file',
    ],
    [
      'a footer beyond the limit',
      withLength(good, 2 ** 26 + 1),
      'too-large',
      'has a footer of 67108865 bytes; the most that is read is 64 MiB',
    ],
    [
      'zeros',
      withLength(Buffer.concat([Buffer.from('PAR1'), Buffer.alloc(20), Buffer.from('PAR1')]), 8),
      'corrupt',
      'has a damaged footer: the number of rows is missing',
    ],
    [
      'no repetition',
      parquetFile(footerOf([{ 1: { i32: 1 }, 4: { text: 'a' } }], 1)),
      'inconsistent',
      'has an inconsistent schema: "a" does not say whether it is optional',
    ],
    [
      'a decimal without digits',
      parquetFile(footerOf([{ ...column('a'), 6: { i32: 5 } }], 1)),
      'inconsistent',
      'has an inconsistent schema: the decimal "a" has no precision or no scale',
    ],
    [
      'a group without columns',
      parquetFile(footerOf([{ 3: { i32: 1 }, 4: { text: 'a' } }], 1)),
      'inconsistent',
      'has an inconsistent schema: "a" has neither a type nor columns',
    ],
    [
      'fewer columns than promised',
      parquetFile(footerOf([column('a')], 2)),
      'corrupt',
      'has a damaged footer: the schema ends too early',
    ],
    [
      'more columns than promised',
      parquetFile(footerOf([column('a'), column('b')], 1)),
      'corrupt',
      'has a damaged footer: the schema has more columns than it says',
    ],
    [
      'a row group without columns',
      parquetFile(footerOf([column('a')], 1, { 4: { list: [{}] } })),
      'corrupt',
      'has a damaged footer: its row groups do not have the columns of its schema',
    ],
    [
      'a name that is not UTF-8',
      parquetFile(footerOf([{ ...column('a'), 4: { text: Buffer.from([0xff]) } }], 1)),
      'corrupt',
      'has a damaged footer: a name is not UTF-8',
    ],
  ])('%s', async (_, bytes, reason, message) => {
    expect(await failure(bytes)).toEqual([reason, message]);
  });

  test('a source that ends before its size', async () => {
    const source = { size: good.length, read: () => Promise.resolve(good.subarray(0, 10)) };
    await expect(readFooter(source)).rejects.toThrow(
      `ended ${good.length - 10} bytes early while it was read`,
    );
  });

  function withLength(file: Buffer, length: number): Buffer {
    const copy = Buffer.from(file);
    copy.writeUInt32LE(length, copy.length - 8);
    return copy;
  }
});

describe('hostile files', () => {
  const seeds = ['nested', 'integers', 'moments', 'row_groups', 'decimals_fixed', 'names'].map((name) =>
    readFileSync(fixture(name)),
  );

  /** Passes if it is a footer, or a refusal; anything else throws. */
  async function isAnswered(file: Buffer): Promise<boolean> {
    try {
      return Number.isSafeInteger((await readFooter(bytesOf(file))).bytes);
    } catch (error) {
      return error instanceof ParquetError;
    }
  }

  test('changed bytes anywhere give a footer or a ParquetError', async () => {
    const change = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      remove: fc.nat({ max: 3 }),
      insert: fc.uint8Array({ maxLength: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...seeds),
        fc.array(change, { minLength: 1, maxLength: 6 }),
        async (seed, changes) => {
          const length = seed.readUInt32LE(seed.length - 8);
          let footer = Buffer.from(seed.subarray(-8 - length, -8));
          for (const { at, remove, insert } of changes) {
            const start = Math.floor(at * footer.length);
            footer = Buffer.concat([footer.subarray(0, start), insert, footer.subarray(start + remove)]);
          }
          return isAnswered(parquetFile(footer));
        },
      ),
      { numRuns: 3000 },
    );
  });

  test('any bytes as a footer', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), (bytes) =>
        isAnswered(parquetFile(Buffer.from(bytes))),
      ),
      { numRuns: 3000 },
    );
  });

  test.each<[string, Buffer]>([
    ['a list of two thousand million elements', Buffer.from([0x29, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07])],
    ['structs in structs without end', Buffer.alloc(2 ** 21, 0x1c)],
    ['lists in lists without end', Buffer.concat([Buffer.from([0x19]), Buffer.alloc(2 ** 21, 0x19)])],
    ['a number without end', Buffer.concat([Buffer.from([0x36]), Buffer.alloc(2 ** 21, 0xff)])],
    ['a skipped number without end', Buffer.concat([Buffer.from([0x15]), Buffer.alloc(2 ** 21, 0xff)])],
    [
      'two million nameless columns',
      Buffer.concat([Buffer.from([0x29, 0xfc, 0x80, 0x80, 0x80, 0x01]), Buffer.alloc(2 ** 21)]),
    ],
    [
      'seven hundred thousand columns without a name to tell them apart',
      Buffer.concat([
        Buffer.from([0x29, 0xfc, 0x80, 0xe0, 0x2a]),
        Buffer.concat(Array.from({ length: 700_416 }, () => Buffer.from([0x48, 0x00, 0x00]))),
      ]),
    ],
    [
      'two million empty row groups',
      Buffer.concat([Buffer.from([0x49, 0xfc, 0x80, 0x80, 0x80, 0x01]), Buffer.alloc(2 ** 21 + 8)]),
    ],
  ])('%s is refused at once', async (_, footer) => {
    const before = process.memoryUsage().heapUsed;
    expect(await failure(parquetFile(footer))).toEqual(['corrupt', expect.any(String)]);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(150 * 1024 ** 2);
  });
});
