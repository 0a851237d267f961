import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { CsvFormat } from '../../../src/model/config/source.ts';
import { RunError } from '../../../src/model/errors/run-error.ts';
import { plainCsv, useTextLoads } from '../../support/csv/text-loads.ts';
import { table } from '../../support/pipelines.ts';

const loads = useTextLoads();
const pairs = table('t', { a: 'int', b: 'text' });

async function refused(body: string | Buffer, format: Partial<CsvFormat> = {}, wanted = pairs) {
  const found = await loads.loadFile('d.csv', body, { ...plainCsv, ...format }, wanted);
  if (!(found instanceof RunError)) throw new Error(`it was loaded: ${JSON.stringify(found)}`);
  return [found.message, found.hint];
}

const few = 'line 3 (record 2) has 1 field, expected 2';

test.each([
  [
    'a,b\n1,x\n\u001a',
    `${few}; the line is "\\u001a"`,
    'the character U+001A marks the end of a file in old programs: remove it from the file',
  ],
  [
    'a,b\n1,x\n# 2 rows\n',
    `${few}; the line is "# 2 rows"`,
    'if such lines are comments, set format: {comment: "#"}',
  ],
  [
    'a,b\n1,x\nTotal: 5\n',
    `${few}; the line is "Total: 5"`,
    'complete the record in the file; if the line is a note or a total, remove it there',
  ],
  [
    'a,b\n1,x\n2,y,z\n',
    'line 3 (record 2) has 3 fields, expected 2; the line is "2,y,z"',
    'enclose values that contain the delimiter in quotes; if all records have more fields than the header, set format: {header: skip} and list a column for each field',
  ],
  [
    "a,b\n1,x\n2,'y,z'\n",
    `line 3 (record 2) has 3 fields, expected 2; the line is "2,'y,z'"`,
    'if single quotes enclose values, set format: {quote: "\'"}',
  ],
  [
    'a,b\n1,x\n2;y\n',
    `${few}; the line is "2;y"`,
    'if ";" separates the fields, set format: {delimiter: ";"}',
  ],
  [
    'a,b\n1,x\n\n2,y\n',
    'line 3 is blank; a record of 2 fields is expected there',
    'remove the line from the file: only blank lines at the end are passed over',
  ],
])('%j', async (body, message, hint) => {
  expect(await refused(body)).toEqual([`d.csv:3: ${message}`, hint]);
});

test('comments can be passed over as the hint says', async () => {
  expect(await loads.loadFile('d.csv', 'a,b\n1,x\n# 2 rows\n', { ...plainCsv, comment: '#' }, pairs)).toEqual(
    [['1', 'x']],
  );
});

test('an open quote has the YAML for files without quotes, and that reads them', async () => {
  const body = 'a,b\n1,"x\n2,y\n';
  expect(await refused(body)).toEqual([
    'd.csv:2:3: the quote opened in line 2 (record 1) is never closed',
    'close the quote, or get the file again if it was cut off; if quotes mean nothing in this file, set format: {quote: none}',
  ]);
  const plain = { ...plainCsv, quote: undefined, escape: undefined };
  expect(await loads.loadFile('d.csv', body, plain, pairs)).toEqual([
    ['1', '"x'],
    ['2', 'y'],
  ]);
});

test('records with more fields than the header are read as the hint says', async () => {
  const wide = table('t', { a: 'int', b: 'text', c: 'text' });
  const format: CsvFormat = { ...plainCsv, byPosition: true };
  expect(await loads.loadFile('d.csv', 'a,b\n1,x,\n2,y,z\n', format, wide)).toEqual([
    ['1', 'x', null],
    ['2', 'y', 'z'],
  ]);
});

const quotes =
  'double the quotes inside a quoted field; or, if quotes mean nothing in this file, set format: {quote: none}';
const stray =
  'enclose the field in quotes and double the quotes inside it; or, if quotes mean nothing in this file, ' +
  'set format: {quote: none}; format: {stray_quotes: keep} takes just such quotes as they are written';

