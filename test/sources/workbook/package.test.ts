import { describe, expect, it } from 'vitest';
import { openSheet } from '../../../src/sources/workbook/index.ts';
import { zipBytes } from '../../support/zip-bytes.ts';

const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const row = '<row r="1"><c r="A1"><v>7</v></c></row>';
const sheetXml = (rows: string, after = '') =>
  `<worksheet xmlns="${main}"><sheetData>${rows}</sheetData>${after}</worksheet>`;
const relation = (type: string, target: string) =>
  `<Relationships><Relationship Id="r1" Type="${office}/${type}" Target="${target}"/></Relationships>`;
const workbook = `<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="S" r:id="r1"/></sheets></workbook>`;

/** The texts of the cells of a package with these parts. */
async function cellsOf(parts: Readonly<Record<string, string | Buffer>>): Promise<(string | undefined)[][]> {
  const bytes = zipBytes(Object.entries(parts).map(([name, content]) => ({ name, content })));
  const read = (offset: number, length: number) => Promise.resolve(bytes.subarray(offset, offset + length));
  const access = { size: bytes.length, read, close: () => Promise.resolve() };
  const sheet = await openSheet(access, { name: undefined, requireSize: () => undefined });
  const rows = [];
  for await (const { cells } of sheet.rows([])) rows.push(Array.from(cells, (cell) => cell?.text));
  return rows;
}

describe('parts are found', () => {
  it.each([
    ['beside the workbook', 'worksheets/a.xml', 'xl/worksheets/a.xml'],
    ['in an absolute place', '/xl/worksheets/a.xml', 'xl/worksheets/a.xml'],
    ['above the workbook', '../elsewhere/./a.xml', 'elsewhere/a.xml'],
    ['with backslashes', 'worksheets\\a.xml', 'xl/worksheets/a.xml'],
    ['in another case', 'Worksheets/A.xml', 'xl/worksheets/a.xml'],
    ['by an encoded name', 'worksheets/a%201.xml', 'xl/worksheets/a 1.xml'],
    ['by a name that looks encoded', 'worksheets/a%201.xml', 'xl/worksheets/a%201.xml'],
  ])('%s', async (_, target, name) => {
    const parts = {
      'xl/workbook.xml': workbook,
      'xl/_rels/workbook.xml.rels': relation('worksheet', target),
    };
    expect(await cellsOf({ ...parts, [name]: sheetXml(row) })).toEqual([['7']]);
  });

  it('by the file, if the workbook is elsewhere', async () => {
    const parts = {
      '_rels/.rels': relation('officeDocument', '/other/book.xml'),
      'other/book.xml': workbook,
      'other/_rels/book.xml.rels': relation('worksheet', '/sheet.xml'),
    };
    expect(await cellsOf({ ...parts, 'sheet.xml': sheetXml(row) })).toEqual([['7']]);
  });

  it('but a letter is no workbook', async () => {
    const parts = {
      '_rels/.rels': relation('officeDocument', 'word/document.xml'),
      'word/document.xml': '<w:document xmlns:w="w"/>',
    };
    await expect(cellsOf(parts)).rejects.toThrow('is a zip archive, and no workbook (.xlsx)');
  });
});

describe('a sheet', () => {
  const read = (sheet: string | Buffer) =>
    cellsOf({
      'xl/workbook.xml': workbook,
      'xl/_rels/workbook.xml.rels': relation('worksheet', 'a.xml'),
      'xl/a.xml': sheet,
    });

  it.each<[string, string | Buffer]>([
    [
      'may be UTF-16',
      Buffer.from(`\ufeff<?xml version="1.0" encoding="UTF-16"?>${sheetXml(row)}`, 'utf16le'),
    ],
    [
      'may be UTF-16 of the other order',
      Buffer.from(`\ufeff<?xml version="1.0" encoding="UTF-16"?>${sheetXml(row)}`, 'utf16le').swap16(),
    ],
    ['may begin with a byte order mark', `\ufeff<?xml version="1.0"?>${sheetXml(row)}`],
    [
      'may have buttons, which have rows of their own',
      sheetXml(row, '<controls><anchor><row>3</row><c>1</c><v>1</v></anchor></controls>'),
    ],
    [
      'may have extensions, in it and in its cells',
      sheetXml(
        row.replace('</v>', '</v><extLst><ext><v>9</v><t>x</t></ext></extLst>'),
        `<extLst><ext><row r="9"><c r="A9"><v>1</v></c></row></ext></extLst>`,
      ),
    ],
  ])('%s', async (_, sheet) => {
    expect(await read(sheet)).toEqual([['7']]);
  });

  it('has no cells of unknown types', async () => {
    await expect(read(sheetXml(row.replace('"A1"', '"A1" t="z"')))).rejects.toThrow(
      'A1 has the unknown type "z"',
    );
  });
});
