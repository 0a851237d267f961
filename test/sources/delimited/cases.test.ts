import { expect, it } from 'vitest';
import type { CsvFormat } from '../../../src/model/config/source.ts';
import { RunError } from '../../../src/model/errors/run-error.ts';
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
  'a carriage return where quotes mean nothing': {
    ...{ file: 'id,name\n1,A\rB\n', columns: { id: 'int', name: 'text' } },
    format: { quote: undefined, escape: undefined },
    comes: [
      'data.csv:2:4: column "name": a carriage return outside quotes: A',
      'give all lines of the file the same line break (LF or CR LF): without quotes no value can hold one (format: {quote: none})',
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

const add = (hint: string) => `set ${hint} on the column, the table or defaults.tables`;
const asIs = 'declare the column as text, or correct the file';

const values: Record<string, Case> = {
  'numeric is not rounded': {
    file: 'id,amt\n1,1.005\n2,1.999\n',
    columns: { id: 'int not null', amt: 'numeric(18,2)' },
    comes: [
      'data.csv:2: column "amt" (numeric(18,2)): more than 2 decimals; the value is "1.005"',
      `declare the column as numeric(19,3), or ${add('round: half_up')}`,
    ],
  },
  'and neither is the second of two': {
    file: 'id,amount\n1,1.5\n2,1.999\n',
    columns: { id: 'int not null', amount: 'numeric(10,2)' },
    comes: [
      'data.csv:3: column "amount" (numeric(10,2)): more than 2 decimals; the value is "1.999"',
      `declare the column as numeric(11,3), or ${add('round: half_up')}`,
    ],
  },
  'zeros beyond the scale are no decimals': {
    ...{ file: 'amt\n1.50000\n', columns: { amt: 'numeric(18,2)' }, comes: [['1.50']] },
  },
  'a date keeps no time': {
    file: 'id,d\n1,2024-12-31 13:14:15\n',
    columns: { id: 'int', d: 'date' },
    comes: [
      'data.csv:2: column "d" (date): a date with a time, which date does not hold; the value is "2024-12-31 13:14:15"',
      'declare the column as timestamp, or write the date alone in the file',
    ],
  },
  'a timestamp does not drop the offset': {
    file: 'id,at\n1,2024-12-31 10:00:00+02\n2,2024-12-31 10:00:00-05\n',
    columns: { id: 'int', at: 'timestamp' },
    comes: [
      'data.csv:2: column "at" (timestamp): an instant, of which timestamp would drop the offset; the value is "2024-12-31 10:00:00+02"',
      `declare the column as timestamptz, or set at_zone: UTC (or another zone) on the column, the table or defaults.tables to load its wall clock there`,
    ],
  },
  'infinity in the text format': {
    file: '1\tinfinity\n2\t2024-01-01\n',
    columns: { id: 'int', until: 'date' },
    format: text,
    comes: [
      'data.csv:1: column "until" (date): Hyper has no infinite date; the value is "infinity"',
      `${add('on_infinite: null')} to load NULL instead`,
    ],
  },
  'today is no date': {
    file: 'id,d,at\n1,today,now\n',
    columns: { id: 'int', d: 'date', at: 'timestamp' },
    comes: [
      'data.csv:2: column "d" (date): the word today stands for a moment that the file does not say; the value is "today"',
      'write the date in the file, or declare the column as text',
    ],
  },
  'a double does not become infinite': {
    file: 'id,x\n1,1e400\n',
    columns: { id: 'int', x: 'double' },
    comes: [
      'data.csv:2: column "x" (double): the number is too large for double, up to 1.8e308; the value is "1e400"',
      asIs,
    ],
  },
  'a double does not become zero': {
    file: 'id,x\n2,1e-400\n',
    columns: { id: 'int', x: 'double' },
    comes: [
      'data.csv:2: column "x" (double): the number is too small for double, down to 5e-324; the value is "1e-400"',
      asIs,
    ],
  },
  'the seventh digit of a second': {
    file: 'id,at\n2,2024-12-31 23:59:59.9999999\n',
    columns: { id: 'int', at: 'timestamp' },
    comes: [
      'data.csv:2: column "at" (timestamp): more than six digits after the second: Hyper keeps microseconds; the value is "2024-12-31 23:59:59.9999999"',
      `${add('truncate: microseconds')} to cut them off`,
    ],
  },
  'a European date': {
    file: 'id,d\n1,31.12.2024\n',
    columns: { id: 'int', d: 'date' },
    comes: [
      'data.csv:2: column "d" (date): there is no such day; the value is "31.12.2024"',
      'set format: {date_order: DMY}',
    ],
  },
  'a date with points that means two days': {
    file: 'id,d\n1,05.05.2024\n2,01.02.2024\n',
    columns: { id: 'int', d: 'date' },
    comes: [
      'data.csv:3: column "d" (date): day and month can be read in two ways; the value is "01.02.2024"',
      'set format: {date_order: DMY} if it is 2024-02-01, or {date_order: MDY} if it is 2024-01-02',
    ],
  },
  'a decimal comma': {
    file: 'id,x\n1,"12,50"\n',
    columns: { id: 'int', x: 'double' },
    comes: [
      'data.csv:2: column "x" (double): the decimal sign is ".", and groups of digits are not separated; the value is "12,50"',
      'set format: {decimal: ","}',
    ],
  },
  'a group separator': {
    file: 'id,i,x,n\n1,"1,234",5%,(5)\n2,1.000,"1,234.5",7\n',
    columns: { id: 'int', i: 'int', x: 'double', n: 'numeric(18,2)' },
    comes: [
      'data.csv:2: column "i" (int): the decimal sign is ".", and groups of digits are not separated; the value is "1,234"',
      'set format: {thousands: ","}, or format: {decimal: ","} if that is what it means',
    ],
  },
  'a negative number in parentheses': {
    file: 'id,n\n1,(5)\n',
    columns: { id: 'int', n: 'numeric(18,2)' },
    comes: [
      'data.csv:2: column "n" (numeric(18,2)): a negative number begins with a minus sign; parentheses and trailing signs are not read; the value is "(5)"',
      'write -5 for (5) and 5- in the file, or declare the column as text',
    ],
  },
};

const maybe = 'correct the file, declare the column as text, or if the text means NULL list it: format: ';
const notNumber = (place: string, shown: string) =>
  `data.csv:${place}: column "v" (int): not a number; the value is ${shown}`;

/** A remedy that is followed must help. */
const remedies: Record<string, Case> = {
  'in quotes only an empty field is NULL': {
    file: 'k,v\n1,"NULL"\n',
    columns: { k: 'int', v: 'int' },
    comes: [
      notNumber('2', '"NULL"'),
      'correct the file, or declare the column as text; in quotes only an empty field is NULL',
    ],
  },
  'blanks belong to a null string': {
    file: 'k,v\n1, NULL\n',
    columns: { k: 'int', v: 'int' },
    comes: [notNumber('2', '" NULL"'), `${maybe}{null: ["", " NULL"]}`],
  },
  'and it is NULL then': {
    file: 'k,v\n1, NULL\n',
    columns: { k: 'int', v: 'int' },
    format: { nulls: ['', ' NULL'] },
    comes: [['1', null]],
  },
  'null strings of the text format stay': {
    file: '1\t\\N\n2\tNULL\n',
    columns: { k: 'int', v: 'int' },
    format: text,
    comes: [notNumber('2', '"NULL"'), `${maybe}{null: ["\\\\N", "NULL"]}`],
  },
  'null strings of the format stay': {
    file: 'k,v\n1,-\n2,NULL\n',
    columns: { k: 'int', v: 'int' },
    format: { nulls: ['-'] },
    comes: [notNumber('3', '"NULL"'), `${maybe}{null: ["-", "NULL"]}`],
  },
  'a long text is no null string': {
    file: 'k,v\n1,this is much too long for one\n',
    columns: { k: 'int', v: 'int' },
    comes: [
      notNumber('2', '"this is much too long for one"'),
      'correct the file, or declare the column as text',
    ],
  },
  'an escaped text is no null string': {
    file: '1\tn\\/a\n',
    columns: { k: 'int', v: 'int' },
    format: text,
    comes: [notNumber('1', '"n/a"'), 'correct the file, or declare the column as text'],
  },
  'a type that holds an integer': {
    file: `v\n${'9'.repeat(40)}\n`,
    columns: { v: 'bigint' },
    comes: [
      `data.csv:2: column "v" (bigint): bigint holds -9223372036854775808 to 9223372036854775807; the value is "${'9'.repeat(40)}"`,
      'declare the column as text',
    ],
  },
  'a type that holds decimals': {
    file: 'v\n1.1234567890123456789\n',
    columns: { v: 'int' },
    comes: [
      'data.csv:2: column "v" (int): int has no decimals; the value is "1.1234567890123456789"',
      'declare the column as numeric(20,19) or double',
    ],
  },
  'one digit and an exponent': {
    file: 'v\n10e-1\n',
    columns: { v: 'numeric(1,0)' },
    comes: [
      'data.csv:2: column "v" (numeric(1,0)): more than 1 digit before an exponent is not read; the value is "10e-1"',
      'write the digits without an exponent in the file, or declare the column as double',
    ],
  },
  'a type that holds a numeric': {
    file: `v\n1${'0'.repeat(38)}\n`,
    columns: { v: 'numeric(38,0)' },
    comes: [
      `data.csv:2: column "v" (numeric(38,0)): more than 38 digits before the decimal sign; the value is "1${'0'.repeat(38)}"`,
      'declare the column as text',
    ],
  },
  'a boolean': {
    file: 'k,v\n1,ja\n',
    columns: { k: 'int', v: 'boolean' },
    comes: [
      'data.csv:2: column "v" (boolean): only English words are read, such as yes and no; the value is "ja"',
      'write true or false in the file, or declare the column as text',
    ],
  },
};

it.each(Object.entries({ ...quotes, ...values, ...remedies }))(
  '%s',
  async (_, { file, columns, format, comes }) => {
    const found = await loads.loadFile('data.csv', file, { ...plainCsv, ...format }, table('t', columns));
    expect(found instanceof RunError ? [found.message, found.hint] : found).toEqual(comes);
  },
);
