import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { csv, sales, useLake } from './lake.ts';

const lake = useLake();
const table = sales({ id: 'int', name: 'text' });

/** Not the one that normalized text is written in. */
const format = { ...csv, header: true, delimiter: ';', quote: "'", escape: "'", nulls: ['-'] };

/** How often the bytes of each object were asked for: once as they are written, once more to be normalized. */
function timesRead(): Record<string, number> {
  const times: Record<string, number> = {};
  for (const { key = '' } of lake.control.requests.of('GetObject')) times[key] = (times[key] ?? 0) + 1;
  return times;
}

describe('objects that hyperd can read as they are', () => {
  it('follow each other, whatever they begin and end with', async () => {
    await lake.put('sales/1.csv', '\ufeff1,a\n2,"b\n""c"""');
    await lake.put('sales/2.csv', '');
    await lake.put('sales/3.csv', '3,d\r\n4,\r\n');
    await lake.put('sales/4.csv', '\ufeff');
    await lake.put('sales/5.csv', '5,""');
    await lake.put('sales/6.csv.gz', gzipSync('\ufeff"6",é'));
    const rows = [['1', 'a'], ['2', 'b\n"c"'], ['3', 'd'], ['4', null], ['5', ''], ['6', 'é']]; // prettier-ignore
    const source = lake.source({ format: { ...csv, emptyFiles: 'skip' } });
    expect(await lake.rows(source, table)).toEqual(rows);
    expect(timesRead()).toEqual({
      ...{ 'sales/1.csv': 1, 'sales/3.csv': 1, 'sales/4.csv': 1 },
      ...{ 'sales/5.csv': 1, 'sales/6.csv.gz': 1 },
    });
    expect(await lake.load(source, table)).toMatchObject({ rows: 6 });
  });

  it('with headers, none of which gets in', async () => {
    await lake.put('sales/1.csv', '\ufeffname,"id"\r\na,1\r\n');
    await lake.put('sales/2.csv', '"name",id\n');
    await lake.put('sales/3.csv', 'name,id\n"id",3');
    const source = lake.source({ format: { ...csv, header: true } });
    expect(await lake.rows(source, table)).toEqual([
      ['1', 'a'],
      ['3', 'id'],
    ]);
    // Of the first one the header is read before.
    expect(timesRead()).toEqual({ 'sales/1.csv': 2, 'sales/2.csv': 1, 'sales/3.csv': 1 });
  });

  it('among them one with other columns, which is normalized in its turn', async () => {
    await lake.put('sales/1.csv', 'name,id\na,1\n');
    await lake.put('sales/2.csv', 'id,more,name\n2,x,b\n,x,""\n"",x,c');
    await lake.put('sales/3.csv', 'name,id\nd,""');
    const source = lake.source({ format: { ...csv, header: true } });
    expect(await lake.rows(source, table)).toEqual([
      ['1', 'a'],
      ['2', 'b'],
      [null, ''],
      [null, 'c'],
      [null, 'd'],
    ]);
    expect(timesRead()).toEqual({ 'sales/1.csv': 2, 'sales/2.csv': 1, 'sales/3.csv': 1 });
  });

  it('in a dialect of its own, and then one with other columns: all are normalized', async () => {
    await lake.put('sales/1.csv', "name;id\n'a;''b';1\n-;2\n'-';-\n");
    await lake.put('sales/2.csv', 'id;name\n3;-\n');
    const source = lake.source({ format });
    expect(await lake.rows(source, table)).toEqual([
      ['1', "a;'b"],
      ['2', null],
      [null, '-'],
      ['3', null],
    ]);
    expect(timesRead()).toEqual({ 'sales/1.csv': 3, 'sales/2.csv': 2 });
  });

  it('in a dialect of its own: a null string in quotes is a value', async () => {
    await lake.put('sales/1.csv', "name;id\n'-';1\n-;'-'\n");
    await expect(lake.rows(lake.source({ format }), table)).rejects.toMatchObject({
      message: expect.stringMatching(/^s3:\/\/lake\/sales\/1\.csv:3: column "id"/) as string,
    });
  });
});

describe('a file that hyperd refuses is normalized, which accepts it or reports the place', () => {
  it('a blank line at the end', async () => {
    await lake.put('sales/1.csv', '1,a\n\n');
    await lake.put('sales/2.csv', '2,b\n');
    const bytes = '1,a\n\n2,b\n'.length;
    expect(await lake.load(lake.source(), table)).toEqual({ rows: 2, bytes });
    expect(timesRead()).toEqual({ 'sales/1.csv': 2, 'sales/2.csv': 2 });
  });

  it('line breaks of old', async () => {
    await lake.put('sales/1.csv', '1,a\r2,b\r');
    await lake.put('sales/2.csv', '3,c\n');
    expect(await lake.load(lake.source(), table)).toMatchObject({ rows: 3 });
  });

  it('a quote that is open at the end does not take in the next object', async () => {
    await lake.put('sales/1.csv', '0,x\n1,"a\n');
    await lake.put('sales/2.csv', '2,b"\n');
    await expect(lake.load(lake.source(), table)).rejects.toMatchObject({
      code: 'EXT2103',
      message: 's3://lake/sales/1.csv:2:3: the quote opened in line 2 (record 2) is never closed',
    });
  });

  it('a character that is cut off at the end', async () => {
    await lake.put('sales/1.csv', Buffer.from('1,é').subarray(0, 3));
    await lake.put('sales/2.csv', Buffer.concat([Buffer.of(0xa9), Buffer.from('2,b\n')]));
    await expect(lake.load(lake.source(), table)).rejects.toMatchObject({
      code: 'EXT2103',
      message: expect.stringMatching(/^s3:\/\/lake\/sales\/1\.csv:1: .*UTF-8/) as string,
    });
  });

  it('a value at the beginning of much, refused while the rest still comes', async () => {
    await lake.put('sales/1.csv', `1,a\nx,b\n${'3,some text of a row\n'.repeat(400_000)}`);
    await lake.put('sales/2.csv', '4,d\n');
    await expect(lake.load(lake.source(), table)).rejects.toMatchObject({
      code: 'EXT2103',
      message: expect.stringMatching(/^s3:\/\/lake\/sales\/1\.csv:2: column "id" \(int\): .*"x"$/) as string,
    });
  });

  it('NULL where none may be', async () => {
    await lake.put('sales/1.csv', '1,a\n');
    await lake.put('sales/2.csv', '2,b\n"",c\n');
    await expect(lake.load(lake.source(), sales({ id: 'int not null', name: 'text' }))).rejects.toMatchObject(
      { message: expect.stringMatching(/^s3:\/\/lake\/sales\/2\.csv:2: column "id"/) as string },
    );
  });
});
