import type { FeedPart, PathPart, StreamPart } from '../model/ports/feed.ts';
import type { Loaded } from '../model/ports/extract-port.ts';
import { CheckFailure, copyChecked } from './copy-checked.ts';
import { SourceFailure } from './copy-in.ts';
import { fileStatement, type Load } from './file-statement.ts';
import { joinParts, sumOf } from './joined-parts.ts';
import { copyStream, isDiskFailure, reconcile, useDateOrder } from './copy-into.ts';
import { isServerError } from './session.ts';

/**
 * Loads parts that may be loaded together by one statement. Resolves to undefined if there is one part alone, or Hyper
 * refused the statement, which leaves the table as it was.
 */
export async function loadTogether(load: Load, group: readonly FeedPart[]): Promise<Loaded | undefined> {
  const files = group.filter((part) => part.kind === 'path');
  const streams = group.filter((part) => part.kind === 'stream');
  if (files.length > 1) return loadFiles(load, files);
  if (streams.length > 1) return loadStreams(load, streams);
  return undefined;
}

async function loadFiles(
  { session, target, progress, signal }: Load,
  files: readonly PathPart[],
): Promise<Loaded | undefined> {
  const [first] = files;
  if (first === undefined) return undefined;
  const sizes = new Map(files.map(({ path, size }) => [path, size ?? 0]));
  const watch = session.watchFiles(sizes, progress);
  try {
    await useDateOrder(session, first.format);
    const statement = fileStatement(target, first, first.format, [...sizes.keys()]);
    const { rows, counted } = await copyChecked(
      session,
      { statement, parts: files, recordOf: () => 0 },
      signal,
    );
    watch.finish();
    const sent = sumOf(files.map((file) => file.rows)) ?? counted;
    reconcile(`${first.label} and ${files.length - 1} more`, sent, rows);
    const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    return { rows, bytes, ...(sent !== undefined && { sent }) };
  } catch (error) {
    if (error instanceof CheckFailure) {
      if (error.part.fallback(error.cause) !== undefined) return undefined;
      throw error.part.translate(error.cause);
    }
    if (signal.aborted || !isServerError(error) || isDiskFailure(error)) throw error;
    return undefined;
  } finally {
    watch.stop();
  }
}

/** Streams into one COPY. */
async function loadStreams(
  load: Load,
  [first, ...others]: readonly StreamPart[],
): Promise<Loaded | undefined> {
  const { session, signal } = load;
  if (first === undefined) return undefined;
  const joined = joinParts(first, others, signal);
  const part = { ...first, label: `${first.label} and ${others.length} more` };
  try {
    await useDateOrder(session, first.format);
    return await copyStream(load, part, joined);
  } catch (error) {
    if (signal.aborted) throw error;
    if (error instanceof SourceFailure) {
      const failed = joined.current();
      if (failed.fallback?.(error.cause) !== undefined) return undefined;
      throw await failed.translate(error.cause);
    }
    if (!isServerError(error) || isDiskFailure(error)) throw error;
    return undefined;
  }
}
