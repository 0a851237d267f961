import { getOwn } from '../model/base/get-own.ts';
import type { Observation } from '../model/world/observation.ts';
import type { Pipeline } from '../model/config/pipeline.ts';
import { isAsWeLeftIt } from './destination/publication.ts';

/** Returns true if anything that the last apply left differs from its record, as far as the plan depends on it. */
export function hasDrifted(
  { destinations, tables }: Pick<Pipeline, 'destinations' | 'tables'>,
  { applied, extract, ...seen }: Observation,
): boolean {
  if (applied === undefined) return false;
  const isOther = (found: { size: number; modified: string }, last: { size: number; modified: string }) =>
    found.size !== last.size || found.modified !== last.modified;
  // Else it is an intermediate file, which a machine may have kept from any earlier apply.
  const isNeeded = destinations.length === 0 || tables.some(({ load }) => load.kind !== 'full');
  if (isNeeded && extract.kind === 'present' && isOther(extract, applied.extract)) return true;
  return destinations.some((destination, index) => {
    const last = getOwn(applied.destinations, destination.shown);
    const one = seen.destinations[index];
    if (last === undefined || one === undefined) return false;
    if (one.type === 'file')
      return 'modified' in last && (one.found === undefined || isOther(one.found, last));
    if (!one.looked || destination.type !== 'tableau') return false;
    return 'id' in last && (one.found === undefined || !isAsWeLeftIt(one.found, last, destination));
  });
}
