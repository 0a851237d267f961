import { own } from '../model/own.ts';
import type { Observation } from '../model/observation.ts';
import type { Pipeline } from '../model/pipeline.ts';
import { isAsWeLeftIt } from './publication.ts';

/** Whether anything that was left by the last apply is not as its record says. */
export function hasDrifted({ destinations }: Pipeline, { applied, extract, ...seen }: Observation): boolean {
  if (applied === undefined) return false;
  const isOther = (found: { size: number; modified: string }, last: { size: number; modified: string }) =>
    found.size !== last.size || found.modified !== last.modified;
  if (extract.kind === 'present' && isOther(extract, applied.extract)) return true;
  return destinations.some((destination, index) => {
    const last = own(applied.destinations, destination.shown);
    const one = seen.destinations[index];
    if (last === undefined || one === undefined) return false;
    if (one.type === 'file')
      return 'modified' in last && (one.found === undefined || isOther(one.found, last));
    if (!one.looked || destination.type !== 'tableau') return false;
    return 'id' in last && (one.found === undefined || !isAsWeLeftIt(one.found, last, destination));
  });
}
