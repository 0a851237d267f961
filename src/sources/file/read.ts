import type { Feed, FeedPart } from '../../model/ports/feed.ts';
import type { FilesFingerprint } from '../../model/world/fingerprint.ts';
import type { FileSource } from '../../model/config/source.ts';
import type { Table } from '../../model/config/pipeline.ts';
import type { Snapshot } from '../../model/ports/source-port.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { changesByFile } from '../by-file/changes.ts';
import { documentParts, isArchive, isDocumentFormat } from '../documents/index.ts';
import { csvPart } from './csv-part.ts';
import { fileDocument } from './documents.ts';
import { explainText } from '../delimited/explain-refusal.ts';
import { markFiles, markForRecord, markSomeForRecord } from './fingerprint.ts';
import { listFiles, lookAtFile, nameFile, type FoundFile } from './list.ts';
import { layOutFile, tooFew } from './observe.ts';
import { parquetPart } from './parquet-part.ts';
import { textPart } from './text-part.ts';

/**
 * The files as they are listed now. Files have no snapshots: each is looked at again after it was read, and one that
 * has changed meanwhile fails the load, so that no mixture gets through.
 */
export async function openFileSnapshot(source: FileSource): Promise<Snapshot> {
  const files = await listFiles(source);
  const [problem] = tooFew(source, files);
  if (problem !== undefined) throw new RunError(problem.code, problem.message, problem);
  const ended = new AbortController();
  // Files are hashed while Hyper reads them, which leaves some of the machine idle.
  let marking: Promise<FilesFingerprint> | undefined;
  const begun = new Map<string, { read: readonly FoundFile[]; marking: Promise<FilesFingerprint> }>();
  const begin = (table: Table, read: readonly FoundFile[], marks: Promise<FilesFingerprint>) => {
    marks.catch(() => undefined);
    begun.set(table.name, { read, marking: marks });
  };
  const confirmed = new Map<string, FilesFingerprint>();
  return {
    async feed(table, signal) {
      const feed = await feedOf(source, table, files, signal);
      begin(table, files, (marking ??= markForRecord(files, ended.signal)));
      return feed;
    },
    async changes(table, _increment, before, signal) {
      const now = await markFiles(files, before, signal);
      const { read, ...rest } = changesByFile(table, before, now, nameFile);
      const wanted = files.filter(({ shown }) => read.has(shown));
      const rows = await feedOf(source, table, wanted, signal);
      begin(table, wanted, markSomeForRecord(now, wanted, ended.signal));
      return { ...rest, rows };
    },
    async confirm(table) {
      const reading = begun.get(table.name);
      if (reading === undefined) return;
      // For a missing file the look gives a better error than the hash.
      await Promise.allSettled([reading.marking]);
      for (const file of reading.read) await confirmSame(source, file, table);
      confirmed.set(table.name, await reading.marking);
    },
    explain: (table, error) => explainByChange(source, table, begun.get(table.name)?.read ?? [], error),
    fingerprint: (table) => confirmed.get(table.name),
    async end() {
      ended.abort();
      await Promise.allSettled([...begun.values()].map((one) => one.marking));
    },
  };
}

async function feedOf(
  source: FileSource,
  table: Table,
  files: readonly FoundFile[],
  signal: AbortSignal,
): Promise<Feed> {
  const parts: FeedPart[] = [];
  for (const file of files) {
    parts.push(...(await partsOf(source, table, file, signal)));
  }
  return { parts };
}

/** None where the file is empty and may be. */
async function partsOf(
  { format }: FileSource,
  table: Table,
  file: FoundFile,
  signal: AbortSignal,
): Promise<FeedPart[]> {
  try {
    if (file.size === 0 && format.emptyFiles === 'skip') return [];
    if (format.type === 'parquet') return [await parquetPart(table, file)];
    if (isDocumentFormat(format) || isArchive(file, format))
      return await documentParts(table, fileDocument(file), format, signal);
    if (format.type === 'text') return [await textPart(table, file, format)];
    const layout = await layOutFile(table, file, format);
    if ('problem' in layout) throw new RunError(layout.problem.code, layout.problem.message, layout.problem);
    return layout.isEmpty ? [] : [csvPart(table, file, format, layout)];
  } catch (error) {
    throw explainText(error, file, table);
  }
}

/** Errors about rows: those of text and Parquet files (EXT21xx), and of rows that do not add up. A full disk is none. */
const ofRows = /^EXT(?:21\d\d|3010)$/;

async function explainByChange(
  source: FileSource,
  table: Table,
  files: readonly FoundFile[],
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof RunError) || !ofRows.test(error.code)) return error;
  try {
    for (const file of files) await confirmSame(source, file, table);
    return error;
  } catch (change) {
    return change;
  }
}

async function confirmSame(source: FileSource, file: FoundFile, table: Table): Promise<void> {
  const now = await lookAtFile(source, file.shown);
  if (now?.size === file.size && now.modified === file.modified) return;
  throw new RunError(
    'EXT2104',
    `${file.shown} was ${now === undefined ? 'removed' : 'changed'} while it was read`,
    {
      hint: `table "${table.name}" would have been a mixture, so nothing was kept; run again when the file is complete`,
      place: source.place,
    },
  );
}
