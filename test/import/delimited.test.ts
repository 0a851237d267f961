import { describe, expect, test } from 'vitest';
import { FilesGuess } from '../../src/import/delimited/files-guess.ts';
import { concludeText } from '../../src/import/delimited/guess.ts';

type Contents = string | Buffer;

function guess(files: readonly Contents[], isWhole = true) {
  const samples = files.map((content, index) => ({
    shown: `${index}.csv`,
    bytes: Buffer.from(content as string),
    isWhole,
  }));
  const found = new FilesGuess(samples);
  for (const sample of samples) found.take(sample);
  return concludeText(found, { compression: undefined });
}

/** The options of the format without its type, and the columns in short. */
function shape(...files: Contents[]) {
  const { format, columns } = guess(files);
  const options = { ...format.options };
  delete options.type;
  return [
    options,
    Object.fromEntries(
      columns.map(({ name, settings: { type, ...more } }) => [
        name,
        Object.keys(more).length === 0 ? type : { type, ...more },
      ]),
    ),
  ];
}

describe('notation', () => {
  test.each<[string, Contents, object]>([
    ['commas', 'id,name\n1,a\n', {}],
    ['semicolons with commas in numbers', 'id;v\n1;1,5\n2;2,5\n', { delimiter: ';', decimal: ',' }],
    ['tabs', 'id\tname\n1\ta, b\n', { delimiter: '\t' }],
    ['bars', 'id|name\n1|a\n', { delimiter: '|' }],
    ["the line of Excel's", 'sep=;\na;b\n1;2\n', { delimiter: ';' }],
    ['quotes inside of fields', 'id,name\n1,24" Monitor\n2,b\n', { stray_quotes: 'keep' }],
    ['backslashes before quotes', 'id,name\n1,"a \\"b\\" c"\n2,b\n', { escape: '\\' }],
    ['single quotes', "'id','name'\n'1','a,b'\n", { quote: "'" }],
    ['quotes that mean nothing', 'id,name\n1,"a\n2,b"c\n3,d\n', { quote: 'none' }],
    ['a byte order mark', '\ufeffid,name\n1,ä\n', {}],
    ['windows-1252', Buffer.from('id,name\n1,\xe4\n', 'latin1'), { encoding: 'windows-1252' }],
    ['UTF-16', Buffer.from('\ufeffid,name\n1,ä\n', 'utf16le'), { encoding: 'utf-16le' }],
    ['UTF-16 without a mark', Buffer.from('id,name\n1,ä\n', 'utf16le'), { encoding: 'utf-16le' }],
    ['lines above the header', 'Report of 2024\n\nid,name,v\n1,a,2\n2,b,3\n', { skip_lines: 2 }],
    ['titles padded with commas', 'Report,,\n,,\nid,name,v\n1,a,2\n2,b,3\n', { skip_lines: 2 }],
    ['comments among the rows', '# x\nid,name\n1,a\n# note\n2,b\n', { comment: '#' }],
    ['carriage returns', 'id,name\r1,a\r2,b\r', {}],
    ['no header', '1,a\n2,b\n', { header: false }],
    ['years as names', 'country,2019,2020\nDE,83.1,83.2\n', {}],
    ['one column of texts', 'comment\nhello, world\nfoo\nbar; baz, x\n', { delimiter: '\t' }],
    ['equal names', 'a,a\n1,2\n', { header: 'skip' }],
  ])('%s', (_, content, options) => {
    expect(shape(content)[0]).toEqual(options);
  });

  test('files that cannot be read in the same way are named', () => {
    expect(() => guess(['a,b\n1,2\n', 'a;b\n1;2\n'])).toThrow('0.csv has no ";" in its first line');
    expect(() => guess(['a,b\n1,ä\n', Buffer.from('a,b\n1,\xe4\n', 'latin1')])).toThrow(
      '0.csv and 1.csv are in different encodings',
    );
    expect(() => guess(['a,b\nx,1\n', 'y,2\nz,3\n'])).toThrow(
      '0.csv has a header, and 1.csv seems to have none',
    );
    expect(() => guess(['T\n\na,b\n1,2\n3,4\n', 'a,b\n1,2\n'])).toThrow(
      'different lines above their headers',
    );
  });

  test('a record with another number of fields is named by its line', () => {
    expect(() => guess(['a,b\n1,2\n3,4\n3,4,5\n6,7\n'])).toThrow(
      '0.csv:4: line 4 (record 3) has 3 fields, expected 2',
    );
  });

  test.each<[string, string | undefined]>([
    ['a^b^c\n1^2^3\n', '^'],
    ['a:b\n1:2\n', ':'],
    ['t\n10:00\n11:30\n', undefined],
    ['id   name\n1    x \n', undefined],
    ['id name x\n1 a 2\n', ' '],
    ['full name\nAnn Lee\nBob Ray\n', undefined],
    ['name\n', undefined],
  ])('a character that may separate what is read as one column: %j', (content, character) => {
    const { format, columns, otherDelimiter } = guess([content]);
    expect(columns).toHaveLength(1);
    expect(otherDelimiter).toBe(character);
    expect(format.comments.delimiter?.startsWith('REVIEW: one column; if ')).toBe(
      character === undefined ? undefined : true,
    );
  });

  test.each([
    ['HTML', '\ufeff\n<!DOCTYPE html>\n<html><body>Sign in</body></html>\n'],
    ['XML', '<?xml version="1.0"?><rows><row/></rows>'],
    ['JSON', '{"a": 1, "b": 2}\n{"a": 3, "b": 4}\n'],
    ['JSON', '[\n {"a": 1}\n]\n'],
  ])('%s is no table', (kind, content) => {
    expect(() => guess([content])).toThrow(`0.csv is ${kind}, not a table of text`);
  });

  test.each(['{a},[b]\n1,2\n', '<name>,b\n1,2\n', '[1],{}\n2,3\n'])('%j is a table', (content) => {
    expect(guess([content]).columns).toHaveLength(2);
  });

  test('columns without names have those of the table in comments', () => {
    expect(guess(['1\t\\N\tx\n2\t3\t\\N\n']).format.comments.null).toBe('in column_2 and column_3');
  });

  test('what is no text is named', () => {
    expect(() => guess([Buffer.from([1, 2, 0, 3, 0, 0, 0xff, 0xfe, 0x81])])).toThrow('0.csv is not text');
  });
});

