import { bytes, counted } from '../../model/base/numbers.ts';
import type * as Written from '../../model/config/written.gen.ts';
import { RunError } from '../../model/errors/run-error.ts';
import type { ListedFile } from '../../sources/samples/index.ts';
import type { ImportContext } from '../context.ts';
import { FilesGuess } from '../delimited/files-guess.ts';
import { concludeText, type TextFound } from '../delimited/guess.ts';
import type { Found, FoundTable } from '../found.ts';
import { withFiles } from './listing.ts';
import { compressionOf, packingOf } from './packing.ts';
import { personalNotes, sensitiveIfPersonal } from './personal-columns.ts';
import { nameOfFiles, sourceOfFiles, type WantedFiles } from './source-of-files.ts';

/** At least so much of every file is read, and of few files more: all of them together up to the second one. */
const LEAST_BYTES = 64 * 1024;
const MOST_BYTES = 4 * 1024 * 1024;
/** The files that decide how all of them are written. */
const DECISIVE_FILES = 16;
/** Files that are looked at at once. */
const AT_ONCE = 8;

/** Guesses from the beginnings of text files how they are read, and writes a source and a table for them. */
export async function importText(wanted: WantedFiles, context: ImportContext): Promise<Found> {
  const place = await sourceOfFiles(wanted, context);
  return withFiles(place, wanted, context, async (files) => {
    const most = Math.max(LEAST_BYTES, Math.floor(MOST_BYTES / files.length));
    const { found, isSampled } = await guess(files, most, context.signal);
    const name = wanted.table ?? nameOfFiles(wanted.paths);
    const size = bytes(files.reduce((sum, file) => sum + file.size, 0));
    const extent = isSampled
      ? `the first ${binary(most)} of ${files.length === 1 ? files[0]?.shown : `each of ${counted(files.length, 'file')}`}`
      : counted(files.length, 'file');
    return {
      headline: `Read ${extent} (${isSampled ? `${size} in all` : size}): ${describe(found)}`,
      sources: [{ name, ...sourceOf(place, wanted, found) }],
      tables: [tableOf(found, { name, extent, isSampled })],
      relationships: [],
      leftOut: [],
    };
  });
}

async function guess(
  files: readonly ListedFile[],
  most: number,
  signal: AbortSignal,
): Promise<{ found: TextFound; isSampled: boolean }> {
  const packings = new Set<string>();
  const read = async (some: readonly ListedFile[]) => {
    const heads = await Promise.all(
      some.map(async (file) => ({ file, head: await file.head(most, signal) })),
    );
    for (const { head } of heads) packings.add(packingOf(head));
    return heads.map(({ file: { shown }, head: { bytes, isWhole } }) => ({ shown, bytes, isWhole }));
  };
  const first = await read(files.slice(0, DECISIVE_FILES));
  const all = new FilesGuess(first);
  for (const sample of first) all.take(sample);
  for (let at = DECISIVE_FILES; at < files.length; at += AT_ONCE)
    for (const sample of await read(files.slice(at, at + AT_ONCE))) all.take(sample);
  if (all.union.columns.length === 0) throw noRecord(files);
  return { found: concludeText(all, { compression: compressionOf(packings) }), isSampled: all.isSampled };
}

function noRecord(files: readonly ListedFile[]): RunError {
  const what =
    files.length === 1 ? `${files[0]?.shown ?? ''} is empty` : `all ${files.length} files are empty`;
  return new RunError('EXT2111', what, { hint: 'an import needs a file with a header or a row' });
}

function sourceOf(
  place: Written.FileSource | Written.S3Source,
  { paths }: WantedFiles,
  { format: { options, comments } }: TextFound,
): { definition: Written.Source; comments?: Record<string, string> } {
  const isPlain = Object.keys(options).length === 1 && paths.every((one) => /\.csv(?:\.gz)?$/i.test(one));
  const found = Object.entries(comments).map(([key, text]) => [`format.${key}`, text] as const);
  return {
    definition: isPlain ? place : { ...place, format: options },
    ...(found.length > 0 && { comments: Object.fromEntries(found) }),
  };
}

function tableOf(
  { columns, rows, lacking }: TextFound,
  { name, extent, isSampled }: { name: string; extent: string; isSampled: boolean },
): FoundTable {
  const marked = columns.map(sensitiveIfPersonal);
  const reviews = columns.filter(({ comment }) => comment?.includes('REVIEW') === true).length;
  const end = isSampled ? ': a later value that does not fit stops apply at its line' : '';
  return {
    name,
    from: { source: name },
    ...(rows !== undefined && { rows }),
    columns: marked,
    comments: [`guessed from ${extent}${end}`],
    notes: [
      ...lacking.slice(0, 3),
      ...(lacking.length > 3 ? [`${lacking.length - 3} more are not in all files`] : []),
      ...(reviews > 0 ? [`${counted(reviews, 'column')} to REVIEW`] : []),
      ...personalNotes(marked),
    ],
  };
}

/** The format in short: `windows-1252, separated by ";", 2 lines above the header`. */
function describe({ format: { options }, columns, otherDelimiter }: TextFound): string {
  const { delimiter = ',', encoding, header, skip_lines: above, date_order: order } = options;
  return [
    encoding ?? 'UTF-8',
    columns.length === 1 ? oneColumn(otherDelimiter) : `separated by ${signName(delimiter)}`,
    ...(header === false ? ['no header'] : []),
    ...(typeof above === 'number' ? [`${counted(above, 'line')} above the header`] : []),
    ...(order === undefined ? [] : [`dates ${String(order)}`]),
  ].join(', ');
}

function oneColumn(otherDelimiter: string | undefined): string {
  return otherDelimiter === undefined
    ? 'one column'
    : `one column (${signName(otherDelimiter)} may separate fields: see REVIEW)`;
}

function signName(sign: string | null): string {
  return sign === '\t' ? 'tabs' : sign === ' ' ? 'blanks' : JSON.stringify(sign);
}

function binary(size: number): string {
  return size >= 1024 * 1024 ? `${Math.floor(size / 1024 / 1024)} MiB` : `${Math.floor(size / 1024)} KiB`;
}
