import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  csvDialect,
  CsvSeparatorError,
  locateRecord,
  readHeaderRecord,
  type CsvDialect,
} from '../../../src/sources/csv/index.ts';
import { inChunks } from './tables.ts';
import { normalizeCsv } from '../../support/csv/normalize.ts';

async function read(file: string, dialect: CsvDialect, size: number) {
  const bytes = Buffer.from(file);
  const { names } = await readHeaderRecord(inChunks(bytes, [size]), dialect);
  const shape = { dialect, fields: 2, select: [0, 1], constants: [], emptyAsNull: [true, false] };
  const out = inChunks(bytes, [size]).pipe(normalizeCsv({ ...shape, lookBytes: size }));
  const text = Buffer.concat((await out.toArray()) as Buffer[]).toString();
  return { names, text };
}

it.each<[string, string, Partial<CsvDialect>]>([
  ['lines to skip', 'Report, of "May\r\n\r\nid,name\r\n1,a\r\n2,b\r\n', { skipLines: 2 }],
  ["Excel's line", 'sep=,\r\nid,name\r\n1,a\r\n2,b\r\n', {}],
  ["Excel's line in quotes, after a byte order mark", '\ufeff"SEP=,"\nid,name\n1,a\n2,b\n', {}],
  ['both', 'x\nsep=,\nid,name\n1,a\n2,b', { skipLines: 1 }],
  ['comments', '# of "May\n#\nid,name\n1,a\n# "x\n2,b\n# the end', { comment: '#' }],
  ['comments in a file of old', '# May\rid,name\r1,a\r#\r2,b\r', { comment: '#' }],
  ['all of them', '\ufeffx\r\nsep=,\r\n#\r\nid,name\r\n1,a\r\n#\r\n2,b', { skipLines: 1, comment: '#' }],
])('%s are no records, in chunks of any size', async (_, file, said) => {
  for (const size of [1, 2, 3, 5, 100]) {
    const { names, text } = await read(file, csvDialect(said), size);
    expect(names).toEqual(['id', 'name']);
    expect(text.replaceAll('\r', '\n').replaceAll('\n\n', '\n').trimEnd()).toBe('1,a\n2,b');
  }
});

it('a comment sign inside quotes is text', async () => {
  const { text } = await read('id,name\n1,"a\n#b"\n', csvDialect({ comment: '#' }), 3);
  expect(text).toBe('1,"a\n#b"\n');
});

it('lines are those of the file, whatever was skipped', async () => {
  const numbers = fc.array(fc.nat(3), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(
      fc.nat(3),
      fc.boolean(),
      numbers,
      fc.integer({ min: 1, max: 9 }),
      async (skip, sep, comments, size) => {
        const before = ['x\n'.repeat(skip), sep ? 'sep=,\n' : '', 'id,name\n'].join('');
        const file =
          before + comments.map((count, index) => `${'#\n'.repeat(count)}${index},"a\nb"\n`).join('');
        const dialect = csvDialect({ skipLines: skip, comment: '#' });
        for (const index of comments.keys()) {
          const line = file.slice(0, file.indexOf(`${index},"a`)).split('\n').length;
          const found = await locateRecord(inChunks(Buffer.from(file), [size]), dialect, index + 1);
          expect(found).toEqual({ line, fields: [String(index), 'a\nb'] });
        }
        const broken = read(`${file}x\n`, dialect, size);
        const line = file.split('\n').length;
        await expect(broken).rejects.toMatchObject({ line });
      },
    ),
    { numRuns: 60 },
  );
});

it("Excel's line names another delimiter", async () => {
  const error = await read('sep=;\r\nid;name\r\n', csvDialect(), 3).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(CsvSeparatorError);
  expect(error).toMatchObject({
    message: 'the line "sep=" names the delimiter ";", the format has ","',
    line: 1,
    hint: 'write delimiter: ";" in its format',
  });
});
