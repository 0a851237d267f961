import { describe, expect, it } from 'vitest';
import { formatColumnType } from '../../../src/model/config/column-type.ts';
import type { Table } from '../../../src/model/config/pipeline.ts';
import { openS3 } from '../../../src/sources/s3/index.ts';
import { column } from '../../support/pipelines.ts';
import { csv, hasty, sales, small, useLake } from './lake.ts';

const lake = useLake();
const place = { file: 'sales.yaml', pointer: '/tables/sales/columns_from' };
const open: Table = {
  ...sales({}),
  columnsFrom: { kind: 'header-file', values: { onInfinite: 'error' }, place },
};

async function complete(text: string | Buffer, table = open, types = true, format = csv): Promise<Table> {
  await lake.put('header.csv', text);
  const port = openS3(lake.source({ headerFile: { key: 'header.csv', types }, format }), {
    patience: hasty,
    limits: small,
  });
  try {
    return await port.columns!(table, new AbortController().signal);
  } finally {
    await port.close();
  }
}

const shown = ({ columns }: Table) => columns.map(({ name, type }) => `${name} ${formatColumnType(type)}`);

describe('columns of a header file', () => {
  it('with all spellings that s3-to-hyper knew; int64 has 64 bits', async () => {
    const spellings = {
      ...{
        big_int: 'bigint',
        bool: 'boolean',
        bytes: 'bytes',
        date: 'date',
        double: 'double',
        geography: 'geography',
      },
      ...{ int: 'int', interval: 'interval', json: 'json', oid: 'oid', small_int: 'smallint', text: 'text' },
      ...{ timestamp: 'timestamp', timestamp_tz: 'timestamptz', string: 'text', varchar: 'text' },
      ...{ integer: 'int', int64: 'bigint' },
    };
    const names = Object.keys(spellings);
    const table = await complete(
      `\ufeff${names.map((name) => `c_${name}`).join(',')}\r\n${names.join(',')}\r\n`,
    );
    expect(shown(table)).toEqual(Object.entries(spellings).map(([name, type]) => `c_${name} ${type}`));
  });

  it('without types are text', async () => {
    expect(shown(await complete('a,"b, c"', open, false))).toEqual(['a text', 'b, c text']);
  });

  it('in the delimiter and encoding of the format', async () => {
    const format = { ...csv, delimiter: ';', encoding: 'windows-1252' };
    expect(
      shown(await complete(Buffer.from('gr\xf6\xdfe;x\nint;text\n', 'latin1'), open, true, format)),
    ).toEqual(['größe int', 'x text']);
  });

  it('what is written wins by name in the file, at its place; added columns follow; the version is pinned', async () => {
    const written = column('Amount', 'numeric(18,2)', { origin: { kind: 'column', name: 'amount' } });
    const added = column('Key', 'text', { origin: { kind: 'file', template: '${file.key}' } });
    const table = await complete('id,amount,note\nint64,double,text\n', {
      ...open,
      columns: [written, added],
    });
    expect(shown(table)).toEqual(['id bigint', 'Amount numeric(18,2)', 'note text', 'Key text']);
    expect(table.columnsFrom?.pinned).toBe(lake.control.list('lake', 'header.csv')[0]?.etag);
  });

  it.each([
    ['', 'it is empty'],
    ['a,,c\nint,int,int\n', 'column 2 has no name'],
    ['a,b,a\nint,int,int\n', 'it names "a" twice'],
    ['a,b\nint\n', 'row 1 has 2 names, row 2 1 types'],
    ['a,b\n', 'row 1 has 2 names, row 2 0 types'],
    ['a,b\nint,strng\n', 'column "b": "strng" is no column type'],
    ['a,"b\nint,int\n', 'the quote opened in line 1 (header) is never closed'],
  ])('%j: %s', async (text, message) => {
    await expect(complete(text)).rejects.toMatchObject({
      code: 'EXT2107',
      message: `s3://lake/header.csv: ${message}`,
      place,
    });
  });

  it('a column that is written and not there', async () => {
    const table = { ...open, columns: [column('amuont', 'int')] };
    await expect(complete('id,amount\nint,int\n', table)).rejects.toMatchObject({
      code: 'EXT2107',
      message: 's3://lake/header.csv: it has no column "amuont"',
      hint: 'did you mean "amount"?',
    });
  });

  it('one that is not there', async () => {
    const port = openS3(lake.source({ headerFile: { key: 'no.csv', types: true } }), { patience: hasty });
    await expect(port.columns!(open, new AbortController().signal)).rejects.toMatchObject({
      code: 'EXT2107',
      message: 'there is no header file s3://lake/no.csv',
    });
    await port.close();
  });

  it('one that was replaced since the plan stops the apply', async () => {
    await lake.put('sales/a.csv', '1,a\n');
    const table = await complete('id,name\nint,text\n');
    const source = lake.source({ headerFile: { key: 'header.csv', types: true } });
    expect(await lake.load(source, table)).toMatchObject({ rows: 1 });
    await expect(
      lake.load(source, table, () => lake.put('header.csv', 'name,id\ntext,int\n')),
    ).rejects.toMatchObject({
      code: 'EXT2206',
      message: 's3://lake/header.csv was replaced since the plan',
    });
  });

  it('one that is answered with 412 although it is listed unchanged', async () => {
    await lake.put('sales/a.csv', '1,a\n');
    const table = await complete('id,name\nint,text\n');
    const source = lake.source({ headerFile: { key: 'header.csv', types: true } });
    lake.control.faults.add({
      operation: 'GetObject',
      key: 'header.csv',
      times: Infinity,
      act: { kind: 'error', code: 'PreconditionFailed' },
    });
    await expect(lake.load(source, table)).rejects.toMatchObject({
      code: 'EXT2214',
      message: expect.stringMatching(/^s3:\/\/lake\/header\.csv is listed with the ETag "/) as string,
    });
  });
});
