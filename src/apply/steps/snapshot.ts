import { required } from '../required.ts';
import type { RunState } from '../run-state.ts';
import type { PerformStep } from './step.ts';

/** Opens the sources of the step's tables at one moment. */
export const snapshot: PerformStep<'snapshot', RunState> = async (step, state, { report, signal }) => {
  const { job, snapshots, reporters } = state;
  const wanted = job.pipeline.tables.filter(({ name }) => step.tables.includes(name));
  const portOf = (name: string) => required(job.sources[name], `source ${name}`);
  const ports = [...new Set(wanted.map(({ source }) => portOf(source)))];
  const places = await job.snapshotPlaces.take(ports, signal);
  const unused = new Set(places.values());
  // The engine starts while the sources answer.
  job.extracts.prepare();
  try {
    await snapshots.open(wanted, portOf, (port, tables) => {
      const place = places.get(port);
      if (place !== undefined) unused.delete(place);
      // Later lines belong to the step that then reads the table.
      const say = (waiting: string, table?: string) => (reporters.get(table ?? '') ?? report)({ waiting });
      return port.snapshot(tables, signal, say, place);
    });
  } finally {
    for (const place of unused) place.leave();
  }
  return {};
};
