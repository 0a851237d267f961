import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import { codes } from '../codes.ts';
import { problem } from '../problem.ts';
import { isFull, type Writer } from './data-source-writer.ts';

/**
 * Reports pipelines that wait for each other: one that changes rows is applied after the one that publishes them, and
 * each of these changes, directly or by way of others, what the next one publishes.
 */
export function* publishingCycles(dataSources: Iterable<readonly Writer[]>): Iterable<Diagnostic> {
  const updates = [...dataSources].flatMap((writers) => {
    const publisher = writers.find(({ settings }) => isFull(settings))?.draft.address;
    if (publisher === undefined) return [];
    const changing = writers.filter(
      ({ settings, draft }) => !isFull(settings) && draft.address !== publisher,
    );
    return changing.map((writer) => ({ from: writer.draft.address, to: publisher, place: writer.place }));
  });
  const reported = new Set<string>();
  for (const { from, to, place } of updates) {
    const way = wayBetween(to, from, updates);
    if (way === undefined || way.some((address) => reported.has(address))) continue;
    way.forEach((address) => reported.add(address));
    const names = way.map((address) => `"${address}"`).join(', ');
    const message = `each of these pipelines changes rows of a data source that the next one publishes: ${names}`;
    yield problem(codes.sameDestination, message, place, {
      hint: 'a pipeline is applied after the one whose rows it changes: change them in a pipeline of their own',
    });
  }
}

/** Returns the addresses from one pipeline to another that it must be applied after, both included. */
function wayBetween(
  from: string,
  to: string,
  after: readonly { from: string; to: string }[],
  passed: ReadonlySet<string> = new Set(),
): readonly string[] | undefined {
  if (from === to) return [to];
  if (passed.has(from)) return undefined;
  for (const next of after) {
    if (next.from !== from) continue;
    const way = wayBetween(next.to, to, after, new Set([...passed, from]));
    if (way !== undefined) return [from, ...way];
  }
  return undefined;
}
