import { bytes, counted } from '../../model/base/numbers.ts';
import type * as Written from '../../model/config/written.gen.ts';
import { RunError } from '../../model/errors/run-error.ts';
import type { ListedFile } from '../../sources/samples/index.ts';
import type { ImportContext } from '../context.ts';
import { RecordsGuess } from '../documents/records-guess.ts';
import type { Found } from '../found.ts';
import { withFiles } from './listing.ts';
import { compressionOf, packingOf } from './packing.ts';
import { personalNotes, sensitiveIfPersonal } from './personal-columns.ts';
import { nameOfFiles, sourceOfFiles, type WantedFiles } from './source-of-files.ts';

/** So much of each file is read, and of few files more. */
const LEAST_BYTES = 64 * 1024;
const MOST_BYTES = 4 * 1024 * 1024;

/** Guesses the keys of JSON lines and the types of their values, and writes a source and a table for them. */
export async function importJsonLines(wanted: WantedFiles, context: ImportContext): Promise<Found> {
  const place = await sourceOfFiles(wanted, context);
  return withFiles(place, wanted, context, async (files) => {
    const { records, packings } = await readRecords(files, context.signal);
    const { columns: found, dateOrder } = records.columns();
    if (found.length === 0) throw noRecord(files);
    const columns = found.map(sensitiveIfPersonal);
    const name = wanted.table ?? nameOfFiles(wanted.paths);
    const reviews = columns.filter(({ comment }) => comment?.includes('REVIEW') === true).length;
    const size = bytes(files.reduce((sum, file) => sum + file.size, 0));
    const extent = `${records.isSampled ? 'the beginning of ' : ''}${counted(files.length, 'file')}`;
    const end = records.isSampled ? ': a later value that does not fit stops apply at its line' : '';
    const options = { ...(dateOrder && { date_order: dateOrder }), ...packings };
    return {
      headline: `Read ${counted(records.records, 'record')} of ${extent} (${size}): JSON lines`,
      sources: [{ name, definition: definitionOf(place, wanted, options) }],
      tables: [
        {
          name,
          from: { source: name },
          ...(!records.isSampled && { rows: records.records }),
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

async function readRecords(
  files: readonly ListedFile[],
  signal: AbortSignal,
): Promise<{ records: RecordsGuess; packings: { compression?: 'gzip' | 'none' } }> {
  const most = Math.max(LEAST_BYTES, Math.floor(MOST_BYTES / files.length));
  const records = new RecordsGuess();
  const packings = new Set<string>();
  for (const file of files) {
    const head = await file.head(most, signal);
    packings.add(packingOf(head));
    records.take(file, head);
  }
  const compression = compressionOf(packings);
  return { records, packings: compression === undefined ? {} : { compression } };
}

function noRecord(files: readonly ListedFile[]): RunError {
  const what = files.length === 1 ? `${files[0]?.shown ?? ''} has` : `the ${files.length} files have`;
  return new RunError('EXT2111', `${what} no record with a key`, { hint: 'an import needs a record' });
}

/** The names of files mostly say that they are JSON lines. */
function definitionOf(
  place: Written.FileSource | Written.S3Source,
  { paths }: WantedFiles,
  options: Omit<Written.FormatOptions, 'type'>,
): Written.Source {
  const isNamed = paths.every((one) => /\.(?:jsonl|ndjson)(?:\.gz)?$/i.test(one));
  if (Object.keys(options).length > 0) return { ...place, format: { type: 'jsonl', ...options } };
  return isNamed ? place : { ...place, format: 'jsonl' };
}
