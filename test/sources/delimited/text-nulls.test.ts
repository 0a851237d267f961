import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { unifyNulls } from '../../../src/sources/delimited/text-nulls.ts';

async function unified(text: string, chunk: number, nulls = ['-', 'NULL', '\\N', '']): Promise<string> {
  const bytes = Buffer.from(text);
  const chunks = Array.from({ length: Math.ceil(bytes.length / chunk) }, (_, index) =>
    bytes.subarray(index * chunk, (index + 1) * chunk),
  );
  const out = Readable.from(chunks).pipe(unifyNulls(nulls, '\t'));
  return Buffer.concat((await out.toArray()) as Buffer[]).toString();
}

describe('several null strings become the first of them', () => {
  it.each([1, 2, 3, 5, 1000])('cut into chunks of %i', async (chunk) => {
    expect(await unified('NULL\t1\tNULL\n\\N\t\tx\n', chunk)).toBe('-\t1\t-\n-\t-\tx\n');
    expect(await unified('NULLS\tNUL\t-\n', chunk)).toBe('NULLS\tNUL\t-\n');
    expect(await unified('a\tNULL\r\nNULL\tb\r\n', chunk)).toBe('a\t-\r\n-\tb\r\n');
    expect(await unified('a\t\r\n', chunk)).toBe('a\t-\r\n');
    expect(await unified('x\\\tNULL\tNULL', chunk)).toBe('x\\\tNULL\t-');
    expect(await unified('x\\\\\tNULL\n', chunk)).toBe('x\\\\\t-\n');
    expect(await unified('a long field\tNULL\tanother one\n', chunk)).toBe('a long field\t-\tanother one\n');
    expect(await unified('\\\nNULL\n', chunk)).toBe('\\\nNULL\n');
    expect(await unified('Ż\tNA\n', chunk, ['', 'NA', 'Żó'])).toBe('Ż\t\n');
  });
});
