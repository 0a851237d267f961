import { expect, it } from 'vitest';
import type { CsvFormat } from '../../../src/model/pipeline.ts';
import { RunError } from '../../../src/model/run-error.ts';
import { plainCsv, useTextLoads, type Rows } from '../../support/csv/text-loads.ts';
import { table } from '../../support/pipelines.ts';

const loads = useTextLoads();

interface Case {
  file: string;
  columns: Record<string, string>;
  format?: Partial<CsvFormat>;
  /** The rows, or what the user sees: message and hint. */
  comes: Rows | readonly [message: string, hint: string];
}

const doubling =
  'enclose the field in quotes and double the quotes inside it; or, if quotes mean nothing in this file, ' +
  'set format: {quote: none}; format: {stray_quotes: keep} takes just such quotes as they are written';
const inches = 'id;name;amt\n1;24" Monitor;100\n2;Kabel;5\n3;27" Monitor;200\n4;Maus;10\n';
const inchColumns = { id: 'int', name: 'text', amt: 'numeric(18,2)' };
const json = 'id,doc\n1,"{\\"a\\": \\"x\\"}"\n2,"say \\"hi\\""\n';
const text: Partial<CsvFormat> = { type: 'text', delimiter: '\t', header: false, nulls: ['\\N'] };

const quotes: Record<string, Case> = {
  'inch marks do not merge rows': {
    ...{ file: inches, columns: inchColumns, format: { delimiter: ';' } },
    comes: ['data.csv:2:5: column "name": a quote inside an unquoted field: 24"', doubling],
  },
  'inch marks are kept where they are to be': {
    ...{ file: inches, columns: inchColumns, format: { delimiter: ';', strayQuotes: 'keep' } },
    comes: [
      ['1', '24" Monitor', '100.00'],
      ['2', 'Kabel', '5.00'],
      ['3', '27" Monitor', '200.00'],
      ['4', 'Maus', '10.00'],
    ],
  },
  'quotes mean nothing where no character is one': {
    file: 'id\tname\n1\t"a\n2\tb"c"\n',
    columns: { id: 'int', name: 'text' },
    format: { delimiter: '\t', quote: undefined, escape: undefined },
    comes: [
      ['1', '"a'],
      ['2', 'b"c"'],
    ],
  },
  'three records do not become two': {
    file: 'k,v,w\n1,5" pipe,x\n2,6" pipe,y\n3,say "hi" there,z\n',
    columns: { k: 'text', v: 'text', w: 'text' },
    comes: ['data.csv:2:4: column "v": a quote inside an unquoted field: 5"', doubling],
  },
  'quotes behind backslashes do not vanish': {
    ...{ file: json, columns: { id: 'int', doc: 'text' } },
    comes: [
      'data.csv:2:7: column "doc": text after a closing quote: "{\\"a',
      'if a backslash precedes quotes inside quoted fields, set format: {escape: "\\\\"}',
    ],
  },
  'quotes behind backslashes are read where a backslash escapes': {
    ...{ file: json, columns: { id: 'int', doc: 'text' }, format: { escape: '\\' } },
    comes: [
      ['1', '{"a": "x"}'],
      ['2', 'say "hi"'],
    ],
  },
  'a line break that was translated twice': {
    file: 'id,name\r\n1,A\r\r\n2,B\r\r\n',
    columns: { id: 'int', name: 'text' },
    comes: [
      'data.csv:2:4: column "name": a carriage return outside quotes: A',
      'give all lines of the file the same line break (LF or CR LF), or enclose the field in quotes',
    ],
  },
  'a column that is not taken has a name, too': {
    file: 'id,more,name\n1,a"b,c\n',
    columns: { id: 'int', name: 'text' },
    comes: ['data.csv:2:4: column "more": a quote inside an unquoted field: a"', doubling],
  },
  'lines that end with CR': {
    file: 'id,name\r1,A\r2,"B\r"\r',
    columns: { id: 'int', name: 'text' },
    comes: [
      ['1', 'A'],
      ['2', 'B\r'],
    ],
  },
  'blank lines at the end': {
    file: 'id,name\n1,A\n\n\n',
    columns: { id: 'int', name: 'text' },
    comes: [['1', 'A']],
  },
  'NULL where it is none': {
    file: 'id,name\n1,a\n,b\n',
    columns: { id: 'int not null', name: 'text' },
    comes: [
      'data.csv:3: column "id" (int not null): the value is NULL',
      'correct the file, or allow NULL: remove "not null" from the column',
    ],
  },
  'a text too long for char(1) is not cut': {
    file: 'c\na\nab\n',
    columns: { c: 'char(1)' },
    comes: [
      'data.csv:3: column "c" (char(1)): 2 characters are too long for char(1); the value is "ab"',
      'declare the column as char(2) or text',
    ],
  },
  'the end mark of a text file is no row': {
    file: '1\ta\n\\.\n',
    columns: { id: 'int', name: 'text' },
    format: text,
    comes: [['1', 'a']],
  },
  'escapes of the text format': {
    file: '\\x31\ta\\tb\\\nc\n\\062\t\\\\N\n',
    columns: { id: 'int', name: 'text' },
    format: text,
    comes: [
      ['1', 'a\tb\nc'],
      ['2', '\\N'],
    ],
  },
};

it.each(Object.entries(quotes))('%s', async (_, { file, columns, format, comes }) => {
  const found = await loads.loadFile('data.csv', file, { ...plainCsv, ...format }, table('t', columns));
  expect(found instanceof RunError ? [found.message, found.hint] : found).toEqual(comes);
});
