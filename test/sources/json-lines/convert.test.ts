import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CsvError } from '../../../src/sources/csv/index.ts';
import { convert, jsonl } from './support.ts';

describe('values as they are written', () => {
  it.each([
    [
      'numbers keep every digit',
      '{"a":123456789012345678901234567890.12}',
      'numeric(38,2)',
      '123456789012345678901234567890.12',
    ],
    ['the largest bigint', '{"a":9223372036854775807}', 'bigint', '9223372036854775807'],
    ['a number into text', '{"a":1.50e+2}', 'text', '1.50e+2'],
    ['minus zero', '{"a":-0}', 'double', '-0'],
    ['a text that is a number', '{"a":"0042"}', 'int', '0042'],
    ['leading zeros of a text', '{"a":"0042"}', 'text', '0042'],
    ['null', '{"a":null}', 'text', '\\N'],
    ['the text null', '{"a":"null"}', 'text', 'null'],
    ['an empty text', '{"a":""}', 'text', ''],
    ['a text like the NULL of COPY', '{"a":"\\\\N"}', 'text', '\\\\N'],
    ['escapes', '{"a":"\\u00e9\\n\\t\\"\\/\\\\\\ud83d\\ude00\\b\\f\\r"}', 'text', 'é\\n\\t"/\\\\😀\\b\\f\\r'],
    ['true', '{"a":true}', 'boolean', 'true'],
    ['true into text', '{"a":true}', 'text', 'true'],
    ['an object into json', '{"a": {"b": [1, 2.50, "x\\n"]} }', 'json', '{"b": [1, 2.50, "x\\\\n"]}'],
    ['an array into text', '{"a":[1,\t2]}', 'text', '[1,\\t2]'],
    ['a text into json', '{"a":"x"}', 'json', '"x"'],
    ['half of a surrogate pair into json', '{"a":"\\ud800"}', 'json', '"\\\\ud800"'],
    ['a date', '{"a":"2024-02-29"}', 'date', '2024-02-29'],
    ['a key with escapes', '{"\\u0061":1}', 'int', '1'],
    ['a key that is not wanted comes twice', '{"x":1,"x":2,"a":1}', 'int', '1'],
  ])('%s', async (_, line, type, field) => {
    expect(await convert(line, { a: type })).toBe(`${field}\n`);
  });

  it('by paths', async () => {
    const line = '{"a":{"b":{"c":1},"d e":2},"l":[{"k":"x"},{"k":"y"}],"a.b":3,"$.x":4}';
    const columns = {
      one: { type: 'int', from: '$.a.b.c' },
      two: { type: 'int', from: '$.a["d e"]' },
      three: { type: 'int', from: 'a.b' },
      four: { type: 'int', from: '$["$.x"]' },
      five: { type: 'text', from: '$.l[1].k' },
      all: { type: 'json', from: 'a' },
      beyond: { type: 'text', from: '$.l[2].k', optional: true as const },
    };
    expect(await convert(line, columns)).toBe('1\t2\t3\t4\ty\t{"b":{"c":1},"d e":2}\t\\N\n');
  });

  it('what an exporter writes around them: a byte order mark, CRLF, blank lines, no last line break', async () => {
    expect(await convert('\ufeff{"a":1}\r\n\r\n  \n\n{ "a" : 2 } \r\n{"a":3}', { a: 'int' })).toBe(
      '1\n2\n3\n',
    );
  });

  it('null strings are texts', async () => {
    const format = { ...jsonl, nulls: ['', 'N/A', '1'] };
    expect(await convert('{"a":"","b":1}\n{"a":"N/A","b":1}', { a: 'int', b: 'text' }, { format })).toBe(
      '\\N\t1\n\\N\t1\n',
    );
  });
});

