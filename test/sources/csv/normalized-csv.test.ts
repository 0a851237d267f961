import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvDialect, CsvRecordError, NormalizedCsv } from '../../../src/sources/csv/index.ts';

const shape = {
  dialect: csvDialect({ header: false }),
  fields: 2,
  select: [0, 1],
  constants: ['part_1.csv'],
  emptyAsNull: [true, false],
};

/** Hands out chunks in one piece of memory, as files are read. */
async function* reused(text: Buffer, size: number): AsyncGenerator<Buffer, void> {
  const memory = Buffer.alloc(size);
  for (let from = 0; from < text.length; from += size) {
    await Promise.resolve();
    const length = text.copy(memory, 0, from, from + size);
    yield memory.subarray(0, length);
    memory.fill('?');
  }
}

/** Takes chunks as consumers may: each is good until the next one is asked for, and may be written over. */
async function taken(csv: NormalizedCsv): Promise<string> {
  const parts: string[] = [];
  for await (const chunk of csv) {
    parts.push(chunk.toString());
    chunk.fill('!');
  }
  return parts.join('');
}

const rows = (count: number, more: string) =>
  Array.from({ length: count }, (_, row) => `${row},"a, ""note"" of ${row}"${more}\n`).join('');

test('a text in chunks of any size comes out whole, though memory is used again', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 30_000 }),
      fc.integer({ min: 1, max: 1 << 20 }),
      async (count, size) => {
        const csv = new NormalizedCsv(reused(Buffer.from(rows(count, '')), Math.max(size, count)), shape);
        expect((await taken(csv)) === rows(count, ',"part_1.csv"')).toBe(true);
        expect(csv.records).toBe(count);
      },
    ),
    { numRuns: 12 },
  );
});

test('a record that is longer than a chunk is one record', async () => {
  const long = 'x'.repeat(1_500_000);
  const csv = new NormalizedCsv(reused(Buffer.from(`1,${long}\n2,b`), 70_000), shape);
  expect((await taken(csv)) === `1,${long},"part_1.csv"\n2,b,"part_1.csv"\n`).toBe(true);
});

test('an empty text is empty', async () => {
  const csv = new NormalizedCsv(reused(Buffer.alloc(0), 1), shape);
  expect(await taken(csv)).toBe('');
  expect(csv.records).toBe(0);
});

test('a bad record is an error with its line, and the source is closed', async () => {
  let isClosed = false;
  async function* source(): AsyncGenerator<Buffer, void> {
    try {
      await Promise.resolve();
      yield Buffer.from('1,a\n2,b\n3\n');
      yield Buffer.from('4,d\n');
    } finally {
      isClosed = true;
    }
  }
  const csv = new NormalizedCsv(source(), shape);
  const error = await taken(csv).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(CsvRecordError);
  expect(error).toMatchObject({ line: 3 });
  expect(isClosed).toBe(true);
});
