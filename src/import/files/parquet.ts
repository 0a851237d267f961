import { bytes, counted } from '../../model/base/numbers.ts';
import type * as Written from '../../model/config/written.gen.ts';
import { RunError } from '../../model/errors/run-error.ts';
import type { ListedFile } from '../../sources/samples/index.ts';
import type { ImportContext } from '../context.ts';
import { unlike } from '../delimited/problems.ts';
import { someNames } from '../delimited/names.ts';
import type { Found, FoundColumn } from '../found.ts';
import { withFiles } from './listing.ts';
import { ParquetUnion, type UnitedParquet } from './parquet-union.ts';
import { chooseParquetType } from './parquet-types.ts';
import { personalNotes, sensitiveIfPersonal } from './personal-columns.ts';
import { nameOfFiles, sourceOfFiles, type WantedFiles } from './source-of-files.ts';

/** Footers that are read at once. */
const AT_ONCE = 8;

/** Reads the footers of Parquet files, and writes a source and a table for them. */
export async function importParquet(wanted: WantedFiles, context: ImportContext): Promise<Found> {
  const place = await sourceOfFiles(wanted, context);
  return withFiles(place, wanted, context, async (files) => {
    const { union, hasEmptyFiles } = await readFooters(files, context.signal);
    const name = wanted.table ?? nameOfFiles(wanted.paths);
    const leftOut: string[] = [];
    const columns = union.columns.flatMap((column) => {
      const found = foundColumn(column, union, context);
      if (!('reason' in found)) return [found];
      leftOut.push(`${name}.${column.name} (${found.reason})`);
      return [];
    });
    if (columns.length === 0) throw noColumn(files, leftOut);
    const size = bytes(files.reduce((sum, file) => sum + file.size, 0));
    const lacking = union.columns.flatMap((column) => {
      const without = filesWithout(column, union);
      return without === undefined ? [] : [`${column.name} is not in ${without}`];
    });
    return {
      headline: `Read the footers of ${counted(files.length, 'file')} (${size})`,
      sources: [{ name, definition: definitionOf(place, wanted, hasEmptyFiles) }],
      tables: [
        {
          name,
          from: { source: name },
          rows: union.rows,
          columns,
          notes: [
            ...lacking.slice(0, 3),
            ...(lacking.length > 3 ? [`${lacking.length - 3} more are not in all files`] : []),
            ...personalNotes(columns),
          ],
        },
      ],
      relationships: [],
      leftOut,
    };
  });
}

function noColumn(files: readonly ListedFile[], leftOut: readonly string[]): RunError {
  const what = files.length === 1 ? `${files[0]?.shown ?? ''} has` : `the ${files.length} files have`;
  const [first, ...others] = leftOut;
  const why = first === undefined ? '' : `: ${first}${others.length > 0 ? ` and ${others.length} more` : ''}`;
  return new RunError('EXT2115', `${what} no column that can be read${why}`, {
    hint: remedyFor(first ?? ''),
  });
}

/** Returns the remedy for the first of the columns: those of a file mostly fail alike. */
function remedyFor(reason: string): string {
  if (reason === '') return 'the file has no columns: write some, or leave it out of the pattern';
  if (reason.includes(', compressed with '))
    return 'write the file with zstd or snappy, or leave it out of the pattern';
  if (reason.includes('nested columns'))
    return 'nested columns (lists, maps, structs) are not read: write them as columns of their own, or as text';
  if (reason.includes('(decimal(')) return 'write them as decimals of at most 38 digits, or as text';
  return 'write the columns with another type';
}

async function readFooters(
  files: readonly ListedFile[],
  signal: AbortSignal,
): Promise<{ union: ParquetUnion; hasEmptyFiles: boolean }> {
  const union = new ParquetUnion();
  const filled = files.filter(({ size }) => size > 0);
  for (let at = 0; at < filled.length; at += AT_ONCE) {
    const some = filled.slice(at, at + AT_ONCE);
    const footers = await Promise.all(some.map((file) => file.footer(signal)));
    for (const [index, footer] of footers.entries()) union.take(some[index]?.shown ?? '', footer);
  }
  return { union, hasEmptyFiles: filled.length < files.length };
}

function definitionOf(
  place: Written.FileSource | Written.S3Source,
  { paths }: WantedFiles,
  hasEmptyFiles: boolean,
): Written.Source {
  if (hasEmptyFiles) return { ...place, format: { type: 'parquet', empty_files: 'skip' } };
  return paths.every((one) => /\.parquet$/i.test(one)) ? place : { ...place, format: 'parquet' };
}

/** The files that lack a column, in short; undefined if none does. */
function filesWithout({ files }: UnitedParquet, union: ParquetUnion): string | undefined {
  if (files.length === union.files.length) return undefined;
  return someNames(union.files.filter((file) => !files.includes(file)));
}

function foundColumn(
  column: UnitedParquet,
  union: ParquetUnion,
  { generatesTemplate }: ImportContext,
): FoundColumn | { reason: string } {
  const choice = chooseParquetType(column.variants, { generatesTemplate });
  if ('reason' in choice) return choice;
  if ('conflict' in choice) {
    const [one, other] = choice.conflict;
    throw unlike(`"${column.name}" is ${one.type} in ${one.file} and ${other.type} in ${other.file}`);
  }
  const without = filesWithout(column, union);
  const isLacking = without !== undefined;
  const comment = [choice.comment, isLacking ? `not in ${without}` : undefined]
    .filter((part) => part !== undefined)
    .join('; ');
  const isRequired = !isLacking && column.variants.every(({ nullable }) => !nullable);
  return sensitiveIfPersonal({
    name: column.name,
    settings: {
      ...choice.settings,
      ...(isRequired && { not_null: true }),
      ...(isLacking && { optional: true }),
    },
    ...(comment !== '' && { comment }),
  });
}
