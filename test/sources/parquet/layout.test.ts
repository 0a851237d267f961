import { describe, expect, it } from 'vitest';
import type { ColumnType } from '../../../src/model/config/column-type.ts';
import { examineParquet, summarizeParquet } from '../../../src/sources/parquet/index.ts';
import { layOutParquet } from '../../../src/sources/parquet/layout.ts';
import { explainParquet } from '../../../src/sources/parquet/explain-refusal.ts';
import { column, table } from '../../support/pipelines.ts';
import { bytesOf } from './support/engine.ts';

const int: ColumnType = { kind: 'int' };
const parquet = (name: string, type: string, hyper: ColumnType | undefined, nullable = true) => ({
  name,
  type,
  hyper,
  nullable,
  compressedBytes: 0,
});
const footer = (...columns: ReturnType<typeof parquet>[]) => ({ rows: 7, bytes: 0, columns });
const file = { shown: 'data/a.parquet' };
const wanted = table('orders', { id: 'int not null', name: 'varchar(20)', at: 'timestamp' });

const good = footer(
  parquet('id', 'int32', int),
  parquet('name', 'string', { kind: 'text' }),
  parquet('at', 'timestamp(ns)', { kind: 'timestamp' }),
  parquet('more', 'list', undefined),
);

describe('a layout', () => {
  it('describes how each column is read, the unused columns, and remarks', () => {
    const layout = layOutParquet(wanted, good, file);
    expect(layout).toMatchObject({
      rows: 7,
      unusedColumns: ['more'],
      values: [{ name: 'id' }, { name: 'name' }, { name: 'at', type: { kind: 'timestamp' } }],
      remarks: [
        { column: { name: 'id' }, kind: 'null-allowed' },
        { column: { name: 'at' }, kind: 'cut-off' },
      ],
    });
  });

  it.each([
    ['null', 'it is NULL in every row: remove not null, or leave the column out'],
    [
      'int32, compressed with brotli',
      'Hyper does not unpack it: write the file with zstd or snappy, or leave the column out',
    ],
  ])('names the remedy for a column of type %s', (type, hint) => {
    const orders = table('orders', { id: 'int not null' });
    expect(layOutParquet(orders, footer(parquet('id', type, undefined)), file)).toMatchObject({
      problems: [{ code: 'EXT2115', hint }],
    });
  });

  it('reports every problem of a file, at the lines of the columns', () => {
    const wrong = footer(
      parquet('id', 'int64', { kind: 'bigint' }),
      parquet('nmae', 'string', { kind: 'text' }),
      parquet('at', 'list', undefined),
    );
    expect(layOutParquet(wanted, wrong, file)).toEqual({
      problems: [
        {
          code: 'EXT2115',
          severity: 'error',
          message: 'column "id": data/a.parquet has int64, which does not fit int',
          hint: 'bigint or numeric(19,0) or text would hold it',
          place: wanted.columns[0]?.place,
        },
        {
          code: 'EXT2113',
          severity: 'error',
          message: 'data/a.parquet has no column "name"',
          hint: 'did you mean "nmae"? Then write from: "nmae" in the column (all columns: extracts import parquet pipelines/data/a.parquet --out -)',
          place: { ...wanted.columns[1]?.place, part: 'key' },
        },
        {
          code: 'EXT2115',
          severity: 'error',
          message: 'column "at": data/a.parquet has list, which does not fit timestamp',
          hint: 'Hyper does not read such columns: leave it out, or write the file with another type',
          place: wanted.columns[2]?.place,
        },
      ],
    });
  });

  it('of several files: rows add up, a remark comes once, every file that is wrong is named', () => {
    const one = { shown: 'a.parquet', layout: layOutParquet(wanted, good, { shown: 'a.parquet' }) };
    const two = { shown: 'b.parquet', layout: layOutParquet(wanted, good, { shown: 'b.parquet' }) };
    const short = { ...good, columns: good.columns.slice(1) };
    const bad = ['c.parquet', 'd.parquet'].map((shown) => ({
      shown,
      layout: layOutParquet(wanted, short, { shown }),
    }));
    expect(summarizeParquet(wanted, [one, two])).toMatchObject({ rows: 14, unusedColumns: ['more'] });
    expect(
      summarizeParquet(wanted, [one, two, ...bad]).problems.map(({ severity, message }) => [
        severity,
        message,
      ]),
    ).toEqual([
      ['error', 'c.parquet has no column "id"'],
      ['error', 'd.parquet has no column "id"'],
      [
        'note',
        'column "id" is not null in the contract, but NULL is allowed in a.parquet and 1 more: a NULL will stop the load',
      ],
      ['warning', 'column "at": what is finer than a microsecond in a.parquet and 1 more is cut off'],
    ]);
  });

  it('of something that is no Parquet file', async () => {
    expect(await examineParquet(wanted, file, bytesOf(Buffer.from('id,name\n1,a\n')))).toMatchObject({
      problems: [
        {
          code: 'EXT2102',
          message: 'data/a.parquet is no Parquet file: it does not end with PAR1',
          place: wanted.place,
        },
      ],
    });
  });
});

describe('a refusal of Hyper', () => {
  const layout = layOutParquet(wanted, good, file);
  const explain = (message: string, detail?: string) => {
    if ('problems' in layout) throw new Error('it does not fit');
    return explainParquet(wanted, file, layout, { message, ...(detail === undefined ? {} : { detail }) })
      .message;
  };

  it('is reported with the text of our expression', () => {
    expect(
      explain('invalid input syntax for integer', `'extracts: column "name": longer than varchar(20): it's'`),
    ).toBe(`data/a.parquet: column "name": longer than varchar(20): it's`);
  });

  it('of a NULL names the columns that may have one', () => {
    expect(explain('non-NULL value required')).toBe(
      'data/a.parquet: column "id" has a NULL, but is not null in the contract',
    );
  });

  it('is passed on where nothing more is known', () => {
    expect(explain('numeric overflow')).toBe('data/a.parquet: numeric overflow');
  });
});

it('a column from another name', () => {
  const renamed = {
    ...wanted,
    columns: [column('Order ID', 'bigint', { origin: { kind: 'column', name: 'id' } })],
  };
  expect(layOutParquet(renamed, good, file)).toMatchObject({
    columns: [{ name: 'Order ID' }],
    values: [{ name: 'id', type: int }],
    unusedColumns: ['name', 'at', 'more'],
  });
});
