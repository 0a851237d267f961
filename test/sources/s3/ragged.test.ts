import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { CsvFormat } from '../../../src/model/config/source.ts';
import { openS3 } from '../../../src/sources/s3/index.ts';
import { csv, sales, useLake } from './lake.ts';

const lake = useLake();
const table = sales({ id: 'int', name: 'text' });
const format = (changes: Partial<CsvFormat>) => lake.source({ format: { ...csv, ...changes } });

function optional(
  names: readonly string[],
  columns: Record<string, string>,
  add: Record<string, string> = {},
) {
  const whole = sales(columns, add);
  const marked = whole.columns.map((column) =>
    names.includes(column.name) ? { ...column, optional: true as const } : column,
  );
  return { ...whole, columns: marked };
}

async function notesOf(...[source, wanted]: Parameters<typeof lake.rows>): Promise<string[]> {
  const port = openS3(source);
  const request = { table: wanted, before: undefined, redefined: true };
  const [seen] = await port.observe([request], new AbortController().signal);
  await port.close();
  return (seen?.problems ?? []).map(({ severity, message }) => `${severity} ${message}`);
}

describe('packed objects', () => {
  const put = (key: string, body: Buffer | string, contentEncoding?: string) =>
    lake.control.put('lake', key, body, contentEncoding === undefined ? {} : { contentEncoding });

  it.each([false, true])('Content-Encoding is read, header: %s', async (header) => {
    const text = (row: string) => `${header ? 'id,name\n' : ''}${row}\n`;
    await put('sales/1.csv', gzipSync(text('1,a')), 'gzip');
    await put('sales/2.csv', text('2,b'));
    await put('sales/3.csv.gz', gzipSync(text('3,c')), 'gzip');
    await put('sales/4.csv', Buffer.concat([gzipSync(text('4,d')), Buffer.alloc(700)]), 'aws-chunked,gzip');
    const rows = ['a', 'b', 'c', 'd'].map((name, index) => [String(index + 1), name]);
    expect(await lake.rows(format({ header }), table)).toEqual(rows);
    const added = sales({ id: 'int', name: 'text' }, { File: '${file.name}' });
    expect((await lake.rows(format({ header }), added)).map(([id, name]) => [id, name])).toEqual(rows);
    expect(await lake.load(format({ header }), table)).toMatchObject({ rows: 4 });
  });

  it.each<[string, string, Buffer | string, string | undefined, string]>([
    ['cut off', 'a.csv.gz', gzipSync('1,a\n').subarray(0, 15), undefined, 'is not complete: its gzip data does not end within its 15 bytes'],
    ['cut off, by Content-Encoding', 'a.csv', gzipSync('1,a\n').subarray(0, 20), 'gzip', 'is not complete: its gzip data does not end within its 20 bytes'],
    ['gzip that nothing announces', 'a.csv', gzipSync('1,a\n'), undefined, 'is packed with gzip'],
    ['text that is said to be gzip', 'a.csv', '1,a\n', 'gzip', 'is not packed with gzip, as its Content-Encoding says'],
    ['another packing', 'a.csv', 'x', 'br', 'has the Content-Encoding br, which is not unpacked here'],
    ['something behind the end', 'a.csv.gz', Buffer.concat([gzipSync('1,a\n'), Buffer.from('xx')]), undefined, 'has more bytes after the end of its gzip data, which are not gzip'],
    ['nothing at all', 'a.csv', '', undefined, 'is empty'],
  ])('%s is an error that names the object', async (_, name, body, encoding, message) => {
    await put(`sales/${name}`, body, encoding);
    await put('sales/0.csv', '0,x\n');
    for (const wanted of [table, sales({ id: 'int', name: 'text' }, { File: '${file.name}' })]) {
      await expect(lake.load(lake.source(), wanted)).rejects.toThrow(`s3://lake/sales/${name} ${message}`);
    }
    const text = lake.source({ format: { ...csv, type: 'text', delimiter: ',', nulls: ['\\N'] } });
    await expect(lake.load(text, table)).rejects.toThrow(`s3://lake/sales/${name} ${message}`);
  }); // prettier-ignore
});

