import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { locateTextRecord, normalizeText, TextCheck } from '../../../src/sources/copy-text/index.ts';
import { NotAsWritten, type FieldCheck } from '../../../src/sources/csv/index.ts';
import { inChunks } from '../csv/tables.ts';

interface Given {
  fields?: number;
  nulls?: string[];
  constants?: string[];
  checks?: FieldCheck[];
  most?: number;
}

async function normalized(text: string | Buffer, chunk: number, given: Given = {}): Promise<string> {
  const { fields = 2, nulls = ['\\N'], constants = [], checks = [], most } = given;
  const out = normalizeText({ delimiter: '\t', fields, nulls, constants, checks, most });
  const source = inChunks(Buffer.from(text), [chunk]);
  source.pipe(out);
  return (await buffer(out)).toString();
}

const nulls = ['-', 'NULL', '\\N', ''];

describe.each([1, 2, 3, 5, 1000])('the text format, cut into chunks of %i', (chunk) => {
  it('has one null string for several', async () => {
    const unified = (text: string, fields: number) => normalized(text, chunk, { nulls, fields });
    expect(await unified('NULL\t1\tNULL\n\\N\t\tx\n', 3)).toBe('-\t1\t-\n-\t-\tx\n');
    expect(await unified('NULLS\tNUL\t-\n', 3)).toBe('NULLS\tNUL\t-\n');
    expect(await unified('a\tNULL\r\nNULL\tb\r\n', 2)).toBe('a\t-\n-\tb\n');
    expect(await unified('x\\\tNULL\tNULL', 2)).toBe('x\\\tNULL\t-\n');
    expect(await unified('x\\\\\tNULL\n', 2)).toBe('x\\\\\t-\n');
    expect(await unified('\\\nNULL\n', 1)).toBe('\\\nNULL\n');
  });

  it('gets further fields, none of which reads like the null string', async () => {
    const constants = ['a\tb', 'c\\', 'NA'];
    const tail = '\ta\\tb\tc\\\\\t\\x4eA';
    const added = (text: string, fields: number) =>
      normalized(text, chunk, { nulls: ['NA'], constants, fields });
    expect(await added('1\tx\n2\ty', 2)).toBe(`1\tx${tail}\n2\ty${tail}\n`);
    expect(await added('\uFEFF1\r\n2\r\n', 1)).toBe(`1${tail}\n2${tail}\n`);
    expect(await added('1\\\nstill 1\n2\\\\\n', 1)).toBe(`1\\\nstill 1${tail}\n2\\\\${tail}\n`);
    expect(await added('', 1)).toBe('');
  });

  it('ends at its end mark', async () => {
    expect(await normalized('1\ta\n\\.\n', chunk)).toBe('1\ta\n');
    await expect(normalized('1\ta\n\\.\n2\tb\n', chunk)).rejects.toThrow(
      'there is data after the end mark \\.',
    );
  });

  it('shows values to their rules as they are, not as they are written', async () => {
    const seen: string[] = [];
    const rule = {
      isExact: () => false,
      read(text: string) {
        seen.push(text);
        return { text: text === 'é' ? 'a\tb' : text === '7' ? '\\N' : text };
      },
    };
    const checks = [{ field: 0, rule, isRequired: false, emptyAsNull: false }];
    const text = '\\303\\xa9\tx\n\\x37\t\\\\N\n\\N\ty\na\\qb\\tc\\0619\tz\n';
    expect(await normalized(text, chunk, { checks })).toBe(
      'a\\tb\tx\n\\\\N\t\\\\N\n\\N\ty\na\\qb\\tc\\0619\tz\n',
    );
    expect(new Set(seen)).toEqual(new Set(['é', '7', 'aqb\tc19']));
  });

  it('names the line of what is wrong', async () => {
    const wrong = (text: string) => normalized(text, chunk).catch((error: unknown) => error);
    expect(await wrong('1\ta\\\nb\n2\tc\rd\n')).toMatchObject({
      name: 'CsvGrammarError',
      message: 'a carriage return without a line feed: c',
      line: 3,
      character: 4,
      field: 1,
    });
    expect(await wrong('1\ta\n2\tb\r')).toMatchObject({ name: 'CsvGrammarError', line: 2 });
    expect(await wrong('1\ta\n2\tb\\')).toMatchObject({
      message: 'a backslash at the end of the file: b',
      line: 2,
    });
    expect(await wrong('1\ta\n2\n')).toMatchObject({ name: 'CsvRecordError', line: 2, found: 1 });
    expect(await wrong('1\ta\n\n')).toMatchObject({ name: 'CsvRecordError', line: 2 });
  });

  it('names the line of bytes that are not UTF-8, and an end within a character', async () => {
    const bytes = (...parts: (string | number[])[]) =>
      Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));
    const wrong = (text: Buffer) => normalized(text, chunk).catch((error: unknown) => error);
    const before = '1\té\n2\ta\\\nb\n';
    expect(await wrong(bytes(before, '3\tCaf', [0xe9], '\n4\tx\n'))).toMatchObject({
      name: 'CsvUtf8Error',
      message: 'line 4 is not valid UTF-8 (byte 0xE9 at offset 17); set the encoding the file is written in',
      line: 4,
    });
    expect(await wrong(bytes(before, '3\tCaf', [0xe2, 0x82]))).toMatchObject({
      name: 'CsvUtf8Error',
      message: 'the file ends within a character of UTF-8 (byte 0xE2 at offset 17)',
      hint: expect.stringMatching(
        /^if the file is cut off, copy it again; if it is whole, write the encoding /,
      ) as unknown,
    });
    expect(await wrong(bytes('1\ta\n2\té€😀'))).toBe('1\ta\n2\té€😀\n');
  });

  it.each([
    ['1\t\\377\n', 1, 3, 'escapes for bytes that are not UTF-8: \\377'],
    ['1\tok\n2\té\\xE9x\n', 2, 4, 'escapes for bytes that are not UTF-8: é\\xE9'],
    ['1\ta\\\nb\\303\\n\n', 2, 2, 'escapes for bytes that are not UTF-8: a\\\\nb\\303'],
    ['1\t\\x\n', 1, 3, 'an escape without its digits: \\x'],
    ['a\\x\tb\n', 1, 2, 'an escape without its digits: a\\x'],
    ['1\ta\\.x\n', 1, 4, 'an end mark inside a line: a\\.x'],
    ['1\t\\0\n', 1, 3, 'an escape for the character 0: \\0'],
    ['1\t\\x0g\n', 1, 3, 'an escape for the character 0: \\x0g'],
    ['1\t\\400\n', 1, 3, 'an escape for the character 0: \\400'],
  ])('refuses escapes that mean nothing: %j', async (text, line, character, message) => {
    const error = await normalized(text, chunk).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'CsvGrammarError', line, character, message });
  });

  it('takes escapes that are put together to UTF-8, and an x that no digits follow', async () => {
    const text = '1\t\\303\\xA9\\xg\\N\n';
    expect(await normalized(text, chunk)).toBe(text);
  });

  it('is looked at as far as it is wanted', async () => {
    expect(await normalized('1\ta\n2\tb\n3\n', chunk, { most: 2 })).toBe('1\ta\n2\tb\n');
  });

  it('is checked without being changed', () => {
    const check = new TextCheck({ delimiter: '\t', nulls: ['\\N'], fields: 2, checks: [] });
    for (const at of Buffer.from('1\ta\\\nb\r\n2\t\\N').keys())
      check.push(Buffer.from('1\ta\\\nb\r\n2\t\\N').subarray(at, at + 1));
    check.end();
    expect(check.records).toBe(2);
    const marked = new TextCheck({ delimiter: '\t', nulls: ['\\N'], fields: 2, checks: [] });
    expect(() => marked.push(Buffer.from('1\ta\n\\.\n'))).toThrow(NotAsWritten);
  });

  it('has its records found by their number', async () => {
    const find = (record: number) =>
      locateTextRecord(inChunks(Buffer.from('1\ta\\\nb\n2\t\\x41\n'), [chunk]), '\t', { fields: 2, record });
    expect(await find(2)).toEqual({ line: 3, fields: ['2', 'A'] });
    expect(await find(3)).toBeUndefined();
  });
});
