import type { Pipeline } from '../../model/config/pipeline.ts';
import type { Observation } from '../../model/world/observation.ts';

/**
 * Returns the observation with the staged extract as far as it counts. Where a pipeline has destinations, users take what is there, and
 * the staged file is only intermediate: one that is not the recorded one is left from an earlier apply of this machine, while
 * another machine has applied since. It is no change of the world, and nothing continues from it or delivers it; it is
 * treated like a missing file. Without destinations the staged file is the result, and without a record nothing is known of it.
 */
export function withoutLeftover(
  { destinations }: Pick<Pipeline, 'destinations'>,
  observation: Observation,
): Observation {
  const { applied, extract } = observation;
  if (applied === undefined || destinations.length === 0 || extract.kind !== 'present') return observation;
  const { size, modified } = applied.extract;
  const isRecorded = extract.size === size && extract.modified === modified;
  return isRecorded ? observation : { ...observation, extract: { kind: 'absent', leftover: true } };
}
