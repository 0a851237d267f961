import fc from 'fast-check';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { env } from 'node:process';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openHyper } from '../../../src/hyper/index.ts';
import type { ExtractPort } from '../../../src/model/ports/extract-port.ts';
import { openFiles } from '../../../src/sources/file/index.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { table } from '../../support/pipelines.ts';
import { zipBytes, type ZipMember } from '../../support/zip-bytes.ts';
import { jsonl } from '../json-lines/support.ts';
import { csv } from '../s3/lake.ts';

const runs = Number(process.env.PROPERTY_RUNS ?? 25);
/** The same files every time, unless others are asked for. */
const { PROPERTY_SEED: seed = '20261130' } = process.env;
vi.setConfig({ testTimeout: 60_000 + runs * 2000 });

const { signal } = new AbortController();
let extracts: ExtractPort;
beforeAll(() => {
  extracts = openHyper({ env });
});
afterAll(() => extracts.close());

interface Row {
  name: string | null;
  amount: string | null;
  more: string;
}

const rows: fc.Arbitrary<Row[]> = fc.array(
  fc.record({
    name: fc.option(fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'))),
    // Digits that no double holds.
    amount: fc.option(
      fc
        .tuple(fc.bigInt({ min: 0n, max: 10n ** 14n - 1n }), fc.integer({ min: 0, max: 9999 }))
        .map(([whole, decimals]) => `${whole}.${String(decimals).padStart(4, '0')}`),
    ),
    more: fc.json({ maxDepth: 1 }),
  }),
  { maxLength: 6 },
);

/** How a file of the archive is packed: all of these are one file to the reader. */
const packing: fc.Arbitrary<Omit<ZipMember, 'name' | 'content'> & { isPacked?: boolean }> = fc.constantFrom(
  {},
  { method: 0 },
  { flags: 0x808 },
  { isWide: true },
  { isPacked: true },
);
const folders = fc.constantFrom('', 'a/', 'b\\c\\', 'ä/', ' /');
const beside: fc.Arbitrary<ZipMember[]> = fc.subarray([
  { name: '__MACOSX/._x.csv', content: 'junk' },
  { name: '.DS_Store', content: '\0\0' },
  { name: 'a/', content: '', method: 0 },
]);

/** The numbered rows of a file, in the form that its ending says. */
type Write = (rows: readonly (Row & { id: number })[]) => string;

/** Keys come in another order, and characters as escapes. */
const writeJson: Write = (rows) =>
  rows
    .map(({ id, name, amount, more }) => {
      const text = name === null ? 'null' : escapedText(name);
      const fields = [
        `"id" : ${id}`,
        `"n\\u0061me":${text}`,
        `"amount":${amount ?? 'null'}`,
        `"more":${more}`,
      ];
      return `{${(id % 2 === 0 ? fields : fields.reverse()).join(', ')}}`;
    })
    .join(rows.length % 2 === 0 ? '\r\n' : '\n\n');

const escapedText = (text: string) =>
  JSON.stringify(text).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

const writeCsv: Write = (rows) =>
  [
    'id,name,amount',
    ...rows.map(({ id, name, amount }) =>
      [id, name === null ? '' : `"${name.replaceAll('"', '""')}"`, amount ?? ''].join(','),
    ),
  ].join('\n');

const forms = [
  { ending: 'jsonl', format: { ...jsonl }, write: writeJson },
  { ending: 'csv', format: { ...csv, header: true, compression: 'by-name' as const }, write: writeCsv },
];

it.each(forms)('rows of .$ending files in an archive arrive exactly', async ({ ending, format, write }) => {
  const file = fc.record({ rows, packing, folder: folders });
  await fc.assert(
    fc.asyncProperty(fc.array(file, { minLength: 1, maxLength: 3 }), beside, async (files, others) => {
      let count = 0;
      const numbered = files.map((one) => ({
        ...one,
        rows: one.rows.map((row) => ({ ...row, id: ++count })),
      }));
      const members = numbered.map(({ rows, packing: { isPacked = false, ...how }, folder }, at) => {
        const text = `${write(rows)}\n`;
        const name = `${folder}${at}.${ending}${isPacked ? '.gz' : ''}`;
        return { ...how, name, content: isPacked ? gzipSync(text) : text };
      });
      const base = await temporaryFolder();
      await writeFile(path.join(base, 'a.zip'), zipBytes([...others, ...members]));
      const place = { file: 'sales.yaml', pointer: '/sources/s' };
      const listed = { base, match: ['*.zip'], exclude: [], minFiles: 1 };
      const port = openFiles({ type: 'file', place, ...listed, format });
      const one = table('t', { id: 'int', name: 'text', amount: 'numeric(18,4)' });
      try {
        const snapshot = await port.snapshot([one], signal);
        const found = await extracts.preview(one, await snapshot.feed(one, signal), 1000, signal);
        const expected = numbered.flatMap((file) =>
          file.rows.map(({ id, name, amount }) => [String(id), name, amount]),
        );
        expect([...found].sort((a, b) => Number(a[0]) - Number(b[0]))).toEqual(expected);
      } finally {
        await port.close();
      }
    }),
    { numRuns: runs, seed: Number(seed) },
  );
});