describe('ragged objects', () => {
  it("lines to skip, Excel's line and comments are no records", async () => {
    await lake.put('sales/1.csv', 'May\nsep=,\nid,name\n#\n1,a\n');
    await lake.put('sales/2.csv', 'May\n# x\nname,id\nb,2');
    const source = format({ header: true, skipLines: 1, comment: '#' });
    expect(await lake.rows(source, table)).toEqual([['1', 'a'], ['2', 'b']]); // prettier-ignore
    await lake.put('sales/3.csv', 'May\n# x\nname,id\n#\nb,x\n');
    await expect(lake.load(source, table)).rejects.toThrow('s3://lake/sales/3.csv:5: column "id" (int)');
  });

  it("Excel's line alone leaves objects as they are written", async () => {
    await lake.put('sales/1.csv', 'sep=;\nid;name\n1;a\n');
    await lake.put('sales/2.csv', '\ufeffid;name\n2;b\n');
    expect(await lake.rows(format({ header: true, delimiter: ';' }), table)).toEqual([['1', 'a'], ['2', 'b']]); // prettier-ignore
    await lake.put('sales/1.csv', 'sep=;\n1;a\n');
    await lake.put('sales/2.csv', '2;b\n');
    expect(await lake.rows(format({ delimiter: ';' }), table)).toEqual([['1', 'a'], ['2', 'b']]); // prettier-ignore
  });

  it('a header that is skipped means nothing', async () => {
    await lake.put('sales/1.csv', 'row,label\n1,a\n');
    await lake.put('sales/2.csv', 'name,id\n2,b\n');
    expect(await lake.rows(format({ header: true, byPosition: true }), table)).toEqual([['1', 'a'], ['2', 'b']]); // prettier-ignore
  });

  it('optional columns are NULL where objects lack them, in any of them', async () => {
    await lake.put('sales/1.csv', 'id,name,more\n1,a,x\n');
    await lake.put('sales/2.csv', 'more,id\ny,2\n');
    await lake.put('sales/3.csv', 'name\nc\n');
    const wanted = optional(['id', 'name', 'more'], { id: 'int', name: 'text', more: 'text' });
    const rows = [['1', 'a', 'x'], ['2', null, 'y'], [null, 'c', null]]; // prettier-ignore
    expect(await lake.rows(format({ header: true }), wanted)).toEqual(rows);
    expect(await notesOf(format({ header: true }), wanted)).toEqual([
      'note column "id" is NULL where files lack it: s3://lake/sales/3.csv lacks it',
      'note column "name" is NULL where files lack it: s3://lake/sales/2.csv lacks it',
      'note column "more" is NULL where files lack it: s3://lake/sales/3.csv lacks it',
    ]);
    const added = optional(
      ['name', 'more'],
      { id: 'int', name: 'text', more: 'text' },
      { File: '${file.name}' },
    );
    await lake.put('sales/3.csv', 'id\n3\n');
    expect(await lake.rows(format({ header: true }), added)).toEqual([
      ['1', 'a', 'x', '1.csv'],
      ['2', null, 'y', '2.csv'],
      ['3', null, null, '3.csv'],
    ]);
  });

  it('the same of Parquet', async () => {
    await lake.put('sales/a.parquet', readFileSync(new URL('../parquet/fixtures/row_groups.parquet', import.meta.url)));
    const source = lake.source({ format: { type: 'parquet' } });
    const rows = await lake.rows(source, optional(['nothing'], { nothing: 'text', id: 'bigint' }));
    expect(rows).toHaveLength(10);
    expect(rows.every(([nothing, id]) => nothing === null && id !== null)).toBe(true);
    await lake.put('sales/b.parquet', '');
    const skipping = lake.source({ format: { type: 'parquet', emptyFiles: 'skip' } });
    expect(await lake.rows(skipping, sales({ id: 'bigint' }))).toHaveLength(10);
    expect(await notesOf(skipping, sales({ id: 'bigint' }))).toContain('note s3://lake/sales/b.parquet is empty and has no rows');
  }); // prettier-ignore

  it('empty objects have no rows where the format skips them', async () => {
    await lake.put('sales/0.csv', '');
    await lake.put('sales/1.csv', 'id,name\n1,a\n');
    await lake.put('sales/2.csv.gz', gzipSync(''));
    await lake.put('sales/3.csv', 'name,id\nb,2\n');
    const source = format({ header: true, emptyFiles: 'skip' });
    expect(await lake.rows(source, table)).toEqual([['1', 'a'], ['2', 'b']]); // prettier-ignore
    expect(await notesOf(source, table)).toEqual([
      'note s3://lake/sales/0.csv and s3://lake/sales/2.csv.gz are empty and have no rows',
    ]);
  });

  it('segments of keys may begin with a dot', async () => {
    await lake.put('sales/.hidden/1.csv', '1,a\n');
    await lake.put('sales/.2.csv', '2,b\n');
    expect(await lake.rows(lake.source(), table)).toEqual([['2', 'b'], ['1', 'a']]); // prettier-ignore
    const excluded = lake.source({ exclude: ['**/.*/**'] });
    expect(await lake.rows(excluded, table)).toEqual([['2', 'b']]);
  });
});