describe('types', () => {
  test.each<[string, readonly string[], string | object]>([
    ['integers', ['1', '-20', ' 5 '], 'int'],
    ['large integers', ['20000000', '1'], 'bigint'],
    ['integers beyond 64 bits', ['99999999999999999999', '1'], 'numeric(38,0)'],
    ['integers beyond 38 digits', ['9'.repeat(39), '1'], 'text'],
    ['integers beyond 40 digits', ['9'.repeat(45), '1'], 'text'],
    ['integers beyond 40 digits among decimals', ['9'.repeat(45), '1.5'], 'text'],
    ['decimals', ['1.5', '2'], 'numeric(18,2)'],
    ['many decimals', ['0.1234567', '2'], 'double'],
    ['more digits than a double has', ['12345678.123456789012', '1.5'], 'numeric(38,12)'],
    ['exponents', ['1e-7', '3.25E+10'], 'double'],
    ['NaN among numbers', ['1.5', 'NaN', 'inf'], 'double'],
    ['codes with a bare e', ['1e5', '2E7'], 'text'],
    ['leading zeros', ['01067', '12345'], 'text'],
    ['telephone numbers', ['+4912345678', '+4998765432'], 'text'],
    ['true and false', ['true', 'FALSE'], 'boolean'],
    ['yes and no', ['yes', 'no'], 'boolean'],
    ['no alone', ['NO', 'NO'], 'text'],
    ['digits for truth', ['0', '1'], 'int'],
    ['days', ['2024-01-31', '2024-02-01'], 'date'],
    ['moments', ['2024-01-31 10:00', '2024-02-01'], 'timestamp'],
    ['instants', ['2024-01-31T10:00:00Z', '2024-02-01 10:00+02:00'], { type: 'timestamp', at_zone: 'UTC' }],
    ['moments with and without an offset', ['2024-01-31T10:00:00Z', '2024-02-01T10:00:00'], 'text'],
    ['more digits than microseconds have', ['2024-01-31 10:00:00.1234567'], 'text'],
    ['times of day', ['10:00', '11:30'], 'text'],
    ['two digits of a year', ['31.12.24'], 'text'],
    ['no such day', ['2024-02-30'], 'text'],
    ['nothing', ['', ''], 'text'],
    ['units', ['5%', '6%'], 'text'],
    ['numbers and a word', ['5', 'five'], 'text'],
  ])('%s', (_, values, type) => {
    const content = `k,v\n${values.map((value) => `x,${value}`).join('\n')}\n`;
    expect(shape(content)[1]).toEqual({ k: 'text', v: type });
  });

  test('quoted numbers are numbers, and a quoted empty text needs NULL for it', () => {
    expect(shape('k,v\n"x","1"\n"y",""\n')).toEqual([{}, { k: 'text', v: 'int' }]);
  });

  test('the signs of numbers and the order of dates are those of the columns that show them', () => {
    expect(shape('k;a;b;d\nx;1.234,50;12,00;31.12.2024\ny;1,00;1.234;01.02.2024\n')).toEqual([
      { delimiter: ';', date_order: 'DMY', decimal: ',', thousands: '.' },
      { k: 'text', a: 'numeric(18,2)', b: 'numeric(18,2)', d: 'date' },
    ]);
    expect(shape('k,a,d\nx,"1,234.50",12/31/2024\n')).toEqual([
      { date_order: 'MDY', thousands: ',' },
      { k: 'text', a: 'numeric(18,2)', d: 'date' },
    ]);
    expect(shape("k;a\nx;1'234.5\n")[0]).toEqual({ delimiter: ';', thousands: "'" });
    expect(shape('order_date,v\n20240131,1\n20240201,2\n')).toEqual([
      { date_order: 'YMD' },
      { order_date: 'date', v: 'int' },
    ]);
  });

  test('what can be read in two ways stays text, with a remark', () => {
    const { columns } = guess(['a,b\n1/2/2024,"1,234"\n3/4/2024,"5,678"\n']);
    expect(columns.map(({ settings }) => settings.type)).toEqual(['text', 'text']);
    expect(columns.map(({ comment }) => comment?.slice(0, 40))).toEqual([
      'REVIEW: dates that can be read in two wa',
      'REVIEW: numbers whose separator can be r',
    ]);
  });

  test.each([
    ['a;b\n1.000;x\n2.500;y\n', 'text'],
    ['a;b\n1.000;0.5\n2.500;2.25\n', 'numeric(18,3)'],
    ['a;b\n1.000;0,5\n2.500;2,25\n', 'text'],
    ['a;b\n1.000.000;x\n2.500;y\n', 'int'],
    ['a,b\n1.000,x\n2.500,y\n', 'numeric(18,3)'],
  ])('beside semicolons a point may separate groups: %j', (content, type) => {
    const [column] = guess([content]).columns;
    expect(column?.settings.type).toBe(type);
    expect(column?.comment?.startsWith('REVIEW: numbers whose separator')).toBe(
      type === 'text' ? true : undefined,
    );
  });

  test('dates are no codes with leading zeros', () => {
    const { columns } = guess(['a,b,c\n01/13/2024,007,00.5\n13/01/2024,1,1\n']);
    expect(columns.map(({ comment }) => comment)).toEqual([undefined, 'leading zeros', 'leading zeros']);
  });

  test('numbers of which not all were read have room for others', () => {
    const { columns, rows } = guess(['a,b\n1,1.5\n2,2.5\n'], false);
    expect(columns.map(({ settings }) => settings.type)).toEqual(['int', 'numeric(18,4)']);
    expect(rows).toBeUndefined();
  });
});

