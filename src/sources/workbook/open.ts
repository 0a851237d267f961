import { quotedVisible } from '../../model/base/visible.ts';
import { nameList } from '../../model/base/name-list.ts';
import { FileProblem } from '../delimited/file-problem.ts';
import type { RandomAccess } from '../parquet/index.ts';
import { listArchive, unpackFile, type ArchivedFile } from '../zip/index.ts';
import type { NumberKind } from './number-formats.ts';
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
  /** The sizes of the parts that are unpacked for it. */
  unpacked: number;
  /** Yields rows that have a cell, in order. Adds merged cells to `merged`; they are known after the last row. */
  rows(merged: Merged[]): AsyncGenerator<Row, void>;
}

/** Opens the sheet of that name, or the first one. Throws a FileProblem if the file is no workbook or lacks the sheet. */
export async function openSheet(access: RandomAccess, wanted: string | undefined): Promise<Sheet> {
  refuseOtherFiles(await access.read(0, Math.min(access.size, 64 * 1024)));
  const files = new Map((await listArchive(access)).map((file) => [file.name.toLowerCase(), file]));
  const read = async <Part extends XmlTaker>(name: string, part: Part): Promise<Part | undefined> => {
    const file = files.get(name.toLowerCase());
    if (file === undefined) return undefined;
    const pieces = readXml(unpackFile(access, file), name, part);
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
  const sheet = chosen(workbook.sheets, wanted, (one) => partOf(one) !== undefined);
  const part = partOf(sheet) ?? '';
  const file = files.get(part.toLowerCase());
  if (file === undefined)
    throw damaged('xl/workbook.xml', `the sheet ${quotedVisible(sheet.name)} is not in it`);
  const target = (type: string, usual: string) =>
    pathOf([...(relations?.values() ?? [])].find((one) => one.type.endsWith(type))?.target ?? usual);
  const texts = target('/sharedStrings', 'sharedStrings.xml');
  const load = async () => ({
    texts: (await read(texts, new TextsPart()))?.texts ?? new TextTable(),
    kinds: (await read(target('/styles', 'styles.xml'), new StylesPart()))?.kinds ?? [],
  });
  return {
    name: sheet.name,
    isHidden: sheet.isHidden,
    is1904: workbook.is1904,
    unpacked: file.size + (files.get(texts.toLowerCase())?.size ?? 0),
    async *rows(merged) {
      yield* rowsOf(access, file, await load(), merged);
    },
  };
}

async function* rowsOf(
  access: RandomAccess,
  file: ArchivedFile,
  { texts, kinds }: { texts: TextTable; kinds: readonly NumberKind[] },
  merged: Merged[],
): AsyncGenerator<Row, void> {
  const sheet = new SheetPart(texts, kinds, file.name);
  const pieces = readXml(unpackFile(access, file), file.name, sheet);
  try {
    while ((await pieces.next()).done !== true) yield* sheet.take();
  } finally {
    await pieces.return();
  }
  merged.push(...sheet.merged);
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
