import { child, type Place } from '../errors/diagnostic.ts';
import type { Column } from './pipeline.ts';

/** Returns where the name of a column in its source is written: its key, or the `from` that replaces it. */
export function originPlace({ name, origin, place }: Column): Place {
  const isRenamed = origin.kind === 'column' && origin.name !== name;
  return isRenamed ? child(place, 'from') : { ...place, part: 'key' };
}