describe('what is refused, with line, character and remedy', () => {
  it.each([
    [
      'a wanted key that comes twice',
      '{"a":1,"a":2}',
      '1:11 a key comes twice in the record: "a"',
      'correct the file',
    ],
    [
      'an array at the top',
      '[{"a":1}]',
      '1:1 the line is an array, not an object: "[{\\"a\\":1}]"',
      "jq -c '.[]'",
    ],
    [
      'one object over several lines',
      '{\n"a":1}',
      '1:2 the line ends too early: a key in double quotes is missing',
      'jq -c .',
    ],
    [
      'a line that was cut off',
      '{"a":1}\n{"a":',
      '2:6 the line ends too early: this is no value of JSON',
      'copy it again',
    ],
    ['two objects in a line', '{"a":1} {"a":2}', '1:9 something follows the object in its line', 'jq -c .'],
    ['NaN', '{"a":NaN}', '1:6 this is no value of JSON: "NaN}"', 'write null'],
    ['leading zeros', '{"a":007}', '1:6 this is no number of JSON: "007}"', 'quotes'],
    ['single quotes', "{'a':1}", '1:2 a key in double quotes is missing', 'correct'],
    ['a comma too many', '{"a":1,}', '1:8 a key in double quotes is missing', 'correct'],
    ['a line break in a text', '{"a":"x\ny"}', '1:6 a text is not closed in its line', 'close the quote'],
    ['an unknown escape', '{"a":"\\x"}', '1:7 the escape means nothing in JSON', '\\\\'],
    ['a missing key', '{"a":1}\n{"b":1}', '2 the record has no "a"', 'optional: true'],
    [
      'an object where a number is asked',
      '{"a":{}}',
      '1 the value is an object or an array',
      'from: $.key.inner',
    ],
    ['a fraction', '{"a":1.5}', '1 int has no decimals', 'numeric(18,1)'],
    ['too large', '{"a":2147483648}', '1', 'bigint'],
    ['no number', '{"a":"n/a"}', '1 not a number', '{null: ["n/a"]}'],
  ])('%s', async (_, text, message, hint) => {
    const error: unknown = await convert(text, { a: 'int' }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CsvError);
    const { line, character, message: said } = error as CsvError;
    expect(`${line}${character === undefined ? '' : `:${character}`} ${said}`).toContain(message);
    const { nullHint = (error as CsvError).hint } = error as { nullHint?: string };
    expect(nullHint).toContain(hint);
  });

  it.each([
    ['half of a surrogate pair', '{"a":"\\ud800"}', 'half of a surrogate pair'],
    ['the character 0', '{"a":"\\u0000"}', 'the character \\u0000'],
    ['bytes that are no UTF-8', Buffer.from('{"a":"é"}\n{"a":"é"}', 'latin1'), 'line 1 is not valid UTF-8'],
    ['null where it may not be', '{"a":null}', 'the value is NULL'],
    [
      'values that are nested without end',
      `{"a":"x","b":${'['.repeat(600)}${']'.repeat(600)}}`,
      'more than 500 deep',
    ],
  ])('%s', async (_, text, message) => {
    await expect(convert(text, { a: 'text not null' })).rejects.toThrow(message);
  });
});

/** The fields of a line of COPY text. */
function fieldsOf(line: string): (string | null)[] {
  const letters: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };
  return line
    .split('\t')
    .map((field) =>
      field === '\\N' ? null : field.replace(/\\(.)/g, (_all, letter: string) => letters[letter] ?? letter),
    );
}

it('random records arrive as JSON.parse reads them, wherever their bytes are divided', async () => {
  const text = fc.string({ unit: 'grapheme' }).filter((one) => !one.includes('\0'));
  const records = fc.array(
    fc.record({
      a: fc.option(text),
      b: fc.option(fc.maxSafeInteger()),
      c: fc.double({ noNaN: true, noDefaultInfinity: true }),
      d: fc.json(),
      ä: fc.boolean(),
    }),
    { minLength: 1, maxLength: 20 },
  );
  const spacing = fc.constantFrom('\n', '\r\n', '\n\n', ' \n');
  await fc.assert(
    fc.asyncProperty(records, spacing, fc.integer({ min: 1, max: 200 }), async (rows, end, chunk) => {
      const lines = rows.map(({ d, ...row }) => `{"d":${d},${JSON.stringify(row).slice(1)}`).join(end);
      const columns = { a: 'text', b: 'bigint', c: 'double', d: 'json', ä: 'boolean' };
      const copied = await convert(lines, columns, { chunk });
      const found = copied.split('\n').slice(0, -1).map(fieldsOf);
      expect(found.map(([a, b, c, d, ä]) => [a, b, Number(c), d, ä])).toEqual(
        rows.map((row) => [
          row.a,
          row.b === null ? null : String(row.b),
          row.c + 0 === 0 ? Number(JSON.stringify(row.c)) : row.c,
          row.d === 'null' ? null : row.d,
          String(row.ä),
        ]),
      );
    }),
    { numRuns: Number(process.env.PROPERTY_RUNS ?? 200), seed: 20261130 },
  );
});
