import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { env } from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openHyper } from '../../../src/hyper/index.ts';
import type { WorkbookFormat } from '../../../src/model/config/source.ts';
import type { Table } from '../../../src/model/config/pipeline.ts';
import type { ExtractPort } from '../../../src/model/ports/extract-port.ts';
import type { SourcePort } from '../../../src/model/ports/source-port.ts';
import { RunError } from '../../../src/model/errors/run-error.ts';
import { openFiles } from '../../../src/sources/file/index.ts';
import { openS3 } from '../../../src/sources/s3/index.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { table } from '../../support/pipelines.ts';
import { zipBytes } from '../../support/zip-bytes.ts';
import { useLake } from '../s3/lake.ts';
import { workbookBytes, xlsx } from './support.ts';

vi.setConfig({ testTimeout: 120_000 });

const { signal } = new AbortController();
const fixture = (name: string) => readFile(fileURLToPath(new URL(`fixtures/${name}`, import.meta.url)));
let extracts: ExtractPort;
beforeAll(() => {
  extracts = openHyper({ env });
});
afterAll(() => extracts.close());
const lake = useLake();

type Found = (string | null)[][] | string;

/** The rows of a workbook, or its first error: from a file and from S3 alike. */
async function read(bytes: Buffer, one: Table, changes: Partial<WorkbookFormat> = {}): Promise<Found> {
  const base = await temporaryFolder();
  await writeFile(path.join(base, 'a.xlsx'), bytes);
  await lake.put('sales/a.xlsx', bytes);
  const files = { match: ['*.xlsx'], base, exclude: [], minFiles: 1 };
  const place = { file: 'sales.yaml', pointer: '/sources/s' };
  const format = { ...xlsx, ...changes };
  const found = await outcome(openFiles({ type: 'file', place, ...files, format }), one);
  // The import command in a hint has the folder of the pipeline file, which a bucket has not.
  const local = typeof found === 'string' ? found.replaceAll('pipelines/', '') : found;
  const remote = await outcome(openS3(lake.source({ format })), one);
  expect(typeof remote === 'string' ? remote.replaceAll(/s3:\/\/[^/]+\/sales\//g, '') : remote).toEqual(
    local,
  );
  return local;
}

async function outcome(port: SourcePort, one: Table): Promise<Found> {
  try {
    const [seen] = await port.observe([{ table: one, before: undefined }], signal);
    const problem = seen!.problems.find(({ severity }) => severity === 'error');
    if (problem !== undefined) return `${problem.code} ${problem.message} = ${problem.hint}`;
    const snapshot = await port.snapshot([one], signal);
    try {
      return await extracts.preview(one, await snapshot.feed(one, signal), 100, signal);
    } finally {
      await snapshot.end();
    }
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    return `${error.code} ${error.message} = ${error.hint}`;
  } finally {
    await port.close();
  }
}

it.each(['values.xlsx', 'values-1904.xlsx'])('%s arrives as openpyxl reads it', async (name) => {
  const columns = {
    id: 'int',
    name: 'text',
    day: 'date',
    at: 'timestamp',
    clock: 'time',
    amount: 'numeric(20,4)',
    ok: 'boolean',
  };
  const all = JSON.parse((await fixture('read-by-openpyxl.json')).toString()) as Record<
    string,
    (string | null)[][]
  >;
  const expected = all[name]!.map(([id, text, day, at, clock, amount, ok]) => [
    id,
    text,
    day?.slice(0, 10) ?? null,
    at?.replace(/(\.\d*?)0+$/, '$1') ?? null,
    clock,
    amount === null ? null : Number(amount).toFixed(4),
    ok === null ? null : ok === 'True' ? 't' : 'f',
  ]);
  const found = (await read(await fixture(name), table('orders', columns))) as (string | null)[][];
  expect(
    found.map((row) => row.map((value) => value?.replace(/^true$/, 't').replace(/^false$/, 'f') ?? null)),
  ).toEqual(expected);
});

it('a hidden sheet is read by its name', async () => {
  const hidden = await read(await fixture('values.xlsx'), table('t', { id: 'int', name: 'text' }), {
    sheet: 'Hidden',
  });
  expect(hidden).toEqual([['7', 'from another sheet']]);
});

describe('cells', () => {
  const cell = (xml: string) =>
    workbookBytes(
      `<row r="1"><c r="A1" t="str"><v>a</v></c><c r="B1" t="str"><v>b</v></c></row><row r="2">${xml}</row>`,
    );
  it.each<[string, string, string, string | null]>([
    [
      'an integer of any length',
      '<c r="A2"><v>12345678901234567890</v></c>',
      'numeric(20,0)',
      '12345678901234567890',
    ],
    ['the shortest text of a double', '<c r="A2"><v>0.10000000000000001</v></c>', 'text', '0.1'],
    ['an exponent', '<c r="A2"><v>1.5E3</v></c>', 'int', '1500'],
    ['leading zeros of a text', '<c r="A2" t="inlineStr"><is><t>007</t></is></c>', 'text', '007'],
    ['a text that is a number', '<c r="A2" t="str"><v>42</v></c>', 'int', '42'],
    [
      'rich text without its guides',
      '<c r="A2" t="inlineStr"><is><r><t>a</t></r><r><t xml:space="preserve"> b</t></r><rPh><t>x</t></rPh></is></c>',
      'text',
      'a b',
    ],
    ['a character as an escape', '<c r="A2" t="str"><v>a_x000D__x005F_x</v></c>', 'text', 'a\r_x'],
    ['true', '<c r="A2" t="b"><v>1</v></c>', 'text', 'TRUE'],
    ['an ISO date', '<c r="A2" t="d"><v>2024-02-29T10:00:00</v></c>', 'timestamp', '2024-02-29 10:00:00'],
    ['a formula with its value', '<c r="A2"><f>1+1</f><v>2</v></c>', 'int', '2'],
    ['a cell without a reference', '<c><v>5</v></c>', 'int', '5'],
    ['a text without its number', '<c r="A2" t="s"><v></v></c><c r="B2"><v>1</v></c>', 'text', null],
    ['nothing', '<c r="A2" s="0"/><c r="B2"><v>1</v></c>', 'int', null],
    ['day 59 of 1900', '<c r="A2" s="1"><v>59</v></c>', 'date', '1900-02-28'],
    ['day 61 of 1900', '<c r="A2" s="1"><v>61</v></c>', 'date', '1900-03-01'],
    ['a date into text', '<c r="A2" s="1"><v>45351</v></c>', 'text', '2024-02-29'],
    [
      'ten in the morning',
      '<c r="A2" s="1"><v>45351.416666666664</v></c>',
      'timestamp',
      '2024-02-29 10:00:00',
    ],
  ])('%s', async (_, xml, type, value) => {
    expect(await read(cell(xml), table('t', { a: type }))).toEqual([[value]]);
  });

  it.each<[string, string, string, string]>([
    [
      'an error',
      '<c r="A2" t="e"><v>#DIV/0!</v></c>',
      'int',
      'EXT2103 a.xlsx: Data!A2: column "a" (int): the cell has an error; the value is "#DIV/0!" = correct the formula, or list it as NULL: format: {null: ["#DIV/0!"]}',
    ],
    [
      'an error without its name',
      '<c r="A2" t="e"/>',
      'int',
      'Data!A2: column "a" (int): the cell has an error; the value is "" = correct the formula, or list it as NULL: format: {null: [""]}',
    ],
    [
      'a formula without a value',
      '<c r="A2"><f>1+1</f></c>',
      'int',
      'a.xlsx: Data!A2: column "a" (int): the cell has a formula without a stored value = open the file in Excel',
    ],
    ['a number into a date', '<c r="A2"><v>45351</v></c>', 'date', 'a number that is not shown as a date'],
    ['a date into a number', '<c r="A2" s="1"><v>45351</v></c>', 'int', 'the cell is shown as a date'],
    ['29 February 1900', '<c r="A2" s="1"><v>60</v></c>', 'date', '29 February 1900 is a date of Excel only'],
    [
      'more decimals',
      '<c r="A2"><v>0.30000000000000004</v></c>',
      'numeric(9,2)',
      'more than 2 decimals; the value is "0.30000000000000004"',
    ],
    [
      'a cell that comes twice',
      '<c r="A2"><v>1</v></c><c r="A2"><v>2</v></c>',
      'int',
      'a cell of row 2 is named "A2"',
    ],
    ['a cell of another row', '<c r="A3"><v>1</v></c>', 'int', 'a cell of row 2 is named "A3"'],
    ['a row that comes twice', '</row><row r="2"><c r="A2"><v>1</v></c>', 'int', 'row 2 follows row 2'],
    ['a boolean that is none', '<c r="A2" t="b"><v>2</v></c>', 'boolean', 'A2 is neither true nor false'],
    ['a number beyond all', '<c r="A2"><v>1E999</v></c>', 'double precision', 'A2 has no number'],
    ['an unknown style', '<c r="A2" s="9"><v>1</v></c>', 'int', 'A2 has a style that is not there'],
    [
      'half of a character',
      '<c r="A2" t="str"><v>_xD83D_</v></c>',
      'text',
      'half of a character is in "_xD83D_"',
    ],
    ['an unknown text', '<c r="A2" t="s"><v>0</v></c>', 'text', 'there is no text 0'],
    ['words', '<c r="A2" t="str"><v>n/a</v></c>', 'int', 'format: {null: ["n/a"]}'],
  ])('%s is refused', async (_, xml, type, message) => {
    expect(await read(cell(xml), table('t', { a: type }))).toContain(message);
  });
});

describe('what is no table', () => {
  const one = table('t', { id: 'int' });
  const head = '<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c></row>';
  const row = (number: number) => `<row r="${number}"><c r="A${number}"><v>${number}</v></c></row>`;
  it.each<[string, () => Promise<Buffer> | Buffer, string, Partial<WorkbookFormat>?]>([
    [
      'an empty row',
      () => workbookBytes(head + row(2) + row(4)),
      'EXT2103 a.xlsx: Data: row 3 is empty, and others follow',
    ],
    [
      'merged cells',
      () => workbookBytes(head + row(2) + row(3), '<mergeCells><mergeCell ref="A2:A3"/></mergeCells>'),
      'Data!A2:A3: the cells are merged',
    ],
    [
      'another sheet',
      () => workbookBytes(head),
      'EXT2113 a.xlsx has no sheet "Orders" = it has "Data"',
      { sheet: 'Orders' },
    ],
    ['a missing column', () => workbookBytes(row(1)), 'EXT2113 a.xlsx: Data has no column "id"'],
    ['no cell', () => workbookBytes(''), 'EXT2111 a.xlsx: the sheet Data is empty'],
    [
      'an old workbook',
      () => Buffer.concat([Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), Buffer.alloc(600)]),
      'EXT2110 a.xlsx is an old Excel workbook (.xls)',
    ],
    [
      'a password',
      () =>
        Buffer.concat([
          Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]),
          Buffer.alloc(600),
          Buffer.from('EncryptedPackage', 'utf16le'),
        ]),
      'EXT2123 a.xlsx is protected by a password',
    ],
    [
      'text',
      () => Buffer.from('id\n1\n'),
      'EXT2110 a.xlsx is text or something else, and no workbook (.xlsx)',
    ],
    ['a page', () => Buffer.from('<!doctype html><html></html>'), 'EXT2110 a.xlsx is a page of HTML'],
    [
      'another archive',
      () => zipBytes([{ name: 'a.csv', content: 'id\n1\n' }]),
      'EXT2110 a.xlsx is a zip archive, and no workbook',
    ],
    [
      'a binary workbook',
      () => zipBytes([{ name: 'xl/workbook.bin', content: 'x' }]),
      'EXT2110 a.xlsx is a binary workbook (.xlsb)',
    ],
    [
      'broken XML',
      () => workbookBytes('<row'),
      'EXT2102 a.xlsx is a damaged workbook: xl/worksheets/sheet1.xml',
    ],
    [
      'the fixture of openpyxl',
      () => fixture('broken.xlsx'),
      'Data!B2: column "formula" (text): the cell has a formula without a stored value',
    ],
  ])('%s is refused by name', async (_, bytes, message, changes = {}) => {
    const wanted = message.includes('formula') ? table('t', { id: 'int', formula: 'text' }) : one;
    const found = await read(await bytes(), wanted, changes);
    expect(found).toContain(message);
    expect(found).toMatch(/ = .{10}/);
  });

  it('a title above the header is named', async () => {
    const title = workbookBytes(row(1) + head.replaceAll('1"', '3"') + row(4));
    expect(await read(title, one)).toBe(
      'EXT2113 a.xlsx: Data has no column "id" = row 3 has the names: set format: {skip_lines: 2}',
    );
  });

  it('remarks beside the table make no rows', async () => {
    const remark = (number: number) =>
      `<row r="${number}"><c r="C${number}" t="str"><v>see above</v></c></row>`;
    expect(await read(workbookBytes(head + row(2) + remark(4)), one)).toEqual([['2']]);
    expect(await read(workbookBytes(head + row(2) + remark(3) + row(4)), one)).toContain('row 3 is empty');
  });

  it('hidden rows are read, and the plan notes the first of them', async () => {
    const base = await temporaryFolder();
    const rows = head + row(2) + row(3).replace('<row', '<row hidden="1"');
    await writeFile(path.join(base, 'a.xlsx'), workbookBytes(rows));
    const files = { match: ['*.xlsx'], base, exclude: [], minFiles: 1, format: xlsx };
    const port = openFiles({ type: 'file', place: { file: 'a.yaml', pointer: '/sources/s' }, ...files });
    const [seen] = await port.observe([{ table: one, before: undefined }], signal);
    await port.close();
    expect(seen!.problems.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'EXT2124 sheet "Data" of a.xlsx has hidden rows, first row 3; they are read, too',
    ]);
    expect(await read(workbookBytes(rows), one)).toEqual([['2'], ['3']]);
  });

  it('rows and merged cells of extensions are none of the sheet', async () => {
    const copy = `<x:sheetData xmlns:x="urn:x">${row(9)}</x:sheetData>`;
    const merged = '<mergeCells><mergeCell ref="A1:A2"/></mergeCells>';
    const extension = `<extLst><ext>${copy}<sheetData>${row(8)}</sheetData>${merged}</ext></extLst>`;
    expect(await read(workbookBytes(head + row(2) + row(3), extension), one)).toEqual([['2'], ['3']]);
  });

  it('what a setting allows', async () => {
    const empty = workbookBytes(head + row(2) + row(4));
    expect(await read(empty, one, { emptyRows: 'skip' })).toEqual([['2'], ['4']]);
    const merged = workbookBytes(head + row(2) + row(3), '<mergeCells><mergeCell ref="A2:A3"/></mergeCells>');
    expect(await read(merged, one, { mergedCells: 'keep' })).toEqual([['2'], ['3']]);
    const title = workbookBytes(row(1) + head.replaceAll('1"', '3"') + row(4));
    expect(await read(title, one, { skipLines: 2 })).toEqual([['4']]);
    const bare = workbookBytes(row(1) + row(2));
    expect(await read(bare, one, { header: false })).toEqual([['1'], ['2']]);
    const errors = workbookBytes(`${head}<row r="2"><c r="A2" t="e"/></row>${row(3)}`);
    expect(await read(errors, one, { nulls: [''] })).toEqual([[null], ['3']]);
  });
});
