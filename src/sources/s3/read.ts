import type { Feed } from '../../model/ports/feed.ts';
import type { Format } from '../../model/config/source.ts';
import type { Table } from '../../model/config/pipeline.ts';
import type { Snapshot } from '../../model/ports/source-port.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { changesByFile } from '../by-file/changes.ts';
import { nameObject, type FoundObject } from './bucket.ts';
import { limitConcurrency } from '../../model/base/limit.ts';
import { documentParts, isArchive, isDocumentFormat, type Document } from '../documents/index.ts';
import { csvPart } from './csv-part.ts';
import { objectDocuments } from './documents.ts';
import { confirmHeaderFile } from './header-file.ts';
import { amountProblems } from './list.ts';
import { fingerprintOf } from './observe.ts';
import { createStaging, parquetPart, type Staging } from './parquet-part.ts';
import { ReadAhead } from './read-ahead.ts';
import type { Reader } from './reader.ts';
import { textPart } from './text-part.ts';

/**
 * The objects as they were listed: every request names the version it wants, so what is read is that one moment or
 * an error. Objects that came later are found by the next plan.
 */
export async function openObjectSnapshot(
  reader: Reader,
  tables: readonly Table[],
  objects: readonly FoundObject[],
  signal: AbortSignal,
): Promise<Snapshot> {
  const [problem] = amountProblems(reader.source, objects);
  if (problem !== undefined) throw new RunError(problem.code, problem.message, problem);
  for (const table of tables) await confirmHeaderFile(reader, table, signal);
  const staging = createStaging();
  const ends: (() => void)[] = [];
  const held = { staging, ends };
  return {
    feed: (table, reading) => feedOf(reader, { table, objects }, held, reading),
    async changes(table, _increment, before, reading) {
      const { source } = reader;
      const now = fingerprintOf(source, table, objects);
      const { read, ...rest } = changesByFile(table, before, now, (key) => nameObject(source.bucket, key));
      const wanted = objects.filter(({ key }) => read.has(key));
      return { ...rest, rows: await feedOf(reader, { table, objects: wanted }, held, reading) };
    },
    confirm: () => Promise.resolve(),
    fingerprint: (table) => fingerprintOf(reader.source, table, objects),
    async end() {
      for (const end of ends) end();
      await staging.remove();
    },
  };
}

async function feedOf(
  reader: Reader,
  { table, objects }: { table: Table; objects: readonly FoundObject[] },
  { staging, ends }: { staging: Staging; ends: (() => void)[] },
  signal: AbortSignal,
): Promise<Feed> {
  const { format } = reader.source;
  const [first, ...others] = format.emptyFiles === 'skip' ? objects.filter(({ size }) => size > 0) : objects;
  if (first === undefined) return { parts: [] };
  if (format.type !== 'parquet' && [first, ...others].some((object) => isDocument(object, format))) {
    const documents = objectDocuments(reader, [first, ...others], ends);
    const turn = limitConcurrency(reader.limits.requests);
    const look = (document: Document) => turn(() => documentParts(table, document, format, signal));
    return { parts: (await Promise.all(documents.map(look))).flat() };
  }
  if (format.type === 'csv') {
    return { parts: [await csvPart(reader, { table, format, objects: [first, ...others] }, signal)] };
  }
  if (format.type === 'text') {
    const ahead = new ReadAhead(reader, [first, ...others]);
    ends.push(() => ahead.close());
    return { parts: [first, ...others].map((object) => textPart(reader, ahead, table, object, format)) };
  }
  const parts = [first, ...others].map((object) => parquetPart(reader, table, object, staging));
  return { parts: await Promise.all(parts) };
}

function isDocument(object: FoundObject, format: Format): boolean {
  return isDocumentFormat(format) || isArchive(object, format);
}
