import { bytes as amount } from '../../model/base/numbers.ts';
import { quotedVisible, visible } from '../../model/base/visible.ts';
import type { Format, TextSettings } from '../../model/config/source.ts';
import { FileProblem } from '../delimited/file-problem.ts';
import { fileGlobs, globMatcher } from '../globs.ts';
import { listArchive, unpackFile, type ArchivedFile } from '../zip/index.ts';
import type { Document, DocumentReading } from './document.ts';

/** Text packs five to fifty times; what packs better is small, or written to fill a disk. */
const USUAL_RATIO = 200;
const SMALL_ENOUGH = 1024 ** 3;

/** Returns true if a file is an archive, by its name or its format. */
export function isArchive({ shown }: { shown: string }, format: Format): boolean {
  if (!('compression' in format)) return false;
  return format.compression === 'zip' || (format.compression === 'by-name' && /\.zip$/i.test(shown));
}

/**
 * The files in an archive that its format means, each as a document of its own. Throws a FileProblem if there is none, or if
 * they unpack to more than is allowed.
 */
export async function filesIn(
  archive: Document,
  format: TextSettings,
  signal: AbortSignal,
): Promise<Document[]> {
  const access = await archive.open(signal);
  try {
    const files = chosen(await listArchive(access), format);
    requireSize(
      files.reduce((sum, file) => sum + file.size, 0),
      archive,
      format.maxUnpacked,
    );
    return files.map((file) => fileIn(archive, file));
  } finally {
    await access.close();
  }
}

function chosen(files: readonly ArchivedFile[], { entries }: TextSettings): ArchivedFile[] {
  const patterns = entries?.map((pattern) => globMatcher(pattern, fileGlobs));
  const found = files.filter(({ name }) => patterns?.some((matches) => matches(name)) ?? true);
  const nested = found.find(({ name }) => /\.zip$/i.test(name));
  if (nested !== undefined) {
    const hint = 'unpack it once, or name the files that are read: entries: "**/*.csv" in its format';
    throw new FileProblem('EXT2123', `has the archive ${quotedVisible(nested.name)} in it`, hint);
  }
  if (found.length > 0) return found;
  const has = files.slice(0, 3).map(({ name }) => quotedVisible(name));
  const hint =
    has.length === 0
      ? 'exclude it, or pack it again'
      : `it has ${has.join(', ')}${files.length > 3 ? ` and ${files.length - 3} more` : ''}: correct entries in its format`;
  throw new FileProblem(
    'EXT2111',
    has.length === 0 ? 'has no files in it' : 'has no file that entries means',
    hint,
  );
}

/** Throws a FileProblem if a file unpacks to more than it may: `most`, or what is usual for its size. */
export function requireSize(unpacked: number, { size }: Document, most: number | undefined): void {
  const limit = most ?? Math.max(SMALL_ENOUGH, USUAL_RATIO * size);
  if (unpacked <= limit) return;
  throw new FileProblem(
    'EXT2123',
    `unpacks from ${amount(size)} to ${amount(unpacked)}, which is more than ${amount(limit)}`,
    `if that is right, raise it in its format: max_unpacked: ${Math.ceil(unpacked / 1e9)}GB`,
  );
}

function fileIn(archive: Document, file: ArchivedFile): Document {
  return {
    shown: `${archive.shown}/${visible(file.name)}`,
    // Rows are those of the archive: it is what is replaced or removed.
    facts: { ...archive.facts, entry: file.name },
    isInside: true,
    size: file.packedSize,
    read: (signal) => readFileIn(archive, file, signal),
    open: () =>
      Promise.reject(new FileProblem('EXT2123', 'is a file that is not read in an archive', 'unpack it')),
  };
}

function readFileIn(archive: Document, file: ArchivedFile, signal: AbortSignal): DocumentReading {
  const stop = new AbortController();
  let taken = 0;
  async function* bytes(): AsyncGenerator<Buffer, void> {
    const access = await archive.open(AbortSignal.any([signal, stop.signal]));
    try {
      for await (const chunk of unpackFile(access, file, (count) => (taken += count))) {
        stop.signal.throwIfAborted();
        yield chunk;
      }
    } finally {
      await access.close();
    }
  }
  return { bytes: bytes(), taken: () => taken, close: (reason) => stop.abort(reason) };
}
