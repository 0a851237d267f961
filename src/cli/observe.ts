import type { Diagnostic } from '../model/diagnostic.ts';
import type { Observation, SourceObservation } from '../model/observation.ts';
import type { Pipeline } from '../model/pipeline.ts';
import type { StoredRecord } from '../model/ports.ts';
import { RunError } from '../model/run-error.ts';
import type { World } from './world.ts';

/** What was seen around a pipeline; or why it could not be seen. */
export interface Seen {
  pipeline: Pipeline;
  stored: StoredRecord | undefined;
  outcome: { observation: Observation } | { failure: readonly Diagnostic[] };
}

/** Looks at everything around a pipeline without changing anything. A world that cannot be seen blocks this one only. */
export async function observePipeline(pipeline: Pipeline, world: World, signal: AbortSignal): Promise<Seen> {
  let stored: StoredRecord | undefined;
  try {
    signal.throwIfAborted();
    stored = await world.state.read(pipeline.address);
    const applied = stored?.record;
    const tables = await observeSources(pipeline, world, stored, signal);
    const extract = await world.extracts.observe(pipeline.extract.file, signal);
    const destinations = await Promise.all(
      world.destinationsOf(pipeline).map((port, index) => {
        const { shown = '' } = pipeline.destinations[index] ?? {};
        return port.observe(applied?.destinations[shown], signal);
      }),
    );
    return { pipeline, stored, outcome: { observation: { tables, extract, destinations, applied } } };
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    return { pipeline, stored, outcome: { failure: [diagnose(error, pipeline)] } };
  }
}

async function observeSources(
  pipeline: Pipeline,
  world: World,
  stored: StoredRecord | undefined,
  signal: AbortSignal,
): Promise<Record<string, SourceObservation>> {
  const seen: Record<string, SourceObservation> = {};
  for (const [name, source] of Object.entries(world.sourcesOf(pipeline))) {
    const tables = pipeline.tables.filter((table) => table.source === name);
    if (tables.length === 0) continue;
    const requests = tables.map((table) => ({
      table,
      before: stored?.record.tables[table.name]?.fingerprint,
    }));
    const observations = await source.observe(requests, signal);
    tables.forEach((table, index) => {
      const one = observations[index];
      if (one !== undefined) seen[table.name] = one;
    });
  }
  return seen;
}

/** An error of the world as a diagnostic at the line of the configuration that led there. */
export function diagnose({ code, message, hint, place }: RunError, pipeline: Pipeline): Diagnostic {
  return {
    code,
    severity: 'error',
    message,
    place: place ?? pipeline.place,
    ...(hint === undefined ? {} : { hint }),
  };
}
