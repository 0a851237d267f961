import { buildOf, tableOf, type RunState } from '../run-state.ts';
import { keepWatermark } from '../keep-watermark.ts';
import { progressOf, stopwatch } from './progress.ts';
import { readConfirmed } from './read-confirmed.ts';
import type { PerformStep } from './step.ts';

/** Reads one table of the source into the new extract. */
export const load: PerformStep<'load', RunState> = async (step, state, { report, signal }) => {
  const table = tableOf(state, step.table);
  state.reporters.set(table.name, report);
  const seconds = stopwatch();
  const snapshot = state.snapshots.of(table);
  const loaded = await readConfirmed(snapshot, table, signal, async () => {
    const { parts } = await snapshot.feed(table, signal, { backends: step.backends });
    return buildOf(state).load(table, parts, progressOf(step, seconds, report), signal);
  });
  const read = { name: table.name, ...loaded, seconds: seconds() };
  await keepWatermark(state, table, undefined, signal);
  state.tables.push(read);
  return { rows: read.rows, bytes: read.bytes };
};
