import type { AppliedRecord } from '../../model/world/applied-record.ts';
import type { Observation } from '../../model/world/observation.ts';
import type { Pipeline } from '../../model/config/pipeline.ts';
import type { Change } from '../../model/plan/change.ts';
import { configurationHash, type Hash } from '../basis/basis.ts';
import { asEarlierVersionsSaw } from './infinite.ts';

/**
 * Returns the differences between the configuration and the record that need no action: only the record is out of date.
 * Without this, `state:modified` would select the pipeline forever. Beside changes that are `planned` it is only what these leave behind:
 * outputs at which the pipeline no longer delivers, because they were moved or removed from it.
 */
export function recordOnlyChanges(
  pipeline: Pipeline,
  { applied, settled }: Observation,
  planned: readonly Change[],
  hash: Hash,
): Change[] {
  if (applied === undefined) return [];
  const { address } = pipeline;
  const recorded = (reason: string): Change[] => [
    { address, subject: 'pipeline', act: 'change', category: 'metadata', reason },
  ];
  const left = leftTargets(pipeline, applied);
  const leaves =
    left.length === 0 ? undefined : `no longer delivered to ${left.join(', ')}; what is there stays`;
  if (planned.length > 0) return leaves === undefined ? [] : recorded(leaves);
  if (settled !== undefined)
    return recorded(`${settled.join(', ')} has what the last run sent, and did not record`);
  if (applied.missing !== undefined) return recorded('its folder is there again');
  const isKnown = (of: Pipeline) => applied.configuration === configurationHash(of, hash);
  if (isKnown(pipeline) || isKnown(asEarlierVersionsSaw(pipeline))) return [];
  return recorded(leaves ?? 'its checks, descriptions, tags or the like changed; its data did not');
}

/** Returns the recorded destinations that the pipeline no longer has. */
function leftTargets({ destinations }: Pipeline, applied: AppliedRecord): string[] {
  const targets = new Set(destinations.map(({ shown }) => shown));
  return Object.keys(applied.destinations).filter((target) => !targets.has(target));
}
