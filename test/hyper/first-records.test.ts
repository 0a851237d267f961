import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import type { StreamFormat, WrittenCsv } from '../../src/model/ports/feed.ts';
import { firstRecords } from '../../src/hyper/first-records.ts';

const written: WrittenCsv = {
  ...{ type: 'csv', header: false, delimiter: ';', quote: "'", escape: "'", null: '' },
  ...{ encoding: 'utf-8', dateOrder: 'MDY', forceNull: [] },
};

async function first(text: string, format: StreamFormat, count: number): Promise<string> {
  const source = Readable.from([...Buffer.from(text)].map((byte) => Buffer.of(byte)));
  const read = (await Readable.from(firstRecords(source, format, count)).toArray()).join('');
  expect(source.destroyed).toBe(true);
  return read;
}

it('cuts behind the nth record, whatever line breaks it contains', async () => {
  expect(await first('1,"a\nb"\n2,"c""\n"\n3,d\n', { type: 'csv', dateOrder: 'MDY' }, 2)).toBe(
    '1,"a\nb"\n2,"c""\n"\n',
  );
  expect(await first('1\ta\\\nb\n2\tc\\\\\n3\n', { type: 'text' }, 2)).toBe('1\ta\\\nb\n2\tc\\\\\n');
  expect(await first("1;\"\n2;'\n'\n3\n", written, 2)).toBe("1;\"\n2;'\n'\n");
  expect(await first('1\n2', { type: 'csv', dateOrder: 'MDY' }, 5)).toBe('1\n2');
});
