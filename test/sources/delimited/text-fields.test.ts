import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { addFields } from '../../../src/sources/delimited/text-fields.ts';

async function added(text: string, chunk: number): Promise<string> {
  const bytes = Buffer.from(text);
  const chunks = Array.from({ length: Math.ceil(bytes.length / chunk) }, (_, index) =>
    bytes.subarray(index * chunk, (index + 1) * chunk),
  );
  const out = Readable.from(chunks).pipe(addFields(['a\tb', 'c\\', 'NA'], { delimiter: '\t', null: 'NA' }));
  return Buffer.concat((await out.toArray()) as Buffer[]).toString();
}

/** The last one is no NULL: it is written so that it does not read like one. */
const tail = '\ta\\tb\tc\\\\\t\\x4eA';

describe('fields at the end of every record of a text file', () => {
  it.each([1, 2, 3, 1000])('cut into chunks of %i', async (chunk) => {
    expect(await added('1\tx\n2\ty', chunk)).toBe(`1\tx${tail}\n2\ty${tail}\n`);
    expect(await added('1\r\n2\r\n', chunk)).toBe(`1${tail}\r\n2${tail}\r\n`);
    expect(await added('1\\\nstill 1\n2\\\\\n', chunk)).toBe(`1\\\nstill 1${tail}\n2\\\\${tail}\n`);
    expect(await added('1\r2\n', chunk)).toBe(`1\r2${tail}\n`);
    expect(await added('', chunk)).toBe('');
  });
});
