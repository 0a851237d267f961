import type { FeedPart, PathPart, StreamPart } from '../model/ports/feed.ts';
import type { Loaded, LoadProgress } from '../model/ports/extract-port.ts';
import { CheckFailure, copyChecked } from './copy-checked.ts';
import { SourceFailure } from './copy-in.ts';
import { fileStatement, type LoadTarget } from './file-statement.ts';
import { joinParts, sumOf } from './joined-parts.ts';
import { copyStream, isDiskFailure, reconcile, useDateOrder } from './copy-into.ts';
import { isServerError, type HyperSession } from './session.ts';

/**
 * Loads parts that may be loaded together by one statement. Resolves to undefined if there is one part alone, or Hyper
 * refused the statement, which leaves the table as it was.
 */
// eslint-disable-next-line max-params -- what it works on, and the signal that stops it
export async function loadTogether(
  session: HyperSession,
  target: LoadTarget,
  group: readonly FeedPart[],
  progress: LoadProgress,
  signal: AbortSignal,
): Promise<Loaded | undefined> {
  const files = group.filter((part) => part.kind === 'path');
  const streams = group.filter((part) => part.kind === 'stream');
  if (files.length > 1) return loadFiles(session, target, files, progress, signal);
  if (streams.length > 1) return loadStreams(session, target, streams, progress, signal);
  return undefined;
}

// eslint-disable-next-line max-params -- what it works on, and the signal that stops it
async function loadFiles(
  session: HyperSession,
  target: LoadTarget,
  files: readonly PathPart[],
  progress: LoadProgress,
  signal: AbortSignal,
): Promise<Loaded | undefined> {
  const [first] = files;
  if (first === undefined) return undefined;
  const sizes = new Map(files.map(({ path, size }) => [path, size ?? 0]));
  const watch = session.watchFiles(sizes, progress);
  try {
    await useDateOrder(session, first.format);
    const statement = fileStatement(target, first, first.format, [...sizes.keys()]);
    const { rows, counted } = await copyChecked(session, statement, files, signal, () => 0);
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
// eslint-disable-next-line max-params -- what it works on, and the signal that stops it
async function loadStreams(
  session: HyperSession,
  target: LoadTarget,
  [first, ...others]: readonly StreamPart[],
  progress: LoadProgress,
  signal: AbortSignal,
): Promise<Loaded | undefined> {
  if (first === undefined) return undefined;
  const joined = joinParts(first, others, signal);
  const part = { ...first, label: `${first.label} and ${others.length} more` };
  try {
    await useDateOrder(session, first.format);
    return await copyStream(session, target, part, joined, progress, signal);
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
