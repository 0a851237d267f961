import type { WorkbookFormat } from '../../../src/model/config/source.ts';
import { zipBytes } from '../../support/zip-bytes.ts';

export const xlsx: WorkbookFormat = { type: 'xlsx', header: true, nulls: [], dateOrder: 'MDY' };

const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/** A workbook with the sheet "Data" of these rows; style 1 shows a date. */
export function workbookBytes(rows: string, after = ''): Buffer {
  return zipBytes([
    {
      name: 'xl/workbook.xml',
      content: `<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="Data" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      content: `<Relationships><Relationship Id="rId1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    },
    {
      name: 'xl/styles.xml',
      content: `<styleSheet xmlns="${main}"><numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>`,
    },
    {
      name: 'xl/worksheets/sheet1.xml',
      content: `<worksheet xmlns="${main}"><sheetData>${rows}</sheetData>${after}</worksheet>`,
    },
  ]);
}

const letters = 'ABCDEFGH';
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** The same for rows of texts; null is an empty cell. */
export function sheetOf(rows: readonly (readonly (string | null)[])[]): Buffer {
  const cells = (row: readonly (string | null)[], number: number) =>
    row
      .map((text, at) =>
        text === null
          ? ''
          : `<c r="${letters[at]}${number}" t="inlineStr"><is><t xml:space="preserve">${escaped(text)}</t></is></c>`,
      )
      .join('');
  return workbookBytes(rows.map((row, at) => `<row r="${at + 1}">${cells(row, at + 1)}</row>`).join(''));
}
