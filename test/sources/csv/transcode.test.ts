import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CsvEncodingError, stripBom, transcodeToUtf8 } from '../../../src/sources/csv/index.ts';
import { inChunks } from './tables.ts';

const chunkSizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 });

async function decode(bytes: Buffer, encoding: string, sizes = [1 << 16]): Promise<string> {
  return (await buffer(transcodeToUtf8(inChunks(bytes, sizes), encoding))).toString();
}

async function badOffset(bytes: Buffer, encoding: string, sizes: number[]): Promise<unknown> {
  const error = await decode(bytes, encoding, sizes).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(CsvEncodingError);
  return (error as CsvEncodingError).offset;
}

describe('transcodeToUtf8', () => {
  test('UTF-8 needs no transcoding', () => {
    const text = inChunks(Buffer.from('é'), [1]);
    expect(transcodeToUtf8(text, 'UTF-8')).toBe(text);
    expect(transcodeToUtf8(text, 'utf8')).toBe(text);
  });

  test('an unknown encoding is an error with the remedy', () => {
    expect(() => transcodeToUtf8(inChunks(Buffer.from('é'), [1]), 'latin-1')).toThrow(
      'encoding "latin-1" is not known; use a label of the WHATWG Encoding Standard, such as utf-8, windows-1252,',
    );
  });

  test.each([
    ['windows-1252', [0x80, 0x81, 0x92, 0x9f, 0xe4, 0xff, 0x41], '€\x81’Ÿäÿ' + 'A'],
    ['iso-8859-1', [0x80, 0xe4], '€ä'],
    ['iso-8859-15', [0xa4, 0xe4], '€ä'],
    ['koi8-r', [0xf0, 0xd2], 'Пр'],
    ['macintosh', [0x8a, 0xdb], 'ä€'],
    ['shift_jis', [0x82, 0xa0, 0x2c, 0xb1], 'あ,ｱ'],
    ['euc-jp', [0xa4, 0xa2], 'あ'],
    ['iso-2022-jp', [0x1b, 0x24, 0x42, 0x24, 0x22, 0x24, 0x24, 0x1b, 0x28, 0x42, 0x41], 'あいA'],
    ['gb18030', [0xc4, 0xe3, 0x94, 0x39, 0xda, 0x33], '你💩'],
    ['big5', [0xa7, 0x41], '你'],
    ['euc-kr', [0xb0, 0xa1], '가'],
    // Those that Node.js decodes by other tables than the standard's.
    ['euc-kr', [0x8c, 0x63, 0xb9, 0xe6, 0xb0, 0xa2, 0xc7, 0xcf, 0x81, 0x41], '똠방각하갂'],
    ['euc-kr', [0xc6, 0x52, 0xa2, 0xe6, 0xa2, 0xe7, 0x41], '힣€®A'],
    ['windows-949', [0xa0, 0xfe, 0xa1, 0x41], '좤좥'],
    ['gbk', [0x80, 0xa2, 0xe3, 0xa8, 0xbf], '€€ǹ'],
    ['big5', [0xf9, 0xfe], '\uffed'],
    ['shift_jis', [0x1a, 0x1c, 0x7f, 0xb1], '\x1a\x1c\x7fｱ'],
    ['ibm866', [0x1a, 0x1c, 0x7f, 0x80], '\x1a\x1c\x7fА'],
    ['koi8-u', [0xae, 0xbe], 'ўЎ'],
    ['windows-1255', [0xca], '\u05ba'],
  ])('%s', async (encoding, bytes, text) => {
    for (const sizes of [[1], [2], [3], [100]]) {
      expect(await decode(Buffer.from(bytes), encoding, sizes)).toBe(text);
    }
  });

  test.each([
    ['euc-kr', [0x81, 0x40]],
    ['euc-kr', [0x41, 0x80]],
    ['euc-kr', [0x41, 0xff]],
    ['euc-kr', [0xc9, 0xa1]],
    ['euc-kr', [0xc6, 0x53]],
    ['euc-jp', [0x41, 0x85]],
    ['euc-jp', [0x8e, 0xe0]],
    ['big5', [0x41, 0x80]],
    ['big5', [0x41, 0xff]],
    ['big5', [0x87, 0x40]],
    ['gbk', [0x41, 0xff]],
    ['windows-874', [0x41, 0xdb]],
    ['windows-1253', [0x41, 0xaa]],
  ])('in %s %j means nothing, though Node.js has a character for it', async (encoding, bytes) => {
    const file = Buffer.from([0x41, 0x2c, ...bytes, 0x0a, 0x42]);
    for (const sizes of [[1], [2], [3], [100]]) expect(await badOffset(file, encoding, sizes)).toBe(3);
  });

  test('any text in UTF-16, cut anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme' }),
        fc.boolean(),
        fc.boolean(),
        chunkSizes,
        async (text, big, marked, sizes) => {
          fc.pre(!text.startsWith('\uFEFF'));
          const bytes = Buffer.from(`${marked ? '\uFEFF' : ''}${text}`, 'utf16le');
          if (big) bytes.swap16();
          // The mark tells the order; without it the label does.
          const label = marked ? 'utf-16' : big ? 'utf-16be' : 'utf-16le';
          expect(await decode(bytes, label, sizes)).toBe(text);
        },
      ),
    );
  });

  test('bytes without a meaning are reported with their offset, wherever chunks are cut', async () => {
    for (const sizes of [[1], [2], [3], [4], [9], [1000]]) {
      const utf16 = Buffer.from(`${'a😀'.repeat(40)}\uD83Dx`, 'utf16le');
      expect(await badOffset(utf16, 'utf-16', sizes)).toBe(utf16.length - 1);
      const a = [0x82, 0xa0];
      const bad = [
        ...Array<number[]>(40).fill(a).flat(),
        0x2c,
        ...Array<number[]>(11).fill(a).flat(),
        0x82,
        0x20,
      ];
      expect(await badOffset(Buffer.from(bad), 'shift_jis', sizes)).toBe(bad.length - 1);
      expect(await badOffset(Buffer.from([0x41, 0xa0, 0xd2]), 'windows-1253', sizes)).toBe(2);
      expect(await badOffset(Buffer.from('abc'), 'utf-16le', sizes)).toBe(3);
      expect(await badOffset(Buffer.from('a'), 'utf-16le', sizes)).toBe(1);
      expect(await badOffset(Buffer.from([0x41, 0x82]), 'shift_jis', sizes)).toBe(2);
    }
    const error = await decode(Buffer.from([0x41, 0xd2]), 'windows-1253').catch((error: unknown) => error);
    expect(String(error)).toBe(
      'CsvEncodingError: byte 0xD2 at byte offset 1 is not valid windows-1253; set the encoding the file is written in',
    );
  });
});

