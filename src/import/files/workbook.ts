import { bytes, counted } from '../../model/base/numbers.ts';
import type * as Written from '../../model/config/written.gen.ts';
import { RunError } from '../../model/errors/run-error.ts';
import type { ListedFile } from '../../sources/samples/index.ts';
import { openSheet, type Row } from '../../sources/workbook/index.ts';
import type { ImportContext } from '../context.ts';
import { unlike } from '../delimited/problems.ts';
import { guessSheet, type SheetFound } from '../documents/sheet-guess.ts';
import type { Found } from '../found.ts';
import { withFiles } from './listing.ts';
import { personalNotes, sensitiveIfPersonal } from './personal-columns.ts';
import { nameOfFiles, sourceOfFiles, type WantedFiles } from './source-of-files.ts';

/** The rows of a sheet that are looked at. */
const MOST_ROWS = 5000;

/** Guesses from the first sheet of the first workbook which columns it has, and writes a source and a table for it. */
export async function importWorkbook(wanted: WantedFiles, context: ImportContext): Promise<Found> {
  const place = await sourceOfFiles(wanted, context);
  return withFiles(place, wanted, context, async (files) => {
    const { first, isSampled } = await readSheets(files, context.signal);
    const { found, sheet } = first;
    const columns = found.columns.map(sensitiveIfPersonal);
    const name = wanted.table ?? nameOfFiles(wanted.paths);
    const reviews = columns.filter(({ comment }) => comment?.includes('REVIEW') === true).length;
    const size = bytes(files.reduce((sum, file) => sum + file.size, 0));
    const extent = `${isSampled ? `the first ${counted(MOST_ROWS, 'row')} of ` : ''}${first.file.shown}`;
    const end =
      isSampled || files.length > 1 ? ': another value that does not fit stops apply at its cell' : '';
    return {
      headline: `Read ${extent} (${counted(files.length, 'file')}, ${size}): sheet ${JSON.stringify(sheet)}`,
      sources: [{ name, definition: definitionOf(place, wanted, found) }],
      tables: [
        {
          name,
          from: { source: name },
          ...(!isSampled && files.length === 1 && { rows: found.rows }),
          columns,
          comments: [`guessed from ${extent}${end}`],
          notes: [
            ...(reviews > 0 ? [`${counted(reviews, 'column')} to REVIEW`] : []),
            ...personalNotes(columns),
          ],
        },
      ],
      relationships: [],
      leftOut: [],
    };
  });
}

interface ReadSheet {
  file: ListedFile;
  sheet: string;
  found: SheetFound;
  isSampled: boolean;
}

/** The first workbook decides; the others must have its header. */
async function readSheets(
  files: readonly ListedFile[],
  signal: AbortSignal,
): Promise<{ first: ReadSheet; isSampled: boolean }> {
  let first: ReadSheet | undefined;
  for (const file of files) {
    const read = await file.open((access) => readSheet(file, access), signal);
    first ??= read;
    const missing = first.found.header.find((text) => !read.found.header.includes(text));
    if (missing !== undefined)
      throw unlike(`${file.shown} has no column ${JSON.stringify(missing)}, which ${first.file.shown} has`);
    if (read.found.skipLines !== first.found.skipLines)
      throw unlike(`${first.file.shown} and ${file.shown} have different rows above their headers`);
  }
  if (first === undefined) throw new Error('there is a file');
  return { first, isSampled: first.isSampled };
}

async function readSheet(file: ListedFile, access: Parameters<typeof openSheet>[0]): Promise<ReadSheet> {
  const { shown } = file;
  // An import is about files of one's own: bombs end with the first rows.
  const sheet = await openSheet(access, { name: undefined, requireSize: () => undefined });
  const rows: Row[] = [];
  let isSampled = false;
  for await (const row of sheet.rows([])) {
    isSampled = rows.length === MOST_ROWS;
    if (isSampled) break;
    rows.push(row);
  }
  const found = guessSheet(rows, { shown, is1904: sheet.is1904, isSampled });
  if (found === undefined)
    throw new RunError('EXT2111', `${shown}: the sheet ${sheet.name} is empty`, {
      hint: 'an import needs a sheet with a header: make it the first one',
    });
  return { file, sheet: sheet.name, found, isSampled };
}

function definitionOf(
  place: Written.FileSource | Written.S3Source,
  { paths }: WantedFiles,
  { skipLines, hasEmptyRows, errors, dateOrder }: SheetFound,
): Written.Source {
  const nulls = [...errors];
  const options: Omit<Written.FormatOptions, 'type'> = {
    ...(skipLines > 0 && { skip_lines: skipLines }),
    ...(nulls.length > 0 && { null: nulls }),
    ...(hasEmptyRows && { empty_rows: 'skip' }),
    ...(dateOrder && { date_order: dateOrder }),
  };
  if (Object.keys(options).length > 0) return { ...place, format: { type: 'xlsx', ...options } };
  return paths.every((one) => /\.xls[xm]$/i.test(one)) ? place : { ...place, format: 'xlsx' };
}
