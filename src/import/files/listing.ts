import path from 'node:path';
import type * as Written from '../../model/config/written.gen.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { listBucket, listLocal, type FileListing, type ListedFile } from '../../sources/samples/index.ts';
import { resolveSource, type ImportContext } from '../context.ts';
import type { WantedFiles } from './source-of-files.ts';

/** Lists the files that are wanted while `use` runs. Throws if there are none. */
export async function withFiles<T>(
  definition: Written.FileSource | Written.S3Source,
  { paths }: WantedFiles,
  context: ImportContext,
  use: (files: readonly ListedFile[]) => Promise<T>,
): Promise<T> {
  const listing = await open(definition, context);
  try {
    if (listing.files.length === 0) throw noFile(paths);
    return await use(listing.files);
  } finally {
    await listing.close();
  }
}

async function open(
  definition: Written.FileSource | Written.S3Source,
  context: ImportContext,
): Promise<FileListing> {
  // Names with other endings need a format to be valid; any will do for a list.
  const source = await resolveSource('files', { ...definition, format: 'csv' }, context);
  if (source.type === 'file') {
    const folder = path.dirname(context.file);
    // As the user would write it, who is not in the folder of the pipeline.
    return listLocal(source, (shown) => (path.isAbsolute(shown) ? shown : path.join(folder, shown)));
  }
  if (source.type === 's3') return listBucket(source, context.variables, context.signal);
  throw new Error(`a source of type ${source.type} came to the import of files`);
}

function noFile(paths: readonly string[]): RunError {
  const [first = ''] = paths;
  const isPrefix = /^s3:/i.test(first) && !/[*?[{]/.test(first);
  const hint = isPrefix
    ? `a pattern matches whole keys: '${first.replace(/\/?$/, '/**')}' matches all that begin with it`
    : 'letter case matters; a pattern in quotes reaches extracts as it is: * matches within a folder, ** in all below';
  const shown = paths.map((one) => `"${one}"`).join(', ');
  return new RunError('EXT2101', `no file matches ${shown}`, { hint });
}
