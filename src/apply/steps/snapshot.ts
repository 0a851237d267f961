import { required } from '../required.ts';
import type { RunState } from '../run-state.ts';
import type { PerformStep } from './step.ts';

/** Opens the sources of the step's tables at one moment. */
export const snapshot: PerformStep<'snapshot', RunState> = async (step, state, { report, signal }) => {
  const { job, snapshots, reporters, run } = state;
  const wanted = job.pipeline.tables.filter(({ name }) => step.tables.includes(name));
  const portOf = (name: string) => required(job.sources[name], `source ${name}`);
  const several = new Set(wanted.map(({ source }) => portOf(source))).size > 1;
  const leave = several ? await run.places.severalSources(signal) : undefined;
  const opening = snapshots.open(wanted, portOf, (port, tables) =>
    // Later lines belong to the step that then reads the table.
    port.snapshot(tables, signal, (waiting, table) => (reporters.get(table ?? '') ?? report)({ waiting })),
  );
  await opening.finally(leave);
  return {};
};