describe('NULL', () => {
  test.each<[string, string, object, object]>([
    ['a word among numbers', 'k,v\nx,NULL\ny,1\n', { null: 'NULL' }, { k: 'text', v: 'int' }],
    [
      'a dash, which may come beside nothing',
      'k,v\nx,-\ny,1\n',
      { null: ['', '-'] },
      { k: 'text', v: 'int' },
    ],
    ['NA that is a country elsewhere', 'k,v\nNA,NA\nDE,1\n', {}, { k: 'text', v: 'text' }],
    ['NA among texts alone', 'k,v\nNA,x\nDE,y\n', {}, { k: 'text', v: 'text' }],
    ['databases, beside empty texts', 'k,v\n,1\n\\N,2\n', { null: '\\N' }, { k: 'text', v: 'int' }],
    ['databases, beside nothing', 'k,v\n\\N,\nx,2\n', { null: ['', '\\N'] }, { k: 'text', v: 'int' }],
    ['blanks', 'k,v\nx,  \ny,1\n', { null: ['', '  '] }, { k: 'text', v: 'int' }],
    ['in quotes it is a text', 'k,v\nx,"NULL"\ny,1\n', {}, { k: 'text', v: 'text' }],
  ])('%s', (_, content, options, columns) => {
    expect(shape(content)).toEqual([options, columns]);
  });
});

describe('several files', () => {
  test('columns are those of all files, and optional where some lack them', () => {
    const { columns, rows, lacking } = guess(['id,a,b\n1,2,3\n', 'id,b,z\n1,3,x\n', '']);
    expect(columns).toEqual([
      { name: 'id', settings: { type: 'int' } },
      { name: 'a', settings: { type: 'int', optional: true }, comment: 'not in 1.csv' },
      { name: 'b', settings: { type: 'int' } },
      { name: 'z', settings: { type: 'text', optional: true }, comment: 'not in 0.csv' },
    ]);
    expect([rows, lacking]).toEqual([2, ['a is not in 1.csv', 'z is not in 0.csv']]);
  });

  test('an empty file is skipped', () => {
    expect(shape('id,a\n1,2\n', '')[0]).toEqual({ empty_files: 'skip' });
  });

  test('a type must fit all of them', () => {
    expect(shape('k,v\nx,1\n', 'k,v\ny,2.5\n', 'k,v\nz,b\n')[1]).toEqual({ k: 'text', v: 'text' });
  });

  test('names lose what cannot be seen, and keep where they come from', () => {
    expect(shape('id, name ,a\u200bb\n1,x,y\n')[1]).toEqual({
      id: 'int',
      name: { type: 'text', from: ' name ' },
      ab: { type: 'text', from: 'a\u200bb' },
    });
  });
});
