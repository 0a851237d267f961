import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  csvDialect,
  locateRecord,
  transcodeToUtf8,
  type NormalizeOptions,
} from '../../../src/sources/csv/index.ts';
import { startHyperdForCsv, type HyperdForCsv } from '../../support/hyperd-for-csv.ts';
import { inChunks, samples, type Cell } from './tables.ts';
import { normalizeCsv } from '../../support/csv/normalize.ts';

let hyperd: HyperdForCsv;
beforeAll(async () => {
  hyperd = await startHyperdForCsv();
});
afterAll(() => hyperd.stop());

/** What hyperd has in its table after reading the file, by a stream like that of a source. */
async function load(file: Buffer, types: string[], options: NormalizeOptions): Promise<unknown[][]> {
  const columns = types.map((type, index) => `c${index} ${type}`).join(', ');
  const utf8 = Readable.from(transcodeToUtf8(inChunks(file, [1000]), options.dialect.encoding));
  return hyperd.copy(columns, utf8.pipe(normalizeCsv(options)));
}

describe('hyperd reads what normalizeCsv writes', () => {
  test('random tables', async () => {
    for (const sample of fc.sample(samples, { numRuns: 60, seed: 4180 })) {
      const types = Array<string>(sample.select.length + sample.constants.length).fill('text');
      const rows = await load(Buffer.from(sample.file), types, sample);
      expect(rows).toEqual(sample.expected);
    }
  });

  test.each<{
    title: string;
    file: Buffer;
    types: string[];
    options: Partial<NormalizeOptions>;
    rows: Cell[][];
  }>([
    {
      title: 'a BOM before the first number, no header, no last line break',
      file: Buffer.from('\uFEFF1,a\r\n2,b'),
      types: ['bigint', 'text'],
      options: { dialect: csvDialect({ header: false }) },
      rows: [
        ['1', 'a'],
        ['2', 'b'],
      ],
    },
    {
      title: 'an old Macintosh file',
      file: Buffer.from('id;name\r1;"a\rb"\r2;c,d\r'),
      types: ['bigint', 'text'],
      options: { dialect: csvDialect({ delimiter: ';' }) },
      rows: [
        ['1', 'a\rb'],
        ['2', 'c,d'],
      ],
    },
    {
      title: 'several null strings, empty strings, quoted numbers and quoted nothing',
      file: Buffer.from('id,n,t\n1,"5",\n2,"",""\nNULL,NA,"NA"\n4,N/A,NULL\n'),
      types: ['bigint', 'bigint', 'text'],
      options: {
        dialect: csvDialect({ nulls: ['NULL', 'NA', 'N/A'] }),
        fields: 3,
        select: [0, 1, 2],
        emptyAsNull: [true, true, false],
      },
      rows: [
        ['1', '5', ''],
        ['2', null, ''],
        [null, null, 'NA'],
        ['4', null, null],
      ],
    },
    {
      title: 'columns swapped and dropped, constants added, windows-1252',
      file: Buffer.from('dropped,name,id\nx,"M\xfcller ""\x80""",1\ny,Gro\xdf,2\n', 'latin1'),
      types: ['bigint', 'text', 'text', 'text'],
      options: {
        dialect: csvDialect({ encoding: 'windows-1252' }),
        fields: 3,
        select: [2, 1],
        constants: ['s3://b/k "é", 1.csv', null],
      },
      rows: [
        ['1', 'Müller "€"', 's3://b/k "é", 1.csv', null],
        ['2', 'Groß', 's3://b/k "é", 1.csv', null],
      ],
    },
    {
      title: 'backslash escapes and single quotes',
      file: Buffer.from(String.raw`'it\'s','C:\new\\','say "x"'` + '\n'),
      types: ['text', 'text', 'text'],
      options: {
        dialect: csvDialect({ quote: "'", escape: '\\', header: false }),
        fields: 3,
        select: [0, 1, 2],
        emptyAsNull: [false, false, false],
      },
      rows: [["it's", 'C:\\new\\', 'say "x"']],
    },
    {
      title: 'a NULL in a table of one column',
      file: Buffer.from('a\n\n""\n'),
      types: ['text'],
      options: { dialect: csvDialect({ header: false }), fields: 1, select: [0], emptyAsNull: [false] },
      rows: [['a'], [null], ['']],
    },
  ])('$title', async ({ file, types, options, rows }) => {
    const defaults = {
      dialect: csvDialect(),
      fields: 2,
      select: [0, 1],
      constants: [],
      emptyAsNull: [false, false],
    };
    expect(await load(file, types, { ...defaults, ...options })).toEqual(rows);
  });

  test('its error about a value leads to the line and the value', async () => {
    const dialect = csvDialect({ delimiter: ';' });
    const file = Buffer.from('id;name\n1;"a\nb"\n2;c\nthree;d\n');
    const options = { dialect, fields: 2, select: [1, 0], constants: [], emptyAsNull: [false, true] };
    const error = await load(file, ['text', 'bigint'], options).catch((error: unknown) => error);
    const record = Number(/line:(\d+)/.exec((error as { detail: string }).detail)![1]);
    expect(await locateRecord(Readable.from([file]), dialect, record)).toEqual({
      line: 5,
      fields: ['three', 'd'],
    });
  });
});
