import { stat } from 'node:fs/promises';
import path from 'node:path';
import type * as Written from '../../model/config/written.gen.ts';
import { UsageError } from '../../run/usage-error.ts';
import { escapeReferences } from '../found.ts';

/** Which files are wanted, as the command line says it. */
export interface WantedFiles {
  /** Paths and patterns, relative to the working folder; or `s3://bucket/pattern`, all in one bucket. */
  paths: readonly string[];
  /** Settings of S3 sources. */
  access: Pick<Written.S3Source, 'endpoint' | 'region' | 'profile' | 'anonymous'>;
  /** The name of the table; without it, one that the paths give. */
  table: string | undefined;
}

/** Where the pipeline file will be, and what its paths are relative to. */
interface Folders {
  cwd: string;
  /** The pipeline file, relative to `cwd`. */
  file: string;
}

/** Returns the source as a pipeline writes it, without a format. Its texts are escaped. */
export async function sourceOfFiles(
  { paths, access }: WantedFiles,
  folders: Folders,
): Promise<Written.FileSource | Written.S3Source> {
  const objects = paths.map((one) => /^s3:\/\/([^/]+)\/(.+)$/i.exec(one));
  if (objects.every((one) => one === null)) {
    if (Object.keys(access).length > 0)
      throw new UsageError('local files have no endpoint, region or profile', 'give s3://bucket/key');
    const found: string[] = [];
    for (const one of paths) found.push(await localPattern(one, folders));
    return { type: 'file', path: oneOrMore(found) };
  }
  const buckets = new Set(objects.map((one) => one?.[1]));
  const [bucket] = buckets;
  if (bucket === undefined || buckets.size > 1)
    throw new UsageError(
      'the files of one table are in one bucket, or all local',
      's3://bucket/prefix/*.csv names objects of a bucket',
    );
  const match = objects.map((one) => escapeReferences(one?.[2] ?? ''));
  return { type: 's3', bucket, match: oneOrMore(match), ...access };
}

function oneOrMore(texts: string[]): string | string[] {
  return texts.length === 1 ? (texts[0] ?? '') : texts;
}

/** Returns a path relative to the folder of the pipeline file; a file of this very name is no pattern. */
async function localPattern(written: string, { cwd, file }: Folders): Promise<string> {
  const kind = await kindOf(path.resolve(cwd, written));
  if (kind === 'folder') {
    const pattern = `${written.replace(/\/+$/, '')}/*.csv`;
    throw new UsageError(`${written} is a folder`, `give a pattern in quotes, such as '${pattern}'`);
  }
  const pattern = kind === 'file' ? written.replace(/[*?[\]{}()!@+\\]/g, '\\$&') : written;
  if (path.isAbsolute(pattern)) return escapeReferences(pattern);
  const folder = path.resolve(cwd, path.dirname(file));
  return escapeReferences(path.relative(folder, path.join(cwd, pattern)).split(path.sep).join('/'));
}

async function kindOf(absolute: string): Promise<'file' | 'folder' | undefined> {
  const found = await stat(absolute).catch(() => undefined);
  return found && (found.isDirectory() ? 'folder' : 'file');
}

/** Returns a name for a table of files: the last part of a path that is no pattern, in letters, digits and `_`. */
export function nameOfFiles(paths: readonly string[]): string {
  const [first = ''] = paths;
  const parts = first.replace(/^s3:\/\//i, '').split('/');
  const names = [withoutEnding(parts.at(-1) ?? ''), ...parts.slice(0, -1).reverse()].map(wordOf);
  return names.find((name) => /\p{L}/u.test(name)) ?? 'files';
}

function withoutEnding(name: string): string {
  return name.replace(/\.(?:csv|tsv|txt|jsonl|ndjson|xlsx|xlsm|parquet|dat|gz|\*)+(?:\.gz)?$/i, '');
}

/** Returns what of a part comes before the first wildcard, as a name. Numbers at its ends are dropped where a word is left. */
function wordOf(part: string): string {
  const [literal = ''] = part.split(/[*?[{]|[@!+]\(/);
  const whole = literal.replace(/[^\p{L}\p{N}_]+/gu, '_').replace(/^_+|_+$/g, '');
  const word = whole.replace(/[_\d]+$/, '').replace(/^\d+_*/, '');
  return /\p{L}{2}/u.test(word) ? word : whole;
}
