import { getOwn } from '../../model/base/get-own.ts';
import { incrementOf } from '../increment.ts';
import { keepWatermark } from '../keep-watermark.ts';
import { required } from '../required.ts';
import { buildOf, tableOf, type RunState } from '../run-state.ts';
import { progressOf, stopwatch } from './progress.ts';
import { readConfirmed } from './read-confirmed.ts';
import type { PerformStep } from './step.ts';

/** Reads what is new of one table and changes it in the copy of its extract. */
export const change: PerformStep<'change', RunState> = async (step, state, { report, signal }) => {
  const { job, snapshots } = state;
  const table = tableOf(state, step.table);
  const last = required(getOwn(job.seen.record?.tables, table.name), `record of ${table.name}`);
  const increment = incrementOf(job, table, last);
  state.reporters.set(table.name, report);
  const seconds = stopwatch();
  const snapshot = snapshots.of(table);
  const changed = await readConfirmed(snapshot, table, signal, async () => {
    const asked = snapshot.changes?.(table, increment, last.fingerprint, signal);
    const changes = await required(asked, `changes of ${table.source}`);
    return buildOf(state).change(table, changes, progressOf(step, seconds, report), signal);
  });
  const { read: rows, inserted, deleted, bytes, sent } = changed;
  const readSeconds = seconds();
  await keepWatermark(state, table, increment, signal);
  state.tables.push({
    name: table.name,
    rows,
    changed: { inserted, deleted },
    bytes,
    ...(sent !== undefined && { sent }),
    seconds: readSeconds,
  });
  return { rows, bytes };
};
