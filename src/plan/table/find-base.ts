import type { Observation } from '../../model/world/observation.ts';
import type { Pipeline } from '../../model/config/pipeline.ts';
import type { BasePlan } from '../../model/plan/increment-plan.ts';
import { getOwn } from '../../model/base/get-own.ts';
import { defineKeys } from './definition.ts';
import { changesShape, reshapeOf } from './reshape.ts';

/** The last extract, if the new one can be a copy of it with changes; otherwise the reason why it cannot. */
export type Base = { plan: BasePlan } | { unavailable: string };

/** The facts that decide whether a table can continue from its extract. */
export interface IncrementalContext {
  /** Undefined for pipelines without an incremental table. */
  base: Base | undefined;
  /** All rows are requested, regardless of what has changed. */
  full: boolean;
  /** Tables whose rows stay as they are in the extract, regardless of what has changed. */
  skippedTables?: ReadonlySet<string>;
}

/**
 * Finds an extract to continue from. It must be as we left it, in one of the places where we put it, and the parts that
 * Hyper cannot change in a file must be the same: its version, its schema, its keys.
 */
export function findBase(pipeline: Pipeline, observation: Observation): Base {
  const { applied } = observation;
  if (applied === undefined) return { unavailable: 'no record of this extract' };
  const { extract } = applied;
  if (extract.schema !== pipeline.extract.schema) return { unavailable: 'another schema inside the file' };
  if (extract.version !== pipeline.extract.version) return { unavailable: 'another file version' };
  if (extract.keys !== defineKeys(pipeline)) return { unavailable: 'other keys or relationships' };
  const blockingTable = pipeline.relationships
    .flatMap(({ from, to }) => [from.table, to.table])
    .find((name) => reshapeOf(pipeline, observation, name) === undefined);
  if (blockingTable !== undefined)
    return { unavailable: `${blockingTable}, which has a relationship, is made again` };
  const from = existingPlace(pipeline, observation);
  if (from === undefined)
    return { unavailable: 'the extract of last time is not there, or is not as we left it' };
  const shapes = pipeline.tables.flatMap(({ name }) => reshapeOf(pipeline, observation, name) ?? []);
  const reshaped = shapes.filter(changesShape);
  const tables = shapes.map(({ table }) => table);
  return { plan: { from, tables, ...(reshaped.length > 0 && { reshaped }) } };
}

/** Returns the staged extract or, if it does not exist, a package or file of ours that contains it. */
function existingPlace(
  pipeline: Pipeline,
  { applied, extract, template, destinations }: Observation,
): BasePlan['from'] | undefined {
  if (applied === undefined) return undefined;
  if (extract.kind === 'present') return isSame(extract, applied.extract) ? { kind: 'extract' } : undefined;
  if (extract.kind !== 'absent') return undefined;
  // An extract that is still to be packed or delivered is newer than the delivered one.
  const { pending } = applied;
  const isPacked = pending?.package === undefined && isSame(template?.staged, applied.template);
  if (pipeline.template !== undefined && isPacked) return { kind: 'package' };
  const index = pipeline.destinations.findIndex((destination, place) => {
    const seen = destinations[place];
    if (getOwn(pending?.deliveries, destination.shown) !== undefined) return false;
    const last = getOwn(applied.destinations, destination.shown);
    return seen?.type === 'file' && last !== undefined && 'modified' in last && isSame(seen.found, last);
  });
  return index < 0 ? undefined : { kind: 'destination', destination: index };
}

interface Mark {
  size: number;
  modified: string;
}

function isSame(seen: Mark | undefined, last: Mark | undefined): boolean {
  return seen !== undefined && seen.size === last?.size && seen.modified === last.modified;
}
