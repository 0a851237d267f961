import { quotedVisible } from '../../model/base/visible.ts';
import { nameList } from '../../model/base/name-list.ts';
import { FileProblem } from '../delimited/file-problem.ts';
import type { RandomAccess } from '../parquet/index.ts';
import { openPackage, type Package, type Wanted } from './package.ts';
import { StylesPart, TextsPart, WorkbookPart, type ListedSheet } from './parts.ts';
import { refuseOtherFiles } from './other-files.ts';
import { SheetPart, type Merged, type Row } from './sheet.ts';
import { TextTable } from './text-table.ts';
import { damaged, readXml } from './xml.ts';

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

/** Opens a sheet. Throws a FileProblem if the file is no workbook or lacks the sheet. */
export async function openSheet(access: RandomAccess, wanted: Wanted): Promise<Sheet> {
  refuseOtherFiles(await access.read(0, Math.min(access.size, 64 * 1024)));
  const parts = await openPackage(access, wanted);
  const main = await parts.main();
  const workbook = await parts.read(main, new WorkbookPart());
  if (workbook?.isWorkbook !== true) throw noWorkbook(parts);
  const relations = await parts.relationsOf(main);
  const partOf = ({ relation }: ListedSheet) => {
    const found = relations.find(({ id }) => id === relation);
    return found?.type.endsWith('/worksheet') === true ? found.target : undefined;
  };
  const sheet = chosen(workbook.sheets, wanted.name, (one) => partOf(one) !== undefined);
  const file = parts.find(partOf(sheet) ?? '');
  if (file === undefined) throw damaged(main, `the sheet ${quotedVisible(sheet.name)} is not in it`);
  const target = (type: string, usual: string) =>
    relations.find((one) => one.type.endsWith(type))?.target ?? usual;
  const texts = target('/sharedStrings', 'xl/sharedStrings.xml');
  const styles = target('/styles', 'xl/styles.xml');
  const load = async (taken?: (bytes: number) => void) => ({
    texts: (await parts.read(texts, new TextsPart(), taken))?.texts ?? new TextTable(),
    kinds: (await parts.read(styles, new StylesPart()))?.kinds ?? [],
  });
  wanted.requireSize(file.size + (parts.find(texts)?.size ?? 0) + (parts.find(styles)?.size ?? 0));
  return {
    name: sheet.name,
    isHidden: sheet.isHidden,
    is1904: workbook.is1904,
    async *rows(merged, taken) {
      const { texts, kinds } = await load(taken);
      const sheet = new SheetPart(texts, kinds, file.name);
      yield* rowsOf(parts.unpack(file, taken), sheet, file.name);
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

function noWorkbook(parts: Package): FileProblem {
  if (parts.find('xl/workbook.bin') !== undefined)
    return new FileProblem('EXT2110', 'is a binary workbook (.xlsb)', 'save it as .xlsx');
  if (parts.find('content.xml') !== undefined)
    return new FileProblem('EXT2110', 'is an OpenDocument file', 'save it as .xlsx');
  return new FileProblem(
    'EXT2110',
    'is a zip archive, and no workbook (.xlsx)',
    'for text in an archive write format: {type: csv, compression: zip}',
  );
}
