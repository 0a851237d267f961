import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  checkedText,
  csvDialect,
  NotAsWritten,
  RecordCheck,
  type CsvDialect,
} from '../../../src/sources/csv/index.ts';
import { inChunks } from './tables.ts';

interface Given {
  header?: number;
  fields?: number;
  size?: number;
  most?: number;
  dialect?: Partial<CsvDialect>;
}

async function checked(text: string, { header = 0, fields = 2, size = 2, most, dialect }: Given = {}) {
  const options = { dialect: csvDialect({ header: header > 0, ...dialect }), fields, checks: [], most };
  const check = new RecordCheck(options);
  const chunks = [];
  for await (const chunk of checkedText(inChunks(Buffer.from(text), [size]), check, header))
    chunks.push(chunk);
  return { text: Buffer.concat(chunks).toString(), records: check.records };
}

it('the data alone, ended by a line break, and its records counted', async () => {
  expect(await checked('1,a\n2,b')).toEqual({ text: '1,a\n2,b\n', records: 2 });
  expect(await checked('1,a\r\n')).toEqual({ text: '1,a\r\n', records: 1 });
  expect(await checked('\uFEFF1,a\n')).toEqual({ text: '1,a\n', records: 1 });
  expect(await checked('id,name\n1,a', { header: 8 })).toEqual({ text: '1,a\n', records: 1 });
  expect(await checked('id,name\n1,a\n', { header: 8, size: 100 })).toEqual({ text: '1,a\n', records: 1 });
  expect(await checked('\uFEFFid\n1\n', { header: 6, fields: 1 })).toEqual({ text: '1\n', records: 1 });
  expect(await checked('1,"a\nb""c"\n')).toEqual({ text: '1,"a\nb""c"\n', records: 1 });
  expect(await checked('1\n\n', { fields: 1 })).toEqual({ text: '1\n\n', records: 2 });
});

it('nothing for a text without data', async () => {
  for (const text of ['', '\uFEFF']) expect(await checked(text)).toEqual({ text: '', records: 0 });
  expect(await checked('id', { header: 2, fields: 1 })).toEqual({ text: '', records: 0 });
});

it('two bytes of a byte order mark are no text', async () => {
  const check = new RecordCheck({ dialect: csvDialect({ header: false }), fields: 1, checks: [] });
  const text = checkedText(inChunks(Buffer.of(0xef, 0xbb), [1]), check, 0);
  await expect(text.next()).rejects.toMatchObject({ name: 'CsvUtf8Error', line: 1, offset: 0 });
});

it('what only the normalizer reads right is left to it', async () => {
  for (const text of ['1,a\r2,b\r', '1,a\n\n', '1,a\n\n2,b\n'])
    await expect(checked(text)).rejects.toBeInstanceOf(NotAsWritten);
});

it('an error names its line', async () => {
  await expect(checked('1,"a\n')).rejects.toMatchObject({ name: 'CsvQuoteError', line: 1 });
  await expect(checked('1,a\n2\n')).rejects.toMatchObject({ name: 'CsvRecordError', line: 2 });
  await expect(checked('1,"a\nb"\n2,b"\n')).rejects.toMatchObject({
    name: 'CsvGrammarError',
    line: 3,
    field: 1,
  });
});

it('looks at the first records alone where they are enough', async () => {
  expect(await checked('1,a\n2,b"\n', { most: 1, size: 100 })).toEqual({ text: '1,a\n2,b"\n', records: 1 });
});

it('finds the same in chunks of any sizes', async () => {
  const piece = fc.constantFrom('a', '"', '""', ',', '\n', '\r\n', '\r', ' ');
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 14 }),
      fc.integer({ min: 1, max: 5 }),
      async (pieces, size) => {
        const outcome = (given: Given) =>
          checked(pieces.join(''), given).catch((error: unknown) => {
            const { name, line, field } = error as { name: string; line?: number; field?: number };
            return { name, line, field };
          });
        expect(await outcome({ size })).toEqual(await outcome({ size: 1000 }));
      },
    ),
    { numRuns: 1500 },
  );
});

it('files of several dialects are checked side by side, in pieces', () => {
  const texts = [',', ';', '|'].map((delimiter, file) => {
    const lines = Array.from({ length: 300 }, (_, line) =>
      [line, `"${file}${delimiter}"`, -line].join(delimiter),
    );
    const dialect = csvDialect({ header: false, delimiter });
    return {
      bytes: Buffer.from(`${lines.join('\n')}\n`),
      check: new RecordCheck({ dialect, fields: 3, checks: [] }),
    };
  });
  for (let at = 0; at < Math.max(...texts.map(({ bytes }) => bytes.length)); at += 50)
    for (const { bytes, check } of texts) check.push(bytes.subarray(at, at + 50));
  for (const { check } of texts) check.end();
  expect(texts.map(({ check }) => check.records)).toEqual([300, 300, 300]);
});