test('stripBom removes the mark and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('', '\uFEFF', '\uFEFF\uFEFF', 'a\uFEFF'),
      fc.string(),
      chunkSizes,
      async (head, tail, sizes) => {
        const strip = stripBom();
        const text = head + tail;
        const [output] = await Promise.all([
          buffer(strip),
          pipeline(inChunks(Buffer.from(text), sizes), strip, { end: true }),
        ]);
        expect(output.toString()).toBe(text.startsWith('\uFEFF') ? text.slice(1) : text);
      },
    ),
  );
});

test.each<[string, string, (bad: boolean) => Buffer, number]>([
  ['UTF-16', 'utf-16le', (bad) => Buffer.from(`${'1,ab\r\n'.repeat(30)}2,${bad ? '\ud83d' : ''}x\n3,c`, 'utf16le'), 31],
  ['UTF-16, half a unit at the end', 'utf-16le', (bad) => Buffer.concat([Buffer.from('1,a\n2,b\n3', 'utf16le'), Buffer.alloc(bad ? 1 : 0)]), 3],
  ['Shift_JIS', 'shift_jis', (bad) => Buffer.from(`${'1,\x82\xa0\r'.repeat(30)}2,${bad ? '\x81\xff' : ''}\r3`, 'latin1'), 31],
  ['a table of bytes', 'windows-1253', (bad) => Buffer.from(`${'1,a\n'.repeat(30)}2,${bad ? '\xd2' : ''}\n3`, 'latin1'), 31],
])('bytes without a meaning are told with their line: %s', async (_, encoding, file, line) => {
  for (const sizes of [[1], [2], [3], [5, 1], [7], [1 << 16]]) {
    const error = await decode(file(true), encoding, sizes).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(CsvEncodingError);
    expect(error).toHaveProperty('line', line);
    await decode(file(false), encoding, sizes);
  }
}); // prettier-ignore
