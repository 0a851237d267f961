import type { Observation } from '../../model/world/observation.ts';
import type { Pipeline } from '../../model/config/pipeline.ts';
import type { Change } from '../../model/plan/change.ts';
import { configurationHash, type Hash } from '../basis/basis.ts';
import { asEarlierVersionsSaw } from './infinite.ts';

/**
 * Returns the differences between the configuration and the record that need no action: only the record is out of date.
 * Without this, `state:modified` would select the pipeline forever.
 */
export function recordOnlyChanges(
  pipeline: Pipeline,
  { applied, settled }: Observation,
  planned: readonly Change[],
  hash: Hash,
): Change[] {
  if (applied === undefined || planned.length > 0) return [];
  const { address } = pipeline;
  const remember = (reason: string): Change[] => [
    { address, subject: 'pipeline', act: 'change', category: 'metadata', reason },
  ];
  if (settled !== undefined)
    return remember(`${settled.join(', ')} has what the last run sent, and did not record`);
  if (applied.missing !== undefined) return remember('its folder is there again');
  const isKnown = (of: Pipeline) => applied.configuration === configurationHash(of, hash);
  if (isKnown(pipeline) || isKnown(asEarlierVersionsSaw(pipeline))) return [];
  const targets = pipeline.destinations.map(({ shown }) => shown);
  const left = Object.keys(applied.destinations).filter((target) => !targets.includes(target));
  const reason =
    left.length > 0
      ? `no longer delivered to ${left.join(', ')}; what is there stays`
      : 'its checks, descriptions, tags or the like changed; its data did not';
  return remember(reason);
}
