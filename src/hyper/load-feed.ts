import type { FeedPart } from '../model/ports/feed.ts';
import type { Loaded, LoadProgress } from '../model/ports/extract-port.ts';
import { fileStatement, type Load, type LoadTarget } from './file-statement.ts';
import { sumOf } from './joined-parts.ts';
import { loadPart } from './copy-into.ts';
import { loadTogether } from './load-together.ts';
import { monotonicProgress } from './monotonic-progress.ts';

/**
 * Loads the parts of a feed in their order. Files that follow each other and differ in nothing but their
 * names are loaded by one statement, which reads them side by side; streams that may follow each other are one stream.
 * Where Hyper refuses that they are loaded one after the other, so that an error names its file, and each may take
 * another way.
 */
export async function loadFeed(load: Load, parts: readonly FeedPart[]): Promise<Loaded> {
  const sum = { rows: 0, bytes: 0 };
  const counts: (number | undefined)[] = [];
  const add = ({ rows, bytes, sent }: Loaded) => {
    sum.rows += rows;
    sum.bytes += bytes;
    counts.push(sent);
  };
  for (const group of groupsOf(load.target, parts)) {
    const meter = monotonicProgress(load.progress);
    const countedFrom = (before: number, report: LoadProgress): LoadProgress => {
      return (bytes, rows) => report(bytes, rows === undefined ? undefined : before + rows);
    };
    const first = countedFrom(sum.rows, meter.attempt());
    const together = await loadTogether({ ...load, progress: first }, group);
    if (together !== undefined) {
      add(together);
      continue;
    }
    const report = meter.attempt();
    for (const part of group) add(await loadPart({ ...load, progress: countedFrom(sum.rows, report) }, part));
  }
  const sent = sumOf(counts);
  return { ...sum, ...(sent !== undefined && { sent }) };
}

/** The most files that are open in hyperd at once, and the most parts that are read again if one of them is refused. */
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

/** Parts with the same are loaded together: the statement but for the file, and what it does not say of the format. */
function wayOf(target: LoadTarget, part: FeedPart): string | undefined {
  if (part.kind === 'stream')
    return part.isJoinable === true ? JSON.stringify([part.columns, part.format]) : undefined;
  if (part.stage !== undefined) return undefined;
  return fileStatement(target, part, part.format, []) + JSON.stringify(part.format);
}
