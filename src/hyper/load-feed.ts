import type { FeedPart } from '../model/ports/feed.ts';
import type { Loaded, LoadProgress } from '../model/ports/extract-port.ts';
import { CheckFailure, copyChecked } from './copy-checked.ts';
import { fileStatement, type LoadTarget } from './file-statement.ts';
import { isDiskFailure, loadPart, reconcile, useDateOrder } from './load.ts';
import { isServerError, type HyperSession } from './session.ts';
import { monotonicProgress } from './monotonic-progress.ts';

/**
 * Loads the parts of a feed in their order. Files that follow each other and differ in nothing but their
 * names are loaded by one statement, which reads them side by side. Where Hyper refuses that they are loaded
 * one after the other, so that an error names its file, and each may take another way.
 */
// eslint-disable-next-line max-params -- what it works on, and the signal that stops it
export async function loadFeed(
  session: HyperSession,
  target: LoadTarget,
  parts: readonly FeedPart[],
  progress: LoadProgress,
  signal: AbortSignal,
): Promise<Loaded> {
  const sum = { rows: 0, bytes: 0 };
  const counts: (number | undefined)[] = [];
  const add = ({ rows, bytes, sent }: Loaded) => {
    sum.rows += rows;
    sum.bytes += bytes;
    counts.push(sent);
  };
  for (const group of groupsOf(target, parts)) {
    const meter = monotonicProgress(progress);
    const together = await loadTogether(session, target, group, meter.attempt(), signal);
    if (together !== undefined) {
      add(together);
      continue;
    }
    const report = meter.attempt();
    for (const part of group) {
      const before = sum.rows;
      const counted: LoadProgress = (bytes, rows) =>
        report(bytes, rows === undefined ? undefined : before + rows);
      add(await loadPart(session, target, part, counted, signal));
    }
  }
  const sent = sumOf(counts);
  return { ...sum, ...(sent !== undefined && { sent }) };
}

/** Undefined if there is nothing to load together, or Hyper refused it, which leaves the table as it was. */
// eslint-disable-next-line max-params -- what it works on, and the signal that stops it
async function loadTogether(
  session: HyperSession,
  target: LoadTarget,
  group: readonly FeedPart[],
  progress: LoadProgress,
  signal: AbortSignal,
): Promise<Loaded | undefined> {
  const files = group.filter((part) => part.kind === 'path');
  const [first] = files;
  if (first === undefined || group.length === 1) return undefined;
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

/** Undefined where one of them does not count. */
function sumOf(counts: readonly (number | undefined)[]): number | undefined {
  const known = counts.filter((count) => count !== undefined);
  return known.length < counts.length ? undefined : known.reduce((sum, count) => sum + count, 0);
}

/** The most files that are open in hyperd at once, and that are read again if one of them is refused. */
const mostTogether = 64;

function groupsOf(target: LoadTarget, parts: readonly FeedPart[]): FeedPart[][] {
  const groups: FeedPart[][] = [];
  let way: string | undefined;
  for (const part of parts) {
    const group = groups.at(-1);
    const next = wayOf(target, part);
    if (group !== undefined && next !== undefined && next === way && group.length < mostTogether) {
      group.push(part);
    } else {
      groups.push([part]);
    }
    way = next;
  }
  return groups;
}

/** Files with the same are loaded together: the statement but for the file, and what it does not say of the format. */
function wayOf(target: LoadTarget, part: FeedPart): string | undefined {
  if (part.kind === 'stream' || part.stage !== undefined) return undefined;
  return fileStatement(target, part, part.format, []) + JSON.stringify(part.format);
}
