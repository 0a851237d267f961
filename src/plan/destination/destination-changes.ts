import type { Pipeline } from '../../model/config/pipeline.ts';
import type { Change } from '../../model/plan/change.ts';
import type { PlannedDestination } from './plan-destination.ts';

/** Returns a change for each destination that something is done for. */
export function destinationChanges(
  { address }: Pipeline,
  destinations: readonly PlannedDestination[],
): Change[] {
  return destinations.flatMap(({ plan: { target, action, reason }, drifted }): Change[] => {
    if (action === 'unchanged') return [];
    return [
      {
        address: `${address} -> ${target}`,
        subject: 'destination',
        act: action === 'create' ? 'create' : 'write',
        category: action === 'create' ? 'create' : action === 'details' ? 'metadata' : 'data',
        reason,
        ...(drifted && { drift: true as const }),
      },
    ];
  });
}