test.each<[string, Partial<CsvFormat>, string, string]>([
  ['a,b\n1,"x";"y"\n', {}, 'd.csv:2:6: column "b": text after a closing quote: "x";', `if ";" separates the fields, set format: {delimiter: ";"}; if not, ${quotes}`],
  ['"a","b"\n', { delimiter: ';' }, 'the header of d.csv:1:4: field 1: text after a closing quote: "a",', `if "," separates the fields, set format: {delimiter: ","}; if not, ${quotes}`],
  ['a,b\n1,"x" \n', {}, 'd.csv:2:6: column "b": text after a closing quote: "x" ', `remove the blanks after the quote: a quoted field ends with it; if the quote is part of the value, ${quotes}`],
  ['a,b\n1,"x"y"\n', {}, 'd.csv:2:6: column "b": text after a closing quote: "x"y', quotes],
  ['a,b\n1, "x"\n', {}, 'd.csv:2:4: column "b": a quote inside an unquoted field:  "', `remove the blanks before the quote: a quoted field begins with it; if the quote is part of the value, ${stray}`],
  ['a,b\n1,x"\n', {}, 'd.csv:2:4: column "b": a quote inside an unquoted field: x"', stray],
  ['a,b\n1,"x\\"y"\n', {}, 'd.csv:2:7: column "b": text after a closing quote: "x\\"y', 'if a backslash precedes quotes inside quoted fields, set format: {escape: "\\\\"}'],
  ['a,b\n1,"x\\\\"y"\n', { escape: '\\' }, 'd.csv:2:8: column "b": text after a closing quote: "x\\\\"y', 'a backslash before this quote is itself escaped: correct the file; or, if backslashes mean nothing in it and quotes are doubled, remove escape from the format'],
])('quotes in %j with %j', async (body, format, message, hint) => {
  expect(await refused(body, format)).toEqual([message, hint]);
}); // prettier-ignore

test.each<[Buffer, string]>([
  [Buffer.from('a,b\n1,M\xfcller\n', 'latin1'), 'write the encoding in its format: text of Excel and Windows is mostly encoding: windows-1252'],
  [Buffer.from('a,b\n1,M\x81ller\n', 'latin1'), 'write the encoding in its format, such as encoding: shift_jis, or convert the file to UTF-8; it is hardly windows-1252, which has no such character'],
])('the encoding of %s is suggested only if it has the character', async (body, hint) => {
  expect((await refused(body))[1]).toBe(hint);
}); // prettier-ignore

test('the line is not shown where a column is sensitive', async () => {
  const columns = pairs.columns.map((one) => ({ ...one, sensitive: true as const }));
  const [message] = await refused('a,b\n1,x\nsecret\n', {}, { ...pairs, columns });
  expect(message).toBe(`d.csv:3: ${few}`);
});

test('data behind the end mark of a text file', async () => {
  const text: Partial<CsvFormat> = { type: 'text', delimiter: '\t', header: false, nulls: ['\\N'] };
  expect(await refused('1\ta\n\\.\n2\tb\n', text)).toEqual([
    'd.csv:3: there is data after the end mark \\.',
    'remove what follows the line \\. from the file, or the line itself if it is no end',
  ]);
});

test.each([
  ['d.csv', true],
  ['d.csv', false],
  ['d.csv.gz', true],
  ['d.csv.GZ', true],
  ['d.csv.gz', false],
])('what Hyper alone refuses is named in its line: %s, header %j', async (name, header) => {
  const text = `${header ? 'a,b\n' : ''}1,\\x00\n2,\\xzz\n3,\\x01\n`;
  const body = name === 'd.csv' ? text : gzipSync(text);
  const found = await loads.loadFile(
    name,
    body,
    { ...plainCsv, header },
    table('t', { a: 'int', b: 'bytes' }),
  );
  const line = header ? 3 : 2;
  expect(String(found)).toContain(
    `${name}:${line}: column "b" (bytes): invalid bytes format; the value is "\\\\xzz"`,
  );
});

test.each([
  ['title,"made\nby x"\na,b\n1,x\n', 1, 'field 1: a quote inside an unquoted field: by x"'],
  ['title,"made\n"\na,b\n1,x\n', 1, 'the quote opened in line 2 (header) is never closed'],
  ['t\n"made\n"\na,b\n1,"x"\n', 2, 'd.csv:5:4: field 1: text after a closing quote: '],
])('lines to skip that end inside quotes: %j', async (body, skipLines, problem) => {
  const [message, hint] = await refused(body, { skipLines });
  const line = skipLines + 1;
  expect(message).toContain(problem);
  expect(hint).toContain(
    `skip_lines counts lines, also those inside quotes: if line ${line} belongs to what is skipped, set format: {skip_lines: ${line}}; if not, `,
  );
});

test('a quote further down is not blamed on the lines that are skipped', async () => {
  const [, hint] = await refused('t\na,b\n1,24" x\n', { skipLines: 1 });
  expect(hint).not.toContain('skip_lines');
});
