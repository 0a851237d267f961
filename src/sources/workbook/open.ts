import { quotedVisible } from '../../model/base/visible.ts';
import { nameList } from '../../model/base/name-list.ts';
import { FileProblem } from '../delimited/file-problem.ts';
import type { RandomAccess } from '../parquet/index.ts';
import { listArchive, unpackFile, type ArchivedFile } from '../zip/index.ts';
import { RelationsPart, StylesPart, TextsPart, WorkbookPart, type ListedSheet } from './parts.ts';
import { refuseOtherFiles } from './other-files.ts';
import { SheetPart, type Merged, type Row } from './sheet.ts';
import { TextTable } from './text-table.ts';
import { damaged, readXml, type XmlTaker } from './xml.ts';

/** One sheet of a workbook that is open. */
export interface Sheet {
  name: string;
  isHidden: boolean;
  is1904: boolean;
  /**
   * Yields rows that have a cell, in order. Adds merged cells to `merged`; they are known after the last row. `taken` gets the
   * number of bytes of the file as they are read.
   */
  rows(merged: Merged[], taken?: (bytes: number) => void): AsyncGenerator<Row, void>;
}

/** Which sheet is wanted, the first one if undefined; and what throws if so many bytes must not be unpacked. */
export interface Wanted {
  name: string | undefined;
  requireSize: (unpacked: number) => void;
}

/** Opens a sheet. Throws a FileProblem if the file is no workbook or lacks the sheet. */
export async function openSheet(access: RandomAccess, wanted: Wanted): Promise<Sheet> {
  refuseOtherFiles(await access.read(0, Math.min(access.size, 64 * 1024)));
  const files = new Map((await listArchive(access)).map((file) => [file.name.toLowerCase(), file]));
  const sizeOf = (name: string) => files.get(name.toLowerCase())?.size ?? 0;
  const read = async <Part extends XmlTaker>(name: string, part: Part, taken?: (bytes: number) => void) => {
    const file = files.get(name.toLowerCase());
    if (file === undefined) return undefined;
    wanted.requireSize(file.size);
    const pieces = readXml(unpackFile(access, file, taken), name, part);
    while ((await pieces.next()).done !== true);
    return part;
  };
  const workbook = await read('xl/workbook.xml', new WorkbookPart());
  if (workbook === undefined) throw noWorkbook(files);
  const relations = (await read('xl/_rels/workbook.xml.rels', new RelationsPart()))?.relations;
  const partOf = ({ relation }: ListedSheet) => {
    const found = relations?.get(relation);
    return found?.type.endsWith('/worksheet') === true ? pathOf(found.target) : undefined;
  };
  const sheet = chosen(workbook.sheets, wanted.name, (one) => partOf(one) !== undefined);
  const part = partOf(sheet) ?? '';
  const file = files.get(part.toLowerCase());
  if (file === undefined)
    throw damaged('xl/workbook.xml', `the sheet ${quotedVisible(sheet.name)} is not in it`);
  const target = (type: string, usual: string) =>
    pathOf([...(relations?.values() ?? [])].find((one) => one.type.endsWith(type))?.target ?? usual);
  const texts = target('/sharedStrings', 'sharedStrings.xml');
  const styles = target('/styles', 'styles.xml');
  const load = async (taken?: (bytes: number) => void) => ({
    texts: (await read(texts, new TextsPart(), taken))?.texts ?? new TextTable(),
    kinds: (await read(styles, new StylesPart()))?.kinds ?? [],
  });
  wanted.requireSize(file.size + sizeOf(texts) + sizeOf(styles));
  return {
    name: sheet.name,
    isHidden: sheet.isHidden,
    is1904: workbook.is1904,
    async *rows(merged, taken) {
      const { texts, kinds } = await load(taken);
      const sheet = new SheetPart(texts, kinds, file.name);
      yield* rowsOf(unpackFile(access, file, taken), sheet, file.name);
      merged.push(...sheet.merged);
    },
  };
}

async function* rowsOf(
  bytes: AsyncIterable<Buffer>,
  sheet: SheetPart,
  part: string,
): AsyncGenerator<Row, void> {
  const pieces = readXml(bytes, part, sheet);
  try {
    while ((await pieces.next()).done !== true) yield* sheet.take();
  } finally {
    await pieces.return();
  }
}

function chosen(
  sheets: readonly ListedSheet[],
  wanted: string | undefined,
  hasCells: (sheet: ListedSheet) => boolean,
): ListedSheet {
  const withCells = sheets.filter(hasCells);
  const found = wanted === undefined ? withCells[0] : withCells.find(({ name }) => name === wanted);
  if (found !== undefined) return found;
  const names = nameList(withCells.map(({ name }) => name));
  throw new FileProblem(
    'EXT2113',
    wanted === undefined ? 'has no sheet with cells' : `has no sheet ${quotedVisible(wanted)}`,
    withCells.length === 0
      ? 'save it again with a sheet'
      : `it has ${names}: write one of them as sheet in its format`,
  );
}

function noWorkbook(files: ReadonlyMap<string, ArchivedFile>): FileProblem {
  if (files.has('xl/workbook.bin'))
    return new FileProblem('EXT2110', 'is a binary workbook (.xlsb)', 'save it as .xlsx');
  if (files.has('content.xml'))
    return new FileProblem('EXT2110', 'is an OpenDocument file', 'save it as .xlsx');
  return new FileProblem(
    'EXT2110',
    'is a zip archive, and no workbook (.xlsx)',
    'for text in an archive write format: {type: csv, compression: zip}',
  );
}

/** Returns the name of the part in the package that xl/workbook.xml refers to. */
function pathOf(target: string): string {
  return target.startsWith('/') ? target.slice(1) : `xl/${target.replace(/^\.\//, '')}`;
}
